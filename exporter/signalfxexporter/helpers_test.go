package signalfxexporter

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

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

const testToken = "s3cret-token"

// startLab serves the lab until the test ends.
func startLab(t *testing.T, c vendorlab.Config) *vendorlab.Lab {
	t.Helper()
	lab, err := vendorlab.Start(c)
	require.NoError(t, err)
	t.Cleanup(lab.Close)
	return lab
}

// testConfig sends to url at once, without a queue, and retries fast.
func testConfig(url string) *Config {
	c := createDefaultConfig().(*Config)
	c.AccessToken = testToken
	c.IngestURL, c.APIURL = url, url
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.InitialInterval = time.Millisecond
	c.RetryConfig.MaxInterval = 5 * time.Millisecond
	c.RetryConfig.MaxElapsedTime = 0
	c.MetricsConfig.noDefaultExcludes = true
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
	return p.sum(t, "otelcol_exporter_signalfx_dropped_items", attribute.String("reason", reason))
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

// values returns the number of distinct values and of all arrivals that the lab saw of a test_id.
func seen(lab *store.Store, testID string) (distinct int, total uint64) {
	for _, e := range lab.Audit(testID).Entries {
		return e.Distinct, e.Total
	}
	return 0, 0
}
