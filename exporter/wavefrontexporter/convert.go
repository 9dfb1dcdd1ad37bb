package wavefrontexporter

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delta"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// converting is the exporter that pipelines see when cumulative values are converted.
// What needs memory of earlier batches runs here, once per batch: behind the helper's
// queue a retry, or a restart with a queue on disk, would run a batch through it twice.
type converting struct {
	exporter.Metrics // the helper's
	exporter         *metricsExporter
	tracker          *delta.Tracker
}

// withConversion puts the conversion in front of the helper's exporter, when it is asked for.
func withConversion(next exporter.Metrics, e *metricsExporter) exporter.Metrics {
	c := e.config.Metrics
	o := delta.Options{
		Sums:       c.CumulativeSums == sumsAsDelta,
		Histograms: c.CumulativeHistograms == histogramsAsDistribs,
		Buckets:    true,
		MaxSeries:  c.Conversion.MaxSeries, TTL: c.Conversion.MaxIdle,
		Started:  e.now(),
		Undoable: exporterconf.TakesWhole(e.config.QueueConfig),
	}
	if !o.Sums && !o.Histograms {
		return next
	}
	return &converting{Metrics: next, exporter: e, tracker: delta.New(o)}
}

// Capabilities: batches are converted in place.
func (*converting) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeMetrics converts a batch and hands it to the queue. A batch that the queue does
// not take is forgotten: it will come again.
func (c *converting) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	o := c.tracker.Convert(md, c.exporter.now())
	var err error
	if md.DataPointCount() > 0 {
		err = c.Metrics.ConsumeMetrics(ctx, md)
	}
	if err != nil && exporterconf.TakesWhole(c.exporter.config.QueueConfig) {
		o.Undo()
		return err
	}
	o.Done()
	c.exporter.telemetry.encoded(converted(o))
	c.exporter.telemetry.tracked(c.tracker.Len())
	return err
}

// reasons are those of the conversion, as the exporter counts them.
var reasons = map[delta.Reason]translate.Reason{
	delta.FirstPoint: translate.FirstPoint, delta.OutOfOrder: translate.OutOfOrder, delta.TooManySeries: translate.TooManySeries,
}

func converted(o *delta.Outcome) *translate.Counts {
	var counts translate.Counts
	for reason, n := range o.Dropped {
		if n > 0 {
			counts.Dropped[reasons[delta.Reason(reason)]] += n
		}
	}
	return &counts
}
