package translate

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func BenchmarkEncode(b *testing.B) { testkit.BenchmarkEncode(b, prepareEncode) }

func prepareEncode(md pmetric.Metrics) func() int {
	rules := &MetricRules{
		TagRules: TagRules{
			Encode:   &wavefront.Encoder{Limits: wavefront.DocumentedLimits()},
			Sources:  SourceRules{Resource: []string{"source", "host.name"}, Item: []string{"source"}, Default: "here"},
			Priority: []string{"application", "service", "cluster", "shard"},
		},
		Granularities: []wavefront.Granularity{wavefront.Minute},
		Count:         true, Sum: true,
	}
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	encoder := NewMetricEncoder(rules)
	return func() (bytes int) {
		to := Output{Limits: Limits{Bytes: 1 << 20, Lines: 10_000}, Emit: func(p *parts.Part) {
			bytes += len(p.Body)
			p.Release()
		}}
		encoder.Begin(testbatch.Start.Unix(), MetricOutputs{Points: to, Deltas: to, Histograms: to})
		pdatawalk.Metrics(md, resources, encoder, pdatawalk.Never)
		encoder.End()
		return bytes
	}
}
