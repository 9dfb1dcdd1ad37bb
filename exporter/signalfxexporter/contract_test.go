package signalfxexporter

import (
	"net/http"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

func TestConsumeContract(t *testing.T) {
	(&testkit.Contract{
		Factory: NewFactory(),
		Config: func(url string) component.Config {
			c := testConfig(url)
			c.EventsConfig.AllLogsAsEvents = true
			return c
		},
		Status: http.StatusOK,
		Answer: `"OK"`,
		CompleteMetrics: func(md pmetric.Metrics) {
			md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName("named")
		},
		ReadMetrics: readDatapoints,
		ReadLogs:    readEvents,
		ReadTraces: func(_ *http.Request, body []byte) (ptrace.Traces, error) {
			return (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
		},
	}).Check(t)
}

func readDatapoints(_ *http.Request, body []byte) (pmetric.Metrics, error) {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	var m sfxpb.DataPointUploadMessage
	err := proto.Unmarshal(body, &m)
	for _, p := range m.Datapoints {
		setAll(metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().Attributes(), p.Dimensions)
	}
	return md, err
}

func readEvents(_ *http.Request, body []byte) (plog.Logs, error) {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var m sfxpb.EventUploadMessage
	err := proto.Unmarshal(body, &m)
	for _, e := range m.Events {
		setAll(records.AppendEmpty().Attributes(), e.Dimensions)
	}
	return ld, err
}

func setAll(to pcommon.Map, dimensions []*sfxpb.Dimension) {
	for _, d := range dimensions {
		to.PutStr(d.GetKey(), d.GetValue())
	}
}
