package wavefrontexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// metricsExporter turns metrics into metric, delta counter and histogram lines.
type metricsExporter struct {
	*service
	encoders sync.Pool // of *translate.MetricEncoder
	notes    *sourceNotes
}

func newMetricsExporter(config *Config, set exporter.Settings) (*metricsExporter, error) {
	s, err := newService(config, set, "metrics", points, deltas, histograms)
	if err != nil {
		return nil, err
	}
	rules := config.metricRules()
	return &metricsExporter{service: s, encoders: sync.Pool{New: func() any {
		return translate.NewMetricEncoder(rules)
	}}}, nil
}

// start makes what needs the host's extensions.
func (e *metricsExporter) start(ctx context.Context, host component.Host) error {
	if err := e.service.start(ctx, host); err != nil {
		return err
	}
	e.notes = e.newSourceNotes()
	return nil
}

// lanes are those of one batch. Each kind of lines is a request of its own.
type lanes struct {
	all []*delivery.Lane
	// shared says that they all end in one place: when one stops, the others would only
	// fail, too. Otherwise the walk goes on as long as one does not.
	shared bool
}

func (l *lanes) stopped() bool {
	for _, lane := range l.all {
		if lane.Stopped() == l.shared {
			return l.shared
		}
	}
	return !l.shared
}

func (l *lanes) walked(items int) {
	for _, lane := range l.all {
		lane.Walked(items)
	}
}

func (l *lanes) undelivered(ordinal int) bool {
	for _, lane := range l.all {
		if lane.Undelivered(ordinal) {
			return true
		}
	}
	return false
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *metricsExporter) push(ctx context.Context, md pmetric.Metrics) error {
	run := e.newRun(ctx)
	var to translate.MetricOutputs
	l := lanes{all: make([]*delivery.Lane, 3), shared: e.oneDestination()}
	l.all[0], to.Points = e.output(run, points)
	l.all[1], to.Deltas = e.output(run, deltas)
	l.all[2], to.Histograms = e.output(run, histograms)
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	e.encode(md, resources, to, &l)
	err := run.Wait(e.maxWait(), func(cause error) error {
		rest := pmetric.NewMetrics()
		pdatawalk.MetricsSubset(md, resources, l.undelivered, rest)
		return consumererror.NewMetrics(cause, rest)
	})
	e.notes.tell(ctx, md)
	return err
}

// encode walks the batch and feeds its lanes.
func (e *metricsExporter) encode(md pmetric.Metrics, resources []int, to translate.MetricOutputs, l *lanes) {
	encoder := e.encoders.Get().(*translate.MetricEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(e.now().Unix(), to)
	pdatawalk.Metrics(md, resources, encoder, l.stopped)
	l.walked(encoder.End())
	e.telemetry.encoded(&encoder.Counts)
}
