package signalfxexporter

import (
	"context"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/selftelemetry"
)

// eventKey is the attribute that tells what derived metrics met with.
const eventKey = attribute.Key("event")

const signalTraces = "traces"

// telemetry counts what a signal's exporter does. It is the delivery's observer.
type telemetry struct {
	*selftelemetry.Recorder
	builder *metadata.TelemetryBuilder
}

func newTelemetry(set exporter.Settings, signal string) (*telemetry, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: b, Recorder: selftelemetry.New(set, signal, selftelemetry.Counters{
		Dropped:     b.ExporterSignalfxDroppedItems,
		Changed:     b.ExporterSignalfxChangedItems,
		Requests:    b.ExporterSignalfxRequests,
		PayloadSize: b.ExporterSignalfxPayloadSize,
		WireSize:    b.ExporterSignalfxWireSize,
		Duration:    b.ExporterSignalfxRequestDuration,
	})}, nil
}

// Delivered counts what the service accepted.
func (t *telemetry) Delivered(p *parts.Part) {
	t.builder.ExporterSignalfxSentItems.Add(context.Background(), int64(p.Units()), t.Attributes)
}

// Refused counts and reports what the service will never take.
func (t *telemetry) Refused(p *parts.Part, err *httpsend.Error) {
	items := p.Sent()
	if t.Signal.Value.AsString() == signalTraces {
		items = p.Units() // an item of a part is all spans of a resource
	}
	t.Drop(translate.Refused, items)
	t.Logger.Error("The service refused data for good; it is lost",
		zap.Error(err), zap.Int("dropped_items", items))
}

// rejected counts spans that the service named as rejected in an accepted request.
func (t *telemetry) rejected(n int) {
	t.Drop(translate.RejectedInAnswer, n)
	if t.First(translate.RejectedInAnswer.String()) {
		t.Logger.Warn("The service accepted a request, but rejected spans in it; further ones are only counted in otelcol_exporter_signalfx_dropped_items",
			zap.Int("dropped_items", n))
	}
}

// encoded counts what was dropped and changed on the way into a batch's parts.
func (t *telemetry) encoded(c *translate.Counts) {
	for reason, n := range c.Dropped {
		t.Dropped(translate.Reason(reason), n)
	}
	for change, n := range c.Changed {
		t.Changed(translate.Change(change), n)
	}
}
