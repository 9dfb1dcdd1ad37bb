package wavefrontexporter

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestConsumeContract(t *testing.T) {
	(&testkit.Contract{
		Factory: NewFactory(),
		Config: func(url string) component.Config {
			c := testConfig(url)
			c.Events.AllLogs = true
			return c
		},
		Status: http.StatusAccepted,
		CompleteMetrics: func(md pmetric.Metrics) {
			md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName("named")
		},
		CompleteLogs: func(ld plog.Logs) {
			ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).SetEventName("named")
		},
		CompleteTraces: completeSpan,
		ReadMetrics:    readPoints,
		ReadLogs:       readEvents,
		ReadTraces:     readSpans,
	}).Check(t)
}

func completeSpan(td ptrace.Traces) {
	s := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	s.SetName("named")
	s.SetTraceID(pcommon.TraceID{1})
	s.SetSpanID(pcommon.SpanID{1})
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	s.Events().AppendEmpty().SetName("e") // so that there is a request that must not be counted
}

func readPoints(_ *http.Request, body []byte) (pmetric.Metrics, error) {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	for _, line := range linesOf(body) {
		p, err := linetest.ParseMetric(line)
		if err != nil {
			return md, err
		}
		setAll(metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().Attributes(), p.Tags)
	}
	return md, nil
}

func readEvents(_ *http.Request, body []byte) (plog.Logs, error) {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, line := range linesOf(body) {
		e, err := linetest.ParseEvent(line)
		if err != nil {
			return ld, err
		}
		setAll(records.AppendEmpty().Attributes(), e.Annotations)
	}
	return ld, nil
}

func readSpans(r *http.Request, body []byte) (ptrace.Traces, error) {
	td := ptrace.NewTraces()
	if r.URL.Query().Get("f") == "spanLogs" {
		return td, nil
	}
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, line := range linesOf(body) {
		s, err := linetest.ParseSpan(line)
		if err != nil {
			return td, err
		}
		setAll(spans.AppendEmpty().Attributes(), s.Tags)
	}
	return td, nil
}

func linesOf(body []byte) []string {
	return strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
}

func setAll(to pcommon.Map, tags []linetest.Pair) {
	for _, t := range tags {
		to.PutStr(t.Key, t.Value)
	}
}
