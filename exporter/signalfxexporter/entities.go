package signalfxexporter

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
)

// entityReader is the exporter that log pipelines see: it takes entity events out of
// a batch before the queue, since they update dimensions and are no events.
type entityReader struct {
	exporter.Logs // the helper's
	rules         *dimensions.EntityRules
	metadata      *metadataShare
}

// withEntities puts the reading of entity events in front of the helper's exporter.
func withEntities(next exporter.Logs, e *logsExporter, all *metadataWriters) exporter.Logs {
	if !e.config.EventsConfig.EntityEvents {
		return next
	}
	return &entityReader{next, dimensions.NewEntityRules(e.config.EventsConfig.EntityTypes), all.share(e.config, e.settings)}
}

// ConsumeLogs turns entity events into updates and hands the rest of the batch to the
// queue. The batch itself is not changed.
func (r *entityReader) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if !hasEntities(ld) {
		return r.Logs.ConsumeLogs(ctx, ld)
	}
	w := r.metadata.writer.Load()
	if w == nil {
		return errNotRunning
	}
	rest := plog.NewLogs()
	ld.CopyTo(rest)
	for i := range rest.ResourceLogs().Len() {
		rl := rest.ResourceLogs().At(i)
		token := tokenOf(ctx, w.config, rl.Resource().Attributes())
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			sl.LogRecords().RemoveIf(func(record plog.LogRecord) bool {
				if !dimensions.IsEntityEvent(sl.Scope(), record) {
					return false
				}
				r.update(w, token, record)
				return true
			})
		}
	}
	if rest.LogRecordCount() == 0 {
		return nil
	}
	return r.Logs.ConsumeLogs(ctx, rest)
}

func (r *entityReader) update(w *metadataWriter, token string, record plog.LogRecord) {
	update, outcome, entityType := r.rules.Update(record)
	if outcome != dimensions.Accepted {
		w.updater.Drop(outcome, entityType)
		return
	}
	update.Token = token
	w.updater.Add(update)
}

func hasEntities(ld plog.Logs) bool {
	for i := range ld.ResourceLogs().Len() {
		scopes := ld.ResourceLogs().At(i).ScopeLogs()
		for j := range scopes.Len() {
			for k := range scopes.At(j).LogRecords().Len() {
				if dimensions.IsEntityEvent(scopes.At(j).Scope(), scopes.At(j).LogRecords().At(k)) {
					return true
				}
			}
		}
	}
	return false
}

// Start starts the updates, too.
func (r *entityReader) Start(ctx context.Context, host component.Host) error {
	if err := r.metadata.start(ctx, host); err != nil {
		return err
	}
	return r.Logs.Start(ctx, host)
}

// Shutdown drains the queue, then the updates.
func (r *entityReader) Shutdown(ctx context.Context) error {
	return errors.Join(r.Logs.Shutdown(ctx), r.metadata.shutdown(ctx))
}
