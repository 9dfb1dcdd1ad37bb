package metadata

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/internal/instruments"
)

// TelemetryBuilder holds the component's instruments, as declared in metadata.yaml.
type TelemetryBuilder struct {
	instruments.Set

	ExporterLibratoSentItems       metric.Int64Counter
	ExporterLibratoDroppedItems    metric.Int64Counter
	ExporterLibratoChangedItems    metric.Int64Counter
	ExporterLibratoRequests        metric.Int64Counter
	ExporterLibratoPayloadSize     metric.Int64Counter
	ExporterLibratoWireSize        metric.Int64Counter
	ExporterLibratoRequestDuration metric.Float64Histogram
	ExporterLibratoSplits          metric.Int64Counter
	ExporterLibratoState           metric.Int64UpDownCounter
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	var b TelemetryBuilder
	b.Init(settings, ScopeName)
	b.Counter(&b.ExporterLibratoSentItems, "otelcol_exporter_librato_sent_items",
		"Measurements and annotations that the service accepted, by signal; one OTLP point may give several measurements.", "{item}")
	b.Counter(&b.ExporterLibratoDroppedItems, "otelcol_exporter_librato_dropped_items",
		"OTLP points, log records and spans that were dropped, by reason and signal; of rejected_inside, measurements.", "{item}")
	b.Counter(&b.ExporterLibratoChangedItems, "otelcol_exporter_librato_changed_items",
		"Alterations to what was sent, by change and signal; counted at every encoding, so again on a retry.", "{change}")
	b.Counter(&b.ExporterLibratoRequests, "otelcol_exporter_librato_requests",
		"Requests by signal, status class and outcome.", "{request}")
	b.Counter(&b.ExporterLibratoPayloadSize, "otelcol_exporter_librato_payload_size",
		"Bytes of request bodies before compression, by signal.", "By")
	b.Counter(&b.ExporterLibratoWireSize, "otelcol_exporter_librato_wire_size",
		"Bytes of request bodies as sent, by signal.", "By")
	b.Durations(&b.ExporterLibratoRequestDuration, "otelcol_exporter_librato_request_duration",
		"Time from the beginning of compression to the answer of a request, by signal and outcome.")
	b.Counter(&b.ExporterLibratoSplits, "otelcol_exporter_librato_splits",
		"Requests that were refused and sent again in halves, to find what the service refuses, by signal.", "{request}")
	b.UpDownCounter(&b.ExporterLibratoState, "otelcol_exporter_librato_state",
		"Entries that the exporter remembers, by store: series, spans, annotations, stopped_names.", "{entry}")
	return &b, b.Err()
}
