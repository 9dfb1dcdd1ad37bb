package libratoexporter

import (
	"context"
	"errors"
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// annotationPusher turns log records that are annotations into those.
type annotationPusher struct {
	*service
	rules *translate.AnnotationRules
	pace  *pacer
	open  *openAnnotations
}

// push sends one batch, its annotations one after the other: one may end another. What
// it returns is the helper's to act on: see delivery.Run.Wait.
func (e *annotationPusher) push(ctx context.Context, ld plog.Logs) error {
	run := delivery.NewRun(ctx, e.telemetry, 1)
	var encoder *translate.AnnotationEncoder
	lane := run.Lane(func(ctx context.Context, p *parts.Part) error {
		return e.send(ctx, &encoder.Annotations[translate.IndexOf(p)])
	})
	var waiting []*parts.Part
	encoder = translate.NewAnnotationEncoder(e.rules, e.now(), func(p *parts.Part) { waiting = append(waiting, p) })
	resources := pdatawalk.All(ld.ResourceLogs().Len())
	pdatawalk.Logs(ld, resources, encoder, pdatawalk.Never)
	lane.Walked(encoder.End())
	e.telemetry.translated(&encoder.Counts)
	for _, p := range waiting { // only now, when the list of annotations does not grow any more
		lane.Emit(p)
	}
	return run.Wait(e.maxWait(), func(cause error) error {
		rest := plog.NewLogs()
		pdatawalk.LogsSubset(ld, resources, lane.Undelivered, rest)
		return consumererror.NewLogs(cause, rest)
	})
}

// send posts an annotation, or changes the open one of the same key.
func (e *annotationPusher) send(ctx context.Context, a *translate.Annotation) error {
	if err := e.pace.wait(ctx); err != nil {
		return &httpsend.Error{Class: httpsend.Retry, Target: "annotations", Meaning: "the batch ended before its turn came", Cause: err}
	}
	key := a.Stream + "\x00" + a.Key
	if a.Key != "" {
		if id := e.open.find(key, e.now()); id != "" {
			return e.update(ctx, a, key, id)
		}
	}
	event := a.Event
	if !event.End.IsZero() && event.End.Before(event.Start) {
		event.Start = event.End // the end of an annotation that we know nothing of
	}
	stored, err := e.client.PostAnnotation(ctx, a.Stream, event)
	if err != nil {
		return err
	}
	e.telemetry.sent(1)
	if a.Key != "" && a.Event.End.IsZero() && stored.ID != "" {
		e.telemetry.remember("annotations", e.open.put(key, stored.ID, e.now()))
	}
	return nil
}

// update changes an open annotation, but not its title: a record that ends it is often named otherwise.
func (e *annotationPusher) update(ctx context.Context, a *translate.Annotation, key string, id librato.ID) error {
	err := e.client.UpdateAnnotation(ctx, a.Stream, id, librato.Annotation{
		Description: a.Event.Description, End: a.Event.End, Links: a.Event.Links,
	})
	if failed, ok := errors.AsType[*httpsend.Error](err); ok && failed.Status == http.StatusNotFound {
		e.telemetry.remember("annotations", e.open.forget(key)) // somebody deleted it
		return e.send(ctx, a)
	}
	if err != nil {
		return err
	}
	e.telemetry.sent(1)
	if !a.Event.End.IsZero() {
		e.telemetry.remember("annotations", e.open.forget(key))
	}
	return nil
}

// logsExporter lifts the pace when the queue is drained for the end.
type logsExporter struct {
	exporter.Logs
	pace *pacer
}

// Shutdown drains the queue without waiting for each annotation's turn.
func (e *logsExporter) Shutdown(ctx context.Context) error {
	close(e.pace.done)
	return e.Logs.Shutdown(ctx)
}

func newLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	c := cfg.(*Config)
	s, err := newService(c, set, "logs")
	if err != nil {
		return nil, err
	}
	p := &annotationPusher{
		service: s,
		rules:   &translate.AnnotationRules{All: c.Annotations.AllLogs, Stream: c.Annotations.Stream},
		pace:    newPacer(c.Annotations.MaxPerSecond),
		open:    newOpenAnnotations(c.Annotations.MaxOpen, c.Annotations.OpenTTL),
	}
	queue := pacedQueue(c.QueueConfig, c.Annotations.MaxPerSecond, c.RetryConfig.MaxElapsedTime)
	helper, err := exporterconf.NewLogs(ctx, set, cfg, p.push, exporterconf.HelperOptions(s.start, s.shutdown, c.RetryConfig, queue)...)
	return &logsExporter{Logs: helper, pace: p.pace}, err
}
