package delta

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

var born = time.Unix(1_000_000, 0)

type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newConverter(o Options) (*Converter, *clock) {
	c := &clock{born}
	if o.MaxSeries == 0 {
		o.MaxSeries = 100
	}
	o.MaxIdle = time.Hour
	o.Sums, o.Histograms = true, true
	return New(o, c.now), c
}

// at is so many seconds after the converter's birth.
func at(seconds int) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(born.Add(time.Duration(seconds) * time.Second))
}

func sum(start, t int, values ...int64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("s")
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for i, v := range values {
		p := s.DataPoints().AppendEmpty()
		p.SetStartTimestamp(at(start))
		p.SetTimestamp(at(t))
		p.SetIntValue(v)
		p.Attributes().PutInt("i", int64(i))
	}
	return md
}

// text says what became of a batch: the deltas, or why there are none.
func text(c *Converter, md pmetric.Metrics) string {
	done := c.Convert(md)
	var words []string
	for i := range md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().Len() {
		m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(i)
		switch m.Type() {
		case pmetric.MetricTypeSum:
			for j := range m.Sum().DataPoints().Len() {
				words = append(words, fmt.Sprint(m.Sum().DataPoints().At(j).IntValue()+int64(m.Sum().DataPoints().At(j).DoubleValue())))
			}
		case pmetric.MetricTypeHistogram:
			p := m.Histogram().DataPoints().At(0)
			words = append(words, fmt.Sprint(p.BucketCounts().AsRaw(), p.Count(), p.Sum(), p.HasMin()))
		case pmetric.MetricTypeExponentialHistogram:
			p := m.ExponentialHistogram().DataPoints().At(0)
			words = append(words, fmt.Sprint(p.Scale(), p.ZeroCount(), p.Positive().Offset(), p.Positive().BucketCounts().AsRaw(), p.Count(), p.Sum()))
		}
	}
	for i, n := range done.Counts.Dropped {
		if n > 0 {
			words = append(words, fmt.Sprint(translate.Reason(i), ":", n))
		}
	}
	return strings.Join(words, " ")
}

func TestSums(t *testing.T) {
	c, _ := newConverter(Options{})
	for _, step := range []struct {
		name string
		md   pmetric.Metrics
		want string
	}{
		{"the first of a series that began before us", sum(-50, 10, 100), "first_value:1"},
		{"the difference", sum(-50, 20, 107), "7"},
		{"nothing new", sum(-50, 30, 107), "nothing_to_add:1"},
		{"a late one", sum(-50, 25, 108), "out_of_order:1"},
		{"the same again", sum(-50, 30, 108), "out_of_order:1"},
		{"a fall is a new beginning", sum(-50, 40, 5), "5"},
		{"a new start time is a new beginning", sum(45, 50, 9), "9"},
		{"another series, which began after us", sum(45, 60, 10, 3), "1 3"},
		{"whole 64 bits", sum(45, 70, 9_000_000_000_000_000_001, 3), "8999999999999999991 nothing_to_add:1"},
	} {
		assert.Equal(t, step.want, text(c, step.md), step.name)
	}
	assert.Equal(t, 2, c.Series())
}

func TestWhatIsNotConverted(t *testing.T) {
	c, _ := newConverter(Options{})
	for name, change := range map[string]func(pmetric.Metric){
		"a sum that may fall": func(m pmetric.Metric) { m.Sum().SetIsMonotonic(false) },
		"a delta":             func(m pmetric.Metric) { m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta) },
		"no recorded value": func(m pmetric.Metric) {
			m.Sum().DataPoints().At(0).SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
		},
	} {
		md := sum(0, 10, 5)
		change(md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0))
		assert.Equal(t, "5", text(c, md), name)
	}
	assert.Zero(t, c.Series())
}

func TestSeriesAreToldApart(t *testing.T) {
	c, _ := newConverter(Options{})
	changes := []func(pmetric.Metrics){
		func(pmetric.Metrics) {},
		func(md pmetric.Metrics) { md.ResourceMetrics().At(0).Resource().Attributes().PutStr("host", "a") },
		func(md pmetric.Metrics) { md.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope().SetName("lib") },
		func(md pmetric.Metrics) {
			md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName("other")
		},
		func(md pmetric.Metrics) {
			md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints().At(0).Attributes().PutStr("i", "0")
		},
	}
	for _, change := range changes {
		md := sum(-5, 10, 1)
		change(md)
		assert.Equal(t, "first_value:1", text(c, md))
	}
	assert.Equal(t, len(changes), c.Series())

	// The order of attributes does not matter.
	for i, keys := range [][]string{{"a", "b"}, {"b", "a"}} {
		md := sum(-5, 20+i, int64(1+i))
		for _, key := range keys {
			md.ResourceMetrics().At(0).Resource().Attributes().PutStr(key, "x")
		}
		assert.Equal(t, []string{"first_value:1", "1"}[i], text(c, md))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c, clock := newConverter(Options{MaxSeries: 2})
	assert.Equal(t, "1 1 too_many_series:1", text(c, sum(0, 10, 1, 1, 1)))
	clock.Time = born.Add(50 * time.Minute)
	assert.Equal(t, "1", text(c, sum(0, 3000, 2)))
	clock.Time = born.Add(100 * time.Minute)
	assert.Equal(t, "nothing_to_add:1", text(c, sum(0, 6000, 2)), "it is remembered for its last point")
	assert.Equal(t, 1, c.Series(), "the other one was idle for too long")
}

func TestUndo(t *testing.T) {
	c, _ := newConverter(Options{})
	c.Convert(sum(0, 10, 1))
	refused := c.Convert(sum(0, 20, 5, 7))
	refused.Undo()
	assert.Equal(t, 1, c.Series())
	assert.Equal(t, "4 7", text(c, sum(0, 20, 5, 7)), "the batch comes again")

	refused = c.Convert(sum(0, 30, 6))
	c.Convert(sum(0, 40, 9))
	refused.Undo()
	assert.Equal(t, "1", text(c, sum(0, 50, 10)), "what came behind stays")
}

func histogram(t int, bounds []float64, counts ...uint64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(at(t))
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	p.SetCount(total)
	p.SetSum(float64(total) * 2)
	p.SetMin(1)
	return md
}

func TestHistograms(t *testing.T) {
	c, _ := newConverter(Options{})
	bounds := []float64{1, 2}
	assert.Equal(t, "first_value:1", text(c, histogram(10, bounds, 1, 2, 3)))
	assert.Equal(t, "[0 1 2] 3 6 false", text(c, histogram(20, bounds, 1, 3, 5)))
	assert.Equal(t, "nothing_to_add:1", text(c, histogram(30, bounds, 1, 3, 5)))
	assert.Equal(t, "[1 0 0] 1 2 true", text(c, histogram(40, bounds, 1, 0, 0)), "a fall is a new beginning")
	assert.Equal(t, "first_value:1", text(c, histogram(50, []float64{1, 3}, 5, 5, 5)), "other buckets cannot be compared")
	assert.Equal(t, "first_value:1", text(c, histogram(60, []float64{1, 3}, 4, 9, 9)), "nor can a bucket that fell alone")
}

func exponentialAt(t int, scale, offset int32, zero uint64, counts ...uint64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	h := m.SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(at(t))
	p.SetScale(scale)
	p.SetZeroCount(zero)
	p.Positive().SetOffset(offset)
	p.Positive().BucketCounts().FromRaw(counts)
	total := zero
	for _, n := range counts {
		total += n
	}
	p.SetCount(total)
	p.SetSum(float64(total))
	return md
}

func TestExponentialHistograms(t *testing.T) {
	c, _ := newConverter(Options{})
	assert.Equal(t, "first_value:1", text(c, exponentialAt(10, 2, 4, 1, 1, 2, 3, 4)))
	assert.Equal(t, "2 1 3 [1 0 1 0 0 5] 8 8", text(c, exponentialAt(20, 2, 3, 2, 1, 1, 3, 3, 4, 5)), "the range grew")
	assert.Equal(t, "1 0 1 [0 0 2 0] 2 2", text(c, exponentialAt(30, 1, 1, 2, 1, 4, 9, 5)), "the scale fell")
	assert.Equal(t, "first_value:1", text(c, exponentialAt(40, 5, 1, 2, 9, 9, 9)), "the scale rose")
}
