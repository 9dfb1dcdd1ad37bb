package libratoexporter

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delta"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// converting is the exporter that pipelines see: running totals become differences
// before they enter the queue.
type converting struct {
	exporter.Metrics // the helper's
	service          *service
	tracker          *delta.Tracker
}

// newConverting stands in front of what the helper made.
func newConverting(next exporter.Metrics, s *service) *converting {
	c := &s.config.MetricsConfig
	times := s.config.rules().Times
	return &converting{Metrics: next, service: s, tracker: delta.New(delta.Options{
		Sums: true, Histograms: true, Summaries: true,
		MaxSeries: c.MaxSeries,
		TTL:       c.SeriesTTL,
		Buckets:   c.Buckets == BucketsTag || len(c.Percentiles) > 0,
		Started:   s.now(),
		Check: func(at pcommon.Timestamp, now int64) (delta.Reason, bool) {
			reason, ok := times.Check(at, now)
			if reason == translate.InFuture {
				return delta.InFuture, ok
			}
			return delta.TooOld, ok
		},
		Undoable: exporterconf.TakesWhole(s.config.QueueConfig),
	})}
}

// Capabilities says that batches are changed.
func (*converting) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeMetrics converts a batch and hands it on. What the queue has no room for is not
// lost: it comes again, or the next totals make up for it.
func (e *converting) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	o := e.tracker.Convert(md, e.service.now())
	e.service.telemetry.remember("series", o.Series)
	var err error
	if md.DataPointCount() > 0 {
		err = e.Metrics.ConsumeMetrics(ctx, md)
	}
	if err != nil && exporterconf.TakesWhole(e.service.config.QueueConfig) {
		e.service.telemetry.remember("series", o.Undo())
		return err
	}
	o.Done()
	e.service.telemetry.translated(converted(o))
	return err
}

// reasons are those of the conversion, as the exporter counts them.
var reasons = map[delta.Reason]translate.Reason{
	delta.FirstPoint: translate.FirstPoint, delta.OutOfOrder: translate.OutOfOrder, delta.TooManySeries: translate.TooManySeries,
	delta.TooOld: translate.TooOld, delta.InFuture: translate.InFuture,
}

func converted(o *delta.Outcome) *translate.Counts {
	var counts translate.Counts
	counts.Changed[translate.TotalsLeftOut] = o.Kept
	for reason, n := range o.Dropped {
		if n > 0 {
			counts.Dropped[reasons[delta.Reason(reason)]] += n
		}
	}
	return &counts
}
