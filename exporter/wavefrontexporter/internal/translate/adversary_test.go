package translate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// A random is a source of attributes and numbers that are likely to meet each other.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 1))} }

func oneOf[T any](r random, all ...T) T { return all[r.IntN(len(all))] }

func (r random) text() string {
	return oneOf(r, "", "a", "b", "le", "source", "host", " pad", "back\\", "quo\"te", "new\nline", "\xff", "∆", "1", "application", "service.name", "a b", "_le", "long value of sixteen")
}

// attributes puts attributes, most of which are as attributes should be.
func (r random) attributes(to pcommon.Map) {
	for range oneOf(r, 0, 1, 2, 3, 3, 3, 5, 19, 21, 70) {
		key := "key." + string(rune('A'+r.IntN(58)))
		if r.IntN(8) == 0 {
			key = r.text()
		}
		r.value(to, key)
	}
}

func (r random) value(to pcommon.Map, key string) {
	switch r.IntN(40) {
	case 0:
		to.PutBool(key, true)
	case 1:
		to.PutDouble(key, r.Float64())
	case 2, 3, 4:
		to.PutStr(key, r.text())
	case 5, 6, 7, 8:
		to.PutInt(key, r.Int64N(100))
	default:
		to.PutStr(key, oneOf(r, "a", "b", "a longer value"))
	}
}

// point gives a point attributes: often the keys of the one before.
func (r random) point(attributes pcommon.Map, before pcommon.Map) {
	if r.IntN(3) == 0 {
		r.attributes(attributes)
		return
	}
	before.CopyTo(attributes)
	for key := range attributes.All() {
		r.value(attributes, key)
	}
}

func (r random) batch() pmetric.Metrics {
	md := pmetric.NewMetrics()
	for range 1 + r.IntN(3) {
		rm := md.ResourceMetrics().AppendEmpty()
		r.attributes(rm.Resource().Attributes())
		for range 1 + r.IntN(2) {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.Scope().SetName(r.text())
			r.attributes(sm.Scope().Attributes())
			for range 1 + r.IntN(4) {
				r.metric(sm.Metrics().AppendEmpty())
			}
		}
	}
	return md
}

func (r random) metric(m pmetric.Metric) {
	m.SetName(oneOf(r, "m", "n", "∆d", "", "a b"))
	m.SetUnit(oneOf(r, "", "s"))
	temporality := oneOf(r, delta, cumulative)
	before := pcommon.NewMap()
	switch r.IntN(4) {
	case 0:
		for range r.IntN(4) {
			p := m.SetEmptyGauge().DataPoints().AppendEmpty()
			p.SetDoubleValue(oneOf(r, 1, 0.5, math.NaN(), -3))
			stamp(p, at)
			r.point(p.Attributes(), before)
			before = p.Attributes()
		}
	case 1:
		s := m.SetEmptySum()
		s.SetIsMonotonic(r.IntN(2) == 0)
		s.SetAggregationTemporality(temporality)
		for range r.IntN(5) {
			p := s.DataPoints().AppendEmpty()
			p.SetIntValue(oneOf[int64](r, 0, 1, -1))
			stamp(p, oneOf[int64](r, at, 0, now-3600))
			r.point(p.Attributes(), before)
			before = p.Attributes()
		}
	case 2:
		h := m.SetEmptyHistogram()
		h.SetAggregationTemporality(temporality)
		for range r.IntN(5) {
			p := h.DataPoints().AppendEmpty()
			p.ExplicitBounds().FromRaw(oneOf(r, []float64{1}, []float64{1, 2}, nil))
			p.BucketCounts().FromRaw(oneOf(r, []uint64{1, 2}, []uint64{0, 3, 0}, []uint64{5}, nil))
			p.SetCount(3)
			p.SetSum(4)
			stamp(p, at)
			r.point(p.Attributes(), before)
			before = p.Attributes()
		}
	case 3:
		for range r.IntN(3) {
			p := m.SetEmptySummary().DataPoints().AppendEmpty()
			stamp(p, at)
			r.point(p.Attributes(), before)
			before = p.Attributes()
			p.QuantileValues().AppendEmpty().SetQuantile(0.5)
		}
	}
}

// keep leaves a batch with only the point of an ordinal.
func keep(md pmetric.Metrics, ordinal int) pmetric.Metrics {
	only := pmetric.NewMetrics()
	md.CopyTo(only)
	next := -1
	other := func() bool { next++; return next != ordinal }
	for _, rm := range only.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				switch m.Type() {
				case pmetric.MetricTypeGauge:
					m.Gauge().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return other() })
				case pmetric.MetricTypeSum:
					m.Sum().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return other() })
				case pmetric.MetricTypeHistogram:
					m.Histogram().DataPoints().RemoveIf(func(pmetric.HistogramDataPoint) bool { return other() })
				case pmetric.MetricTypeSummary:
					m.Summary().DataPoints().RemoveIf(func(pmetric.SummaryDataPoint) bool { return other() })
				}
			}
		}
	}
	return only
}

// TestPointsAreWrittenAsIfAlone: what an encoder remembers of the points before (keys,
// names, bounds, times, whole sets of tags) must not show.
func TestPointsAreWrittenAsIfAlone(t *testing.T) {
	for seed := range uint64(400) {
		r := newRandom(seed)
		md := r.batch()
		rules := testRules()
		rules.Encode.BareKeys = r.IntN(2) == 0
		rules.ScopeName, rules.ScopeAttributes = r.IntN(2) == 0, r.IntN(2) == 0
		rules.CutOwnTags = r.IntN(2) == 0
		rules.UnitKey = oneOf(r, "", "", "", "unit", "key.a")
		rules.Priority = append(rules.Priority, "b")
		whole := encodeMetrics(t, rules, wide, md)
		var alone encoded
		for ordinal := range md.DataPointCount() {
			one := encodeMetrics(t, rules, wide, keep(md, ordinal))
			alone.points.all = append(alone.points.all, one.points.all...)
			alone.deltas.all = append(alone.deltas.all, one.deltas.all...)
			alone.histograms.all = append(alone.histograms.all, one.histograms.all...)
			for i, n := range one.counts.Dropped {
				alone.counts.Dropped[i] += n
			}
		}
		require.Equal(t, alone.points.all, whole.points.all, "seed %d", seed)
		require.Equal(t, alone.deltas.all, whole.deltas.all, "seed %d", seed)
		require.Equal(t, alone.histograms.all, whole.histograms.all, "seed %d", seed)
		require.Equal(t, alone.counts.Dropped, whole.counts.Dropped, "seed %d", seed)
	}
}

func TestMergedCentroidsDoNotOverflow(t *testing.T) {
	c := []wavefront.Centroid{{Mean: -math.MaxFloat64, Count: 1}, {Mean: -math.MaxFloat64, Count: 1}, {Mean: math.MaxFloat64, Count: 1}, {Mean: math.MaxFloat64, Count: 1}}
	require.Equal(t, wavefront.Centroid{Mean: 0, Count: 2}, mergeCentroids(c, 3)[1])
}

// number is finite, and often one that makes sums overflow or cancel out.
func (r random) number() float64 {
	return oneOf(r, 0, 1, -1, 0.1, 5e-324, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, r.NormFloat64(), r.NormFloat64()*1e6, r.NormFloat64()*1e307)
}

// TestCentroidsKeepWhatTheHistogramSays: whatever the histogram, its distribution has as
// many values, rises, is finite, and begins and ends with minimum and maximum where these
// are possible; with few enough buckets its sum is right where it is possible.
func TestCentroidsKeepWhatTheHistogramSays(t *testing.T) {
	for seed := range uint64(20_000) {
		r := newRandom(seed)
		s := &shape{zero: -1}
		total := uint64(0)
		bounds := make([]float64, r.IntN(oneOf(r, 3, 10, 200)))
		for i := range bounds {
			bounds[i] = r.number()
		}
		slices.Sort(bounds)
		for _, b := range bounds {
			s.addBucket(b, uint64(r.IntN(4)))
		}
		if len(s.bounds) > 0 || r.IntN(2) == 0 {
			s.counts = append(s.counts, uint64(r.IntN(4)))
		}
		for _, n := range s.counts {
			total += n
		}
		s.count = total
		s.hasMin, s.hasMax, s.hasSum = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
		if s.hasSum {
			s.sum = r.number()
		}
		if s.hasMin {
			s.min = r.number()
		}
		if s.hasMax {
			s.max = r.number()
		}
		if s.hasMin && s.hasMax && s.min > s.max {
			s.min, s.max = s.max, s.min
		}
		known := *s
		known.counts = slices.Clone(s.counts)
		c, ok := appendCentroids(nil, s)
		if !ok {
			continue
		}
		merged := mergeCentroids(slices.Clone(c), 100)
		require.LessOrEqual(t, len(merged), 100, "seed %d", seed)
		for _, all := range [][]wavefront.Centroid{c, merged} {
			values, last := uint64(0), math.Inf(-1)
			for _, x := range all {
				values += x.Count
				require.True(t, isFinite(x.Mean), "seed %d: %+v of %+v", seed, all, known)
				require.GreaterOrEqual(t, x.Mean, last, "seed %d: %+v of %+v", seed, all, known)
				last = x.Mean
			}
			require.Equal(t, total, values, "seed %d: %+v of %+v", seed, all, known)
			if total > 1 && known.hasMin {
				require.Equal(t, known.min, all[0].Mean, "seed %d: %+v of %+v", seed, all, known)
			}
			if total > 1 && known.hasMax {
				require.Equal(t, known.max, all[len(all)-1].Mean, "seed %d: %+v of %+v", seed, all, known)
			}
		}
	}
}
