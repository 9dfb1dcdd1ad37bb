package translate

import (
	"testing"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// BenchmarkEncodeStandardBatch reports the cost per OTLP point.
func BenchmarkEncodeStandardBatch(b *testing.B) {
	md := testbatch.Standard()
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	for _, c := range []struct {
		name   string
		adjust func(*Rules)
	}{
		{"tags", func(*Rules) {}},
		{"sources", sources},
		{"counters", func(r *Rules) { sources(r); r.Cumulative = true }},
		{"percentiles and buckets", func(r *Rules) { r.Buckets = true; percentiles(50, 95, 99)(r) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			rules := testRules()
			c.adjust(rules)
			encoder := NewMetricEncoder(rules)
			bytes := 0
			take := func(p *parts.Part) {
				bytes += len(p.Body)
				p.Release()
			}
			encode := func() {
				bytes = 0
				encoder.Begin(Walk{Limits: Limits{Bytes: 1 << 20, Measurements: 500}, Now: testbatch.Start, Gauges: take, Counters: take})
				pdatawalk.Metrics(md, resources, encoder, pdatawalk.Never)
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
		})
	}
}
