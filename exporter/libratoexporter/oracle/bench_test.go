package oracle

import (
	"slices"
	"testing"
	"time"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter"
)

// telegrafBatch is the default of metric_batch_size in Telegraf's agent.
const telegrafBatch = 1000

// BenchmarkAgainstTelegraf sends the same 10,000 points, ten to a metric and four tags
// each, to a service on loopback that reads and drops them: in every round once by each.
// x-faster is the ratio of the shortest rounds.
func BenchmarkAgainstTelegraf(b *testing.B) {
	points := batch(100, 100)
	for _, c := range []struct {
		name   string
		adjust func(*libratoexporter.Config)
	}{
		{"sources", asIs},
		{"sources, one request at a time", func(c *libratoexporter.Config) { c.MaxParallelRequests = 1 }},
		{"tags", func(c *libratoexporter.Config) { c.Dialect = libratoexporter.DialectTags }},
	} {
		b.Run(c.name, func(b *testing.B) {
			server := newService(b, false)
			ours, theirs := startOurs(b, server.URL, c.adjust), startTheirs(b, server.URL)
			md, metrics := asOTLP(points), asTelegraf(points)
			var took [2][]time.Duration
			for b.Loop() {
				start := time.Now()
				if err := ours.ConsumeMetrics(b.Context(), md); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				for some := range slices.Chunk(metrics, telegrafBatch) {
					if err := theirs.Write(some); err != nil {
						b.Fatal(err)
					}
				}
				took[0] = append(took[0], between.Sub(start))
				took[1] = append(took[1], time.Since(between))
			}
			us, them := float64(slices.Min(took[0])), float64(slices.Min(took[1]))
			b.ReportMetric(us/float64(len(points)), "ns/metric")
			b.ReportMetric(them/float64(len(points)), "telegraf-ns/metric")
			b.ReportMetric(them/us, "x-faster")
		})
	}
}
