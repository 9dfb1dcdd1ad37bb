package delta

import (
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newTracker(adjust ...func(*Options)) *Tracker {
	o := Options{Sums: true, Histograms: true, Summaries: true, MaxSeries: 100, TTL: time.Hour, Started: began, Undoable: true}
	for _, a := range adjust {
		a(&o)
	}
	return New(o)
}

// point is a total; times are in seconds after began, 0 for none.
type total struct {
	start, at int
	value     any // int, float64, or nil for no recorded value
	name      string
	attrs     map[string]any
}

func stamp(seconds int) pcommon.Timestamp {
	if seconds == 0 {
		return 0
	}
	return pcommon.NewTimestampFromTime(began.Add(time.Duration(seconds) * time.Second))
}

func sums(points ...total) pmetric.Metrics {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	for _, p := range points {
		m := metrics.AppendEmpty()
		m.SetName(p.name)
		s := m.SetEmptySum()
		s.SetIsMonotonic(true)
		s.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		dp := s.DataPoints().AppendEmpty()
		dp.SetStartTimestamp(stamp(p.start))
		dp.SetTimestamp(stamp(p.at))
		_ = dp.Attributes().FromRaw(p.attrs)
		switch v := p.value.(type) {
		case int:
			dp.SetIntValue(int64(v))
		case float64:
			dp.SetDoubleValue(v)
		default:
			dp.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
		}
	}
	return md
}

// values are those left of a batch of sums.
func values(md pmetric.Metrics) []any {
	var all []any
	metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	for i := range metrics.Len() {
		points := metrics.At(i).Sum().DataPoints()
		for j := range points.Len() {
			switch p := points.At(j); p.ValueType() {
			case pmetric.NumberDataPointValueTypeInt:
				all = append(all, int(p.IntValue()))
			case pmetric.NumberDataPointValueTypeDouble:
				all = append(all, p.DoubleValue())
			default:
				all = append(all, nil)
			}
		}
	}
	return all
}

func TestSums(t *testing.T) {
	before := -100
	for _, c := range []struct {
		name    string
		points  []total
		want    []any
		dropped map[Reason]int
	}{
		{"differences", []total{{before, 1, 10, "", nil}, {before, 2, 15, "", nil}, {before, 3, 15, "", nil}}, []any{5, 0}, map[Reason]int{FirstPoint: 1}},
		{"exact beyond the doubles", []total{{before, 1, 1 << 60, "", nil}, {before, 2, 1<<60 + 1, "", nil}}, []any{1}, map[Reason]int{FirstPoint: 1}},
		{"doubles", []total{{before, 1, 1.5, "", nil}, {before, 2, 4.0, "", nil}}, []any{2.5}, map[Reason]int{FirstPoint: 1}},
		{"from integers to doubles and back", []total{{before, 1, 1, "", nil}, {before, 2, 2.5, "", nil}, {before, 3, 4, "", nil}}, []any{1.5, 1.5}, map[Reason]int{FirstPoint: 1}},
		{"a value that fell is a new run", []total{{0, 1, 10, "", nil}, {0, 2, 3, "", nil}, {0, 3, 5, "", nil}}, []any{3, 2}, map[Reason]int{FirstPoint: 1}},
		{"a later start is a new run, though the value rose", []total{{before, 1, 10, "", nil}, {2, 3, 30, "", nil}, {2, 4, 31, "", nil}}, []any{30, 1}, map[Reason]int{FirstPoint: 1}},
		{"a start that wavers is no new run", []total{{before, 10, 10, "", nil}, {before + 1, 20, 30, "", nil}}, []any{20}, map[Reason]int{FirstPoint: 1}},
		{"a run that began while we looked on is known from its beginning", []total{{5, 6, 10, "", nil}, {5, 7, 11, "", nil}}, []any{10, 1}, nil},
		{"no start says nothing", []total{{0, 6, 10, "", nil}}, nil, map[Reason]int{FirstPoint: 1}},
		{"out of order", []total{{before, 2, 10, "", nil}, {before, 1, 5, "", nil}, {before, 2, 10, "", nil}, {before, 3, 11, "", nil}}, []any{1}, map[Reason]int{FirstPoint: 1, OutOfOrder: 2}},
		{"no times at all", []total{{0, 0, 10, "", nil}, {0, 0, 12, "", nil}}, []any{2}, map[Reason]int{FirstPoint: 1}},
		{"no value stays and changes nothing", []total{{before, 1, 10, "", nil}, {before, 2, nil, "", nil}, {before, 3, math.NaN(), "", nil}, {before, 4, 11, "", nil}}, []any{nil, math.NaN(), 1}, map[Reason]int{FirstPoint: 1}},
		{"series by name and attributes, in any order", []total{
			{before, 1, 10, "a", map[string]any{"x": 1}}, {before, 1, 100, "a", map[string]any{"x": "1"}}, {before, 1, 1000, "b", map[string]any{"x": 1}},
			{before, 2, 11, "a", map[string]any{"x": 1}}, {before, 2, 102, "a", map[string]any{"x": "1"}}, {before, 2, 1003, "b", map[string]any{"x": 1}},
		}, []any{1, 2, 3}, map[Reason]int{FirstPoint: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tracker := newTracker()
			md := sums(c.points...)
			o := tracker.Convert(md, began.Add(time.Minute))
			assert.Equal(t, len(c.want), len(values(md)))
			for i, v := range values(md) {
				if f, ok := c.want[i].(float64); ok && math.IsNaN(f) {
					assert.True(t, math.IsNaN(v.(float64)))
				} else {
					assert.Equal(t, c.want[i], v)
				}
			}
			var want [reasonCount]int
			for r, n := range c.dropped {
				want[r] = n
			}
			assert.Equal(t, want, o.Dropped)
			assert.Equal(t, tracker.Len(), o.Series)
			o.Done()
		})
	}
}

func TestWhatIsNoRunningTotalStays(t *testing.T) {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
	metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(1)
	level := metrics.AppendEmpty().SetEmptySum()
	level.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	level.DataPoints().AppendEmpty().SetIntValue(2)
	difference := metrics.AppendEmpty().SetEmptySum()
	difference.SetIsMonotonic(true)
	difference.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	difference.DataPoints().AppendEmpty().SetIntValue(3)
	h := metrics.AppendEmpty().SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	h.DataPoints().AppendEmpty().BucketCounts().FromRaw([]uint64{1})
	metrics.AppendEmpty()
	want := pmetric.NewMetrics()
	md.CopyTo(want)
	tracker := newTracker()
	tracker.Convert(md, began).Done()
	assert.Equal(t, want, md)
	assert.Zero(t, tracker.Len())
}

func TestOnlyWhatIsAskedForIsConverted(t *testing.T) {
	for name, md := range map[string]pmetric.Metrics{
		"sum": sums(total{-1, 1, 1, "a", nil}), "histogram": histogram(1, 1, 1, nil), "exponential": exponential(1, 1, 0, 1, 1), "summary": summary(1, 1, 1),
	} {
		t.Run(name, func(t *testing.T) {
			want := pmetric.NewMetrics()
			md.CopyTo(want)
			tracker := newTracker(func(o *Options) { o.Sums, o.Histograms, o.Summaries = false, false, false })
			tracker.Convert(md, began).Done()
			assert.Equal(t, want, md)
			assert.Zero(t, tracker.Len())
		})
	}
}

func TestSeriesAreToldApart(t *testing.T) {
	tracker := newTracker()
	changes := []func(pmetric.ResourceMetrics){
		func(pmetric.ResourceMetrics) {},
		func(rm pmetric.ResourceMetrics) { rm.Resource().Attributes().PutStr("host", "a") },
		func(rm pmetric.ResourceMetrics) { rm.ScopeMetrics().At(0).Scope().SetName("lib") },
		func(rm pmetric.ResourceMetrics) { rm.ScopeMetrics().At(0).Scope().SetVersion("lib") },
		func(rm pmetric.ResourceMetrics) { rm.ScopeMetrics().At(0).Scope().Attributes().PutStr("host", "a") },
		func(rm pmetric.ResourceMetrics) { rm.ScopeMetrics().At(0).Metrics().At(0).SetName("other") },
		func(rm pmetric.ResourceMetrics) { rm.ScopeMetrics().At(0).Metrics().At(0).SetUnit("s") },
		func(rm pmetric.ResourceMetrics) {
			rm.ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints().At(0).Attributes().PutStr("host", "a")
		},
	}
	for _, change := range changes {
		md := sums(total{-5, 10, 1, "a", nil})
		change(md.ResourceMetrics().At(0))
		o := tracker.Convert(md, began)
		assert.Equal(t, 1, o.Dropped[FirstPoint])
		assert.Zero(t, md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().Len(), "a metric without points is left out")
		o.Done()
	}
	assert.Equal(t, len(changes), tracker.Len())
}

func TestOrderOfAttributesDoesNotMatter(t *testing.T) {
	ids := newIdentities()
	a, b := pcommon.NewMap(), pcommon.NewMap()
	a.PutStr("x", "1")
	a.PutStr("y", "2")
	b.PutStr("y", "2")
	b.PutStr("x", "1")
	assert.Equal(t, ids.ofMap(a), ids.ofMap(b))
	b.PutStr("x", "2")
	b.PutStr("y", "1")
	assert.NotEqual(t, ids.ofMap(a), ids.ofMap(b), "values belong to their keys")
}

func TestBoundsOfTheState(t *testing.T) {
	tracker := newTracker(func(o *Options) { o.MaxSeries = 2 })
	o := tracker.Convert(sums(total{-1, 1, 1, "a", nil}, total{-1, 1, 1, "b", nil}, total{-1, 1, 1, "c", nil}), began)
	assert.Equal(t, 1, o.Dropped[TooManySeries])
	assert.Equal(t, 2, tracker.Len())

	// What was silent for longer than the TTL is forgotten; what was not stays.
	later := began.Add(50 * time.Minute)
	tracker.Convert(sums(total{-1, 2, 2, "a", nil}), later)
	o = tracker.Convert(sums(total{-1, 3, 3, "a", nil}), began.Add(61*time.Minute))
	assert.Equal(t, 1, tracker.Len())
	assert.Equal(t, -1, o.Series)
	o = tracker.Convert(sums(total{-1, 4, 5, "c", nil}), began.Add(62*time.Minute))
	assert.Equal(t, 1, o.Dropped[FirstPoint], "there is room again")
}

// A series that was forgotten and goes on is no new run: what it counted has been sent.
func TestForgottenSeriesIsNotCountedTwice(t *testing.T) {
	for _, c := range []struct {
		name        string
		start, next int // of the last points: before and after the silence
		want        []any
	}{
		{"the same run goes on", 5, 5, nil},
		{"a run that began before the last point was forgotten", 5, 9, nil},
		{"a run that began after it", 5, 11, []any{30}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tracker := newTracker()
			tracker.Convert(sums(total{c.start, 10, 20, "a", nil}), began).Done()
			tracker.Convert(sums(), began.Add(2*time.Hour)).Done()
			require.Zero(t, tracker.Len())
			md := sums(total{c.next, 9000, 30, "a", nil})
			o := tracker.Convert(md, began.Add(150*time.Minute))
			assert.Equal(t, c.want, values(md))
			assert.Equal(t, 1-len(c.want), o.Dropped[FirstPoint])
		})
	}
}

func withinHours(t pcommon.Timestamp, now int64) (Reason, bool) {
	switch age := time.Duration(now - int64(t)); {
	case age > 2*time.Hour:
		return TooOld, false
	case age < -10*time.Minute:
		return InFuture, false
	}
	return 0, true
}

// What the encoder would drop must not take a difference with it.
func TestUntimelyPointsMoveNothing(t *testing.T) {
	for name, at := range map[string]struct {
		seconds int
		reason  Reason
	}{
		"too old": {-7300, TooOld}, "in the future": {700, InFuture},
	} {
		t.Run(name, func(t *testing.T) {
			tracker := newTracker(func(o *Options) { o.Check = withinHours })
			tracker.Convert(sums(total{-9000, -7100, 10, "a", nil}), began).Done()
			for _, md := range []pmetric.Metrics{
				sums(total{-9000, at.seconds, 15, "a", nil}), histogram(at.seconds, 1, 1, nil), exponential(at.seconds, 1, 0, 1, 1), summary(at.seconds, 1, 1),
			} {
				o := tracker.Convert(md, began)
				assert.Zero(t, md.DataPointCount())
				assert.Equal(t, 1, o.Dropped[at.reason])
				assert.Equal(t, 1, tracker.Len())
			}
			md := sums(total{-9000, 1, 30, "a", nil})
			tracker.Convert(md, began).Done()
			assert.Equal(t, []any{20}, values(md), "the next total makes up for it")
		})
	}
}

func TestUndo(t *testing.T) {
	tracker := newTracker()
	tracker.Convert(sums(total{-1, 1, 10, "a", nil}), began).Done()
	lost := tracker.Convert(sums(total{-1, 2, 15, "a", nil}, total{-1, 2, 1, "new", nil}, total{-1, 3, 18, "a", nil}), began)
	assert.Equal(t, -1, lost.Undo(), "the new series is forgotten")
	md := sums(total{-1, 4, 20, "a", nil})
	tracker.Convert(md, began).Done()
	assert.Equal(t, []any{10}, values(md), "since the last point that went somewhere")

	// A series that has moved on keeps what it has.
	lost = tracker.Convert(sums(total{-1, 5, 21, "a", nil}), began)
	tracker.Convert(sums(total{-1, 6, 22, "a", nil}), began).Done()
	assert.Zero(t, lost.Undo())
	md = sums(total{-1, 7, 25, "a", nil})
	tracker.Convert(md, began).Done()
	assert.Equal(t, []any{3}, values(md))
}

func histogram(at int, count uint64, sum float64, bounds []float64, counts ...uint64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	h := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(stamp(at))
	p.SetCount(count)
	p.SetSum(sum)
	p.SetMin(0)
	p.SetMax(9)
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	return md
}

func withBuckets(o *Options) { o.Buckets = true }

func TestHistograms(t *testing.T) {
	bounds := []float64{1, 2}
	for _, c := range []struct {
		name    string
		next    pmetric.Metrics
		count   uint64
		sum     float64
		counts  []uint64
		minimum bool
		gone    bool
	}{
		{"difference", histogram(2, 12, 9, bounds, 3, 4, 5), 6, 4, []uint64{2, 2, 2}, false, false},
		{"nothing new", histogram(2, 6, 5, bounds, 1, 2, 3), 0, 0, []uint64{0, 0, 0}, false, false},
		{"the count fell", histogram(2, 3, 2, bounds, 1, 1, 1), 3, 2, []uint64{1, 1, 1}, true, false},
		{"a bucket fell", histogram(2, 7, 5, bounds, 0, 4, 3), 7, 5, []uint64{0, 4, 3}, true, false},
		{"other bounds", histogram(2, 7, 5, []float64{1, 3}, 1, 3, 3), 0, 0, nil, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tracker := newTracker(withBuckets)
			first := histogram(1, 6, 5, bounds, 1, 2, 3)
			tracker.Convert(first, began).Done()
			assert.Zero(t, first.DataPointCount())
			o := tracker.Convert(c.next, began)
			if c.gone {
				assert.Zero(t, c.next.MetricCount())
				assert.Equal(t, 1, o.Dropped[FirstPoint])
				return
			}
			p := c.next.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Histogram().DataPoints().At(0)
			assert.Equal(t, c.count, p.Count())
			assert.InDelta(t, c.sum, p.Sum(), 1e-9)
			assert.Equal(t, c.counts, p.BucketCounts().AsRaw())
			assert.Equal(t, c.minimum, p.HasMin(), "the smallest of the whole run says nothing of the interval")
		})
	}
}

// A sum that was not there before is not the sum of the interval.
func TestSumsThatComeAndGo(t *testing.T) {
	tracker := newTracker()
	sum := func(md pmetric.Metrics) pmetric.HistogramDataPoint {
		return md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Histogram().DataPoints().At(0)
	}
	first, second, third := histogram(1, 6, 5, nil), histogram(2, 8, 9, nil), histogram(3, 9, 12, nil)
	sum(first).RemoveSum()
	for _, md := range []pmetric.Metrics{first, second, third} {
		tracker.Convert(md, began).Done()
	}
	assert.False(t, sum(second).HasSum())
	assert.InDelta(t, 3, sum(third).Sum(), 1e-9)
}

func TestBucketsThatNobodyNeedsAreRemoved(t *testing.T) {
	tracker := newTracker()
	tracker.Convert(histogram(1, 6, 5, []float64{1, 2}, 1, 2, 3), began).Done()
	md := histogram(2, 12, 9, []float64{1, 2}, 3, 4, 5)
	tracker.Convert(md, began).Done()
	p := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Histogram().DataPoints().At(0)
	assert.EqualValues(t, 6, p.Count())
	assert.Zero(t, p.BucketCounts().Len())
	assert.Zero(t, p.ExplicitBounds().Len())
}

func exponential(at int, scale int32, threshold float64, zero uint64, offset int32, counts ...uint64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	h := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(stamp(at))
	p.SetScale(scale)
	p.SetZeroThreshold(threshold)
	p.SetZeroCount(zero)
	p.Positive().SetOffset(offset)
	p.Positive().BucketCounts().FromRaw(counts)
	p.Negative().SetOffset(int32(math.Ldexp(3, int(scale)-1))) // the same value at any resolution
	p.Negative().BucketCounts().FromRaw([]uint64{1})
	p.SetCount(zero + 1)
	for _, n := range counts {
		p.SetCount(p.Count() + n)
	}
	p.SetSum(float64(at))
	return md
}

func TestExponentialHistograms(t *testing.T) {
	for _, c := range []struct {
		name   string
		next   pmetric.Metrics
		count  uint64
		zero   uint64
		counts []uint64
	}{
		{"difference", exponential(2, 1, 0, 3, 4, 2, 2, 2), 4, 1, []uint64{1, 1, 1}},
		{"more buckets at either end", exponential(2, 1, 0, 2, 3, 5, 1, 1, 1, 6), 11, 0, []uint64{5, 0, 0, 0, 6}},
		{"half the resolution", exponential(2, 0, 0, 2, 1, 1, 3, 4), 5, 0, []uint64{1, 1, 3}},
		{"twice the resolution is a new run", exponential(2, 2, 0, 2, 8, 1, 1, 1, 1), 7, 2, []uint64{1, 1, 1, 1}},
		{"a bucket fell", exponential(2, 1, 0, 2, 4, 9, 0, 1), 13, 2, []uint64{9, 0, 1}},
		{"the count fell", exponential(2, 1, 0, 0, 4, 1), 2, 0, []uint64{1}},
		{"a wider zero bucket swallowed others", exponential(2, 1, 0.5, 9, 6, 1), 5, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			tracker := newTracker(withBuckets)
			tracker.Convert(exponential(1, 1, 0, 2, 4, 1, 1, 1), began).Done()
			tracker.Convert(c.next, began).Done()
			points := c.next.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).ExponentialHistogram().DataPoints()
			require.Equal(t, 1, points.Len())
			assert.Equal(t, c.count, points.At(0).Count())
			assert.Equal(t, c.zero, points.At(0).ZeroCount())
			assert.Equal(t, c.counts, points.At(0).Positive().BucketCounts().AsRaw())
		})
	}
}

func summary(at int, count uint64, quantiles int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	p := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptySummary().DataPoints().AppendEmpty()
	p.SetTimestamp(stamp(at))
	p.SetCount(count)
	p.SetSum(float64(count) * 2)
	for range quantiles {
		p.QuantileValues().AppendEmpty()
	}
	return md
}

func TestSummaries(t *testing.T) {
	tracker := newTracker()
	first := summary(1, 5, 1)
	o := tracker.Convert(first, began)
	p := first.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Summary().DataPoints().At(0)
	assert.Zero(t, p.Count(), "quantiles are sent without a difference")
	assert.Equal(t, 1, o.Kept)
	assert.Zero(t, o.Dropped, "the point stays")
	next := summary(2, 8, 1)
	o = tracker.Convert(next, began)
	assert.Zero(t, o.Kept)
	assert.Equal(t, 1, tracker.Convert(summary(2, 9, 1), began).Kept, "out of order")
	p = next.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Summary().DataPoints().At(0)
	assert.EqualValues(t, 3, p.Count())
	assert.EqualValues(t, 6, p.Sum())
	other := newTracker()
	bare := summary(1, 5, 0)
	o = other.Convert(bare, began)
	assert.Zero(t, bare.DataPointCount())
	assert.Zero(t, o.Kept)
	assert.Equal(t, 1, o.Dropped[FirstPoint])
}

func TestConcurrentBatches(t *testing.T) {
	tracker := newTracker(func(o *Options) { o.MaxSeries = 20_000 })
	done := make(chan struct{})
	for range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 3 {
				o := tracker.Convert(testbatch.Mixed(5, 100, 50, 40), began)
				o.Undo()
			}
		}()
	}
	for range 4 {
		<-done
	}
}

func FuzzConvert(f *testing.F) {
	marshaler := &pmetric.ProtoMarshaler{}
	for _, md := range []pmetric.Metrics{testbatch.Mixed(2, 10, 40, 30), exponential(1, 1, 0, 2, 4, 1, 1), summary(1, 2, 1)} {
		wire, err := marshaler.MarshalMetrics(md)
		require.NoError(f, err)
		f.Add(wire, wire)
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		tracker := newTracker(withBuckets)
		for _, wire := range [][]byte{first, second, first} {
			md, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(wire)
			if err != nil {
				return
			}
			before := md.DataPointCount()
			o := tracker.Convert(md, began)
			dropped := 0
			for _, n := range o.Dropped {
				dropped += n
			}
			if left := md.DataPointCount(); left > before || left+dropped < before {
				t.Fatalf("%d points, %d left, %d dropped", before, left, dropped)
			}
			if tracker.Len() > 100 {
				t.Fatalf("%d series", tracker.Len())
			}
			o.Done()
		}
	})
}

// BenchmarkConvert reports the cost per OTLP point of converting known series.
func BenchmarkConvert(b *testing.B) {
	for name, undoable := range map[string]bool{"with undo": true, "without": false} {
		b.Run(name, func(b *testing.B) {
			tracker := New(Options{Sums: true, Histograms: true, MaxSeries: 100_000, TTL: time.Hour, Started: began, Undoable: undoable})
			md := testbatch.Standard()
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				b.StopTimer()
				fresh := pmetric.NewMetrics()
				md.CopyTo(fresh)
				later(fresh, i)
				b.StartTimer()
				tracker.Convert(fresh, began).Done()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/testbatch.StandardPoints, "ns/point")
		})
	}
}

// later moves the points of a batch on.
func later(md pmetric.Metrics, seconds int) {
	for i := range md.ResourceMetrics().Len() {
		metrics := md.ResourceMetrics().At(i).ScopeMetrics().At(0).Metrics()
		for j := range metrics.Len() {
			switch m := metrics.At(j); m.Type() {
			case pmetric.MetricTypeSum:
				for k := range m.Sum().DataPoints().Len() {
					m.Sum().DataPoints().At(k).SetTimestamp(stamp(1 + seconds))
				}
			case pmetric.MetricTypeHistogram:
				for k := range m.Histogram().DataPoints().Len() {
					m.Histogram().DataPoints().At(k).SetTimestamp(stamp(1 + seconds))
				}
			}
		}
	}
}

// series are batches of 10,000 sums each, of series of their own.
func series(batches int, each func(pmetric.Metrics)) {
	md := testbatch.Mixed(100, 100, 0, 100)
	for i := range batches {
		for _, rm := range md.ResourceMetrics().All() {
			rm.Resource().Attributes().PutInt("batch", int64(i))
		}
		fresh := pmetric.NewMetrics()
		md.CopyTo(fresh)
		each(fresh)
	}
}

// bytesPerSeries is what the memory of one series of sums takes when there are so many.
func bytesPerSeries(t testing.TB, batches int) float64 {
	tracker := newTracker(func(o *Options) { o.MaxSeries = batches * testbatch.StandardPoints })
	before := heap()
	series(batches, func(md pmetric.Metrics) { tracker.Convert(md, began).Done() })
	tracker.pool = sync.Pool{}
	after := heap()
	require.Equal(t, batches*testbatch.StandardPoints, tracker.Len())
	return float64(after-before) / float64(tracker.Len())
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the second one empties pools
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestMemoryPerSeries(t *testing.T) {
	assert.LessOrEqual(t, bytesPerSeries(t, 10), 250.0)
}

// BenchmarkMillionSeries reports the memory of 1,000,000 series of sums.
func BenchmarkMillionSeries(b *testing.B) {
	var bytes float64
	for b.Loop() {
		bytes = bytesPerSeries(b, 100)
	}
	b.ReportMetric(bytes, "B/series")
}
