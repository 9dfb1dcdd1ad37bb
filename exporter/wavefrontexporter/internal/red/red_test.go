package red

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

func testOptions() *Options {
	return &Options{
		Rules: &translate.SpanRules{
			TagRules:    translate.TagRules{Sources: translate.SourceRules{Resource: []string{"host.name"}, Item: []string{"source"}, Default: "here"}},
			Application: "shop", Service: "unknown",
		},
		Tags: []string{"tenant"}, MaxSeries: 3,
	}
}

func spans(name string, failed bool, micros ...int64) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "cart")
	rs.Resource().Attributes().PutStr("tenant", "blue")
	ss := rs.ScopeSpans().AppendEmpty()
	for _, us := range micros {
		s := ss.Spans().AppendEmpty()
		s.SetName(name)
		s.SetKind(ptrace.SpanKindServer)
		s.SetStartTimestamp(1e18)
		s.SetEndTimestamp(pcommon.Timestamp(1e18 + us*1000))
		s.Attributes().PutInt("http.response.status_code", 200)
		if failed {
			s.Status().SetCode(ptrace.StatusCodeError)
		}
	}
	return td
}

func text(md pmetric.Metrics) string {
	var b strings.Builder
	if md.ResourceMetrics().Len() == 0 {
		return ""
	}
	metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	for i := range metrics.Len() {
		m := metrics.At(i)
		switch m.Type() {
		case pmetric.MetricTypeSum:
			p := m.Sum().DataPoints().At(0)
			fmt.Fprintln(&b, m.Name(), p.IntValue(), tagsOf(p.Attributes()))
		case pmetric.MetricTypeExponentialHistogram:
			p := m.ExponentialHistogram().DataPoints().At(0)
			fmt.Fprintln(&b, m.Name(), p.Count(), p.ZeroCount(), p.Sum(), p.Min(), p.Max(), tagsOf(p.Attributes()))
		case pmetric.MetricTypeGauge:
			for j := range m.Gauge().DataPoints().Len() {
				p := m.Gauge().DataPoints().At(j)
				fmt.Fprintln(&b, m.Name(), p.DoubleValue(), tagsOf(p.Attributes()))
			}
		}
	}
	return b.String()
}

func tagsOf(m pcommon.Map) string {
	var all []string
	for k, v := range m.All() {
		all = append(all, k+"="+v.AsString())
	}
	return strings.Join(all, " ")
}

func TestReport(t *testing.T) {
	a := New(testOptions())
	assert.Zero(t, a.Add(spans("GET /", false, 1500, 0, 2500)))
	assert.Zero(t, a.Add(spans("GET /", true, 10_000)))
	want := `tracing.derived.shop.cart.GET /.invocation.count 4 application=shop service=cart cluster=none shard=none component=none span.kind=server tenant=blue operationName=GET / source=here http.status_code=200
tracing.derived.shop.cart.GET /.error.count 1 application=shop service=cart cluster=none shard=none component=none span.kind=server tenant=blue operationName=GET / source=here http.status_code=200
tracing.derived.shop.cart.GET /.total_time.millis.count 14 application=shop service=cart cluster=none shard=none component=none span.kind=server tenant=blue operationName=GET / source=here http.status_code=200
tracing.derived.shop.cart.GET /.duration.micros 3 1 4000 0 2500 application=shop service=cart cluster=none shard=none component=none span.kind=server tenant=blue operationName=GET / source=here http.status_code=200
tracing.derived.shop.cart.GET /.duration.micros 1 0 10000 10000 10000 application=shop service=cart cluster=none shard=none component=none span.kind=server tenant=blue operationName=GET / source=here http.status_code=200 error=true
~component.heartbeat 1 application=shop service=cart cluster=none shard=none component=none span.kind=server tenant=blue source=here
~component.heartbeat 1 application=shop service=cart cluster=none shard=none component=otlp span.kind=server tenant=blue source=here
`
	assert.Equal(t, want, text(a.Report(time.Unix(5, 0))))
	assert.Empty(t, text(a.Report(time.Unix(65, 0))), "a report starts anew")
}

func TestTagsKeepTheirKeysWhateverTheirValues(t *testing.T) {
	o := testOptions()
	o.Tags = []string{"tenant", "plan"}
	a := New(o)
	td := spans("GET /", false, 1)
	r := td.ResourceSpans().At(0).Resource().Attributes()
	r.PutStr("tenant", "blue"+separator+"red")
	r.PutStr("plan", "free")
	a.Add(td)
	assert.Contains(t, text(a.Report(time.Unix(5, 0))), " tenant=blue red plan=free ")
}

func TestMergeIsTheSameAsAdding(t *testing.T) {
	all, total := New(testOptions()), New(testOptions())
	for _, td := range []ptrace.Traces{spans("a", false, 3, 70, 900), spans("b", true, 0, 5), spans("a", true, 8), spans("a", false, 1_000_000)} {
		all.Add(td)
		batch := New(testOptions())
		batch.Add(td)
		assert.Zero(t, total.Merge(batch))
	}
	want, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(all.Report(time.Unix(1, 0)))
	assert.NoError(t, err)
	got, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(total.Report(time.Unix(1, 0)))
	assert.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

func TestOperationsAreBounded(t *testing.T) {
	a := New(testOptions())
	for _, name := range []string{"a", "b", "c"} {
		assert.Zero(t, a.Add(spans(name, false, 1)))
	}
	assert.Equal(t, 2, a.Add(spans("d", false, 1, 1)))
	assert.Zero(t, a.Add(spans("a", false, 1)))
	more := New(testOptions())
	more.Add(spans("e", false, 1, 1, 1))
	assert.Equal(t, 3, a.Merge(more))
	assert.Equal(t, 3, a.Series())
}

func TestBucketsHoldTheirValues(t *testing.T) {
	for _, v := range []uint64{1, 2, 3, 1000, 1 << 40} {
		i := bucketOf(v)
		lower, upper := math.Exp2(float64(i)/(1<<scale)), math.Exp2(float64(i+1)/(1<<scale))
		assert.True(t, lower < float64(v) && float64(v) <= upper*(1+1e-9), "%d in (%g, %g]", v, lower, upper)
	}
}
