package testkit

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// Encoder prepares to encode a batch again and again: encode returns the bytes it made.
type Encoder func(pmetric.Metrics) (encode func() (bytes int))

// BenchmarkEncode reports what an OTLP datapoint costs in each shape of batch.
func BenchmarkEncode(b *testing.B, prepare Encoder) {
	for _, shape := range testbatch.Shapes {
		b.Run(shape.Name, func(b *testing.B) {
			encode := prepare(shape.Make())
			bytes := encode() // caches are filled from here on
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
