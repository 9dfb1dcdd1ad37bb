package metadata

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/internal/instruments"
)

// TelemetryBuilder holds the component's instruments, as declared in metadata.yaml.
type TelemetryBuilder struct {
	instruments.Set

	ExporterWavefrontSentLines       metric.Int64Counter
	ExporterWavefrontDroppedItems    metric.Int64Counter
	ExporterWavefrontChangedItems    metric.Int64Counter
	ExporterWavefrontRequests        metric.Int64Counter
	ExporterWavefrontPayloadSize     metric.Int64Counter
	ExporterWavefrontWireSize        metric.Int64Counter
	ExporterWavefrontRequestDuration metric.Float64Histogram
	ExporterWavefrontConnections     metric.Int64Counter
	ExporterWavefrontTokenExchanges  metric.Int64Counter
	ExporterWavefrontTrackedSeries   metric.Int64Gauge
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	var b TelemetryBuilder
	b.Init(settings, ScopeName)
	b.Counter(&b.ExporterWavefrontSentLines, "otelcol_exporter_wavefront_sent_lines",
		"Lines and events that were handed over, by signal and type; one OTLP point may give several.", "{line}")
	b.Counter(&b.ExporterWavefrontDroppedItems, "otelcol_exporter_wavefront_dropped_items",
		"OTLP points, log records and spans that were dropped, by reason and signal.", "{item}")
	b.Counter(&b.ExporterWavefrontChangedItems, "otelcol_exporter_wavefront_changed_items",
		"Alterations to what was sent, by change and signal; counted at every encoding, so again on a retry.", "{change}")
	b.Counter(&b.ExporterWavefrontRequests, "otelcol_exporter_wavefront_requests",
		"HTTP requests, and writes to a TCP port, by signal, type, status class and outcome.", "{request}")
	b.Counter(&b.ExporterWavefrontPayloadSize, "otelcol_exporter_wavefront_payload_size",
		"Bytes of request bodies before compression, by signal and type.", "By")
	b.Counter(&b.ExporterWavefrontWireSize, "otelcol_exporter_wavefront_wire_size",
		"Bytes of request bodies as sent, by signal and type.", "By")
	b.Durations(&b.ExporterWavefrontRequestDuration, "otelcol_exporter_wavefront_request_duration",
		"Time from the beginning of compression to the answer of a request, by signal, type and outcome.")
	b.Counter(&b.ExporterWavefrontConnections, "otelcol_exporter_wavefront_connections",
		"Connections made to TCP ports, by signal and whether they replace an earlier one.", "{connection}")
	b.Counter(&b.ExporterWavefrontTokenExchanges, "otelcol_exporter_wavefront_token_exchanges",
		"Exchanges of credentials for access tokens, by signal and outcome.", "{exchange}")
	b.Gauge(&b.ExporterWavefrontTrackedSeries, "otelcol_exporter_wavefront_tracked_series",
		"Series that are remembered, to convert cumulative values or to derive metrics from spans, by signal.", "{series}")
	return &b, b.Err()
}
