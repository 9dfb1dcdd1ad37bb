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
	ExporterSignalfxSentItems    metric.Int64Counter
	ExporterSignalfxDroppedItems metric.Int64Counter
	ExporterSignalfxChangedItems metric.Int64Counter
	ExporterSignalfxRequests     metric.Int64Counter
	ExporterSignalfxPayloadSize  metric.Int64Counter
	ExporterSignalfxWireSize     metric.Int64Counter
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
	counter(&b.ExporterSignalfxSentItems, "otelcol_exporter_signalfx_sent_items",
		"Datapoints, events and spans that the service accepted, by signal; one OTLP point may give several datapoints. [Alpha]", "{item}")
	counter(&b.ExporterSignalfxDroppedItems, "otelcol_exporter_signalfx_dropped_items",
		"OTLP points, log records and spans that were dropped, by reason and signal. [Alpha]", "{item}")
	counter(&b.ExporterSignalfxChangedItems, "otelcol_exporter_signalfx_changed_items",
		"Alterations to what was sent, by change and signal; counted at every encoding, so again on a retry. [Alpha]", "{change}")
	counter(&b.ExporterSignalfxRequests, "otelcol_exporter_signalfx_requests",
		"Requests by signal, status class and outcome. [Alpha]", "{request}")
	counter(&b.ExporterSignalfxPayloadSize, "otelcol_exporter_signalfx_payload_size",
		"Bytes of request bodies before compression, by signal. [Alpha]", "By")
	counter(&b.ExporterSignalfxWireSize, "otelcol_exporter_signalfx_wire_size",
		"Bytes of request bodies as sent, by signal. [Alpha]", "By")
	return &b, errs
}
