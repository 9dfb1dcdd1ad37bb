package translate

import (
	"testing"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// BenchmarkEncodeStandardBatch reports the cost per OTLP point.
func BenchmarkEncodeStandardBatch(b *testing.B) {
	md := testbatch.Standard()
	rules := &MetricRules{
		TagRules: TagRules{
			Encode:   &wavefront.Encoder{Limits: wavefront.DocumentedLimits()},
			Sources:  SourceRules{Resource: []string{"source", "host.name"}, Item: []string{"source"}, Default: "here"},
			Priority: []string{"application", "service", "cluster", "shard"},
		},
		Granularities: []wavefront.Granularity{wavefront.Minute},
		Count:         true, Sum: true,
	}
	encoder := NewMetricEncoder(rules)
	bytes, lines := 0, 0
	to := Output{Limits: Limits{Bytes: 1 << 20, Lines: 10_000}, Emit: func(p *parts.Part) {
		bytes += len(p.Body)
		lines += p.Units()
		p.Release()
	}}
	encode := func() {
		bytes, lines = 0, 0
		encoder.Begin(testbatch.Start.Unix(), MetricOutputs{Points: to, Deltas: to, Histograms: to})
		pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), encoder, pdatawalk.Never)
		encoder.End()
	}
	encode()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		encode()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/testbatch.StandardPoints, "ns/point")
	b.ReportMetric(float64(bytes)/testbatch.StandardPoints, "B/point")
	b.ReportMetric(float64(lines)/testbatch.StandardPoints, "lines/point")
}
