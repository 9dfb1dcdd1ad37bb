package libratoexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
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
	s := &submission{service: e.service, stopped: &e.stopped, period: e.rules.Properties.Period}
	list := librato.Measurements
	if e.rules.Dialect == librato.SourceDialect {
		list = librato.Gauges
	}
	gaugeFrame, counterFrame := s.frame(list, nil), s.frame(librato.Counters, nil)
	gauges, counters := run.Lane(s.to(gaugeFrame)), run.Lane(s.to(counterFrame))
	var sent []pmetric.Metric
	walk := translate.Walk{
		Limits: e.limits(max(gaugeFrame.Size(), counterFrame.Size())), Now: e.now(), Stopped: e.stopped.load(),
		Gauges: gauges.Emit, Counters: counters.Emit,
	}
	if e.config.MetricsConfig.UpdateMetrics {
		walk.Sent = func(m pmetric.Metric) { sent = append(sent, m) }
	}
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	e.encode(md, resources, walk, gauges, counters)
	err := run.Wait(e.maxWait(), func(cause error) error {
		rest := pmetric.NewMetrics()
		pdatawalk.MetricsSubset(md, resources, func(ordinal int) bool {
			return gauges.Undelivered(ordinal) || counters.Undelivered(ordinal)
		}, rest)
		return consumererror.NewMetrics(cause, rest)
	})
	if err == nil {
		e.updates.send(ctx, e.service, e.rules, sent, e.stopped.load())
	}
	return err
}

// encode walks the batch and feeds the lanes.
func (e *metricsPusher) encode(md pmetric.Metrics, resources []int, walk translate.Walk, gauges, counters *delivery.Lane) {
	encoder := e.encoders.Get().(*translate.MetricEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(walk)
	pdatawalk.Metrics(md, resources, encoder, func() bool { return gauges.Stopped() || counters.Stopped() })
	walked := encoder.End()
	gauges.Walked(walked)
	counters.Walked(walked)
	e.telemetry.translated(&encoder.Counts)
}

// newMetrics makes the exporter of metrics.
func newMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	c := cfg.(*Config)
	s, err := newService(c, set, "metrics")
	if err != nil {
		return nil, err
	}
	rules := c.rules()
	helper, err := exporterconf.NewMetrics(ctx, set, cfg, newMetricsPusher(s, rules).push, c.helperOptions(s)...)
	if err != nil || rules.Cumulative {
		return helper, err
	}
	return newConverting(helper, s), nil
}
