package wavefrontexporter

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// BenchmarkExporter sends the standard batch to a loopback server that reads the body.
// Each round also times what gzip level 1 alone takes on the same bytes; x-gzip is the
// ratio of the medians.
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
	floor := floorOf(b, bodiesOf(c, md))
	var whole, gzipped []time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		if err := e.ConsumeMetrics(b.Context(), md); err != nil {
			b.Fatal(err)
		}
		whole = append(whole, time.Since(start))
		b.StopTimer()
		start = time.Now()
		floor()
		gzipped = append(gzipped, time.Since(start))
		b.StartTimer()
	}
	b.StopTimer()
	b.ReportMetric(float64(median(whole))/testbatch.StandardPoints, "ns/point")
	b.ReportMetric(float64(median(gzipped))/testbatch.StandardPoints, "gzip-ns/point")
	b.ReportMetric(float64(median(whole))/float64(median(gzipped)), "x-gzip")
}

// bodiesOf returns the request bodies of a batch.
func bodiesOf(c *Config, md pmetric.Metrics) [][]byte {
	var bodies [][]byte
	to := translate.Output{Limits: translate.Limits{Bytes: c.MaxRequestSize, Lines: c.MaxLinesPerRequest}, Emit: func(p *parts.Part) {
		bodies = append(bodies, bytes.Clone(p.Body))
		p.Release()
	}}
	encoder := translate.NewMetricEncoder(c.metricRules())
	encoder.Begin(testbatch.Start.Unix(), translate.MetricOutputs{Points: to, Deltas: to, Histograms: to})
	pdatawalk.Metrics(md, upTo(md.ResourceMetrics().Len()), encoder, func() bool { return false })
	encoder.End()
	return bodies
}

func floorOf(b *testing.B, bodies [][]byte) func() {
	w, err := gzip.NewWriterLevel(io.Discard, 1)
	require.NoError(b, err)
	var out bytes.Buffer
	return func() {
		for _, body := range bodies {
			out.Reset()
			w.Reset(&out)
			_, _ = w.Write(body)
			_ = w.Close()
		}
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
