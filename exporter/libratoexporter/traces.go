package libratoexporter

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/spans"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// tracesExporter sums spans up over a period, and hands the sums, which are metrics, to
// the helper's queue.
type tracesExporter struct {
	next    exporter.Metrics
	service *service
	spans   *spans.Aggregator
	period  time.Duration

	stop    chan struct{}
	stopped sync.WaitGroup
	// flushing is the context of every flush; canceling it ends one that hangs.
	flushing context.Context
	cancel   context.CancelFunc
}

// lastFlush bounds how long Shutdown waits for a queue with room, or without a queue for
// the service: a helper that has not been shut down yet would try for minutes, or for ever.
const lastFlush = 10 * time.Second

func newTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	c := cfg.(*Config)
	s, err := newService(c, set, "traces")
	if err != nil {
		return nil, err
	}
	// Its queue is one of metrics. Under the component's own ID its storage would be
	// that of the exporter of metrics.
	own := set
	own.ID = component.NewIDWithName(set.ID.Type(), nameOfSpans(set.ID.Name()))
	helper, err := exporterconf.NewMetrics(ctx, own, cfg, newMetricsPusher(s, c.spanRules()).push, c.helperOptions(s)...)
	if err != nil {
		return nil, err
	}
	e := &tracesExporter{
		next: helper, service: s, period: c.Spans.Period, stop: make(chan struct{}),
		spans: spans.New(spans.Options{
			DurationMetric: c.Spans.DurationMetric, ErrorMetric: c.Spans.ErrorMetric,
			Attributes: c.Spans.Attributes, MaxSeries: c.Spans.MaxSeries,
		}, s.now()),
	}
	e.flushing, e.cancel = context.WithCancel(context.Background())
	return e, nil
}

// nameOfSpans is one that no exporter in the same configuration is likely to have.
func nameOfSpans(name string) string {
	if name == "" {
		return "span_aggregates"
	}
	return name + "_span_aggregates"
}

// spanRules are those of metrics, but that a source tells the series of spans apart, that
// their period is their own, and that times stay as they are: the last, shorter period
// must not fall into the one before.
func (c *Config) spanRules() *translate.Rules {
	rules := c.rules()
	rules.Times.Floor = 0
	rules.Properties.Period = int64(c.Spans.Period / time.Second)
	rules.Source = append([]string{spans.ServiceKey, spans.NameKey, spans.KindKey, spans.StatusKey}, c.Spans.Attributes...)
	return rules
}

// Start begins the first period.
func (e *tracesExporter) Start(ctx context.Context, host component.Host) error {
	if err := e.next.Start(ctx, host); err != nil {
		return err
	}
	e.stopped.Go(func() {
		ticker := time.NewTicker(e.period)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				e.flush()
			case <-e.stop:
				e.flush()
				return
			}
		}
	})
	return nil
}

// Shutdown sends the last, shorter period.
func (e *tracesExporter) Shutdown(ctx context.Context) error {
	close(e.stop)
	limit := time.AfterFunc(lastFlush, e.cancel)
	defer limit.Stop()
	defer context.AfterFunc(ctx, e.cancel)()
	e.stopped.Wait()
	return e.next.Shutdown(ctx)
}

// Capabilities says that batches are not changed.
func (*tracesExporter) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// ConsumeTraces sums a batch up.
func (e *tracesExporter) ConsumeTraces(_ context.Context, td ptrace.Traces) error {
	var counts translate.Counts
	var added int
	added, counts.Dropped[translate.TooManySeries] = e.spans.Add(td)
	e.service.telemetry.remember("spans", added)
	e.service.telemetry.translated(&counts)
	return nil
}

func (e *tracesExporter) flush() {
	md, series := e.spans.Flush(e.service.now())
	if series == 0 {
		return
	}
	t := e.service.telemetry
	t.remember("spans", -series)
	err := e.next.ConsumeMetrics(e.flushing, md)
	if err == nil {
		return
	}
	if exporterconf.TakesWhole(e.service.config.QueueConfig) {
		t.Drop(translate.NotQueued, md.DataPointCount())
	} // else they were sent at once, and what became of them has been counted
	if t.First("flush") {
		t.Logger.Error("The sums of a period of spans are lost, in part at least; further failures are only counted", zap.Error(err))
	}
}
