package translate

import (
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestMetrics(t *testing.T) {
	cases := map[string]struct {
		rules func(*MetricRules)
		fill  func(*batch)
	}{
		"gauges of doubles and integers": {fill: func(b *batch) {
			b.gauge("g", 0.25)
			b.gauge("g.whole", 3)
			b.gauge("g.int", 0).SetIntValue(math.MaxInt64)
		}},
		"sums by monotonicity and temporality": {fill: func(b *batch) {
			b.Sum("monotonic.delta", true, delta, 5)
			b.Sum("monotonic.cumulative", true, cumulative, 6)
			b.Sum("falling.delta", false, delta, -7)
			b.Sum("falling.cumulative", false, cumulative, 8)
			b.Sum("monotonic.unspecified", true, pmetric.AggregationTemporalityUnspecified, 9)
		}},
		"a delta counter keeps its time for 15 minutes": {fill: func(b *batch) {
			stamp(b.Sum("young", true, delta, 1), now-15*60+1)
			stamp(b.Sum("old", true, delta, 1), now-15*60)
			stamp(b.Sum("very.old", true, delta, 1), 1)
			stamp(b.Sum("timeless", true, delta, 1), 0)
		}},
		"a delta counter from the future": {fill: func(b *batch) {
			stamp(b.Sum("soon", true, delta, 1), now+24*3600)
			stamp(b.Sum("later", true, delta, 1), now+24*3600+1)
		}},
		"a delta of zero or below": {fill: func(b *batch) {
			b.Sum("zero", true, delta, 0)
			b.Sum("below", true, delta, -1)
		}},
		"a gauge named with a delta sign was a delta counter": {fill: func(b *batch) {
			b.gauge("\u2206increment", 2)
			b.gauge("\u0394greek", 2)
			b.Sum("\u2206twice", true, delta, 2)
		}},
		"no other metric becomes a delta counter by its name": {fill: func(b *batch) {
			b.Sum("\u2206cumulative", true, cumulative, 2)
			b.Histogram("\u2206h", delta, []float64{1}, 1, 1)
			b.Histogram("\u2206h", cumulative, []float64{1}, 1, 1)
		}},
		"values that are not finite": {fill: func(b *batch) {
			b.gauge("nan", math.NaN())
			b.gauge("inf", math.Inf(1))
			b.gauge("-inf", math.Inf(-1))
			b.gauge("fine", 1)
		}},
		"no value": {fill: func(b *batch) {
			stamp(b.Metric("g").SetEmptyGauge().DataPoints().AppendEmpty(), at)
		}},
		"no recorded value": {fill: func(b *batch) {
			b.gauge("g", 1).SetFlags(noRecordedValue)
			b.Histogram("h", delta, []float64{1}, 1, 1).SetFlags(noRecordedValue)
			b.Exponential("x", delta, 0, 1, 0, 1).SetFlags(noRecordedValue)
			b.summary("s").SetFlags(noRecordedValue)
		}},
		"times": {fill: func(b *batch) {
			stamp(b.gauge("none", 1), 0)
			stamp(b.gauge("a.year.old", 1), now-8760*3600)
			stamp(b.gauge("older", 1), now-8760*3600-1)
			stamp(b.gauge("tomorrow", 1), now+24*3600)
			stamp(b.gauge("later", 1), now+24*3600+1)
			b.gauge("fraction", 1).SetTimestamp(at*1e9 + 999_999_999)
		}},
		"metric names": {fill: func(b *batch) {
			b.gauge("with space/slash.and:colon", 1)
			b.gauge("žluťoučký", 1)
			b.gauge("~internal", 1)
			b.gauge("", 1)
			b.gauge("\u2206", 1)
			b.gauge(strings.Repeat("n", 256), 1)
			b.gauge(strings.Repeat("n", 257), 1)
		}},
		"blank names, of which a suffix makes none": {fill: func(b *batch) {
			b.Histogram(" ", cumulative, []float64{1}, 1, 1)
			b.Histogram("\u2206", delta, []float64{1}, 1, 1)
			b.gauge("\t", 1)
		}},
		"names with suffixes over the limit": {fill: func(b *batch) {
			b.Histogram(strings.Repeat("n", 255), cumulative, []float64{1}, 1, 1)
		}},
		"cumulative histogram": {fill: func(b *batch) {
			h := b.Histogram("h", cumulative, []float64{0.005, 1, 100, 1e21}, 1, 2, 3, 4, 5)
			h.SetSum(7.5)
			h.SetMin(0.001)
			h.SetMax(9)
		}},
		"cumulative histogram with minimum and maximum, without count and sum": {
			rules: func(r *MetricRules) { r.Count, r.Sum, r.Min, r.Max = false, false, true, true },
			fill: func(b *batch) {
				h := b.Histogram("h", cumulative, []float64{1}, 1, 2)
				h.SetSum(7.5)
				h.SetMin(0.001)
				h.SetMax(9)
			}},
		"cumulative histogram without buckets": {fill: func(b *batch) {
			h := b.Histogram("h", cumulative, nil)
			h.SetCount(3)
			h.SetSum(4)
		}},
		"histograms whose buckets do not fit their bounds": {fill: func(b *batch) {
			b.Histogram("h", cumulative, []float64{1, 2}, 1)
			b.Histogram("d", delta, []float64{1, 2}, 1).SetSum(4)
			b.Histogram("falling", delta, []float64{2, 1}, 1, 1, 1).SetSum(4)
			b.Histogram("nan", delta, []float64{math.NaN()}, 1, 1).SetSum(4)
		}},
		"an attribute le makes room": {fill: func(b *batch) {
			b.Histogram("h", cumulative, []float64{1}, 1, 2).Attributes().PutStr("le", "mine")
			p := b.summary("s")
			p.Attributes().PutStr("quantile", "mine")
			p.Attributes().PutStr("_quantile", "taken")
		}},
		"no room for le": {fill: func(b *batch) {
			fill(b.Histogram("h", cumulative, []float64{1}, 1, 2).Attributes(), "k", 20)
		}},
		"delta histogram": {fill: func(b *batch) {
			h := b.Histogram("h", delta, []float64{10, 20, 30}, 1, 2, 0, 4)
			h.SetSum(180)
			h.SetMin(5)
			h.SetMax(40)
		}},
		"delta histogram without sum, minimum and maximum": {fill: func(b *batch) {
			b.Histogram("h", delta, []float64{10, 20}, 1, 2, 3)
			b.Histogram("below.zero", delta, []float64{-10, 0}, 1, 2, 3)
		}},
		"delta histogram whose sum lies outside of its buckets": {fill: func(b *batch) {
			b.Histogram("h", delta, []float64{10, 20}, 0, 2, 0).SetSum(1000)
		}},
		"delta histogram of one value": {fill: func(b *batch) {
			b.Histogram("h", delta, []float64{10, 20}, 0, 1, 0).SetSum(17)
		}},
		"delta histogram without buckets": {fill: func(b *batch) {
			h := b.Histogram("all", delta, nil)
			h.SetCount(4)
			h.SetSum(40)
			h.SetMin(1)
			h.SetMax(30)
			h = b.Histogram("sum", delta, nil)
			h.SetCount(4)
			h.SetSum(40)
			h = b.Histogram("range", delta, nil)
			h.SetCount(4)
			h.SetMin(1)
			h.SetMax(3)
			b.Histogram("nothing", delta, nil).SetCount(4)
			b.Histogram("one.bucket", delta, nil, 4).SetSum(40)
		}},
		"histograms whose count their buckets do not hold": {fill: func(b *batch) {
			p := b.Exponential("x", delta, 0, 0, 0)
			p.SetCount(4)
			p.SetSum(10)
			h := b.Histogram("h", delta, []float64{1}, 0, 0)
			h.SetCount(4)
			h.SetSum(10)
			h.SetMin(1)
			h = b.Histogram("counts beyond 64 bits", delta, []float64{1}, math.MaxUint64, 2)
			h.SetSum(10)
		}},
		"delta histogram of no values": {fill: func(b *batch) {
			b.Histogram("h", delta, []float64{10}, 0, 0)
		}},
		"delta histogram whose fields are not finite": {fill: func(b *batch) {
			h := b.Histogram("h", delta, []float64{10}, 1, 1)
			h.SetSum(math.NaN())
			h.SetMin(math.Inf(-1))
			h.SetMax(math.Inf(1))
		}},
		"all granularities": {
			rules: func(r *MetricRules) {
				r.Granularities = []wavefront.Granularity{wavefront.Minute, wavefront.Hour, wavefront.Day}
			},
			fill: func(b *batch) { b.Histogram("h", delta, []float64{10}, 1, 1) },
		},
		"counts over 31 bits take more lines": {fill: func(b *batch) {
			b.Histogram("h", delta, []float64{10, 20}, 1, math.MaxInt32+5, 2)
			b.Histogram("far.too.large", delta, []float64{10, 20}, 1, math.MaxInt32*20, 2)
		}},
		"more than 100 centroids are merged": {fill: func(b *batch) {
			bounds := make([]float64, 150)
			for i := range bounds {
				bounds[i] = float64(i)
			}
			h := b.Histogram("h", delta, bounds, ones(151)...)
			h.SetMin(-3)
			h.SetMax(200)
		}},
		"exponential histogram as distribution, zeros at zero": {fill: func(b *batch) {
			b.Exponential("far.from.zero", delta, 0, 5, 10, 1)
			h := b.Exponential("both.sides", delta, 0, 2, 1, 3)
			h.Negative().SetOffset(1)
			h.Negative().BucketCounts().FromRaw([]uint64{4})
			h = b.Exponential("threshold", delta, 0, 2, 1, 3)
			h.SetZeroThreshold(0.5)
			h.SetSum(9)
			h.SetMin(0)
			h.SetMax(4)
		}},
		"exponential histogram as le series": {fill: func(b *batch) {
			h := b.Exponential("x", cumulative, 0, 2, 1, 3, 0, 4)
			h.SetSum(9)
			h.Negative().BucketCounts().FromRaw([]uint64{1})
		}},
		"exponential histogram of 160 buckets is halved until it fits": {fill: func(b *batch) {
			b.Exponential("x", cumulative, 3, 0, -80, ones(160)...)
			b.Exponential("d", delta, 3, 0, -80, ones(160)...)
		}},
		"summary": {fill: func(b *batch) {
			p := b.summary("s")
			q := p.QuantileValues().AppendEmpty()
			q.SetQuantile(1)
			q.SetValue(math.NaN())
		}},
		"source by precedence": {fill: func(b *batch) {
			b.Resource.PutStr("host.name", "second")
			b.Resource.PutStr("source", "first")
			b.Resource.PutStr("host", "reserved")
			b.gauge("g", 1)
			b.gauge("own", 1).Attributes().PutStr("source", "of the point")
		}},
		"source, the attribute is no tag": {fill: func(b *batch) {
			b.Resource.PutStr("host.name", "web-1")
			b.gauge("g", 1)
			b.gauge("g", 1).Attributes().PutStr("host.name", "of the point")
		}},
		"a source that is blank": {fill: func(b *batch) {
			b.Resource.PutStr("host.name", "  ")
			b.gauge("g", 1)
		}},
		"a source that is blank gives way to the next": {fill: func(b *batch) {
			b.Resource.PutStr("source", " ")
			b.Resource.PutStr("host.name", "web-1")
			b.gauge("g", 1).Attributes().PutStr("source", "\x01")
		}},
		"sources of the point by precedence, not by the order of its attributes": {
			rules: func(r *MetricRules) { r.Sources.Item = []string{"first", "second"} },
			fill: func(b *batch) {
				a := b.gauge("g", 1).Attributes()
				a.PutStr("second", "2")
				a.PutStr("first", "1")
			}},
		"no source at all": {
			rules: func(r *MetricRules) { r.Sources.Default = "" },
			fill:  func(b *batch) { b.gauge("g", 1); b.gauge("own", 1).Attributes().PutStr("source", "mine") },
		},
		"equal keys: point over scope over resource": {
			rules: func(r *MetricRules) { r.ScopeAttributes = true },
			fill: func(b *batch) {
				for _, key := range []string{"a", "b", "c"} {
					b.Resource.PutStr(key, "resource")
				}
				b.Scope.Scope().Attributes().PutStr("b", "scope")
				b.Scope.Scope().Attributes().PutStr("c", "scope")
				p := b.gauge("g", 1)
				p.Attributes().PutStr("c", "point")
				p.Attributes().PutStr("c.d", "point")
				p.Attributes().PutStr("c:d", "stays")
				p.Attributes().PutStr("c/d", "goes")
			}},
		"scope and unit as tags": {
			rules: func(r *MetricRules) { r.ScopeName, r.ScopeVersion, r.UnitKey = true, true, "unit" },
			fill: func(b *batch) {
				b.Scope.Scope().SetName("lib")
				b.Scope.Scope().SetVersion("1.2")
				b.gauge("g", 1)
				b.Scope.Metrics().At(0).SetUnit("By")
			}},
		"service.name is the service": {fill: func(b *batch) {
			b.Resource.PutStr("service.name", "checkout")
			b.gauge("g", 1)
		}},
		"service.name beside a service": {fill: func(b *batch) {
			b.Resource.PutStr("service.name", "checkout")
			b.Resource.PutStr("service", "own")
			b.gauge("g", 1)
		}},
		"service.name beside a service that is empty": {fill: func(b *batch) {
			b.Resource.PutStr("service.name", "checkout")
			b.Resource.PutStr("service", "")
			b.gauge("g", 1)
		}},
		"only the application's tags of the resource": {
			rules: func(r *MetricRules) { r.Resource = ResourceApplication },
			fill: func(b *batch) {
				b.Resource.PutStr("service.name", "checkout")
				b.Resource.PutStr("shard", "a")
				b.Resource.PutStr("cloud.region", "eu")
				b.gauge("g", 1)
			}},
		"only the application's tags of the resource, with a service of its own": {
			rules: func(r *MetricRules) { r.Resource = ResourceApplication },
			fill: func(b *batch) {
				b.Resource.PutStr("service.name", "checkout")
				b.Resource.PutStr("service", "own")
				b.gauge("g", 1)
			}},
		"no tags of the resource": {
			rules: func(r *MetricRules) { r.Resource = ResourceNone },
			fill: func(b *batch) {
				b.Resource.PutStr("service.name", "checkout")
				b.Resource.PutStr("host.name", "web-1")
				b.gauge("g", 1)
			}},
		"tag values of every type": {fill: func(b *batch) {
			a := b.gauge("g", 1).Attributes()
			a.PutStr("str", "text")
			a.PutInt("int", -5)
			a.PutDouble("double", 0.5)
			a.PutBool("bool", true)
			a.PutEmptyBytes("bytes").FromRaw([]byte{1, 2})
			a.PutEmptySlice("slice").AppendEmpty().SetStr("one")
			a.PutEmptyMap("map").PutInt("k", 1)
			a.PutEmpty("empty")
			a.PutStr("blank", " ")
			a.PutStr("", "no key")
			a.PutStr("~", "tilde")
			a.PutStr("\u2206", "sign")
			a.PutStr("quoted \"key\"", "a \"value\"\nof two lines \\")
		}},
		"lengths of keys and values": {fill: func(b *batch) {
			a := b.gauge("g", 1).Attributes()
			a.PutStr(strings.Repeat("k", 64), "fits")
			a.PutStr(strings.Repeat("l", 65), "too long")
			a.PutStr("v", strings.Repeat("v", 300))
		}},
		"values over the limit are left out where cutting is off": {
			rules: func(r *MetricRules) { r.Encode.Limits.CutText = false },
			fill: func(b *batch) {
				b.Resource.PutStr("host.name", strings.Repeat("h", 200))
				b.gauge("g", 1).Attributes().PutStr("v", strings.Repeat("v", 300))
			}},
		"more than 20 tags: the resource's last go first": {fill: func(b *batch) {
			fill(b.Resource, "r", 8)
			b.Resource.PutStr("service", "kept")
			fill(b.gauge("g", 1).Attributes(), "p", 15)
		}},
		"more than 20 tags of the resource alone": {fill: func(b *batch) {
			fill(b.Resource, "r", 25)
			b.gauge("g", 1)
		}},
		"more than 20 tags of the point itself": {fill: func(b *batch) {
			fill(b.gauge("g", 1).Attributes(), "p", 21)
		}},
		"more than 20 tags of the point itself, cut on request": {
			rules: func(r *MetricRules) { r.CutOwnTags = true },
			fill: func(b *batch) {
				a := b.gauge("g", 1).Attributes()
				fill(a, "p", 22)
				a.PutStr("application", "kept")
			}},
		"points with the keys of the one before": {fill: func(b *batch) {
			fill(b.Resource, "r", 16)
			points := b.Histogram("h", cumulative, []float64{1}, 1, 2)
			m := b.Scope.Metrics().At(0).Histogram().DataPoints()
			attributes := func(a pcommon.Map, values ...string) {
				for i, v := range values {
					a.PutStr(string(rune('a'+i)), v)
				}
			}
			attributes(points.Attributes(), "1", "2", "3", "4")
			for _, values := range [][]string{{"a longer value", "2", "3", "5"}, {"1", " trimmed", "3", "4"}, {"1", "", "3", "4"}, {"1", "2", "3"}} {
				p := m.AppendEmpty()
				m.At(0).CopyTo(p)
				p.Attributes().Clear()
				attributes(p.Attributes(), values...)
			}
			other := m.AppendEmpty()
			m.At(0).CopyTo(other)
			other.Attributes().Clear()
			for _, key := range []string{"a", "b", "r00", "d"} {
				other.Attributes().PutStr(key, "other keys")
			}
		}},
		"keys without quotes for readers that want none": {
			rules: func(r *MetricRules) { r.Encode.BareKeys = true },
			fill: func(b *batch) {
				b.Histogram("h", cumulative, []float64{1}, 1, 2).Attributes().PutStr("le", "x")
				b.Resource.PutStr("a", "b")
				b.gauge("g", 1).Attributes().PutStr("a", "c")
			}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules := testRules()
			if c.rules != nil {
				c.rules(rules)
			}
			b := newBatch()
			c.fill(b)
			out := encodeMetrics(t, rules, wide, b.Metrics)
			testkit.Golden(t, out.String())
		})
	}
}
