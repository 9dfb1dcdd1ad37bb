package translate

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func BenchmarkEncode(b *testing.B) {
	for _, c := range []struct {
		name   string
		adjust func(*Rules)
	}{
		{"tags", func(*Rules) {}},
		{"sources", sources},
		{"counters", func(r *Rules) { sources(r); r.Cumulative = true }},
		{"percentiles and buckets", func(r *Rules) { r.Buckets = true; percentiles(50, 95, 99)(r) }},
	} {
		b.Run(c.name, func(b *testing.B) { testkit.BenchmarkEncode(b, prepareEncode(c.adjust)) })
	}
}

func prepareEncode(adjust func(*Rules)) testkit.Encoder {
	return func(md pmetric.Metrics) func() int {
		resources := pdatawalk.All(md.ResourceMetrics().Len())
		rules := testRules()
		adjust(rules)
		encoder := NewMetricEncoder(rules)
		return func() (bytes int) {
			take := func(p *parts.Part) {
				bytes += len(p.Body)
				p.Release()
			}
			encoder.Begin(Walk{Limits: Limits{Bytes: 1 << 20, Measurements: 500}, Now: testbatch.Start, Gauges: take, Counters: take})
			pdatawalk.Metrics(md, resources, encoder, pdatawalk.Never)
			encoder.End()
			return bytes
		}
	}
}
