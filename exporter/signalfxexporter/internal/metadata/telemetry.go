package metadata

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/internal/instruments"
)

// TelemetryBuilder holds the component's instruments, as declared in metadata.yaml.
type TelemetryBuilder struct {
	instruments.Set

	ExporterSignalfxSentItems       metric.Int64Counter
	ExporterSignalfxDroppedItems    metric.Int64Counter
	ExporterSignalfxChangedItems    metric.Int64Counter
	ExporterSignalfxRequests        metric.Int64Counter
	ExporterSignalfxPayloadSize     metric.Int64Counter
	ExporterSignalfxWireSize        metric.Int64Counter
	ExporterSignalfxRequestDuration metric.Float64Histogram
	ExporterSignalfxMetadataUpdates metric.Int64Counter
	ExporterSignalfxMetadataChanges metric.Int64Counter
	ExporterSignalfxMetadataQueue   metric.Int64ObservableGauge
	ExporterSignalfxDerivedSeries   metric.Int64ObservableGauge
	ExporterSignalfxDerivedEvents   metric.Int64ObservableCounter
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	var b TelemetryBuilder
	b.Init(settings, ScopeName)
	b.Counter(&b.ExporterSignalfxSentItems, "otelcol_exporter_signalfx_sent_items",
		"Datapoints, events and spans that the service accepted, by signal; one OTLP point may give several datapoints.", "{item}")
	b.Counter(&b.ExporterSignalfxDroppedItems, "otelcol_exporter_signalfx_dropped_items",
		"OTLP points, log records and spans that were dropped, by reason and signal.", "{item}")
	b.Counter(&b.ExporterSignalfxChangedItems, "otelcol_exporter_signalfx_changed_items",
		"Alterations to what was sent, by change and signal; counted at every encoding, so again on a retry.", "{change}")
	b.Counter(&b.ExporterSignalfxRequests, "otelcol_exporter_signalfx_requests",
		"Requests by signal, status class and outcome.", "{request}")
	b.Counter(&b.ExporterSignalfxPayloadSize, "otelcol_exporter_signalfx_payload_size",
		"Bytes of request bodies before compression, by signal.", "By")
	b.Counter(&b.ExporterSignalfxWireSize, "otelcol_exporter_signalfx_wire_size",
		"Bytes of request bodies as sent, by signal.", "By")
	b.Durations(&b.ExporterSignalfxRequestDuration, "otelcol_exporter_signalfx_request_duration",
		"Time from the beginning of compression to the answer of a request, by signal and outcome.")
	b.Counter(&b.ExporterSignalfxMetadataUpdates, "otelcol_exporter_signalfx_metadata_updates",
		"Updates of dimensions and metrics in the metadata API, by outcome.", "{update}")
	b.Counter(&b.ExporterSignalfxMetadataChanges, "otelcol_exporter_signalfx_metadata_changes",
		"Alterations to updates of dimensions and metrics, by change.", "{change}")
	b.ObservableGauge(&b.ExporterSignalfxMetadataQueue, "otelcol_exporter_signalfx_metadata_queue",
		"Dimensions and metrics whose update waits or is being sent.", "{update}")
	b.ObservableGauge(&b.ExporterSignalfxDerivedSeries, "otelcol_exporter_signalfx_derived_series",
		"Time series that the derived host metrics remember.", "{timeseries}")
	b.ObservableCounter(&b.ExporterSignalfxDerivedEvents, "otelcol_exporter_signalfx_derived_events",
		"What derived host metrics met with, by event: evicted, expired, reset, incomplete, late.", "{event}")
	return &b, b.Err()
}

// RegisterDerivedCallback observes the derived host metrics.
func (b *TelemetryBuilder) RegisterDerivedCallback(f metric.Callback) error {
	return b.Register(f, b.ExporterSignalfxDerivedSeries, b.ExporterSignalfxDerivedEvents)
}

// RegisterMetadataCallback observes the queue of the metadata updates.
func (b *TelemetryBuilder) RegisterMetadataCallback(f metric.Callback) error {
	return b.Register(f, b.ExporterSignalfxMetadataQueue)
}
