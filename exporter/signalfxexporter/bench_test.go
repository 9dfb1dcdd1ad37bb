package signalfxexporter

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

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// BenchmarkExporter sends the standard batch to a loopback server that reads the body
// and answers "OK", with default filters and derivations. Each round also times what
// gzip level 1 alone takes on the same bytes; x-gzip is the ratio of the shortest rounds.
func BenchmarkExporter(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `"OK"`)
	}))
	defer server.Close()
	c := testConfig(server.URL)
	c.MetricsConfig.noDefaultExcludes = false
	e, err := NewFactory().CreateMetrics(b.Context(), exportertest.NewNopSettings(metadata.Type), c)
	require.NoError(b, err)
	require.NoError(b, e.Start(b.Context(), componenttest.NewNopHost()))
	defer func() { _ = e.Shutdown(context.Background()) }()

	md := testbatch.Standard()
	md.MarkReadOnly()
	testkit.CompareWithGzip(b, testbatch.StandardPoints, bodiesOf(b, c, md), func() error { return e.ConsumeMetrics(b.Context(), md) })
}

// bodiesOf returns the request bodies of a batch.
func bodiesOf(b *testing.B, c *Config, md pmetric.Metrics) testkit.Bodies {
	rules, err := c.MetricsConfig.rules()
	require.NoError(b, err)
	var bodies testkit.Bodies
	encoder := translate.NewMetricEncoder(rules)
	encoder.Begin(translate.Limits{Bytes: c.MaxRequestSize, Datapoints: c.MaxDatapointsPerRequest}, bodies.Emit, nil)
	pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), encoder, pdatawalk.Never)
	encoder.End()
	return bodies
}
