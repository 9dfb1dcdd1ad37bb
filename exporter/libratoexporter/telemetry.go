package libratoexporter

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// telemetry counts what a signal's exporter does. It is the delivery's observer.
type telemetry struct {
	builder *metadata.TelemetryBuilder
	logger  *zap.Logger
	signal  attribute.KeyValue
	warned  warnings

	host      component.Host // set by start
	forbidden atomic.Bool    // the last credentials that were tried were refused
}

func newTelemetry(set exporter.Settings, signal string) (*telemetry, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: b, logger: set.Logger, signal: attribute.String("signal", signal)}, nil
}

// attempt counts a request.
func (t *telemetry) attempt(ctx context.Context, a httpsend.Attempt) {
	status := "none"
	if a.Status != 0 {
		status = strconv.Itoa(a.Status/100) + "xx"
	}
	t.builder.ExporterLibratoRequests.Add(ctx, 1, metric.WithAttributes(t.signal,
		attribute.String("status", status), attribute.String("outcome", a.Class.String())))
	t.builder.ExporterLibratoPayloadSize.Add(ctx, int64(a.PayloadBytes), metric.WithAttributes(t.signal))
	t.builder.ExporterLibratoWireSize.Add(ctx, int64(a.WireBytes), metric.WithAttributes(t.signal))
	t.reportAccess(a)
}

// reportAccess tells the host's health when credentials begin and cease to be refused.
// A refused token can be enabled again, so the state is recoverable.
func (t *telemetry) reportAccess(a httpsend.Attempt) {
	switch {
	case a.Class == httpsend.Unauthorized && !t.forbidden.Swap(true):
		componentstatus.ReportStatus(t.host, componentstatus.NewRecoverableErrorEvent(
			fmt.Errorf("the service refuses access with status %d", a.Status)))
	case a.Class == httpsend.Delivered && t.forbidden.Swap(false):
		componentstatus.ReportStatus(t.host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

// sent counts measurements or annotations that the service took.
func (t *telemetry) sent(n int) {
	t.builder.ExporterLibratoSentItems.Add(context.Background(), int64(n), metric.WithAttributes(t.signal))
}

// Delivered does nothing: what the service took of a part is counted where its answer is read.
func (t *telemetry) Delivered(*parts.Part) {}

// Refused counts and reports what the service will never take.
func (t *telemetry) Refused(p *parts.Part, err *httpsend.Error) {
	t.drop(translate.Refused, p.Sent())
	what := "items"
	if name := firstName(p.Body); p.Sent() == 1 && name != "" {
		what = name
	}
	if t.warned.first("refused " + what + " " + strconv.Itoa(err.Status)) {
		t.logger.Error("The service refused data for good; it is lost. Further data of this metric is only counted in otelcol_exporter_librato_dropped_items",
			zap.Error(err), zap.String("metric", what), zap.Int("dropped_items", p.Sent()), t.zapSignal())
	}
}

// rejectedInside counts and reports what the service refused in a request that it took.
func (t *telemetry) rejectedInside(n int, cause error) {
	t.drop(translate.RejectedInside, n)
	if t.warned.first(cause.Error()) {
		t.logger.Error("The service took a request and refused measurements in it; they are lost. Further ones with this message are only counted in otelcol_exporter_librato_dropped_items",
			zap.Error(cause), zap.Int("dropped_measurements", n), t.zapSignal())
	}
}

// split counts a request that was cut to find what is wrong with it.
func (t *telemetry) split() {
	t.builder.ExporterLibratoSplits.Add(context.Background(), 1, metric.WithAttributes(t.signal))
}

// remember counts what a store gained or lost.
func (t *telemetry) remember(store string, change int) {
	if change != 0 {
		t.builder.ExporterLibratoState.Add(context.Background(), int64(change), metric.WithAttributes(t.signal, attribute.String("store", store)))
	}
}

// translated counts what was dropped and changed on the way into a batch's parts.
func (t *telemetry) translated(c *translate.Counts) {
	for i, n := range c.Dropped {
		if n == 0 {
			continue
		}
		reason := translate.Reason(i)
		t.drop(reason, n)
		if !reason.Expected() && t.warned.first(reason.String()) {
			t.logger.Warn("Dropped items that cannot be sent; further ones of this reason are only counted in otelcol_exporter_librato_dropped_items",
				zap.Stringer("reason", reason), zap.Int("dropped_items", n), t.zapSignal())
		}
	}
	for i, n := range c.Changed {
		if n == 0 {
			continue
		}
		change := translate.Change(i)
		t.builder.ExporterLibratoChangedItems.Add(context.Background(), int64(n),
			metric.WithAttributes(t.signal, attribute.Stringer("change", change)))
		if t.warned.first(change.String()) {
			t.logger.Warn("Changed items so that the service takes them; further changes of this kind are only counted in otelcol_exporter_librato_changed_items",
				zap.Stringer("change", change), zap.Int("count", n), t.zapSignal())
		}
	}
}

func (t *telemetry) drop(reason translate.Reason, n int) {
	t.builder.ExporterLibratoDroppedItems.Add(context.Background(), int64(n),
		metric.WithAttributes(t.signal, attribute.Stringer("reason", reason)))
}

func (t *telemetry) zapSignal() zap.Field { return zap.String("signal", t.signal.Value.AsString()) }
