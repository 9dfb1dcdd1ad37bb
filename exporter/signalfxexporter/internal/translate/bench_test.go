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
	rules := testRules()
	rules.Filter = mustFilter(nil, DefaultExcludes())
	encoder := NewMetricEncoder(rules)
	bytes := 0
	encode := func() {
		bytes = 0
		encoder.Begin(Limits{Bytes: 1 << 20, Datapoints: 5000}, func(p *parts.Part) {
			bytes += len(p.Body)
			p.Release()
		}, nil)
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
}
