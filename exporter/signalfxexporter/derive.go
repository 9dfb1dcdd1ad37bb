package signalfxexporter

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/derive"
)

// beforeQueue is the exporter that pipelines see. What needs memory of earlier
// batches runs here, once per batch: behind the helper's queue a retry, or a restart
// with a queue on disk, would run a batch through it twice.
type beforeQueue struct {
	exporter.Metrics                 // the helper's
	deriver          *derive.Deriver // nil when switched off
	metadata         *metadataShare
}

// withState puts what the configuration asks for in front of the helper's exporter.
func withState(next exporter.Metrics, e *metricsExporter, all *metadataWriters) (exporter.Metrics, error) {
	b := &beforeQueue{Metrics: next, metadata: all.share(e.config, e.settings)}
	if !e.config.MetricsConfig.DisableDefaultTranslationRules {
		b.deriver = derive.New(derive.Options{TTL: time.Duration(e.config.MetricsConfig.DeltaTranslationTTL) * time.Second}, time.Now)
		if err := e.telemetry.observeDeriver(b.deriver); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Capabilities: derived metrics are appended to the batch.
func (b *beforeQueue) Capabilities() consumer.Capabilities {
	c := b.Metrics.Capabilities()
	c.MutatesData = c.MutatesData || b.deriver != nil
	return c
}

// ConsumeMetrics adds the derived metrics, looks at the metadata, and hands the batch to the queue.
func (b *beforeQueue) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	if w := b.metadata.writer.Load(); w != nil {
		w.metrics(ctx, md)
	}
	if b.deriver != nil {
		b.deriver.Apply(md)
	}
	return b.Metrics.ConsumeMetrics(ctx, md)
}

// Start starts what runs beside the queue, too.
func (b *beforeQueue) Start(ctx context.Context, host component.Host) error {
	if err := b.metadata.start(ctx, host); err != nil {
		return err
	}
	return b.Metrics.Start(ctx, host)
}

// Shutdown drains the queue, then the metadata.
func (b *beforeQueue) Shutdown(ctx context.Context) error {
	return errors.Join(b.Metrics.Shutdown(ctx), b.metadata.shutdown(ctx))
}

// observeDeriver reports what derivation remembers and gave up.
func (t *telemetry) observeDeriver(d *derive.Deriver) error {
	return t.builder.RegisterDerivedCallback(func(_ context.Context, o metric.Observer) error {
		s := d.Stats()
		o.ObserveInt64(t.builder.ExporterSignalfxDerivedSeries, int64(s.Series), t.Attributes)
		for event, n := range map[string]uint64{
			"evicted": s.Evicted, "expired": s.Expired, "reset": s.Resets, "incomplete": s.Incomplete, "late": s.Late,
		} {
			o.ObserveInt64(t.builder.ExporterSignalfxDerivedEvents, int64(n), t.Attributes, metric.WithAttributes(eventKey.String(event)))
		}
		return nil
	})
}
