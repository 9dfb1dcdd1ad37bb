package wavefrontexporter

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
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
)

const testToken = "s3cret-token"

// testConfig sends to endpoint at once, without a queue, and retries fast.
func testConfig(endpoint string) *Config {
	c := createDefaultConfig().(*Config)
	c.ClientConfig.Endpoint = endpoint
	c.Source.Default = "here"
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.InitialInterval = time.Millisecond
	c.RetryConfig.MaxInterval = 5 * time.Millisecond
	c.RetryConfig.MaxElapsedTime = 0
	return c
}

// probe observes an exporter: its telemetry, logs and status.
type probe struct {
	*componenttest.Telemetry
	logs   *observer.ObservedLogs
	status chan componentstatus.Status
}

func newProbe(t testing.TB) *probe {
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
	m, err := p.GetMetric(name)
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
	t.Helper()
	return p.sum(t, "otelcol_exporter_wavefront_dropped_items", attribute.String("reason", reason))
}

// secretFree fails when a secret is in any log line.
func (p *probe) secretFree(t *testing.T, secrets ...string) {
	t.Helper()
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	for _, entry := range p.logs.All() {
		line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
		require.NoError(t, err)
		for _, secret := range secrets {
			require.NotContains(t, line.String(), secret)
		}
	}
}

// startMetrics runs a metrics exporter until the test ends.
func startMetrics(t *testing.T, c *Config, p *probe) exporter.Metrics {
	t.Helper()
	e, err := NewFactory().CreateMetrics(t.Context(), p.settings(), c)
	require.NoError(t, err)
	run(t, e, p)
	return e
}

func run(t *testing.T, e component.Component, host component.Host) {
	t.Helper()
	require.NoError(t, e.Start(t.Context(), host))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.WithoutCancel(t.Context()))) })
}
