package translate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestSpans(t *testing.T) {
	cases := map[string]struct {
		rules func(*SpanRules)
		fill  func(ptrace.Traces, ptrace.Span)
	}{
		"a root span": {},
		"a child": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.SetParentSpanID(pcommon.SpanID{1})
		}},
		"links: followsFrom within the trace, a log into another": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			l := s.Links().AppendEmpty()
			l.SetTraceID(s.TraceID())
			l.SetSpanID(pcommon.SpanID{2})
			l = s.Links().AppendEmpty()
			l.SetTraceID(pcommon.TraceID{9})
			l.SetSpanID(pcommon.SpanID{3})
			l.TraceState().FromRaw("a=b")
			l.Attributes().PutStr("why", "batch")
		}},
		"a link that says more than where it leads": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			for _, why := range []string{"", "retry"} {
				l := s.Links().AppendEmpty()
				l.SetTraceID(s.TraceID())
				l.SetSpanID(pcommon.SpanID{2})
				if why != "" {
					l.Attributes().PutStr("why", why)
				}
			}
		}},
		"application tags of span over resource over default": {fill: func(td ptrace.Traces, s ptrace.Span) {
			r := td.ResourceSpans().At(0).Resource().Attributes()
			r.PutStr("application", "shop")
			r.PutStr("cluster", "eu")
			s.Attributes().PutStr("cluster", "us")
			s.Attributes().PutStr("service", "own")
			s.Attributes().PutStr("component", "cart")
		}},
		"application tags that are blank to a reader are none": {fill: func(td ptrace.Traces, s ptrace.Span) {
			r := td.ResourceSpans().At(0).Resource().Attributes()
			r.PutStr("application", " ")
			r.PutStr("service", "\x01")
			s.Attributes().PutStr("shard", "\t")
		}},
		"nothing of the resource": {fill: func(td ptrace.Traces, _ ptrace.Span) {
			td.ResourceSpans().At(0).Resource().Attributes().Clear()
		}},
		"error with a message": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.Status().SetCode(ptrace.StatusCodeError)
			s.Status().SetMessage("no \"stock\"")
			s.Attributes().PutBool("error", false)
		}},
		"status OK is nothing": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.Status().SetCode(ptrace.StatusCodeOk)
			s.Attributes().PutBool("error", false)
		}},
		"trace state, scope and dropped counts": {fill: func(td ptrace.Traces, s ptrace.Span) {
			s.TraceState().FromRaw("rojo=00f067aa0ba902b7")
			scope := td.ResourceSpans().At(0).ScopeSpans().At(0).Scope()
			scope.SetName("lib")
			scope.SetVersion("1.2")
			s.SetDroppedAttributesCount(1)
			s.SetDroppedEventsCount(2)
			s.SetDroppedLinksCount(3)
		}},
		"keys that the format has for itself": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.Attributes().PutStr("parent", "x")
			s.Attributes().PutStr("traceId", "x")
			s.Attributes().PutStr("404", "x")
			s.Attributes().PutStr("_spanLogs", "x")
			s.Attributes().PutStr("host", "x")
		}},
		"a source of the span": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.Attributes().PutStr("source", "mine")
		}},
		"sources of the span by precedence, not by the order of its attributes": {
			rules: func(r *SpanRules) { r.Sources.Item = []string{"first", "second"} },
			fill: func(_ ptrace.Traces, s ptrace.Span) {
				s.Attributes().PutStr("second", "2")
				s.Attributes().PutStr("first", "1")
			}},
		"names": {fill: func(td ptrace.Traces, s ptrace.Span) {
			spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			for _, name := range []string{"a*b", "", " \n", strings.Repeat("n", 200), "ends with \\"} {
				copied := spans.AppendEmpty()
				s.CopyTo(copied)
				copied.SetName(name)
			}
		}},
		"span kinds": {fill: func(td ptrace.Traces, s ptrace.Span) {
			spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			for _, kind := range []ptrace.SpanKind{0, 1, 3, 4, 5, 77} {
				copied := spans.AppendEmpty()
				s.CopyTo(copied)
				copied.SetKind(kind)
			}
		}},
		"without IDs or times": {fill: func(td ptrace.Traces, s ptrace.Span) {
			spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			for _, change := range []func(ptrace.Span){
				func(s ptrace.Span) { s.SetTraceID(pcommon.TraceID{}) },
				func(s ptrace.Span) { s.SetSpanID(pcommon.SpanID{}) },
				func(s ptrace.Span) { s.SetStartTimestamp(0) },
				func(s ptrace.Span) { s.SetStartTimestamp((now + 25*3600) * 1e9) },
				func(s ptrace.Span) { s.SetName("end before start"); s.SetEndTimestamp(s.StartTimestamp() - 1e9) },
				func(s ptrace.Span) { s.SetName("no end"); s.SetEndTimestamp(0) },
			} {
				copied := spans.AppendEmpty()
				s.CopyTo(copied)
				change(copied)
			}
		}},
		"sampling decisions": {fill: func(td ptrace.Traces, s ptrace.Span) {
			spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			kept, dropped, text := spans.AppendEmpty(), spans.AppendEmpty(), spans.AppendEmpty()
			s.CopyTo(kept)
			kept.SetName("kept")
			kept.Attributes().PutInt("sampling.priority", 1)
			s.CopyTo(dropped)
			dropped.Attributes().PutDouble("sampling.priority", 0)
			s.CopyTo(text)
			text.Attributes().PutStr("sampling.priority", "0")
			s.SetName("debug")
			s.Attributes().PutStr("debug", "true")
		}},
		"a span to keep, said twice": {fill: func(td ptrace.Traces, s ptrace.Span) {
			s.Attributes().PutInt("sampling.priority", 1)
			s.Attributes().PutBool("debug", true)
			copied := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
			s.CopyTo(copied)
			copied.Attributes().PutStr("debug", "no")
		}},
		"a resource that says it has span logs": {fill: func(td ptrace.Traces, s ptrace.Span) {
			td.ResourceSpans().At(0).Resource().Attributes().PutStr("_spanLogs", "true")
		}},
		"times that a reader takes for seconds": {
			rules: func(r *SpanRules) { r.Times = TimeRules{} },
			fill: func(td ptrace.Traces, s ptrace.Span) {
				copied := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
				s.CopyTo(copied)
				for start, s := range map[pcommon.Timestamp]ptrace.Span{1e12: s, 1e12 - 1: copied} {
					s.SetStartTimestamp(start * 1e6)
					s.SetEndTimestamp((start + 343) * 1e6)
				}
			}},
		"what the application map knows": {fill: func(td ptrace.Traces, s ptrace.Span) {
			s.Attributes().PutStr("http.request.method", "GET")
			s.Attributes().PutInt("http.response.status_code", 200)
			spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			for _, pairs := range [][]string{
				{"db.system.name", "postgresql", "db.namespace", "orders"},
				{"db.system", "mysql", "component", "own"},
				{"rpc.system", "aws-api", "rpc.service", "S3"},
				{"peer.service", "payments"},
			} {
				copied := spans.AppendEmpty()
				s.CopyTo(copied)
				copied.SetName("client")
				copied.SetKind(ptrace.SpanKindClient)
				copied.Attributes().Clear()
				for i := 0; i < len(pairs); i += 2 {
					copied.Attributes().PutStr(pairs[i], pairs[i+1])
				}
			}
		}},
		"external services on request": {
			rules: func(r *SpanRules) { r.ExternalServices = true },
			fill: func(_ ptrace.Traces, s ptrace.Span) {
				s.SetKind(ptrace.SpanKindClient)
				s.Attributes().PutStr("peer.service", "payments")
				s.Attributes().PutStr("server.address", "pay.example.com")
			}},
		"more than 50 tags": {fill: func(td ptrace.Traces, s ptrace.Span) {
			fill(td.ResourceSpans().At(0).Resource().Attributes(), "r", 30)
			fill(s.Attributes(), "s", 60)
			s.Events().AppendEmpty().SetName("e")
		}},
		"lengths of values": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.Attributes().PutStr("v", strings.Repeat("v", 200))
			s.Attributes().PutStr(strings.Repeat("k", 129), "x")
		}},
		"events": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			e := s.Events().AppendEmpty()
			e.SetName("exception")
			e.SetTimestamp(s.StartTimestamp() + 5_000)
			e.Attributes().PutStr("exception.message", "no \"stock\"\nat all")
			e.Attributes().PutStr("name", "taken")
			e.Attributes().PutInt("n", 5)
			e.SetDroppedAttributesCount(2)
			s.Events().AppendEmpty()
		}},
		"an event over the limit is cut, the others stay whole": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			s.Events().AppendEmpty().SetName("before")
			e := s.Events().AppendEmpty()
			e.SetName("exception")
			e.Attributes().PutStr("exception.stacktrace", strings.Repeat("s", 100_000))
			s.Events().AppendEmpty().SetName("after")
		}},
		"a span whose logs are all left out says nothing of logs": {fill: func(td ptrace.Traces, s ptrace.Span) {
			s.Events().AppendEmpty().Attributes().PutStr(strings.Repeat("k", 40_000), "v")
			s.CopyTo(td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty())
			s.Attributes().PutStr(PendingAttribute, PendingSpan)
		}},
		"many events take several lines": {fill: func(_ ptrace.Traces, s ptrace.Span) {
			for range 3 {
				s.Events().AppendEmpty().Attributes().PutStr("x", strings.Repeat("x", 15_000))
			}
		}},
		"one half is still to be sent": {fill: func(td ptrace.Traces, s ptrace.Span) {
			s.Events().AppendEmpty().SetName("e")
			s.Attributes().PutStr(PendingAttribute, PendingLogs)
			copied := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
			s.CopyTo(copied)
			copied.Attributes().PutStr(PendingAttribute, PendingSpan)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules := testSpanRules()
			if c.rules != nil {
				c.rules(rules)
			}
			td, s := oneSpan()
			if c.fill != nil {
				c.fill(td, s)
			}
			out := encodeSpans(t, rules, wide, td)
			testkit.Golden(t, out.String())
		})
	}
}

func TestLogsBeyondARequestAreLeftOut(t *testing.T) {
	td, s := oneSpan()
	for range 50 {
		s.Events().AppendEmpty().Attributes().PutStr("x", strings.Repeat("x", 30_000))
	}
	out := encodeSpans(t, testSpanRules(), Limits{Bytes: 200_000, Lines: 1000}, td)
	assert.Len(t, out.spans.all, 1)
	assert.Equal(t, 50, len(out.logs.all)+out.counts.Changed[SpanLogLeftOut])
	assert.Len(t, out.logs.all, 6)
}

// Over TCP a proxy drops lines over its limit, whatever is configured.
func TestSpanLogsKeepTheLimitOfALine(t *testing.T) {
	td, s := oneSpan()
	for range 3 {
		s.Events().AppendEmpty().Attributes().PutStr("x", strings.Repeat("x", 1500))
	}
	rules := testSpanRules()
	rules.LogBytes = 0
	limits := wide
	limits.LineBytes = 2000
	out := encodeSpans(t, rules, limits, td)
	assert.Len(t, out.spans.all, 1)
	assert.Len(t, out.logs.all, 3)
	assert.Zero(t, out.counts.Changed[SpanLogLeftOut])
}
