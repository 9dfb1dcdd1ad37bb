package wavefrontexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// logsExporter turns log records that are events into events.
type logsExporter struct {
	*service
	encoders sync.Pool // of *translate.EventEncoder
}

func newLogsExporter(config *Config, set exporter.Settings) (*logsExporter, error) {
	s, err := newService(config, set, "logs", events)
	if err != nil {
		return nil, err
	}
	rules := config.eventRules()
	return &logsExporter{service: s, encoders: sync.Pool{New: func() any {
		return translate.NewEventEncoder(rules)
	}}}, nil
}

func (c *Config) eventRules() *translate.EventRules {
	text, _ := c.endpoint(events)
	endpoint, err := wavefront.ParseEndpoint(text)
	return &translate.EventRules{
		TagRules: c.tagRules(),
		All:      c.Events.AllLogs,
		JSON:     err == nil && endpoint.TCP == "" && c.direct(),
	}
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *logsExporter) push(ctx context.Context, ld plog.Logs) error {
	run := e.newRun(ctx)
	lane, to := e.output(run, events)
	resources := pdatawalk.All(ld.ResourceLogs().Len())
	e.encode(ld, resources, to, lane)
	return run.Wait(e.maxWait(), func(cause error) error {
		rest := plog.NewLogs()
		pdatawalk.LogsSubset(ld, resources, lane.Undelivered, rest)
		return consumererror.NewLogs(cause, rest)
	})
}

// encode walks the batch and feeds its lane.
func (e *logsExporter) encode(ld plog.Logs, resources []int, to translate.Output, lane *delivery.Lane) {
	encoder := e.encoders.Get().(*translate.EventEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(e.now().UnixMilli(), to)
	pdatawalk.Logs(ld, resources, encoder, lane.Stopped)
	lane.Walked(encoder.End())
	e.telemetry.encoded(&encoder.Counts)
}
