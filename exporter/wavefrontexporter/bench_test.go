package wavefrontexporter

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// BenchmarkExporter sends the standard batch to a loopback server that reads the body.
func BenchmarkExporter(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	c := testConfig(server.URL)
	c.Limits.MaxAge = 0 // the batch has a fixed time
	e, err := NewFactory().CreateMetrics(b.Context(), exportertest.NewNopSettings(metadata.Type), c)
	require.NoError(b, err)
	require.NoError(b, e.Start(b.Context(), componenttest.NewNopHost()))
	defer func() { _ = e.Shutdown(context.Background()) }()

	md := testbatch.Standard()
	md.MarkReadOnly()
	testkit.CompareWithGzip(b, testbatch.StandardPoints, bodiesOf(c, md), func() error { return e.ConsumeMetrics(b.Context(), md) })
}

// bodiesOf returns the request bodies of a batch.
func bodiesOf(c *Config, md pmetric.Metrics) testkit.Bodies {
	var bodies testkit.Bodies
	to := translate.Output{Limits: translate.Limits{Bytes: c.MaxRequestSize, Lines: c.MaxLinesPerRequest}, Emit: bodies.Emit}
	encoder := translate.NewMetricEncoder(c.metricRules())
	encoder.Begin(testbatch.Start.Unix(), translate.MetricOutputs{Points: to, Deltas: to, Histograms: to})
	pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), encoder, pdatawalk.Never)
	encoder.End()
	return bodies
}
