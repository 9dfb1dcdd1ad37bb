package signalfxexporter

import (
	"context"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// tracesExporter sends spans in OTLP requests.
type tracesExporter struct{ *service }

func newTracesExporter(config *Config, set exporter.Settings) (*tracesExporter, error) {
	s, err := newService(config, set, "traces")
	if err != nil {
		return nil, err
	}
	if config.Correlation != nil {
		set.Logger.Warn("`correlation` has no effect: the service correlates from the spans that are sent to it; remove the section")
	}
	return &tracesExporter{s}, nil
}

// traceLane is the lane of one tenant.
type traceLane struct {
	tenant
	*delivery.Lane
	encoder translate.TraceEncoder
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *tracesExporter) push(ctx context.Context, td ptrace.Traces) error {
	run := e.newRun(ctx)
	var lanes []*traceLane
	for _, t := range tenantsOf(ctx, e.config, td.ResourceSpans().Len(), func(i int) pcommon.Map {
		return td.ResourceSpans().At(i).Resource().Attributes()
	}) {
		l := &traceLane{tenant: t, Lane: e.lane(run, t.token, e.ingest.SendTraces)}
		lanes = append(lanes, l)
		l.Walked(l.encoder.Encode(td, t.resources, e.limits(), l.Emit, l.Stopped))
		e.telemetry.encoded(&l.encoder.Counts)
	}
	return run.Wait(e.maxWait(), func(cause error) error {
		rest := ptrace.NewTraces()
		for _, l := range lanes {
			pdatawalk.TracesSubset(td, l.resources, l.encoder.Spans(l.Undelivered), rest)
		}
		return consumererror.NewTraces(cause, rest)
	})
}
