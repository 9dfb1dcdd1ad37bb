package wavefrontexporter

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/delta"
)

// converting is the exporter that pipelines see when cumulative values are converted.
// What needs memory of earlier batches runs here, once per batch: behind the helper's
// queue a retry, or a restart with a queue on disk, would run a batch through it twice.
type converting struct {
	exporter.Metrics // the helper's
	converter        *delta.Converter
	telemetry        *telemetry
	config           *Config
}

// withConversion puts the conversion in front of the helper's exporter, when it is asked for.
func withConversion(next exporter.Metrics, e *metricsExporter) exporter.Metrics {
	c := e.config.Metrics
	o := delta.Options{
		Sums:       c.CumulativeSums == sumsAsDelta,
		Histograms: c.CumulativeHistograms == histogramsAsDistribs,
		MaxSeries:  c.Conversion.MaxSeries, MaxIdle: c.Conversion.MaxIdle,
	}
	if !o.Sums && !o.Histograms {
		return next
	}
	return &converting{Metrics: next, converter: delta.New(o, e.now), telemetry: e.telemetry, config: e.config}
}

// Capabilities: batches are converted in place.
func (c *converting) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeMetrics converts a batch and hands it to the queue. A batch that the queue does
// not take is forgotten: it will come again.
func (c *converting) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	done := c.converter.Convert(md)
	var err error
	if md.DataPointCount() > 0 {
		err = c.Metrics.ConsumeMetrics(ctx, md)
	}
	if c.config.comesAgain(err) {
		done.Undo()
		return err
	}
	c.telemetry.encoded(&done.Counts)
	c.telemetry.tracked(c.converter.Series())
	return err
}

// comesAgain reports whether an error says that nothing of a batch went anywhere. Without
// a queue that is not known: some of it may have been delivered.
func (c *Config) comesAgain(err error) bool {
	queue := c.QueueConfig.Get()
	return err != nil && queue != nil && !queue.WaitForResult
}
