package libratoexporter

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestConsumeContract(t *testing.T) {
	(&testkit.Contract{
		Factory: NewFactory(),
		Config: func(url string) component.Config {
			c := unpaced(testConfig(url))
			c.Annotations.AllLogs = true
			// The contract counts requests, one an item: spans must not be summed up across test_id.
			c.Spans.Attributes = []string{"test_id"}
			c.MaxMeasurementsPerRequest = 1
			return c
		},
		Status:          http.StatusAccepted,
		CompleteMetrics: completeHistogram,
		CompleteLogs: func(ld plog.Logs) { // annotations have no place for test_id but their title
			r := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			id, _ := r.Attributes().Get("test_id")
			r.SetEventName(id.Str())
		},
		// The period ends with every batch: the contract counts when it has sent the last.
		AfterTraces: func(e exporter.Traces) { e.(*tracesExporter).flush() },
		ReadMetrics: readMeasurement,
		ReadLogs:    readAnnotation,
		ReadTraces:  readSpanSums,
	}).Check(t)
}

func completeHistogram(md pmetric.Metrics) {
	m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	m.SetName("named")
	m.Histogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	m.Histogram().DataPoints().At(0).SetCount(1)
	m.Histogram().DataPoints().At(0).SetSum(1)
}

func readMeasurement(_ *http.Request, body []byte) (pmetric.Metrics, error) {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetEmptyHistogram().DataPoints().AppendEmpty().Attributes().PutStr("test_id", testIDOf(body))
	return md, nil
}

func readAnnotation(_ *http.Request, body []byte) (plog.Logs, error) {
	ld := plog.NewLogs()
	var event struct{ Title string }
	err := json.Unmarshal(body, &event)
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.Attributes().PutStr("test_id", event.Title)
	return ld, err
}

func readSpanSums(_ *http.Request, body []byte) (ptrace.Traces, error) {
	td := ptrace.NewTraces()
	if bytes.Contains(body, []byte(`"span.errors"`)) {
		return td, nil // the same spans once more
	}
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.Attributes().PutStr("test_id", testIDOf(body))
	return td, nil
}

func testIDOf(body []byte) string {
	list, err := wiretest.Decode(true, body)
	if err != nil || len(list) != 1 {
		return ""
	}
	return list[0].Tags["test_id"]
}
