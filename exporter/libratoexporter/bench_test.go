package libratoexporter

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// BenchmarkExporter sends the standard batch to a service on loopback that reads and drops
// it, next to what gzip alone takes on the same bytes. With sources nothing is compressed.
func BenchmarkExporter(b *testing.B) {
	for name, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
		b.Run(name, func(b *testing.B) {
			c := config(newSink(b).URL)
			c.MetricsConfig.MaxAge = 0
			c.MetricsConfig.Temporality = TemporalityCumulative
			e, err := NewFactory().CreateMetrics(b.Context(), exportertest.NewNopSettings(metadata.Type), c)
			require.NoError(b, err)
			require.NoError(b, e.Start(b.Context(), componenttest.NewNopHost()))
			defer func() { _ = e.Shutdown(context.WithoutCancel(b.Context())) }()
			md := testbatch.Standard()
			md.MarkReadOnly()
			testkit.CompareWithGzip(b, testbatch.StandardPoints, bodiesOf(c, md), func() error { return e.ConsumeMetrics(b.Context(), md) })
		})
	}
}

// bodiesOf returns the measurements of a batch's requests.
func bodiesOf(c *Config, md pmetric.Metrics) testkit.Bodies {
	var bodies testkit.Bodies
	encoder := translate.NewMetricEncoder(c.rules())
	encoder.Begin(translate.Walk{
		Limits: translate.Limits{Bytes: c.MaxRequestSize, Measurements: c.maxMeasurements()},
		Now:    testbatch.Start, Gauges: bodies.Emit, Counters: bodies.Emit,
	})
	pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), encoder, pdatawalk.Never)
	encoder.End()
	return bodies
}
