package wavefrontexporter

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// spansOf returns n spans, every second of which has an event.
func spansOf(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	all := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	start := time.Now()
	for i := range n {
		s := all.AppendEmpty()
		s.SetName("GET /")
		s.SetTraceID(pcommon.TraceID{1})
		s.SetSpanID(pcommon.SpanID{1, byte(i >> 8), byte(i)})
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Second)))
		if i%2 == 0 {
			s.Events().AppendEmpty().SetName("e")
		}
	}
	return td
}

func startTraces(t *testing.T, c *Config, p *testkit.Probe) exporter.Traces {
	t.Helper()
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, e, p)
	return e
}

// idsOf counts the span IDs in lines of a format.
func (s *sink) idsOf(format string) map[string]int {
	ids := make(map[string]int)
	for _, line := range s.of(format) {
		line = strings.TrimSuffix(line, "\n")
		if span, err := linetest.ParseSpan(line); err == nil {
			ids[span.SpanID]++
		} else if logs, err := linetest.ParseSpanLogs(line); err == nil {
			ids[logs.SpanID]++
		}
	}
	return ids
}

func (s *sink) spansOnceEach(t *testing.T, n int) {
	t.Helper()
	for format, want := range map[string]int{"trace": n, "spanLogs": (n + 1) / 2} {
		ids := s.idsOf(format)
		assert.Len(t, ids, want, format)
		for id, times := range ids {
			assert.Equal(t, 1, times, "%s of %s", format, id)
		}
	}
}

// What a sender writes is no mark of ours: such a span would vanish without a count.
func TestASenderCannotMarkSpansAsSent(t *testing.T) {
	for _, value := range []string{"span", "logs"} {
		t.Run(value, func(t *testing.T) {
			s := newSink(t)
			td := spansOf(4)
			for _, span := range td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
				span.Attributes().PutStr("wavefront.pending", value)
			}
			require.NoError(t, startTraces(t, testConfig(s.URL), newProbe(t)).ConsumeTraces(t.Context(), td))
			s.spansOnceEach(t, 4)
			assert.Contains(t, strings.Join(s.of("trace"), ""), `"wavefront.pending"="`+value+`"`, "a tag like any other")
		})
	}
}

func TestSpansArriveOnce(t *testing.T) {
	cases := map[string]func(http.ResponseWriter, *http.Request) bool{
		"nothing fails": nil,
		"spans fail at first": func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Get("f") == "trace"
		},
		"logs fail at first": func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Get("f") == "spanLogs"
		},
		"all fails at first": func(http.ResponseWriter, *http.Request) bool { return true },
	}
	for name, fails := range cases {
		t.Run(name, func(t *testing.T) {
			s := newSink(t)
			for range 6 {
				s.answer(func(w http.ResponseWriter, r *http.Request) bool {
					if fails == nil || !fails(w, r) {
						return false
					}
					w.WriteHeader(http.StatusServiceUnavailable)
					return true
				})
			}
			c := testConfig(s.URL)
			c.MaxLinesPerRequest = 10
			c.MaxParallelRequests = 1
			e := startTraces(t, c, newProbe(t))
			require.NoError(t, e.ConsumeTraces(t.Context(), spansOf(50)))
			s.spansOnceEach(t, 50)
			for _, line := range s.of("trace") {
				assert.NotContains(t, line, "pending")
			}
		})
	}
}

func TestSpanLogsThatAreRefusedDoNotHurtSpans(t *testing.T) {
	s := newSink(t)
	for range 2 {
		s.answer(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Get("f") != "spanLogs" {
				return false
			}
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("Feature 'spanLogs' is not enabled"))
			return true
		})
	}
	p := newProbe(t)
	e := startTraces(t, testConfig(s.URL), p)
	err := e.ConsumeTraces(t.Context(), spansOf(10))
	assert.ErrorContains(t, err, "does not take this type of data")
	assert.ErrorContains(t, err, "'spanLogs' is not enabled")
	assert.Len(t, s.of("trace"), 10)
	assert.EqualValues(t, 5, p.Dropped(t, "refused"))
}

func eventsOf(n int) plog.Logs {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i := range n {
		r := records.AppendEmpty()
		r.SetEventName("deploy")
		r.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		r.Attributes().PutInt("i", int64(i))
	}
	records.AppendEmpty().Body().SetStr("an ordinary line")
	return ld
}

func startLogs(t *testing.T, c *Config, p *testkit.Probe) exporter.Logs {
	t.Helper()
	e, err := NewFactory().CreateLogs(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, e, p)
	return e
}

func TestEventsToTheServiceAreOneJSONEach(t *testing.T) {
	s := newSink(t)
	c := testConfig(s.URL)
	c.Token = testToken
	p := newProbe(t)
	e := startLogs(t, c, p)
	s.status(503, 2)
	require.NoError(t, e.ConsumeLogs(t.Context(), eventsOf(20)))
	seen := make(map[string]int)
	for _, body := range s.of("/api/v2/event") {
		var event struct{ Annotations map[string]string }
		require.NoError(t, json.Unmarshal([]byte(body), &event))
		seen[event.Annotations["i"]]++
	}
	assert.Len(t, seen, 20)
	assert.Len(t, s.of("/api/v2/event"), 20)
	assert.Empty(t, s.headers[0].Get("Content-Encoding"))
	assert.EqualValues(t, 1, p.Dropped(t, "not_an_event"))
}

func TestEventsToAProxyAreLines(t *testing.T) {
	s := newSink(t)
	c := testConfig(s.URL)
	p := newProbe(t)
	e := startLogs(t, c, p)
	require.NoError(t, e.ConsumeLogs(t.Context(), eventsOf(20)))
	assert.Len(t, s.of("event"), 20)
	assert.Len(t, s.bodies, 1)
	assert.EqualValues(t, 20, p.Sum(t, "sent_lines", attribute.String("type", "events")))
	require.NoError(t, e.ConsumeLogs(t.Context(), plog.NewLogs()), "nothing to send is no request")
	assert.Len(t, s.bodies, 1)
}

func TestEndpointsOfTheirOwn(t *testing.T) {
	metrics, deltaCounters, traces := newSink(t), newSink(t), newSink(t)
	c := testConfig(metrics.URL)
	c.Endpoints = EndpointsConfig{DeltaCounters: deltaCounters.URL, Spans: traces.URL}
	// One that is down does not hold the others up.
	deltaCounters.status(503, 1)
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(10)))
	onceEach(t, metrics.of("wavefront"), "g", 10)
	onceEach(t, metrics.of("histogram"), "h", 10)
	onceEach(t, deltaCounters.of("wavefront"), "\u2206s", 10)
	assert.Len(t, metrics.bodies, 2, "what was delivered is not sent again")

	spans := startTraces(t, c, newProbe(t))
	require.NoError(t, spans.ConsumeTraces(t.Context(), spansOf(10)))
	traces.spansOnceEach(t, 10)
}

func TestREDMetrics(t *testing.T) {
	s := newSink(t)
	c := testConfig(s.URL)
	c.Metrics.Granularities = []string{"hour"} // has no say in derived metrics
	c.Traces.RED.GetOrInsertDefault().Tags = []string{"tenant"}
	p := newProbe(t)
	set := p.Settings()
	e, err := NewFactory().CreateTraces(t.Context(), set, c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	td := spansOf(10)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("host.name", "web-1")
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("tenant", "blue")
	s.status(503, 1) // a retry counts nothing twice
	require.NoError(t, e.ConsumeTraces(t.Context(), td))
	require.NoError(t, e.Shutdown(t.Context()), "reports a last time")

	values := make(map[string]float64)
	for _, line := range s.of("wavefront") {
		m, err := linetest.ParseMetric(line)
		require.NoError(t, err)
		assert.Equal(t, "web-1", m.Source)
		assert.Equal(t, "blue", m.Tag("tenant"))
		values[m.Name+" "+m.Tag("component")] = m.Value
	}
	const prefix = "\u2206tracing.derived.defaultApplication.defaultService.GET--."
	assert.Equal(t, map[string]float64{
		prefix + "invocation.count none":        10,
		prefix + "total_time.millis.count none": 10_000,
		"~component.heartbeat none":             1,
		"~component.heartbeat otlp":             1,
	}, values)
	require.Len(t, s.of("histogram"), 1)
	assert.True(t, strings.HasPrefix(s.of("histogram")[0], "!M "))
}

func TestREDMetricsNeedAnEndpoint(t *testing.T) {
	c := testConfig("")
	c.Endpoints.Spans = "http://h:30000"
	c.Traces.RED.GetOrInsertDefault()
	_, err := NewFactory().CreateTraces(t.Context(), newProbe(t).Settings(), c)
	assert.ErrorContains(t, err, "there is no endpoint for points")
}

func TestSpansNeedATCPPortOfTheirOwn(t *testing.T) {
	_, err := NewFactory().CreateTraces(t.Context(), newProbe(t).Settings(), testConfig("tcp://h:2878"))
	assert.ErrorContains(t, err, "`endpoints::spans` is missing")
}

func TestLifecycle(t *testing.T) {
	f := NewFactory()
	assert.Equal(t, component.MustNewType("wavefront"), f.Type())
	create := map[string]func() (component.Component, error){
		"metrics": func() (component.Component, error) {
			c := testConfig("http://127.0.0.1:1")
			c.Metrics.CumulativeSums = sumsAsDelta
			return f.CreateMetrics(t.Context(), newProbe(t).Settings(), c)
		},
		"logs": func() (component.Component, error) {
			return f.CreateLogs(t.Context(), newProbe(t).Settings(), testConfig("http://127.0.0.1:1"))
		},
		"traces": func() (component.Component, error) {
			c := testConfig("http://127.0.0.1:1")
			c.Traces.RED.GetOrInsertDefault()
			return f.CreateTraces(t.Context(), newProbe(t).Settings(), c)
		},
	}
	for name, create := range create {
		t.Run(name, func(t *testing.T) {
			e, err := create()
			require.NoError(t, err)
			require.NoError(t, e.Shutdown(t.Context()), "without a start")
			e, err = create()
			require.NoError(t, err)
			require.NoError(t, e.Start(t.Context(), newProbe(t)))
			require.NoError(t, e.Shutdown(t.Context()))
		})
	}
}

func TestReadOnlyBatches(t *testing.T) {
	s := newSink(t)
	p := newProbe(t)
	md, td, ld := mixed(5), spansOf(5), eventsOf(5)
	md.MarkReadOnly()
	td.MarkReadOnly()
	ld.MarkReadOnly()
	c := testConfig(s.URL)
	c.Traces.RED.GetOrInsertDefault()
	require.NoError(t, startMetrics(t, c, p).ConsumeMetrics(t.Context(), md))
	require.NoError(t, startTraces(t, c, newProbe(t)).ConsumeTraces(t.Context(), td))
	require.NoError(t, startLogs(t, c, newProbe(t)).ConsumeLogs(t.Context(), ld))
}

func TestDropsAreCountedAndWarnedAboutOnce(t *testing.T) {
	s := newSink(t)
	p := newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	for range 3 {
		md := mixed(3)
		gauges := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
		gauges.At(1).SetTimestamp(1e9)
		for i := range 25 {
			gauges.At(2).Attributes().PutStr(fmt.Sprint("k", i), "v")
		}
		require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	}
	assert.EqualValues(t, 3, p.Dropped(t, "time_out_of_range"))
	assert.EqualValues(t, 3, p.Dropped(t, "too_many_tags"))
	assert.Equal(t, 2, p.Logs.FilterMessageSnippet("Dropped items").Len())
}
