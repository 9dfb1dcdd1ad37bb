package translate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// at is 2022-09-12T22:30:07.5Z, with nanoseconds that milliseconds cut off.
const at = pcommon.Timestamp(1663021807500_999_999)

// batch builds metrics under one resource and scope.
type batch struct{ *testbatch.Builder }

func newBatch() *batch { return &batch{testbatch.NewBuilder(at)} }

func (b *batch) histogram(name string, t pmetric.AggregationTemporality, bounds []float64, counts ...uint64) pmetric.HistogramDataPoint {
	p := b.Histogram(name, t, bounds, counts...)
	p.SetSum(12.5)
	p.SetMin(0.25)
	p.SetMax(9)
	return p
}

func (b *batch) exponential(name string, scale int32, zeros uint64, offset int32, counts ...uint64) pmetric.ExponentialHistogramDataPoint {
	p := b.Exponential(name, cumulative, scale, zeros, offset, counts...)
	p.SetSum(100)
	return p
}

const (
	delta      = pmetric.AggregationTemporalityDelta
	cumulative = pmetric.AggregationTemporalityCumulative
)

var noRecordedValue = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

func asOTLP(r *MetricRules) { r.Histograms = HistogramOTLP }

// TestMetrics has one golden file per rule, under testdata/golden/TestMetrics.
func TestMetrics(t *testing.T) {
	cases := map[string]struct {
		rules func(*MetricRules)
		build func(*batch)
	}{
		"gauge becomes GAUGE": {build: func(b *batch) {
			b.Gauge("int")
			b.Gauge("double").SetDoubleValue(0.5)
		}},
		"sums by monotonicity and temporality": {build: func(b *batch) {
			b.Sum("monotonic.cumulative", true, cumulative, 5)
			b.Sum("monotonic.delta", true, delta, 5)
			b.Sum("monotonic.unspecified", true, pmetric.AggregationTemporalityUnspecified, 5)
			b.Sum("up.down.cumulative", false, cumulative, -5)
			b.Sum("up.down.delta", false, delta, -5)
		}},
		"cumulative histogram": {build: func(b *batch) {
			b.histogram("h", cumulative, []float64{0, 0.005, 1, 100000, 1000000, 12345678}, 1, 2, 3, 4, 5, 6, 7)
		}},
		"delta histogram": {build: func(b *batch) {
			b.histogram("h", delta, []float64{1, 2}, 1, 0, 2)
		}},
		"histogram without sum, min, max and buckets": {build: func(b *batch) {
			p := b.histogram("h", cumulative, nil)
			p.SetCount(4)
			p.RemoveSum()
			p.RemoveMin()
			p.RemoveMax()
		}},
		"histogram whose buckets do not fit its bounds": {build: func(b *batch) {
			b.histogram("h", cumulative, []float64{1, 2, 3}, 1, 2)
		}},
		"histogram without its buckets": {
			rules: func(r *MetricRules) { r.Histograms = HistogramNoBuckets },
			build: func(b *batch) { b.histogram("h", cumulative, []float64{1}, 1, 2) },
		},
		"histogram and summary in the form of 2021": {
			rules: func(r *MetricRules) { r.Histograms = HistogramUpperBound },
			build: func(b *batch) {
				b.histogram("h", cumulative, []float64{1, 2}, 1, 2, 3)
				addSummary(b)
			},
		},
		"histogram as statistics": {
			rules: func(r *MetricRules) { r.Histograms = HistogramStatistics },
			build: func(b *batch) {
				b.histogram("h", cumulative, []float64{1, 2, 4, 8}, 10, 20, 40, 20, 10)
				p := b.histogram("no.extremes", delta, []float64{1, 2}, 1, 1, 1)
				p.RemoveMin()
				p.RemoveMax()
				b.histogram("empty", delta, []float64{1}, 0, 0)
			},
		},
		"histogram as OTLP": {
			rules: func(r *MetricRules) {
				r.Histograms = HistogramOTLP
				r.Static = map[string]string{"env": "prod"}
			},
			build: func(b *batch) {
				b.Resource.PutStr("cloud.provider", "gcp")
				b.Resource.PutStr("cloud.account.id", "project")
				b.Resource.PutStr("host.id", "42")
				b.Resource.PutStr(AccessTokenAttribute, "secret")
				b.Resource.PutStr("env", "overridden")
				b.Scope.Scope().SetName("scope")
				b.Gauge("not.a.histogram")
				b.histogram("h", delta, []float64{1, 2}, 1, 2, 3).Attributes().PutStr("route", "/")
				b.exponential("x", 0, 0, 0, 1, 2, 3)
				b.histogram("forty.buckets", delta, manyBounds(39), make([]uint64, 40)...)
			},
		},
		"counts above 2^63-1 are doubles": {build: func(b *batch) {
			p := b.histogram("h", cumulative, []float64{1}, 1<<63, 1)
			p.SetCount(1<<63 + 1)
		}},
		"exponential histogram": {build: func(b *batch) {
			b.exponential("doubling", 0, 2, 0, 1, 2, 3)
			b.exponential("fractional.scale", 1, 0, -2, 1, 0, 0, 4)
		}},
		"exponential histogram with negative values": {build: func(b *batch) {
			p := b.exponential("h", 0, 1, 0, 5)
			p.SetZeroThreshold(0.5)
			p.Negative().SetOffset(0)
			p.Negative().BucketCounts().FromRaw([]uint64{3, 4})
			p.SetCount(13)
		}},
		"exponential histogram of 160 buckets is halved until it fits": {build: func(b *batch) {
			counts := make([]uint64, 160)
			for i := range counts {
				counts[i] = 1
			}
			b.exponential("h", 3, 0, -80, counts...)
		}},
		"summary": {build: addSummary},
		"no recorded value": {build: func(b *batch) {
			b.Gauge("gauge").SetFlags(noRecordedValue)
			b.histogram("histogram", cumulative, []float64{1}, 1, 2).SetFlags(noRecordedValue)
			b.exponential("exponential", 0, 0, 0, 1).SetFlags(noRecordedValue)
			b.Metric("summary").SetEmptySummary().DataPoints().AppendEmpty().SetFlags(noRecordedValue)
		}},
		"values that are not finite": {build: func(b *batch) {
			b.Gauge("nan").SetDoubleValue(math.NaN())
			b.Gauge("inf").SetDoubleValue(math.Inf(1))
			b.Gauge("minus.inf").SetDoubleValue(math.Inf(-1))
			p := b.histogram("h", cumulative, nil)
			p.SetSum(math.NaN())
			p.SetMax(math.Inf(1))
		}},
		"no value": {build: func(b *batch) {
			b.Metric("g").SetEmptyGauge().DataPoints().AppendEmpty().SetTimestamp(at)
			b.Metric("metric of no type")
		}},
		"time zero stays zero": {build: func(b *batch) {
			b.Gauge("g").SetTimestamp(0)
		}},
		"metric names": {build: func(b *batch) {
			b.Gauge("")
			b.Gauge(strings.Repeat("é", 256))
			b.Gauge(strings.Repeat("n", 257))
			b.histogram(strings.Repeat("n", 250), cumulative, []float64{1}, 1, 2) // only _bucket is too long
			b.Gauge("not\xffutf8")
		}},
		"dimension values of every type": {build: func(b *batch) {
			b.Resource.PutStr("host.name", "web-1")
			a := b.Gauge("g").Attributes()
			a.PutStr("string", "text")
			a.PutInt("int", -5)
			a.PutDouble("double", 0.5)
			a.PutBool("bool", true)
			a.PutEmptyBytes("bytes").FromRaw([]byte{1, 2, 3})
			a.PutEmptySlice("slice").AppendEmpty().SetStr("x")
			a.PutEmptyMap("map").PutInt("k", 1)
			a.PutEmpty("empty")
			a.PutStr("blank", "")
			a.PutStr("", "no key")
			a.PutStr("bad", "\xff")
		}},
		"dimension keys": {build: func(b *batch) {
			a := b.Gauge("g").Attributes()
			a.PutStr("with space/slash", "renamed")
			a.PutStr("dots.and-dashes_stay", "v")
			a.PutStr("ünïcode", "v")
			a.PutStr("_leading", "v")
			a.PutStr("1digit", "v")
			a.PutStr("sf_reserved", "v")
			a.PutStr("sf_hires", "1")
			a.PutStr("bad\xffutf8", "v")
		}},
		"lengths are in characters": {build: func(b *batch) {
			a := b.Gauge("g").Attributes()
			a.PutStr("fits", strings.Repeat("é", 256))
			a.PutStr("value.too.long", strings.Repeat("é", 257))
			a.PutStr(strings.Repeat("k", 128), "fits")
			a.PutStr(strings.Repeat("k", 129), "key too long")
		}},
		"equal keys: point over scope over resource, static over all": {
			rules: func(r *MetricRules) {
				r.Static = map[string]string{"four": "static"}
				r.ScopeAttributes, r.ScopeName, r.ScopeVersion = true, true, true
			},
			build: func(b *batch) {
				for _, k := range []string{"one", "two", "three", "four"} {
					b.Resource.PutStr(k, "resource")
				}
				s := b.Scope.Scope()
				s.SetName("library")
				s.SetVersion("1.2.3")
				for _, k := range []string{"two", "three", "four"} {
					s.Attributes().PutStr(k, "scope")
				}
				for _, k := range []string{"three", "four", "a b", "a_b"} {
					b.Gauge("first.of.equal.keys.wins").Attributes().PutStr(k, "point")
				}
				a := b.Gauge("all").Attributes()
				for _, k := range []string{"three", "four", "a b", "a_b"} {
					a.PutStr(k, "point "+k)
				}
				p := b.histogram("bucket.bound.wins", cumulative, []float64{1}, 1, 2)
				p.Attributes().PutStr("le", "point")
			},
		},
		"scope is not sent unless asked for": {build: func(b *batch) {
			b.Scope.Scope().SetName("library")
			b.Scope.Scope().Attributes().PutStr("k", "v")
			b.Gauge("g")
		}},
		"more than 36 dimensions: the resource's last go first": {build: func(b *batch) {
			fill(b.Resource, "resource", 30)
			fill(b.Gauge("fits").Attributes(), "point", 6)
			fill(b.Gauge("one.over").Attributes(), "point", 7)
			fill(b.histogram("h", cumulative, []float64{1}, 1, 2).Attributes(), "point", 6)
		}},
		"more than 36 dimensions: kept first": {
			rules: func(r *MetricRules) { r.Dimensions = NewDimensionRules("_-.", []string{"resource.29"}) },
			build: func(b *batch) {
				fill(b.Resource, "resource", 30)
				fill(b.Gauge("g").Attributes(), "point", 10)
			},
		},
		"more than 36 dimensions: what is kept first goes last": {
			rules: func(r *MetricRules) {
				var keys []string
				for i := range 20 {
					keys = append(keys, fmt.Sprintf("resource.%d", i))
				}
				r.Dimensions = NewDimensionRules("_-.", keys)
			},
			build: func(b *batch) {
				fill(b.Resource, "resource", 20)
				fill(b.Gauge("g").Attributes(), "point", 17)
			},
		},
		"bounds that do not rise or are not finite": {build: func(b *batch) {
			b.histogram("infinite", cumulative, []float64{1, math.Inf(1)}, 1, 2, 3)
			b.histogram("nan", cumulative, []float64{math.NaN()}, 1, 2)
			b.histogram("falling", cumulative, []float64{2, 1}, 1, 2, 3)
			b.exponential("threshold", 0, 1, 0, 1).SetZeroThreshold(math.NaN())
		}},
		"statistics of empty buckets": {
			rules: func(r *MetricRules) { r.Histograms = HistogramStatistics },
			build: func(b *batch) { b.histogram("h", delta, []float64{1, 1000}, 0, 0, 0).SetCount(6) },
		},
		"OTLP: exponential histograms and those of many buckets have at most 32": {
			rules: asOTLP,
			build: func(b *batch) {
				b.exponential("x", 3, 2, -80, ones(160)...)
				var bounds []float64
				for i := range 39 {
					bounds = append(bounds, float64(i))
				}
				b.histogram("h", delta, bounds, ones(40)...)
			},
		},
		"OTLP: the cloud host's id is among the resource's attributes": {
			rules: asOTLP,
			build: func(b *batch) {
				for _, a := range [][2]string{
					{"cloud.provider", "aws"}, {"host.id", "i-abc"}, {"cloud.region", "us-east-1"}, {"cloud.account.id", "1234"},
				} {
					b.Resource.PutStr(a[0], a[1])
				}
				b.histogram("h", cumulative, []float64{1}, 1, 2)
			},
		},
		"OTLP: a point overrides its resource; what has no room is left out, the resource's last first": {
			rules: func(r *MetricRules) {
				asOTLP(r)
				r.Dimensions = NewDimensionRules("_-.", []string{"resource.39"})
			},
			build: func(b *batch) {
				fill(b.Resource, "resource", 40)
				a := b.histogram("h", cumulative, []float64{1}, 1, 2).Attributes()
				fill(a, "point", 20)
				a.PutStr("resource.3", "the point's")
				fill(b.histogram("too.many", cumulative, []float64{1}, 1, 2).Attributes(), "point", 37)
			},
		},
		"OTLP: what cannot be sent of a histogram is left out": {
			rules: asOTLP,
			build: func(b *batch) {
				p := b.histogram("h", cumulative, []float64{2, 1}, 1, 2, 3)
				p.SetSum(math.NaN())
				p.SetMin(math.Inf(-1))
				p.Attributes().PutStr("", "no key")
				p.Attributes().PutStr("empty", "")
				p.Attributes().PutStr("long", strings.Repeat("x", 257))
				p.Attributes().PutStr("not.utf8", "\xff")
				p.Attributes().PutStr(AccessTokenAttribute, "secret")
				b.histogram("flagged", cumulative, []float64{1}, 1, 2).SetFlags(noRecordedValue)
				b.histogram("", cumulative, []float64{1}, 1, 2)
			},
		},
		"static dimensions win in OTLP, too": {
			rules: func(r *MetricRules) {
				r.Histograms = HistogramOTLP
				r.Static = map[string]string{"env": "prod"}
			},
			build: func(b *batch) { b.histogram("h", delta, []float64{1}, 1, 2).Attributes().PutStr("env", "dev") },
		},
		"filters see every dimension that is sent": {
			rules: func(r *MetricRules) {
				r.ScopeName = true
				r.Static = map[string]string{"env": "prod"}
				r.Filter = mustFilter(nil, []FilterSpec{
					{Names: []string{"by.cloud"}, Dimensions: map[string][]string{"gcp_id": {"project_*"}}},
					{Names: []string{"by.scope"}, Dimensions: map[string][]string{"otel.scope.name": {"library"}}},
					{Names: []string{"by.static"}, Dimensions: map[string][]string{"env": {"prod"}}},
				})
			},
			build: func(b *batch) {
				b.Resource.PutStr("cloud.provider", "gcp")
				b.Resource.PutStr("cloud.account.id", "project")
				b.Resource.PutStr("host.id", "42")
				b.Scope.Scope().SetName("library")
				b.Gauge("by.cloud")
				b.Gauge("by.scope")
				b.Gauge("by.static").Attributes().PutStr("env", "overridden")
				b.Gauge("kept")
			},
		},
		"more than 36 dimensions of the point itself": {build: func(b *batch) {
			fill(b.Gauge("g").Attributes(), "point", 37)
			fill(b.histogram("no.room.for.le", cumulative, []float64{1}, 1, 2).Attributes(), "point", 36)
			fill(b.Gauge("hostile").Attributes(), "point", 2000)
		}},
		"equal keys are resolved before the limit": {build: func(b *batch) {
			fill(b.Resource, "same", 36)
			fill(b.Gauge("g").Attributes(), "same", 36)
		}},
		"cloud hosts": {build: func(b *batch) {
			b.Resource.PutStr("cloud.provider", "aws")
			b.Resource.PutStr("cloud.region", "us-east-1")
			b.Resource.PutStr("cloud.account.id", "123456789012")
			b.Resource.PutStr("host.id", "i-abc")
			b.Gauge("g")
		}},
		"the access token is never a dimension": {build: func(b *batch) {
			b.Resource.PutStr(AccessTokenAttribute, "secret")
			b.Gauge("g").Attributes().PutStr(AccessTokenAttribute, "secret")
		}},
		"default excludes": {
			rules: func(r *MetricRules) { r.Filter = mustFilter(nil, DefaultExcludes()) },
			build: func(b *batch) {
				for _, name := range []string{
					"cpu.wait", "cpu.idle", "system.disk.io", "system.disk.merged", "k8s.container.memory_limit", "k8s.container.storage_limit",
					"k8s.node.condition_ready", "k8s.node.condition_disk_pressure", "container.cpu.time", "container.memory.working_set", "k8s.pod.memory.working_set",
				} {
					b.Gauge(name)
				}
				for _, state := range []string{"used", "inactive"} {
					b.Gauge("system.memory.usage").Attributes().PutStr("state", state)
				}
			},
		},
		"filters see the names and dimensions of buckets": {
			rules: func(r *MetricRules) {
				r.Filter = mustFilter(nil, []FilterSpec{
					{Names: []string{"h_bucket"}, Dimensions: map[string][]string{"le": {"2"}}},
					{Names: []string{"h_min"}},
				})
			},
			build: func(b *batch) { b.histogram("h", cumulative, []float64{1, 2}, 1, 2, 3) },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules := testRules()
			if c.rules != nil {
				c.rules(rules)
			}
			b := newBatch()
			c.build(b)
			out := encodeMetrics(t, rules, wide, b.Metrics)
			testkit.Golden(t, out.String())
		})
	}
}

func testRules() *MetricRules {
	return &MetricRules{DimensionSources: DimensionSources{Dimensions: NewDimensionRules("_-.", nil)}}
}

func mustFilter(include, exclude []FilterSpec) *Filter {
	f, err := NewFilter(include, exclude)
	if err != nil {
		panic(err)
	}
	return f
}

func addSummary(b *batch) {
	p := b.Summary("s", 7, 21)
	for _, q := range []float64{0, 0.5, 0.99, 1} {
		v := p.QuantileValues().AppendEmpty()
		v.SetQuantile(q)
		v.SetValue(q * 10)
	}
	p.QuantileValues().At(3).SetValue(math.NaN())
}

func fill(attributes pcommon.Map, prefix string, n int) {
	for i := range n {
		attributes.PutStr(fmt.Sprintf("%s.%d", prefix, i), "v")
	}
}

func manyBounds(n int) []float64 {
	bounds := make([]float64, n)
	for i := range bounds {
		bounds[i] = float64(i)
	}
	return bounds
}
