package wavefrontexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// tracesExporter turns spans into span lines and span log lines.
type tracesExporter struct {
	*service
	encoders sync.Pool // of *translate.SpanEncoder
}

func newTracesExporter(config *Config, set exporter.Settings) (*tracesExporter, error) {
	s, err := newService(config, set, "traces", spans, spanLogs)
	if err != nil {
		return nil, err
	}
	rules := config.spanRules()
	return &tracesExporter{service: s, encoders: sync.Pool{New: func() any {
		return translate.NewSpanEncoder(rules)
	}}}, nil
}

func (c *Config) spanRules() *translate.SpanRules {
	return &translate.SpanRules{
		TagRules:         c.tagRules(),
		Times:            c.Limits.times(),
		Application:      c.Traces.DefaultApplication,
		Service:          c.Traces.DefaultService,
		MapTags:          c.Traces.MapTags,
		ExternalServices: c.Traces.ExternalServices,
		LogBytes:         c.Limits.SpanLogSize,
	}
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *tracesExporter) push(ctx context.Context, td ptrace.Traces) error {
	run := e.newRun(ctx)
	var to translate.SpanOutputs
	l := lanes{all: make([]*delivery.Lane, 2), shared: e.oneDestination()}
	l.all[0], to.Spans = e.output(run, spans)
	l.all[1], to.Logs = e.output(run, spanLogs)
	resources := pdatawalk.All(td.ResourceSpans().Len())
	e.encode(td, resources, to, &l)
	return run.Wait(e.maxWait(), func(cause error) error {
		return consumererror.NewTraces(cause, restOfTraces(td, resources, l.all[0], l.all[1]))
	})
}

// encode walks the batch and feeds its lanes.
func (e *tracesExporter) encode(td ptrace.Traces, resources []int, to translate.SpanOutputs, l *lanes) {
	encoder := e.encoders.Get().(*translate.SpanEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(e.now().Unix(), to)
	pdatawalk.Traces(td, resources, encoder, l.stopped)
	l.walked(encoder.End())
	e.telemetry.encoded(&encoder.Counts)
}

// restOfTraces copies the spans that must be sent again. A span whose line or logs alone
// are missing is marked, so that the other half is not sent twice.
func restOfTraces(td ptrace.Traces, resources []int, spans, logs *delivery.Lane) ptrace.Traces {
	var pending []string // of the spans in rest, in order
	rest := ptrace.NewTraces()
	pdatawalk.TracesSubset(td, resources, func(ordinal int) bool {
		span, log := spans.Undelivered(ordinal), logs.Undelivered(ordinal)
		switch {
		case span && log:
			pending = append(pending, "")
		case span:
			pending = append(pending, translate.PendingSpan)
		case log:
			pending = append(pending, translate.PendingLogs)
		}
		return span || log
	}, rest)
	next := 0
	pdatawalk.Traces(rest, pdatawalk.All(rest.ResourceSpans().Len()), spanVisitor(func(s ptrace.Span) {
		if pending[next] != "" {
			s.Attributes().PutStr(translate.PendingAttribute, pending[next])
		}
		next++
	}), pdatawalk.Never)
	return rest
}
