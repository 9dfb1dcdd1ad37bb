package wavefrontexporter

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/red"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// deriving is the exporter that pipelines see when metrics are derived from spans. It
// sees every span once, before the queue, and hands what it derived to a metrics
// exporter of its own, with a queue and retries like any other.
type deriving struct {
	exporter.Traces // the helper's
	metrics         exporter.Metrics
	interval        time.Duration
	options         *red.Options
	total           *red.Aggregator
	telemetry       *telemetry
	config          *Config
	now             func() time.Time

	stop    chan struct{}
	stopped sync.WaitGroup
	// reporting is the context of every report; canceling it ends one that hangs.
	reporting context.Context
	cancel    context.CancelFunc
}

// lastReport bounds how long Shutdown waits for a queue with room, or without a queue for
// the other side: a helper that has not been shut down yet would try for minutes, or for ever.
const lastReport = 10 * time.Second

// withRED puts the derivation in front of the helper's exporter, when it is asked for.
func withRED(ctx context.Context, set exporter.Settings, next exporter.Traces, e *tracesExporter) (exporter.Traces, error) {
	c := e.config.Traces.RED.Get()
	if c == nil {
		return next, nil
	}
	// Queues on disk are told apart by the exporter's ID.
	set.ID = component.NewIDWithName(metadata.Type, set.ID.Name()+"_red_metrics")
	metrics, err := createMetrics(ctx, set, e.config.ofDerivedMetrics())
	if err != nil {
		return nil, err
	}
	o := &red.Options{Rules: e.config.spanRules(), Tags: c.Tags, MaxSeries: c.MaxSeries}
	d := &deriving{
		Traces: next, metrics: metrics, interval: c.Interval, options: o, total: red.New(o),
		telemetry: e.telemetry, config: e.config, now: e.now, stop: make(chan struct{}),
	}
	d.reporting, d.cancel = context.WithCancel(context.Background())
	return d, nil
}

// ofDerivedMetrics is the configuration of the exporter for derived metrics, whose form
// is the vendor's and not the user's.
func (c *Config) ofDerivedMetrics() *Config {
	derived := *c
	defaults := createDefaultConfig().(*Config)
	derived.Metrics, derived.Tags, derived.Source.ItemAttributes = defaults.Metrics, defaults.Tags, defaults.Source.ItemAttributes
	derived.Tags.BareKeys = c.Tags.BareKeys
	derived.SourceTags = defaults.SourceTags
	return &derived
}

// ConsumeTraces hands a batch to the queue. Its spans count unless the queue does not take
// it: then it will come again.
func (d *deriving) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	batch := red.New(d.options)
	leftOut := batch.Add(td) // before the helper, who owns the batch then
	err := d.Traces.ConsumeTraces(ctx, td)
	if err != nil && exporterconf.TakesWhole(d.config.QueueConfig) {
		return err
	}
	leftOut += d.total.Merge(batch)
	var counts translate.Counts
	counts.Changed[translate.REDLeftOut] = leftOut
	d.telemetry.encoded(&counts)
	return err
}

// Start starts reporting.
func (d *deriving) Start(ctx context.Context, host component.Host) error {
	if err := d.metrics.Start(ctx, host); err != nil {
		return err
	}
	if err := d.Traces.Start(ctx, host); err != nil {
		return err
	}
	d.stopped.Go(func() {
		ticker := time.NewTicker(d.interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				d.report()
			case <-d.stop:
				d.report()
				return
			}
		}
	})
	return nil
}

// report hands what was derived to the metrics exporter.
func (d *deriving) report() {
	d.telemetry.tracked(d.total.Series())
	md := d.total.Report(d.now())
	if md.DataPointCount() == 0 {
		return
	}
	if err := d.metrics.ConsumeMetrics(d.reporting, md); err != nil {
		d.telemetry.Logger.Error("Metrics that were derived from spans are lost", zap.Error(err), zap.Int("points", md.DataPointCount()))
	}
}

// Shutdown drains the spans, then reports a last time.
func (d *deriving) Shutdown(ctx context.Context) error {
	err := d.Traces.Shutdown(ctx)
	close(d.stop)
	limit := time.AfterFunc(lastReport, d.cancel)
	defer limit.Stop()
	defer context.AfterFunc(ctx, d.cancel)()
	d.stopped.Wait()
	return errors.Join(err, d.metrics.Shutdown(ctx))
}
