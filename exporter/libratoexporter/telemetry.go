package libratoexporter

import (
	"context"
	"strconv"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/selftelemetry"
)

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
		Dropped:     b.ExporterLibratoDroppedItems,
		Changed:     b.ExporterLibratoChangedItems,
		Requests:    b.ExporterLibratoRequests,
		PayloadSize: b.ExporterLibratoPayloadSize,
		WireSize:    b.ExporterLibratoWireSize,
		Duration:    b.ExporterLibratoRequestDuration,
	})}, nil
}

// sent counts measurements or annotations that the service took.
func (t *telemetry) sent(n int) {
	t.builder.ExporterLibratoSentItems.Add(context.Background(), int64(n), t.Attributes)
}

// Delivered does nothing: what the service took of a part is counted where its answer is read.
func (t *telemetry) Delivered(*parts.Part) {}

// Refused counts and reports what the service will never take.
func (t *telemetry) Refused(p *parts.Part, err *httpsend.Error) {
	t.Drop(translate.Refused, p.Sent())
	what := "items"
	if name := firstName(p.Body); p.Sent() == 1 && name != "" {
		what = name
	}
	if t.First("refused " + what + " " + strconv.Itoa(err.Status)) {
		t.Logger.Error("The service refused data for good; it is lost. Further data of this metric is only counted in otelcol_exporter_librato_dropped_items",
			zap.Error(err), zap.String("metric", what), zap.Int("dropped_items", p.Sent()))
	}
}

// rejectedInside counts and reports what the service refused in a request that it took.
func (t *telemetry) rejectedInside(n int, cause error) {
	t.Drop(translate.RejectedInside, n)
	if t.First(cause.Error()) {
		t.Logger.Error("The service took a request and refused measurements in it; they are lost. Further ones with this message are only counted in otelcol_exporter_librato_dropped_items",
			zap.Error(cause), zap.Int("dropped_measurements", n))
	}
}

// split counts a request that was cut to find what is wrong with it.
func (t *telemetry) split() {
	t.builder.ExporterLibratoSplits.Add(context.Background(), 1, t.Attributes)
}

// remember counts what a store gained or lost.
func (t *telemetry) remember(store string, change int) {
	if change != 0 {
		t.builder.ExporterLibratoState.Add(context.Background(), int64(change), t.Attributes, metric.WithAttributes(attribute.String("store", store)))
	}
}

// translated counts what was dropped and changed on the way into a batch's parts.
func (t *telemetry) translated(c *translate.Counts) {
	for reason, n := range c.Dropped {
		t.Dropped(translate.Reason(reason), n)
	}
	for change, n := range c.Changed {
		t.Changed(translate.Change(change), n)
	}
}
