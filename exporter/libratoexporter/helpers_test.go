package libratoexporter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
)

const (
	testToken = "s3cret-token"
	waitFor   = 10 * time.Second
	tick      = 2 * time.Millisecond
)

// testConfig sends to url at once, without a queue, and retries fast.
func testConfig(url string) *Config {
	c := createDefaultConfig().(*Config)
	c.Token = testToken
	c.ClientConfig.Endpoint = url
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.InitialInterval = time.Millisecond
	c.RetryConfig.MaxInterval = 5 * time.Millisecond
	c.RetryConfig.MaxElapsedTime = 0
	return c
}

// sourceConfig is testConfig for Librato.
func sourceConfig(url string) *Config {
	c := testConfig(url)
	c.API = APILibrato
	c.Email = "user@example.com"
	return c
}

func withQueue(c *Config) *Config {
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	return c
}

// probe observes an exporter: its telemetry, logs and status.
type probe struct {
	*componenttest.Telemetry
	logs   *observer.ObservedLogs
	status chan componentstatus.Status
}

func newProbe(t *testing.T) *probe {
	p := &probe{Telemetry: componenttest.NewTelemetry(), status: make(chan componentstatus.Status, 100)}
	t.Cleanup(func() { _ = p.Shutdown(context.WithoutCancel(t.Context())) })
	return p
}

func (p *probe) settings() exporter.Settings {
	set := exportertest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = p.NewTelemetrySettings()
	core, logs := observer.New(zapcore.DebugLevel)
	p.logs = logs
	set.Logger = zap.New(core)
	return set
}

// GetExtensions and Report make a probe the host.
func (p *probe) GetExtensions() map[component.ID]component.Component { return nil }
func (p *probe) Report(e *componentstatus.Event)                     { p.status <- e.Status() }

// sum adds up the points of a counter that carry the attributes.
func (p *probe) sum(t *testing.T, name string, attributes ...attribute.KeyValue) int64 {
	t.Helper()
	m, err := p.GetMetric("otelcol_exporter_librato_" + name)
	if err != nil {
		return 0
	}
	total := int64(0)
	for _, dp := range m.Data.(metricdata.Sum[int64]).DataPoints {
		match := true
		for _, a := range attributes {
			v, ok := dp.Attributes.Value(a.Key)
			match = match && ok && v == a.Value
		}
		if match {
			total += dp.Value
		}
	}
	return total
}

func (p *probe) dropped(t *testing.T, reason string) int64 {
	return p.sum(t, "dropped_items", attribute.String("reason", reason))
}

func (p *probe) state(t *testing.T, store string) int64 {
	return p.sum(t, "state", attribute.String("store", store))
}

// secretFree fails when the token is in any log line.
func (p *probe) secretFree(t *testing.T) {
	t.Helper()
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	for _, entry := range p.logs.All() {
		line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
		require.NoError(t, err)
		require.NotContains(t, line.String(), testToken)
	}
}

func startMetrics(t *testing.T, c *Config, p *probe) exporter.Metrics {
	t.Helper()
	e, err := NewFactory().CreateMetrics(t.Context(), p.settings(), c)
	require.NoError(t, err)
	run(t, e, p)
	return e
}

func startLogs(t *testing.T, c *Config, p *probe) exporter.Logs {
	t.Helper()
	e, err := NewFactory().CreateLogs(t.Context(), p.settings(), c)
	require.NoError(t, err)
	run(t, e, p)
	return e
}

func run(t *testing.T, e component.Component, host component.Host) {
	t.Helper()
	require.NoError(t, e.Start(t.Context(), host))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.WithoutCancel(t.Context()))) })
}

// gauges returns n gauges of one name with values and tags of their own.
func gauges(name, testID string, n int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("host.name", "web-1")
	m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	points := m.SetEmptyGauge().DataPoints()
	for i := range n {
		p := points.AppendEmpty()
		p.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		p.SetIntValue(int64(i))
		p.Attributes().PutStr("test_id", testID)
		p.Attributes().PutInt("i", int64(i))
	}
	return md
}

// total returns one running total.
func total(name string, value int64, at time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := s.DataPoints().AppendEmpty()
	p.SetTimestamp(pcommon.NewTimestampFromTime(at))
	p.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(1000, 0)))
	p.SetIntValue(value)
	return md
}
