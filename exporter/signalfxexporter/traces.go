package signalfxexporter

import (
	"context"
	"fmt"
	"sync/atomic"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// tracesExporter sends spans in OTLP requests.
type tracesExporter struct {
	*service
	// maxSpans bounds the spans of one resource in a request. The service's own limit is
	// not documented: it is learned from its refusals.
	maxSpans atomic.Int64
}

func newTracesExporter(config *Config, set exporter.Settings) (*tracesExporter, error) {
	s, err := newService(config, set, signalTraces)
	if err != nil {
		return nil, err
	}
	if config.Correlation != nil {
		set.Logger.Warn("`correlation` has no effect: the service correlates from the spans that are sent to it; remove the section")
	}
	e := &tracesExporter{service: s}
	e.maxSpans.Store(int64(config.MaxDatapointsPerRequest))
	return e, nil
}

// traceLane is the lane of one tenant.
type traceLane struct {
	tenant
	*delivery.Lane
	encoder translate.TraceEncoder
}

// sender sends parts with a token. The spans of one resource cannot be parted once
// they are encoded: when they are too large, they go back to the helper, and every
// later request is smaller.
func (e *tracesExporter) sender(token string) func(context.Context, *parts.Part) error {
	return func(ctx context.Context, p *parts.Part) error {
		rejected, err := e.ingest.SendTraces(ctx, token, p.Body)
		if rejected > 0 {
			e.telemetry.rejected(rejected)
		}
		if httpsend.ClassOf(err) != httpsend.TooLarge || p.Sent() > 1 || p.Units() < 2 {
			return err
		}
		half := int64(p.Units() / 2)
		for has := e.maxSpans.Load(); has > half && !e.maxSpans.CompareAndSwap(has, half); has = e.maxSpans.Load() {
		}
		return &httpsend.Error{Class: httpsend.Retry, Meaning: fmt.Sprintf("sending at most %d spans at once from now on", half), Cause: err}
	}
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *tracesExporter) push(ctx context.Context, td ptrace.Traces) error {
	run := e.newRun(ctx)
	var lanes []*traceLane
	for _, t := range tenantsOf(ctx, e.config, td.ResourceSpans().Len(), func(i int) pcommon.Map {
		return td.ResourceSpans().At(i).Resource().Attributes()
	}) {
		l := &traceLane{tenant: t, Lane: run.Lane(e.sender(t.token))}
		lanes = append(lanes, l)
		limits := e.limits()
		limits.Datapoints = int(e.maxSpans.Load())
		l.Walked(l.encoder.Encode(td, t.resources, limits, l.Emit, l.Stopped))
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
