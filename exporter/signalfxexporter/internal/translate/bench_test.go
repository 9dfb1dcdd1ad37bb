package translate

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func BenchmarkEncode(b *testing.B) { testkit.BenchmarkEncode(b, prepareEncode) }

// prepareEncode encodes with the default filters.
func prepareEncode(md pmetric.Metrics) func() int {
	rules := testRules()
	rules.Filter = mustFilter(nil, DefaultExcludes())
	return prepareWith(rules)(md)
}

func prepareWith(rules *MetricRules) testkit.Encoder {
	return func(md pmetric.Metrics) func() int {
		resources := pdatawalk.All(md.ResourceMetrics().Len())
		encoder := NewMetricEncoder(rules)
		return func() (bytes int) {
			emit := func(p *parts.Part) {
				bytes += len(p.Body)
				p.Release()
			}
			encoder.Begin(Limits{Bytes: 1 << 20, Datapoints: 5000}, emit, emit)
			pdatawalk.Metrics(md, resources, encoder, pdatawalk.Never)
			encoder.End()
			return bytes
		}
	}
}
