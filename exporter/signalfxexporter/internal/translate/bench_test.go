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
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	rules := testRules()
	rules.Filter = mustFilter(nil, DefaultExcludes())
	encoder := NewMetricEncoder(rules)
	return func() (bytes int) {
		encoder.Begin(Limits{Bytes: 1 << 20, Datapoints: 5000}, func(p *parts.Part) {
			bytes += len(p.Body)
			p.Release()
		}, nil)
		pdatawalk.Metrics(md, resources, encoder, pdatawalk.Never)
		encoder.End()
		return bytes
	}
}
