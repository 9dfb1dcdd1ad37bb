package spans

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

type span struct {
	service, name string
	kind          ptrace.SpanKind
	status        ptrace.StatusCode
	took          time.Duration
	route         string
}

func traces(list ...span) ptrace.Traces {
	td := ptrace.NewTraces()
	for _, s := range list {
		rs := td.ResourceSpans().AppendEmpty()
		if s.service != "" {
			rs.Resource().Attributes().PutStr(ServiceKey, s.service)
		}
		sp := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		sp.SetName(s.name)
		sp.SetKind(s.kind)
		sp.Status().SetCode(s.status)
		sp.SetStartTimestamp(pcommon.NewTimestampFromTime(began))
		sp.SetEndTimestamp(pcommon.NewTimestampFromTime(began.Add(s.took)))
		if s.route != "" {
			sp.Attributes().PutStr("http.route", s.route)
		}
	}
	return td
}

func newAggregator(limit int, attributes ...string) *Aggregator {
	return New(Options{DurationMetric: "span.duration", ErrorMetric: "span.errors", Attributes: attributes, MaxSeries: limit}, began)
}

func textOf(md pmetric.Metrics) string {
	var b strings.Builder
	metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	for i := range metrics.Len() {
		m := metrics.At(i)
		if m.Type() == pmetric.MetricTypeHistogram {
			for j := range m.Histogram().DataPoints().Len() {
				p := m.Histogram().DataPoints().At(j)
				fmt.Fprintf(&b, "%s %d %g %g..%g %v\n", m.Name(), p.Count(), p.Sum(), p.Min(), p.Max(), p.Attributes().AsRaw())
			}
			continue
		}
		for j := range m.Sum().DataPoints().Len() {
			p := m.Sum().DataPoints().At(j)
			fmt.Fprintf(&b, "%s %d %v\n", m.Name(), p.IntValue(), p.Attributes().AsRaw())
		}
	}
	return b.String()
}

func TestSpansAreSummedUp(t *testing.T) {
	a := newAggregator(100)
	added, dropped := a.Add(traces(
		span{"shop", "GET /", ptrace.SpanKindServer, ptrace.StatusCodeOk, time.Second, ""},
		span{"shop", "GET /", ptrace.SpanKindServer, ptrace.StatusCodeOk, 3 * time.Second, ""},
		span{"shop", "GET /", ptrace.SpanKindServer, ptrace.StatusCodeError, 5 * time.Second, ""},
		span{"shop", "GET /", ptrace.SpanKindClient, ptrace.StatusCodeUnset, 0, ""},
		span{"", "", ptrace.SpanKindUnspecified, ptrace.StatusCodeUnset, -time.Second, ""},
	))
	assert.Equal(t, 4, added)
	assert.Zero(t, dropped)
	md, series := a.Flush(began.Add(time.Minute))
	assert.Equal(t, 4, series)
	assert.Equal(t, `span.duration 1 0 0..0 map[span.kind:unspecified status.code:unset]
span.duration 2 4 1..3 map[service.name:shop span.kind:server span.name:GET / status.code:ok]
span.duration 1 5 5..5 map[service.name:shop span.kind:server span.name:GET / status.code:error]
span.duration 1 0 0..0 map[service.name:shop span.kind:client span.name:GET / status.code:unset]
span.errors 0 map[span.kind:unspecified]
span.errors 1 map[service.name:shop span.kind:server span.name:GET /]
span.errors 0 map[service.name:shop span.kind:client span.name:GET /]
`, textOf(md))
	p := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Histogram().DataPoints().At(0)
	assert.Equal(t, began, p.StartTimestamp().AsTime())
	assert.Equal(t, began.Add(time.Minute), p.Timestamp().AsTime())

	md, series = a.Flush(began.Add(2 * time.Minute))
	assert.Zero(t, series, "a new period begins empty")
	assert.Zero(t, md.MetricCount())
}

func TestMoreAttributes(t *testing.T) {
	a := newAggregator(100, "http.route")
	a.Add(traces(
		span{"shop", "GET", ptrace.SpanKindServer, 0, time.Second, "/cart"},
		span{"shop", "GET", ptrace.SpanKindServer, 0, time.Second, "/"},
		span{"shop", "GET", ptrace.SpanKindServer, 0, time.Second, ""},
	))
	md, _ := a.Flush(began)
	assert.Equal(t, `span.duration 1 1 1..1 map[service.name:shop span.kind:server span.name:GET status.code:unset]
span.duration 1 1 1..1 map[http.route:/ service.name:shop span.kind:server span.name:GET status.code:unset]
span.duration 1 1 1..1 map[http.route:/cart service.name:shop span.kind:server span.name:GET status.code:unset]
span.errors 0 map[service.name:shop span.kind:server span.name:GET]
span.errors 0 map[http.route:/ service.name:shop span.kind:server span.name:GET]
span.errors 0 map[http.route:/cart service.name:shop span.kind:server span.name:GET]
`, textOf(md))
}

func TestAttributesOfTheResource(t *testing.T) {
	a := newAggregator(100, "http.route")
	td := traces(span{"shop", "a", 0, 0, time.Second, ""}, span{"shop", "a", 0, 0, time.Second, "/"})
	for i := range td.ResourceSpans().Len() {
		td.ResourceSpans().At(i).Resource().Attributes().PutStr("http.route", "of the resource")
	}
	a.Add(td)
	md, _ := a.Flush(began)
	assert.Contains(t, textOf(md), "span.errors 0 map[http.route:of the resource service.name:shop span.kind:unspecified span.name:a]\n")
	assert.Contains(t, textOf(md), "span.errors 0 map[http.route:/ service.name:shop span.kind:unspecified span.name:a]\n")
}

func TestTextsDoNotRunTogether(t *testing.T) {
	a := newAggregator(100)
	added, _ := a.Add(traces(span{"a\x00b", "c", 0, 0, 0, ""}, span{"a", "b\x00c", 0, 0, 0, ""}, span{"ab", "c", 0, 0, 0, ""}))
	assert.Equal(t, 3, added)
}

// Two sums of a series with the same second would be one to the service.
func TestSumsHaveSecondsOfTheirOwn(t *testing.T) {
	a := newAggregator(100)
	for _, c := range []struct{ flushed, want time.Duration }{
		{1300 * time.Millisecond, 1300 * time.Millisecond},
		{1900 * time.Millisecond, 2 * time.Second},
		{2500 * time.Millisecond, 3 * time.Second},
		{9 * time.Second, 9 * time.Second},
	} {
		a.Add(traces(span{"s", "a", 0, 0, 0, ""}))
		md, _ := a.Flush(began.Add(c.flushed))
		p := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Histogram().DataPoints().At(0)
		assert.Equal(t, began.Add(c.want), p.Timestamp().AsTime())
		a.Flush(began.Add(c.flushed)) // of nothing, which changes nothing
	}
}

func TestBoundOfTheSeries(t *testing.T) {
	a := newAggregator(1)
	added, dropped := a.Add(traces(span{"s", "a", 0, 0, 0, ""}, span{"s", "b", 0, 0, 0, ""}, span{"s", "a", 0, 0, 0, ""}))
	assert.Equal(t, 1, added)
	assert.Equal(t, 1, dropped)
	a.Flush(began)
	added, _ = a.Add(traces(span{"s", "b", 0, 0, 0, ""}))
	assert.Equal(t, 1, added)
}

func BenchmarkAdd(b *testing.B) {
	var list []span
	for i := range 1000 {
		list = append(list, span{"shop", fmt.Sprint("GET /", i%20), ptrace.SpanKindServer, 0, time.Second, ""})
	}
	td := traces(list...)
	a := newAggregator(1000)
	b.ReportAllocs()
	for range b.N {
		a.Add(td)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/span")
}
