package translate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

func TestReasonsAndChangesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Reasons() {
		assert.NotEmpty(t, r.String())
		seen[r.String()] = true
	}
	for _, c := range Changes() {
		assert.NotEmpty(t, c.String())
		seen[c.String()] = true
	}
	assert.Len(t, seen, len(Reasons())+len(Changes()))
}

// The sanitizer would turn 1e+21 into 1e-21.
func TestNumbersWithoutPlus(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.5: "0.5", -2: "-2", 1e6: "1000000", 1e20: "100000000000000000000", 1e21: "1e21", -1e300: "-1e300", 1e-6: "0.000001", 1e-7: "1e-07",
		math.Inf(1): "inf", math.Inf(-1): "-inf",
	} {
		assert.Equal(t, want, numberText(v))
	}
}

func TestPercentiles(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name      string
		bounds    []float64
		counts    []uint64
		rank      float64
		low, high float64
		want      float64
	}{
		{"within a bucket", []float64{10, 20}, []uint64{0, 10, 0}, 50, -inf, inf, 15},
		{"at a bound", []float64{10, 20}, []uint64{5, 5, 0}, 50, -inf, inf, 10},
		{"from 0 in the first bucket", []float64{10, 20}, []uint64{10, 0, 0}, 50, -inf, inf, 5},
		{"from the minimum in the first bucket", []float64{10, 20}, []uint64{10, 0, 0}, 50, 8, inf, 9},
		{"a first bound below 0", []float64{-10, 20}, []uint64{10, 0, 0}, 50, -inf, inf, -10},
		{"the last bucket is open", []float64{10, 20}, []uint64{0, 0, 10}, 99, -inf, inf, 20},
		{"the last bucket up to the maximum", []float64{10, 20}, []uint64{0, 0, 10}, 50, -inf, 40, 30},
		{"nothing below", []float64{10, 20}, []uint64{0, 0, 10}, 0, -inf, 40, 20},
		{"everything", []float64{10, 20}, []uint64{1, 1, 0}, 100, -inf, inf, 20},
		{"bounds and extremes that contradict each other", []float64{10, 20}, []uint64{0, 10, 0}, 50, 30, 40, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := explicit{bounds: c.bounds, counts: c.counts}
			got, ok := x.percentile(c.rank, c.low, c.high)
			require.True(t, ok)
			assert.InDelta(t, c.want, got, 1e-9)
		})
	}
	for _, x := range []explicit{{}, {counts: []uint64{5}}, {bounds: []float64{1}, counts: []uint64{0, 0}}} {
		_, ok := x.percentile(50, -inf, inf)
		assert.False(t, ok)
	}
}

func TestExponentialHistogramsKeepTheirCounts(t *testing.T) {
	ones := make([]uint64, 160)
	for i := range ones {
		ones[i] = 1
	}
	for name, build := range map[string]func(p pmetric.ExponentialHistogramDataPoint){
		"empty":      func(pmetric.ExponentialHistogramDataPoint) {},
		"one bucket": func(p pmetric.ExponentialHistogramDataPoint) { p.Positive().BucketCounts().FromRaw([]uint64{7}) },
		"beyond the doubles": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(-10)
			p.Positive().SetOffset(5)
			p.Positive().BucketCounts().FromRaw([]uint64{1, 2, 3})
		},
		"around zero": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(20)
			p.SetZeroCount(3)
			p.Negative().BucketCounts().FromRaw(ones)
			p.Positive().BucketCounts().FromRaw(ones)
		},
		"far offset": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(20)
			p.Positive().SetOffset(math.MaxInt32 - 10)
			p.Positive().BucketCounts().FromRaw(ones[:10])
		},
		"far negative offset": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(20)
			p.Positive().SetOffset(math.MinInt32)
			p.Positive().BucketCounts().FromRaw(ones[:10])
		},
		"wide threshold": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetZeroCount(1)
			p.SetZeroThreshold(100)
			p.Positive().BucketCounts().FromRaw(ones[:8])
		},
		"zeros at either end": func(p pmetric.ExponentialHistogramDataPoint) {
			p.Positive().BucketCounts().FromRaw([]uint64{0, 0, 5, 0, 6, 0})
		},
		"straddles index zero": func(p pmetric.ExponentialHistogramDataPoint) {
			p.Positive().SetOffset(-50)
			p.Positive().BucketCounts().FromRaw(ones[:100])
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := pmetric.NewExponentialHistogramDataPoint()
			build(p)
			want := p.ZeroCount()
			for _, b := range []pmetric.ExponentialHistogramDataPointBuckets{p.Positive(), p.Negative()} {
				for _, n := range b.BucketCounts().AsRaw() {
					want += n
				}
			}
			var x explicit
			x.convert(p, maxBuckets)
			assert.LessOrEqual(t, len(x.counts), maxBuckets)
			require.Len(t, x.counts, len(x.bounds)+1)
			assert.True(t, x.valid())
			got := uint64(0)
			for _, n := range x.counts {
				got += n
			}
			assert.Equal(t, want, got)
		})
	}
}

// Whatever request creates a metric tells the service about it.
func TestEveryRequestDescribesItsMetrics(t *testing.T) {
	b := newBatch()
	for _, name := range []string{"a", "b"} {
		m := b.Metric(name)
		m.SetUnit("ms")
		points := m.SetEmptyGauge().DataPoints()
		for i := range 25 {
			p := points.AppendEmpty()
			p.SetTimestamp(at)
			p.SetIntValue(int64(i))
			if i == 0 || i == 10 {
				p.SetDoubleValue(math.NaN()) // what is dropped describes nothing
			}
		}
	}
	out := encode(t, testRules(), Limits{Bytes: 1 << 20, Measurements: 10}, b.Metrics)
	require.Len(t, out.bodies, 5)
	for _, body := range out.bodies {
		for _, name := range []string{"a", "b"} {
			head := fmt.Sprintf(`{"name":%q`, name)
			if strings.Contains(body, head) {
				assert.Equal(t, 1, strings.Count(body, head+`,"attributes"`), body)
				assert.Less(t, strings.Index(body, head+`,"attributes"`), strings.Index(body, head+`,"value"`), body)
			}
		}
	}
}

func TestOneItemOverTheLimits(t *testing.T) {
	b := newBatch()
	b.Gauge("small")
	b.histogram("too many measurements", delta, []float64{1, 2, 3}, 1, 1, 1, 1)
	b.Gauge("too long").Attributes().PutStr("k", strings.Repeat("v", 255))
	b.Gauge("also small")
	rules := testRules()
	rules.Buckets = true
	out := encode(t, rules, Limits{Bytes: 200, Measurements: 3}, b.Metrics)
	assert.Len(t, out.measurements, 2)
	assert.Equal(t, 2, out.counts.Dropped[TooLarge])
}

// Which tags stay does not depend on how many there are, or on their order.
func TestHundredsOfAttributesKeepTheFirstKeys(t *testing.T) {
	for _, n := range []int{51, 127, 128, 129, 400} {
		b := newBatch()
		b.Resource.Clear()
		attributes := b.Gauge("g").Attributes()
		for i := range n {
			attributes.PutStr(fmt.Sprintf("k%03d", n-1-i), "v")
		}
		out := encode(t, testRules(), wide, b.Metrics)
		want := map[string]string{}
		for i := range librato.MaxTags {
			want[fmt.Sprintf("k%03d", i)] = "v"
		}
		assert.Equal(t, want, out.measurements[0].Tags)
		assert.Equal(t, n-librato.MaxTags, out.counts.Changed[TagOverflow], n)
	}
}

// The first measurement of a metric in a request has its properties, whatever closed the
// request before.
func TestPropertiesAreWithTheFirstMeasurement(t *testing.T) {
	for name, limits := range map[string]Limits{
		"cut by measurements":                       {Bytes: 1 << 20, Measurements: 4},
		"cut within the measurements of one point":  {Bytes: 1 << 20, Measurements: 7},
		"cut by bytes":                              {Bytes: 1500, Measurements: 500},
		"a point that is dropped as too large":      {Bytes: 600, Measurements: 500},
		"a point that alone has too many of them":   {Bytes: 1 << 20, Measurements: 2},
		"everything in one request, for comparison": wide,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			for i := range 40 {
				p := b.summary("s", 5, 0.5, 0.9)
				p.Attributes().PutStr("k", strings.Repeat("v", i*7%100))
			}
			metrics := b.Scope.Metrics() // one metric of 40 points
			for i := range 39 {
				metrics.At(i + 1).Summary().DataPoints().MoveAndAppendTo(metrics.At(0).Summary().DataPoints())
			}
			metrics.At(0).SetUnit("ms")
			out := encode(t, testRules(), limits, b.Metrics)
			for _, body := range out.bodies {
				for _, suffix := range []string{"", ".p50", ".p90"} {
					assert.Equal(t, 1, strings.Count(body, `{"name":"s`+suffix+`","attributes":`), body)
					first := strings.Index(body, `{"name":"s`+suffix+`"`)
					assert.Equal(t, first, strings.Index(body, `{"name":"s`+suffix+`","attributes":`), body)
				}
			}
			assert.Equal(t, 40, out.items+out.counts.Dropped[TooLarge])
			assert.Zero(t, out.counts.Changed[TagValueChanged])
		})
	}
}

// What moves to the next request is counted once.
func TestChangesOfWhatMovesAreCountedOnce(t *testing.T) {
	b := newBatch()
	for range 20 {
		b.histogram("h", delta, []float64{1, 2}, 1, 2, 3).Attributes().PutStr("A", "é")
	}
	rules := testRules()
	rules.Buckets = true
	want := encode(t, rules, wide, b.Metrics)
	out := encode(t, rules, Limits{Bytes: 1 << 20, Measurements: 5}, b.Metrics)
	assert.Len(t, out.bodies, 20)
	assert.Equal(t, want.counts, out.counts)
}

func TestMetricOf(t *testing.T) {
	rules := testRules()
	rules.Properties.Period = 60
	sources(rules)
	rules.Cumulative = true
	b := newBatch()
	b.Sum("a b", true, cumulative, 1)
	m := b.Scope.Metrics().At(0)
	m.SetDescription("d")
	name, metric, ok := MetricOf(m, rules)
	assert.True(t, ok)
	assert.Equal(t, "a-b", name)
	assert.Equal(t, "counter", metric.Type)
	assert.Equal(t, "d", metric.Description)
	assert.EqualValues(t, 60, metric.Period)
	_, _, ok = MetricOf(pmetric.NewMetric(), rules)
	assert.False(t, ok)
}
