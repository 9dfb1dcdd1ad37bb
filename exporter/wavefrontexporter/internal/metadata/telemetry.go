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
	ExporterWavefrontSentLines      metric.Int64Counter
	ExporterWavefrontDroppedItems   metric.Int64Counter
	ExporterWavefrontChangedItems   metric.Int64Counter
	ExporterWavefrontRequests       metric.Int64Counter
	ExporterWavefrontPayloadSize    metric.Int64Counter
	ExporterWavefrontWireSize       metric.Int64Counter
	ExporterWavefrontConnections    metric.Int64Counter
	ExporterWavefrontTokenExchanges metric.Int64Counter
	ExporterWavefrontTrackedSeries  metric.Int64Gauge
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
	counter(&b.ExporterWavefrontSentLines, "otelcol_exporter_wavefront_sent_lines",
		"Lines and events that were handed over, by signal and type; one OTLP point may give several. [Alpha]", "{line}")
	counter(&b.ExporterWavefrontDroppedItems, "otelcol_exporter_wavefront_dropped_items",
		"OTLP points, log records and spans that were dropped, by reason and signal. [Alpha]", "{item}")
	counter(&b.ExporterWavefrontChangedItems, "otelcol_exporter_wavefront_changed_items",
		"Alterations to what was sent, by change and signal; counted at every encoding, so again on a retry. [Alpha]", "{change}")
	counter(&b.ExporterWavefrontRequests, "otelcol_exporter_wavefront_requests",
		"HTTP requests, and writes to a TCP port, by signal, type, status class and outcome. [Alpha]", "{request}")
	counter(&b.ExporterWavefrontPayloadSize, "otelcol_exporter_wavefront_payload_size",
		"Bytes of request bodies before compression, by signal and type. [Alpha]", "By")
	counter(&b.ExporterWavefrontWireSize, "otelcol_exporter_wavefront_wire_size",
		"Bytes of request bodies as sent, by signal and type. [Alpha]", "By")
	counter(&b.ExporterWavefrontConnections, "otelcol_exporter_wavefront_connections",
		"Connections made to TCP ports, by signal and whether they replace an earlier one. [Alpha]", "{connection}")
	counter(&b.ExporterWavefrontTokenExchanges, "otelcol_exporter_wavefront_token_exchanges",
		"Exchanges of credentials for access tokens, by signal and outcome. [Alpha]", "{exchange}")
	var err error
	b.ExporterWavefrontTrackedSeries, err = meter.Int64Gauge("otelcol_exporter_wavefront_tracked_series",
		metric.WithDescription("Series that are remembered, to convert cumulative values or to derive metrics from spans, by signal. [Alpha]"), metric.WithUnit("{series}"))
	return &b, errors.Join(errs, err)
}
