package metadata

import (
	"errors"
	"sync"

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
	ExporterSignalfxSentItems       metric.Int64Counter
	ExporterSignalfxDroppedItems    metric.Int64Counter
	ExporterSignalfxChangedItems    metric.Int64Counter
	ExporterSignalfxRequests        metric.Int64Counter
	ExporterSignalfxPayloadSize     metric.Int64Counter
	ExporterSignalfxWireSize        metric.Int64Counter
	ExporterSignalfxMetadataUpdates metric.Int64Counter
	ExporterSignalfxMetadataChanges metric.Int64Counter
	ExporterSignalfxMetadataQueue   metric.Int64ObservableGauge
	ExporterSignalfxDerivedSeries   metric.Int64ObservableGauge
	ExporterSignalfxDerivedEvents   metric.Int64ObservableCounter

	meter         metric.Meter
	mu            sync.Mutex
	registrations []metric.Registration
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	b := TelemetryBuilder{meter: Meter(settings)}
	var errs error
	counter := func(to *metric.Int64Counter, name, description, unit string) {
		var err error
		*to, err = b.meter.Int64Counter(name, metric.WithDescription(description), metric.WithUnit(unit))
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
	counter(&b.ExporterSignalfxMetadataUpdates, "otelcol_exporter_signalfx_metadata_updates",
		"Updates of dimensions and metrics in the metadata API, by outcome. [Alpha]", "{update}")
	counter(&b.ExporterSignalfxMetadataChanges, "otelcol_exporter_signalfx_metadata_changes",
		"Alterations to updates of dimensions and metrics, by change. [Alpha]", "{change}")
	var err error
	b.ExporterSignalfxMetadataQueue, err = b.meter.Int64ObservableGauge("otelcol_exporter_signalfx_metadata_queue",
		metric.WithDescription("Dimensions and metrics whose update waits or is being sent. [Alpha]"), metric.WithUnit("{update}"))
	errs = errors.Join(errs, err)
	b.ExporterSignalfxDerivedSeries, err = b.meter.Int64ObservableGauge("otelcol_exporter_signalfx_derived_series",
		metric.WithDescription("Time series that the derived host metrics remember. [Alpha]"), metric.WithUnit("{timeseries}"))
	errs = errors.Join(errs, err)
	b.ExporterSignalfxDerivedEvents, err = b.meter.Int64ObservableCounter("otelcol_exporter_signalfx_derived_events",
		metric.WithDescription("What derived host metrics met with, by event: evicted, expired, reset, incomplete, late. [Alpha]"), metric.WithUnit("{event}"))
	return &b, errors.Join(errs, err)
}

// RegisterDerivedCallback observes the derived host metrics.
func (b *TelemetryBuilder) RegisterDerivedCallback(f metric.Callback) error {
	return b.register(f, b.ExporterSignalfxDerivedSeries, b.ExporterSignalfxDerivedEvents)
}

// RegisterMetadataCallback observes the queue of the metadata updates.
func (b *TelemetryBuilder) RegisterMetadataCallback(f metric.Callback) error {
	return b.register(f, b.ExporterSignalfxMetadataQueue)
}

func (b *TelemetryBuilder) register(f metric.Callback, instruments ...metric.Observable) error {
	r, err := b.meter.RegisterCallback(f, instruments...)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.registrations = append(b.registrations, r)
	return nil
}

// Shutdown ends the callbacks.
func (b *TelemetryBuilder) Shutdown() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs error
	for _, r := range b.registrations {
		errs = errors.Join(errs, r.Unregister())
	}
	b.registrations = nil
	return errs
}
