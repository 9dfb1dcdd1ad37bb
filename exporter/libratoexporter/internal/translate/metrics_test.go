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
)

// at is 2022-09-12T22:30:07.9Z: the part of a second is cut off.
const at = pcommon.Timestamp(1663021807_900_000_000)

const (
	cumulative = pmetric.AggregationTemporalityCumulative
	delta      = pmetric.AggregationTemporalityDelta
)

var noRecordedValue = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

// batch builds one resource with one scope.
type batch struct {
	pmetric.Metrics
	pmetric.ScopeMetrics
	resource pcommon.Map
}

func newBatch() *batch {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("host.name", "web-1")
	return &batch{md, rm.ScopeMetrics().AppendEmpty(), rm.Resource().Attributes()}
}

func (b *batch) add(name string) pmetric.Metric {
	m := b.ScopeMetrics.Metrics().AppendEmpty()
	m.SetName(name)
	return m
}

func (b *batch) gauge(name string) pmetric.NumberDataPoint {
	p := b.add(name).SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.SetIntValue(1)
	return p
}

func (b *batch) double(name string, v float64) {
	b.gauge(name).SetDoubleValue(v)
}

func (b *batch) sum(name string, monotonic bool, t pmetric.AggregationTemporality, value int64) {
	s := b.add(name).SetEmptySum()
	s.SetIsMonotonic(monotonic)
	s.SetAggregationTemporality(t)
	p := s.DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.SetIntValue(value)
}

func (b *batch) histogram(name string, t pmetric.AggregationTemporality, bounds []float64, counts ...uint64) pmetric.HistogramDataPoint {
	h := b.add(name).SetEmptyHistogram()
	h.SetAggregationTemporality(t)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	p.SetCount(total)
	p.SetSum(12.5)
	p.SetMin(0.25)
	p.SetMax(9)
	return p
}

func (b *batch) exponential(name string, scale int32, zero uint64, offset int32, counts ...uint64) pmetric.ExponentialHistogramDataPoint {
	h := b.add(name).SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(delta)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.SetScale(scale)
	p.SetZeroCount(zero)
	p.Positive().SetOffset(offset)
	p.Positive().BucketCounts().FromRaw(counts)
	p.SetCount(zero)
	for _, n := range counts {
		p.SetCount(p.Count() + n)
	}
	p.SetSum(7)
	return p
}

func (b *batch) summary(name string, count uint64, quantiles ...float64) pmetric.SummaryDataPoint {
	p := b.add(name).SetEmptySummary().DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.SetCount(count)
	p.SetSum(12.5)
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
			b.gauge("int")
			b.double("double", 0.1)
			b.double("zero", 0)
			b.gauge("large").SetIntValue(1<<53 + 1)
			b.gauge("negative").SetIntValue(-5)
		}},
		{"sums by monotonicity and temporality", both, nil, func(b *batch) {
			b.sum("monotonic delta", true, delta, 3)
			b.sum("monotonic cumulative", true, cumulative, 3)
			b.sum("other delta", false, delta, 3)
			b.sum("other cumulative", false, cumulative, 3)
		}},
		{"running totals are counters of sources", both, func(r *Rules) { r.Cumulative = true }, func(b *batch) {
			b.sum("delta", true, delta, 3)
			b.sum("cumulative", true, cumulative, 3)
			b.sum("negative", true, cumulative, -3)
			b.sum("level", false, cumulative, -3)
			b.sum("unspecified", true, pmetric.AggregationTemporalityUnspecified, 4)
			b.double("nan", math.NaN())
		}},
		{"values that cannot be sent", both, nil, func(b *batch) {
			b.double("nan", math.NaN())
			b.double("inf", math.Inf(-1))
			b.double("too large", 1e127)
			b.double("just fits", 9.9e126)
			b.double("tiny", 1e-200)
			b.gauge("flagged").SetFlags(noRecordedValue)
			b.add("no value").SetEmptyGauge().DataPoints().AppendEmpty().SetTimestamp(at)
			b.gauge("")
		}},
		{"times", tags, nil, func(b *batch) {
			b.gauge("zero is now").SetTimestamp(0)
			b.gauge("just young enough").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(-2 * time.Hour)))
			b.gauge("too old").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(-2*time.Hour - 1)))
			b.gauge("just early enough").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(10 * time.Minute)))
			b.gauge("too early").SetTimestamp(pcommon.NewTimestampFromTime(now.Add(10*time.Minute + 1)))
			b.gauge("beyond all times").SetTimestamp(math.MaxUint64)
		}},
		{"times without bounds, floored", tags, func(r *Rules) { r.Times = TimeRules{Floor: 60} }, func(b *batch) {
			b.gauge("of the batch")
			b.gauge("now").SetTimestamp(0)
			b.gauge("old").SetTimestamp(1_000_000_000_000)
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
			b.gauge("a b/c")
			b.gauge("straße.größe")
			b.gauge("MixedCase:ok_-.")
			b.gauge(strings.Repeat("n", 300))
			b.histogram(strings.Repeat("n", 300), delta, nil, 1).RemoveSum()
			b.gauge("\xff\xfe")
		}},
		{"units, descriptions and periods of new metrics", both, func(r *Rules) { r.Properties.Period = 60 }, func(b *batch) {
			for _, unit := range []string{"ms", "By", "{request}", "1", "furlong", ""} {
				m := b.add("unit." + unit)
				m.SetUnit(unit)
				m.SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(1)
			}
			m := b.add("described")
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
			b.gauge("g")
			b.sum("s", true, delta, 3)
			b.histogram("h", delta, nil, 1).RemoveSum()
		}},
		{"no function at all", tags, func(r *Rules) { r.Properties.Summarize = SummarizeNone }, func(b *batch) { b.sum("s", true, delta, 3) }},
		{"tags of every type", tags, nil, func(b *batch) {
			a := b.gauge("g").Attributes()
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
			a := b.gauge("g").Attributes()
			a.PutStr("Http Route", "/cart/{id}")
			a.PutStr("straße", "größe")
			a.PutStr(strings.Repeat("k", 70), strings.Repeat("v", 300))
			a.PutStr("\xff", "\xff")
		}},
		{"lower-case values", tags, func(r *Rules) { r.Tags.LowerValues = true; r.Tags.Static = map[string]string{"Env": "Prod"} }, func(b *batch) {
			b.gauge("g").Attributes().PutStr("k", "MixedCase")
		}},
		{"equal names, point over scope over resource over configuration", tags, func(r *Rules) {
			r.Tags.Resource = Patterns{"*"}
			r.Tags.ScopeName = true
			r.Tags.Static = map[string]string{"env": "config", "only": "config", "host.name": "config"}
		}, func(b *batch) {
			b.resource.PutStr("Env", "resource")
			b.resource.PutStr("otel.scope.name", "resource")
			b.resource.PutStr("A", "resource")
			b.ScopeMetrics.Scope().SetName("scope")
			b.gauge("of scope")
			b.gauge("of point").Attributes().PutStr("a", "point")
		}},
		{"names that only differ in case, smaller key first", tags, nil, func(b *batch) {
			a := b.gauge("g").Attributes()
			a.PutStr("key", "small letters")
			a.PutStr("last", "x")
			a.PutStr("KEY", "capital letters")
			a.PutStr("Key", "mixed")
		}},
		{"more than 50 tags, the resource's go first", tags, func(r *Rules) {
			r.Tags.Resource = Patterns{"*"}
			r.Tags.Static = map[string]string{"z": "config"}
		}, func(b *batch) {
			fill(b.resource, "r", 10)
			fill(b.gauge("g").Attributes(), "p", 45)
		}},
		{"more than 50 tags of the point, the last keys go", tags, nil, func(b *batch) { fill(b.gauge("g").Attributes(), "p", 60) }},
		{"points of the same keys, and of others", tags, func(r *Rules) { r.Tags.Static = map[string]string{"c": "config"} }, func(b *batch) {
			for _, attrs := range []map[string]any{
				{"A b": "1"}, {"A b": "2/é"}, {"A b": ""}, {"A b": 3}, {"A b": true}, {"a-b": "4"}, {"c": "point"}, {"A b": "5"}, {}, {"A b": "6"},
			} {
				_ = b.gauge("g").Attributes().FromRaw(attrs)
			}
		}},
		{"no tags", tags, func(r *Rules) { r.Tags.Resource = nil }, func(b *batch) { b.gauge("g") }},
		{"chosen resource attributes", tags, nil, func(b *batch) {
			b.resource.PutStr("k8s.pod.name", "pod")
			b.resource.PutStr("k8", "left out")
			b.resource.PutStr("process.pid", "left out")
			b.resource.PutStr("service.name", "shop")
			b.gauge("g")
		}},
		{"sources by precedence", []func(*Rules){sources}, nil, func(b *batch) {
			b.gauge("host")
			b.gauge("attributes are left out").Attributes().PutStr("device", "sda")
		}},
		{"source of the service", []func(*Rules){sources}, nil, func(b *batch) {
			b.resource.Clear()
			b.resource.PutStr("service.name", "my shop")
			b.gauge("g")
		}},
		{"no source", []func(*Rules){sources}, nil, func(b *batch) { b.resource.Clear(); b.gauge("g") }},
		{"the reserved source", []func(*Rules){sources}, nil, func(b *batch) { b.resource.PutStr("host.name", "ALL"); b.gauge("g") }},
		{"source of chosen attributes", []func(*Rules){sources}, func(r *Rules) { r.Source = []string{"host.name", "device", "missing"} }, func(b *batch) {
			b.gauge("one").Attributes().PutStr("device", "s d a")
			a := b.gauge("two").Attributes()
			a.PutDouble("device", 1e21)
			a.PutStr("other", "x")
			b.gauge("three").Attributes().PutStr("device", strings.Repeat("d", 300))
		}},
		{"stopped names", both, nil, func(b *batch) {
			b.gauge("Stopped Name")
			b.gauge("sent")
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
				golden(t, out.String())
			})
		}
	}
}
