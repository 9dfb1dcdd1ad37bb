package testkit

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// Probe observes an exporter: its telemetry, logs and status. It is the exporter's host.
type Probe struct {
	*componenttest.Telemetry
	Logs *observer.ObservedLogs
	// Status gets what is reported to the host.
	Status chan componentstatus.Status

	typ    component.Type
	logger *zap.Logger
}

// NewProbe returns a probe for exporters of a type.
func NewProbe(t testing.TB, typ component.Type) *Probe {
	core, logs := observer.New(zapcore.DebugLevel)
	p := &Probe{
		Telemetry: componenttest.NewTelemetry(),
		Logs:      logs,
		Status:    make(chan componentstatus.Status, 100),
		typ:       typ,
		logger:    zap.New(core),
	}
	t.Cleanup(func() { _ = p.Shutdown(context.WithoutCancel(t.Context())) })
	return p
}

// Settings are those of an exporter that is observed.
func (p *Probe) Settings() exporter.Settings {
	set := exportertest.NewNopSettings(p.typ)
	set.TelemetrySettings = p.NewTelemetrySettings()
	set.Logger = p.logger
	return set
}

// GetExtensions and Report make a probe the host.
func (p *Probe) GetExtensions() map[component.ID]component.Component { return nil }
func (p *Probe) Report(e *componentstatus.Event)                     { p.Status <- e.Status() }

// Sum adds up the points of a counter that carry the attributes. The counter is named
// without "otelcol_exporter_TYPE_"; one that was never added to is 0.
func (p *Probe) Sum(t testing.TB, counter string, attributes ...attribute.KeyValue) int64 {
	t.Helper()
	m, err := p.GetMetric("otelcol_exporter_" + p.typ.String() + "_" + counter)
	if err != nil {
		return 0
	}
	total := int64(0)
	for _, dp := range m.Data.(metricdata.Sum[int64]).DataPoints {
		if has(dp.Attributes, attributes) {
			total += dp.Value
		}
	}
	return total
}

// Total is the sum and the count of what a histogram of the exporter has recorded with the given attributes.
func (p *Probe) Total(t testing.TB, histogram string, attributes ...attribute.KeyValue) (sum float64, count uint64) {
	t.Helper()
	m, err := p.GetMetric("otelcol_exporter_" + p.typ.String() + "_" + histogram)
	if err != nil {
		return 0, 0
	}
	for _, dp := range m.Data.(metricdata.Histogram[float64]).DataPoints {
		if has(dp.Attributes, attributes) {
			sum, count = sum+dp.Sum, count+dp.Count
		}
	}
	return sum, count
}

func has(set attribute.Set, attributes []attribute.KeyValue) bool {
	return !slices.ContainsFunc(attributes, func(a attribute.KeyValue) bool {
		v, ok := set.Value(a.Key)
		return !ok || v != a.Value
	})
}

// Dropped is how many items were dropped for a reason.
func (p *Probe) Dropped(t testing.TB, reason string) int64 {
	t.Helper()
	return p.Sum(t, "dropped_items", attribute.String("reason", reason))
}

// SecretFree fails when a secret is in any log line.
func (p *Probe) SecretFree(t testing.TB, secrets ...string) {
	t.Helper()
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	for _, entry := range p.Logs.All() {
		line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
		require.NoError(t, err)
		for _, secret := range secrets {
			require.NotContains(t, line.String(), secret)
		}
	}
}

// Run runs a component until the test ends.
func Run(t testing.TB, c component.Component, host component.Host) {
	t.Helper()
	require.NoError(t, c.Start(t.Context(), host))
	t.Cleanup(func() { require.NoError(t, c.Shutdown(context.WithoutCancel(t.Context()))) })
}
