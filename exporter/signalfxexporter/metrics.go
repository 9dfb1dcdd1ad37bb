package signalfxexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// metricsExporter turns metrics into datapoints.
type metricsExporter struct {
	*service
	encoders sync.Pool // of *translate.MetricEncoder
}

func newMetricsExporter(config *Config, set exporter.Settings) (*metricsExporter, error) {
	s, err := newService(config, set, "metrics")
	if err != nil {
		return nil, err
	}
	rules, err := config.MetricsConfig.rules()
	if err != nil {
		return nil, err
	}
	return &metricsExporter{service: s, encoders: sync.Pool{New: func() any {
		return translate.NewMetricEncoder(rules)
	}}}, nil
}

// metricLanes are the lanes of one tenant: SignalFx datapoints, and histograms in
// an OTLP request of their own.
type metricLanes struct {
	tenant
	datapoints, histograms *delivery.Lane
}

func (l *metricLanes) stopped() bool { return l.datapoints.Stopped() || l.histograms.Stopped() }

func (l *metricLanes) undelivered(ordinal int) bool {
	return l.datapoints.Undelivered(ordinal) || l.histograms.Undelivered(ordinal)
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *metricsExporter) push(ctx context.Context, md pmetric.Metrics) error {
	e.logPoints(md)
	run := e.newRun(ctx)
	var lanes []*metricLanes
	for _, t := range tenantsOf(ctx, e.config, md.ResourceMetrics().Len(), func(i int) pcommon.Map {
		return md.ResourceMetrics().At(i).Resource().Attributes()
	}) {
		l := &metricLanes{
			tenant:     t,
			datapoints: e.lane(run, t.token, e.ingest.SendDatapoints),
			histograms: e.lane(run, t.token, e.ingest.SendHistograms),
		}
		lanes = append(lanes, l)
		e.encode(md, l)
	}
	return run.Wait(e.maxWait(), func(cause error) error {
		rest := pmetric.NewMetrics()
		for _, l := range lanes {
			pdatawalk.MetricsSubset(md, l.resources, l.undelivered, rest)
		}
		return consumererror.NewMetrics(cause, rest)
	})
}

// encode walks a tenant's resources and feeds its lanes.
func (e *metricsExporter) encode(md pmetric.Metrics, l *metricLanes) {
	encoder := e.encoders.Get().(*translate.MetricEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(e.limits(), l.datapoints.Emit, l.histograms.Emit)
	pdatawalk.Metrics(md, l.resources, encoder, l.stopped)
	walked := encoder.End()
	l.datapoints.Walked(walked)
	l.histograms.Walked(walked)
	e.telemetry.encoded(&encoder.Counts)
}
