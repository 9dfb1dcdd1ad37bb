package libratoexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/delta"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// metricsPusher turns metrics into measurements and sends them. It stands behind the
// queue and remembers nothing that the measurements depend on.
type metricsPusher struct {
	*service
	rules    *translate.Rules
	encoders sync.Pool // of *translate.MetricEncoder
	stopped  stopList
	updates  updates
}

func newMetricsPusher(s *service, rules *translate.Rules) *metricsPusher {
	return &metricsPusher{service: s, rules: rules, encoders: sync.Pool{New: func() any {
		return translate.NewMetricEncoder(rules)
	}}}
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *metricsPusher) push(ctx context.Context, md pmetric.Metrics) error {
	run := delivery.NewRun(ctx, e.telemetry, e.config.MaxParallelRequests)
	s := &submission{service: e.service, stopped: &e.stopped}
	list := librato.Measurements
	if e.rules.Dialect == librato.SourceDialect {
		list = librato.Gauges
	}
	gauges, counters := run.Lane(s.to(list)), run.Lane(s.to(librato.Counters))
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	e.encode(md, resources, gauges, counters)
	err := run.Wait(e.maxWait(), func(cause error) error {
		rest := pmetric.NewMetrics()
		pdatawalk.MetricsSubset(md, resources, func(ordinal int) bool {
			return gauges.Undelivered(ordinal) || counters.Undelivered(ordinal)
		}, rest)
		return consumererror.NewMetrics(cause, rest)
	})
	if err == nil && e.config.MetricsConfig.UpdateMetrics {
		e.updates.send(ctx, e.service, e.rules, md)
	}
	return err
}

// encode walks the batch and feeds the lanes.
func (e *metricsPusher) encode(md pmetric.Metrics, resources []int, gauges, counters *delivery.Lane) {
	encoder := e.encoders.Get().(*translate.MetricEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(translate.Walk{
		Limits: e.limits(), Now: e.now(), Stopped: e.stopped.load(),
		Gauges: gauges.Emit, Counters: counters.Emit,
	})
	pdatawalk.Metrics(md, resources, encoder, func() bool { return gauges.Stopped() || counters.Stopped() })
	walked := encoder.End()
	gauges.Walked(walked)
	counters.Walked(walked)
	e.telemetry.translated(&encoder.Counts)
}

// deltaExporter converts running totals before they enter the queue.
type deltaExporter struct {
	exporter.Metrics
	service *service
	tracker *delta.Tracker
}

var _ exporter.Metrics = (*deltaExporter)(nil)

// newDeltaExporter stands in front of what the helper made.
func newDeltaExporter(next exporter.Metrics, s *service) *deltaExporter {
	c := &s.config.MetricsConfig
	queue := s.config.QueueConfig.Get()
	return &deltaExporter{Metrics: next, service: s, tracker: delta.New(delta.Options{
		MaxSeries: c.MaxSeries,
		TTL:       c.SeriesTTL,
		Buckets:   c.Buckets == BucketsTag || len(c.Percentiles) > 0,
		Started:   s.now(),
		Times:     s.config.rules().Times,
		// A queue takes a batch as a whole or not at all. Without one, or when it waits for
		// the result, an error may come after a part was delivered.
		Undoable: queue != nil && !queue.WaitForResult,
	})}
}

// Capabilities says that batches are changed.
func (*deltaExporter) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeMetrics converts a batch and hands it on. What the queue has no room for is not
// lost: the next totals make up for it.
func (e *deltaExporter) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	o := e.tracker.Convert(md, e.service.now())
	e.service.telemetry.translated(&o.Counts)
	e.service.telemetry.remember("series", o.Series)
	err := e.Metrics.ConsumeMetrics(ctx, md)
	if err != nil {
		e.service.telemetry.remember("series", o.Undo())
		return err
	}
	o.Done()
	return nil
}

// newMetrics makes the exporter of metrics.
func newMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	c := cfg.(*Config)
	s, err := newService(c, set, "metrics")
	if err != nil {
		return nil, err
	}
	rules := c.rules()
	helper, err := exporterhelper.NewMetrics(ctx, set, cfg, newMetricsPusher(s, rules).push, c.helperOptions(s)...)
	if err != nil || rules.Cumulative {
		return helper, err
	}
	return newDeltaExporter(helper, s), nil
}
