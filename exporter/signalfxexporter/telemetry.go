package signalfxexporter

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

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// eventKey is the attribute that tells what derived metrics met with.
const eventKey = attribute.Key("event")

const signalTraces = "traces"

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
	t.builder.ExporterSignalfxRequests.Add(ctx, 1, metric.WithAttributes(t.signal,
		attribute.String("status", status), attribute.String("outcome", a.Class.String())))
	t.reportAccess(a)
	t.builder.ExporterSignalfxPayloadSize.Add(ctx, int64(a.PayloadBytes), metric.WithAttributes(t.signal))
	t.builder.ExporterSignalfxWireSize.Add(ctx, int64(a.WireBytes), metric.WithAttributes(t.signal))
}

// reportAccess tells the host's health when credentials begin and cease to be refused.
// A refused token can be enabled again, so the state is recoverable.
func (t *telemetry) reportAccess(a httpsend.Attempt) {
	switch {
	case a.Class == httpsend.Unauthorized && !t.forbidden.Swap(true):
		componentstatus.ReportStatus(t.host, componentstatus.NewRecoverableErrorEvent(
			fmt.Errorf("the service refuses the access token with status %d", a.Status)))
	case a.Class == httpsend.Delivered && t.forbidden.Swap(false):
		componentstatus.ReportStatus(t.host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

// Delivered counts what the service accepted.
func (t *telemetry) Delivered(p *parts.Part) {
	t.builder.ExporterSignalfxSentItems.Add(context.Background(), int64(p.Units()), metric.WithAttributes(t.signal))
}

// Refused counts and reports what the service will never take.
func (t *telemetry) Refused(p *parts.Part, err *httpsend.Error) {
	items := p.Sent()
	if t.signal.Value.AsString() == signalTraces {
		items = p.Units() // an item of a part is all spans of a resource
	}
	t.drop(translate.Refused, items)
	t.logger.Error("The service refused data for good; it is lost",
		zap.Error(err), zap.Int("dropped_items", items))
}

// rejected counts spans that the service named as rejected in an accepted request.
func (t *telemetry) rejected(n int) {
	t.drop(translate.RejectedInAnswer, n)
	if t.warned.first(translate.RejectedInAnswer.String()) {
		t.logger.Warn("The service accepted a request, but rejected spans in it; further ones are only counted in otelcol_exporter_signalfx_dropped_items",
			zap.Int("dropped_items", n))
	}
}

// encoded counts what was dropped and changed on the way into a batch's parts.
func (t *telemetry) encoded(c *translate.Counts) {
	for i, n := range c.Dropped {
		if n == 0 {
			continue
		}
		reason := translate.Reason(i)
		t.drop(reason, n)
		if reason != translate.Excluded && t.warned.first(reason.String()) {
			t.logger.Warn("Dropped items that cannot be sent; further ones of this reason are only counted in otelcol_exporter_signalfx_dropped_items",
				zap.Stringer("reason", reason), zap.Int("dropped_items", n), zap.String("signal", t.signal.Value.AsString()))
		}
	}
	for i, n := range c.Changed {
		if n == 0 {
			continue
		}
		change := translate.Change(i)
		t.builder.ExporterSignalfxChangedItems.Add(context.Background(), int64(n),
			metric.WithAttributes(t.signal, attribute.Stringer("change", change)))
		if t.warned.first(change.String()) {
			t.logger.Warn("Changed items so that the service takes them; further changes of this kind are only counted in otelcol_exporter_signalfx_changed_items",
				zap.Stringer("change", change), zap.Int("count", n), zap.String("signal", t.signal.Value.AsString()))
		}
	}
}

func (t *telemetry) drop(reason translate.Reason, n int) {
	t.builder.ExporterSignalfxDroppedItems.Add(context.Background(), int64(n),
		metric.WithAttributes(t.signal, attribute.Stringer("reason", reason)))
}

// metadataObserver counts what becomes of metadata updates.
func (t *telemetry) metadataObserver() dimensions.Observer {
	return dimensions.Observer{
		Outcome: func(o dimensions.Outcome) {
			t.builder.ExporterSignalfxMetadataUpdates.Add(context.Background(), 1, metric.WithAttributes(attribute.Stringer("outcome", o)))
		},
		Change: func(c dimensions.Change, n int) {
			t.builder.ExporterSignalfxMetadataChanges.Add(context.Background(), int64(n), metric.WithAttributes(attribute.Stringer("change", c)))
		},
	}
}

// observeMetadata reports how many metadata updates wait.
func (t *telemetry) observeMetadata(w *metadataWriter) error {
	return t.builder.RegisterMetadataCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(t.builder.ExporterSignalfxMetadataQueue, int64(w.waiting()), metric.WithAttributes(t.signal))
		return nil
	})
}
