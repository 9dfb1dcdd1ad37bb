package signalfxexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// logsExporter turns log records that are events into events.
type logsExporter struct {
	*service
	encoders sync.Pool // of *translate.EventEncoder
}

func newLogsExporter(config *Config, set exporter.Settings) (*logsExporter, error) {
	s, err := newService(config, set, "logs")
	if err != nil {
		return nil, err
	}
	rules, err := config.eventRules()
	if err != nil {
		return nil, err
	}
	return &logsExporter{service: s, encoders: sync.Pool{New: func() any {
		return translate.NewEventEncoder(rules)
	}}}, nil
}

func (c *Config) eventRules() (*translate.EventRules, error) {
	metrics, err := c.MetricsConfig.rules()
	if err != nil {
		return nil, err
	}
	fields, err := c.EventsConfig.properties()
	return &translate.EventRules{
		DimensionSources: metrics.DimensionSources,
		All:              c.EventsConfig.AllLogsAsEvents,
		Properties:       fields,
	}, err
}

// eventLane is the lane of one tenant.
type eventLane struct {
	tenant
	*delivery.Lane
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *logsExporter) push(ctx context.Context, ld plog.Logs) error {
	run := e.newRun(ctx)
	var lanes []*eventLane
	for _, t := range tenantsOf(ctx, e.config, ld.ResourceLogs().Len(), func(i int) pcommon.Map {
		return ld.ResourceLogs().At(i).Resource().Attributes()
	}) {
		l := &eventLane{t, e.lane(run, t.token, e.ingest.SendEvents)}
		lanes = append(lanes, l)
		e.encode(ld, l)
	}
	return run.Wait(e.maxWait(), func(cause error) error {
		rest := plog.NewLogs()
		for _, l := range lanes {
			pdatawalk.LogsSubset(ld, l.resources, l.Undelivered, rest)
		}
		return consumererror.NewLogs(cause, rest)
	})
}

// encode walks a tenant's resources and feeds its lane.
func (e *logsExporter) encode(ld plog.Logs, l *eventLane) {
	encoder := e.encoders.Get().(*translate.EventEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(e.limits(), l.Emit)
	pdatawalk.Logs(ld, l.resources, encoder, l.Stopped)
	l.Walked(encoder.End())
	e.telemetry.encoded(&encoder.Counts)
}
