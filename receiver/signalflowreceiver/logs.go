package signalflowreceiver

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

// takeEvent passes on an event that was not passed on before.
func (p *program) takeEvent(ctx context.Context, e *signalflow.Event) error {
	dropped := p.telemetry.builder.ReceiverSignalflowDroppedEvents
	if p.logs == nil {
		p.drop(dropped, translate.NoPipeline, 1)
		return nil
	}
	now := time.Now()
	identity := translate.EventIdentity(e)
	if !p.state.Event(identity, e.TimestampMs) {
		p.drop(dropped, translate.Duplicate, 1)
		return nil
	}
	refused, err := p.deliverLogs(ctx, func() plog.Logs { return p.rules.Event(e, now) })
	switch {
	case err != nil:
		p.state.UnmarkEvent(identity)
		return err
	case refused:
		p.drop(dropped, translate.Refused, 1)
	default:
		p.telemetry.builder.ReceiverSignalflowEvents.Add(ctx, 1, p.attributes)
	}
	p.saver.changed()
	return nil
}

// deliverLogs does for an event what deliverMetrics does for points.
func (p *program) deliverLogs(ctx context.Context, build func() plog.Logs) (refused bool, err error) {
	logs := build()
	isSpoiled := false
	return p.deliver(ctx, func(ctx context.Context) error {
		if isSpoiled {
			logs = build()
		}
		isSpoiled = p.logs.Capabilities().MutatesData
		ctx = p.observe.StartLogsOp(ctx)
		err := p.logs.ConsumeLogs(ctx, logs)
		p.observe.EndLogsOp(ctx, scopeFormat, 1, err)
		return err
	})
}
