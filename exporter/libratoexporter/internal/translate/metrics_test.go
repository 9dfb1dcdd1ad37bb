package translate

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// at is 2022-09-12T22:30:07.9Z: the part of a second is cut off.
const at = pcommon.Timestamp(1663021807_900_000_000)

const (
	cumulative = pmetric.AggregationTemporalityCumulative
	delta      = pmetric.AggregationTemporalityDelta
)

var noRecordedValue = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

// batch builds metrics under one resource and scope.
type batch struct{ *testbatch.Builder }

func newBatch() *batch {
	b := &batch{testbatch.NewBuilder(at)}
	b.Resource.PutStr("host.name", "web-1")
	return b
}

func (b *batch) histogram(name string, t pmetric.AggregationTemporality, bounds []float64, counts ...uint64) pmetric.HistogramDataPoint {
	p := b.Histogram(name, t, bounds, counts...)
	p.SetSum(12.5)
	p.SetMin(0.25)
	p.SetMax(9)
	return p
}

func (b *batch) exponential(name string, scale int32, zeros uint64, offset int32, counts ...uint64) pmetric.ExponentialHistogramDataPoint {
	p := b.Exponential(name, delta, scale, zeros, offset, counts...)
	p.SetSum(7)
	return p
}

func (b *batch) double(name string, v float64) {
	b.Gauge(name).SetDoubleValue(v)
}

func (b *batch) summary(name string, count uint64, quantiles ...float64) pmetric.SummaryDataPoint {
	p := b.Summary(name, count, 12.5)
	for i, q := range quantiles {
		v := p.QuantileValues().AppendEmpty()
		v.SetQuantile(q)
		v.SetValue(float64(i) + 0.5)
	}
	return p
}

func fill(m pcommon.Map, prefix string, n int) {
	for i := range n {
		m.PutStr(fmt.Sprintf("%s%02d", prefix, i), "v")
	}
}

func testRules() *Rules {
	return &Rules{
		Tags: TagRules{
			Resource:     Patterns{"service.name", "host.name", "deployment.environment", "deployment.environment.name", "k8s.*"},
			FallbackName: "source", FallbackValue: "otelcol",
		},
		Properties: PropertyRules{Summarize: SummarizeAuto},
		Times:      TimeRules{MaxAge: 2 * time.Hour, MaxFuture: 10 * time.Minute},
	}
}

func sources(r *Rules) { r.Dialect = librato.SourceDialect }

func percentiles(ranks ...float64) func(*Rules) {
	return func(r *Rules) {
		for _, p := range ranks {
			r.Percentiles = append(r.Percentiles, PercentileOf(p))
		}
	}
}

func TestMetrics(t *testing.T) {
	both := []func(*Rules){nil, sources}
	tags := []func(*Rules){nil}
	for _, c := range []struct {
		name     string
		dialects []func(*Rules)
		adjust   func(*Rules)
		build    func(*batch)
	}{
		{"gauge becomes a value", both, nil, func(b *batch) {
			b.Gauge("int")
			b.double("double", 0.1)
			b.double("zero", 0)
			b.Gauge("large").SetIntValue(1<<53 + 1)
			b.Gauge("negative").SetIntValue(-5)
		}},
		{"sums by monotonicity and temporality", both, nil, func(b *batch) {
			b.Sum("monotonic delta", true, delta, 3)
			b.Sum("monotonic cumulative", true, cumulative, 3)
			b.Sum("other delta", false, delta, 3)
			b.Sum("other cumulative", false, cumulative, 3)
		}},
		{"running totals are counters of sources", both, func(r *Rules) { r.Cumulative = true }, func(b *batch) {
			b.Sum("delta", true, delta, 3)
			b.Sum("cumulative", true, cumulative, 3)
			b.Sum("negative", true, cumulative, -3)
			b.Sum("level", false, cumulative, -3)
			b.Sum("unspecified", true, pmetric.AggregationTemporalityUnspecified, 4)
			b.double("nan", math.NaN())
		}},
		{"values that cannot be sent", both, nil, func(b *batch) {
			b.double("nan", math.NaN())
			b.double("inf", math.Inf(-1))
			b.double("too large", 1e127)
			b.double("just fits", 9.9e126)
			b.double("tiny", 1e-200)
			b.Gauge("flagged").SetFlags(noRecordedValue)
			b.Metric("no value").SetEmptyGauge().DataPoints().AppendEmpty().SetTimestamp(at)
			b.Gauge("")
		}},
		{"times", tags, nil, func(b *batch) {
			b.Gauge("zero is now").SetTimestamp(0)
			b.Gauge("just young enough").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(-2 * time.Hour)))
			b.Gauge("too old").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(-2*time.Hour - 1)))
			b.Gauge("just early enough").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(10 * time.Minute)))
			b.Gauge("too early").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(10*time.Minute + 1)))
			b.Gauge("beyond all times").SetTimestamp(math.MaxUint64)
		}},
		{"times without bounds, floored", tags, func(r *Rules) { r.Times = TimeRules{Floor: 60} }, func(b *batch) {
			b.Gauge("of the batch")
			b.Gauge("now").SetTimestamp(0)
			b.Gauge("old").SetTimestamp(1_000_000_000_000)
		}},
		{"histogram", both, nil, func(b *batch) {
			b.histogram("delta", delta, []float64{1, 2}, 3, 4, 5)
			p := b.histogram("no minimum", delta, []float64{1, 2}, 3, 4, 5)
			p.RemoveMin()
			p.RemoveMax()
			b.histogram("no sum", delta, nil).RemoveSum()
			b.histogram("no sum but samples", delta, []float64{1}, 3, 4).RemoveSum()
			b.histogram("no samples", delta, []float64{1}, 0, 0)
			b.histogram("flagged", delta, []float64{1}, 1, 0).SetFlags(noRecordedValue)
			b.histogram("nan in the sum", delta, []float64{1}, 1, 0).SetSum(math.NaN())
			b.histogram("infinite maximum", delta, []float64{1}, 1, 0).SetMax(math.Inf(1))
			b.histogram("cumulative", cumulative, []float64{1, 2}, 3, 4, 5)
		}},
		{"histogram with percentiles and buckets", both, func(r *Rules) { r.Buckets = true; percentiles(0, 50, 99.9, 100)(r) }, func(b *batch) {
			b.histogram("a", delta, []float64{1, 2}, 3, 4, 5).Attributes().PutStr("LE", "goes")
			b.histogram("wide", delta, []float64{-1e6, 0, 1e-7, 1e300}, 1, 1, 1, 1, 1)
			b.histogram("mismatched", delta, []float64{1, 2}, 3, 4)
			b.histogram("bounds that fall", delta, []float64{2, 1}, 3, 4, 5)
			b.histogram("none", delta, nil).SetCount(5)
		}},
		{"exponential histogram", tags, func(r *Rules) { r.Buckets = true; percentiles(50, 95)(r) }, func(b *batch) {
			b.exponential("x", 0, 2, 0, 1, 2, 3)
			p := b.exponential("negative", 1, 1, 0, 4)
			p.Negative().SetOffset(-2)
			p.Negative().BucketCounts().FromRaw([]uint64{1, 0, 2})
			p.SetCount(8)
			counts := make([]uint64, 160)
			for i := range counts {
				counts[i] = 1
			}
			b.exponential("160 buckets are merged until they fit", 4, 0, -80, counts...)
		}},
		{"summary", both, nil, func(b *batch) {
			b.summary("s", 5, 0, 0.5, 0.999, 0.9999999, 1)
			b.summary("no quantiles", 5)
			b.summary("no samples", 0)
			b.summary("no samples but quantiles", 0, 0.07)
			b.summary("quantiles that cannot be sent", 2, -1, 2, math.NaN()).QuantileValues().AppendEmpty().SetValue(math.NaN())
			b.summary("flagged", 1).SetFlags(noRecordedValue)
		}},
		{"metric names", both, nil, func(b *batch) {
			b.Gauge("a b/c")
			b.Gauge("straße.größe")
			b.Gauge("MixedCase:ok_-.")
			b.Gauge(strings.Repeat("n", 300))
			b.histogram(strings.Repeat("n", 300), delta, nil, 1).RemoveSum()
			b.Gauge("\xff\xfe")
		}},
		{"units, descriptions and periods of new metrics", both, func(r *Rules) { r.Properties.Period = 60 }, func(b *batch) {
			for _, unit := range []string{"ms", "By", "{request}", "1", "furlong", ""} {
				m := b.Metric("unit." + unit)
				m.SetUnit(unit)
				m.SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(1)
			}
			m := b.Metric("described")
			m.SetDescription("What \"it\" is.\nÜber")
			s := m.SetEmptySum()
			s.SetIsMonotonic(true)
			s.SetAggregationTemporality(delta)
			for i := range 3 { // only the first one tells
				p := s.DataPoints().AppendEmpty()
				p.SetTimestamp(at)
				p.SetIntValue(int64(i))
			}
		}},
		{"a function for all", tags, func(r *Rules) { r.Properties.Summarize = "max" }, func(b *batch) {
			b.Gauge("g")
			b.Sum("s", true, delta, 3)
			b.histogram("h", delta, nil, 1).RemoveSum()
		}},
		{"no function at all", tags, func(r *Rules) { r.Properties.Summarize = SummarizeNone }, func(b *batch) { b.Sum("s", true, delta, 3) }},
		{"tags of every type", tags, nil, func(b *batch) {
			a := b.Gauge("g").Attributes()
			a.PutStr("str", "a b/c\\d?e")
			a.PutInt("int", -5)
			a.PutBool("bool", true)
			a.PutDouble("double", 0.25)
			a.PutDouble("large", 1e21)
			a.PutEmpty("empty")
			a.PutStr("nothing", "")
			a.PutStr("", "no name")
			a.PutEmptyBytes("bytes").FromRaw([]byte{1, 2})
			a.PutEmptySlice("list").AppendEmpty().SetInt(1)
		}},
		{"tag names and values", tags, nil, func(b *batch) {
			a := b.Gauge("g").Attributes()
			a.PutStr("Http Route", "/cart/{id}")
			a.PutStr("straße", "größe")
			a.PutStr(strings.Repeat("k", 70), strings.Repeat("v", 300))
			a.PutStr("\xff", "\xff")
		}},
		{"lower-case values", tags, func(r *Rules) { r.Tags.LowerValues = true; r.Tags.Static = map[string]string{"Env": "Prod"} }, func(b *batch) {
			b.Gauge("g").Attributes().PutStr("k", "MixedCase")
		}},
		{"equal names, point over scope over resource over configuration", tags, func(r *Rules) {
			r.Tags.Resource = Patterns{"*"}
			r.Tags.ScopeName = true
			r.Tags.Static = map[string]string{"env": "config", "only": "config", "host.name": "config"}
		}, func(b *batch) {
			b.Resource.PutStr("Env", "resource")
			b.Resource.PutStr("otel.scope.name", "resource")
			b.Resource.PutStr("A", "resource")
			b.Scope.Scope().SetName("scope")
			b.Gauge("of scope")
			b.Gauge("of point").Attributes().PutStr("a", "point")
		}},
		{"names that only differ in case, smaller key first", tags, nil, func(b *batch) {
			a := b.Gauge("g").Attributes()
			a.PutStr("key", "small letters")
			a.PutStr("last", "x")
			a.PutStr("KEY", "capital letters")
			a.PutStr("Key", "mixed")
		}},
		{"more than 50 tags, the resource's go first", tags, func(r *Rules) {
			r.Tags.Resource = Patterns{"*"}
			r.Tags.Static = map[string]string{"z": "config"}
		}, func(b *batch) {
			fill(b.Resource, "r", 10)
			fill(b.Gauge("g").Attributes(), "p", 45)
		}},
		{"more than 50 tags of the point, the last keys go", tags, nil, func(b *batch) { fill(b.Gauge("g").Attributes(), "p", 60) }},
		{"points of the same keys, and of others", tags, func(r *Rules) { r.Tags.Static = map[string]string{"c": "config"} }, func(b *batch) {
			for _, attrs := range []map[string]any{
				{"A b": "1"}, {"A b": "2/é"}, {"A b": ""}, {"A b": 3}, {"A b": true}, {"a-b": "4"}, {"c": "point"}, {"A b": "5"}, {}, {"A b": "6"},
			} {
				_ = b.Gauge("g").Attributes().FromRaw(attrs)
			}
		}},
		{"no tags", tags, func(r *Rules) { r.Tags.Resource = nil }, func(b *batch) { b.Gauge("g") }},
		{"chosen resource attributes", tags, nil, func(b *batch) {
			b.Resource.PutStr("k8s.pod.name", "pod")
			b.Resource.PutStr("k8", "left out")
			b.Resource.PutStr("process.pid", "left out")
			b.Resource.PutStr("service.name", "shop")
			b.Gauge("g")
		}},
		{"sources by precedence", []func(*Rules){sources}, nil, func(b *batch) {
			b.Gauge("host")
			b.Gauge("attributes are left out").Attributes().PutStr("device", "sda")
		}},
		{"source of the service", []func(*Rules){sources}, nil, func(b *batch) {
			b.Resource.Clear()
			b.Resource.PutStr("service.name", "my shop")
			b.Gauge("g")
		}},
		{"no source", []func(*Rules){sources}, nil, func(b *batch) { b.Resource.Clear(); b.Gauge("g") }},
		{"the reserved source", []func(*Rules){sources}, nil, func(b *batch) { b.Resource.PutStr("host.name", "ALL"); b.Gauge("g") }},
		{"source of chosen attributes", []func(*Rules){sources}, func(r *Rules) { r.Source = []string{"host.name", "device", "missing"} }, func(b *batch) {
			b.Gauge("one").Attributes().PutStr("device", "s d a")
			a := b.Gauge("two").Attributes()
			a.PutDouble("device", 1e21)
			a.PutStr("other", "x")
			b.Gauge("three").Attributes().PutStr("device", strings.Repeat("d", 300))
		}},
		{"stopped names", both, nil, func(b *batch) {
			b.Gauge("Stopped Name")
			b.Gauge("sent")
			b.histogram("h", delta, nil, 2).RemoveSum()
		}},
	} {
		for _, dialect := range c.dialects {
			name := c.name
			rules := testRules()
			if dialect != nil {
				dialect(rules)
				name += " in sources"
			}
			t.Run(name, func(t *testing.T) {
				if c.adjust != nil {
					c.adjust(rules)
				}
				b := newBatch()
				c.build(b)
				out := encode(t, rules, wide, b.Metrics, "stopped-name", "h.count")
				testkit.Golden(t, out.String())
			})
		}
	}
}
