package metadata

import (
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Meter is the component's meter.
func Meter(settings component.TelemetrySettings) metric.Meter {
	return settings.MeterProvider.Meter(ScopeName)
}

// Tracer is the component's tracer.
func Tracer(settings component.TelemetrySettings) trace.Tracer {
	return settings.TracerProvider.Tracer(ScopeName)
}

// TelemetryBuilder holds the component's instruments, as declared in metadata.yaml.
type TelemetryBuilder struct {
	ExporterLibratoSentItems    metric.Int64Counter
	ExporterLibratoDroppedItems metric.Int64Counter
	ExporterLibratoChangedItems metric.Int64Counter
	ExporterLibratoRequests     metric.Int64Counter
	ExporterLibratoPayloadSize  metric.Int64Counter
	ExporterLibratoWireSize     metric.Int64Counter
	ExporterLibratoSplits       metric.Int64Counter
	ExporterLibratoState        metric.Int64UpDownCounter
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	var b TelemetryBuilder
	var errs error
	meter := Meter(settings)
	counter := func(to *metric.Int64Counter, name, description, unit string) {
		var err error
		*to, err = meter.Int64Counter(name, metric.WithDescription(description), metric.WithUnit(unit))
		errs = errors.Join(errs, err)
	}
	counter(&b.ExporterLibratoSentItems, "otelcol_exporter_librato_sent_items",
		"Measurements and annotations that the service accepted, by signal; one OTLP point may give several measurements. [Alpha]", "{item}")
	counter(&b.ExporterLibratoDroppedItems, "otelcol_exporter_librato_dropped_items",
		"OTLP points, log records and spans that were dropped, by reason and signal; of rejected_inside, measurements. [Alpha]", "{item}")
	counter(&b.ExporterLibratoChangedItems, "otelcol_exporter_librato_changed_items",
		"Alterations to what was sent, by change and signal; counted at every encoding, so again on a retry. [Alpha]", "{change}")
	counter(&b.ExporterLibratoRequests, "otelcol_exporter_librato_requests",
		"Requests by signal, status class and outcome. [Alpha]", "{request}")
	counter(&b.ExporterLibratoPayloadSize, "otelcol_exporter_librato_payload_size",
		"Bytes of request bodies before compression, by signal. [Alpha]", "By")
	counter(&b.ExporterLibratoWireSize, "otelcol_exporter_librato_wire_size",
		"Bytes of request bodies as sent, by signal. [Alpha]", "By")
	counter(&b.ExporterLibratoSplits, "otelcol_exporter_librato_splits",
		"Requests that were refused and sent again in halves, to find what the service refuses, by signal. [Alpha]", "{request}")
	var err error
	b.ExporterLibratoState, err = meter.Int64UpDownCounter("otelcol_exporter_librato_state",
		metric.WithDescription("Entries that the exporter remembers, by store: series, spans, annotations, stopped_names. [Alpha]"), metric.WithUnit("{entry}"))
	return &b, errors.Join(errs, err)
}
