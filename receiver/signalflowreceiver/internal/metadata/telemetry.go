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
	ReceiverSignalflowConnections        metric.Int64ObservableGauge
	ReceiverSignalflowLastKeepaliveAge   metric.Int64ObservableGauge
	ReceiverSignalflowReconnects         metric.Int64Counter
	ReceiverSignalflowAuthFailures       metric.Int64Counter
	ReceiverSignalflowMessages           metric.Int64ObservableCounter
	ReceiverSignalflowBytes              metric.Int64ObservableCounter
	ReceiverSignalflowIgnored            metric.Int64ObservableCounter
	ReceiverSignalflowPoints             metric.Int64Counter
	ReceiverSignalflowDroppedPoints      metric.Int64Counter
	ReceiverSignalflowEvents             metric.Int64Counter
	ReceiverSignalflowDroppedEvents      metric.Int64Counter
	ReceiverSignalflowRetries            metric.Int64Counter
	ReceiverSignalflowQueueFull          metric.Int64Counter
	ReceiverSignalflowJobsRunning        metric.Int64UpDownCounter
	ReceiverSignalflowJobsStarted        metric.Int64Counter
	ReceiverSignalflowJobsAborted        metric.Int64Counter
	ReceiverSignalflowJobErrors          metric.Int64Counter
	ReceiverSignalflowLimitedResultSet   metric.Int64Counter
	ReceiverSignalflowGap                metric.Int64Counter
	ReceiverSignalflowCheckpointFailures metric.Int64Counter
	ReceiverSignalflowCheckpointAge      metric.Int64ObservableGauge
	ReceiverSignalflowSeries             metric.Int64ObservableGauge
	ReceiverSignalflowLag                metric.Int64ObservableGauge
	ReceiverSignalflowJobLag             metric.Int64ObservableGauge
	ReceiverSignalflowMaxDelay           metric.Int64ObservableGauge
	ReceiverSignalflowResolution         metric.Int64ObservableGauge

	meter         metric.Meter
	mu            sync.Mutex
	registrations []metric.Registration
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	b := TelemetryBuilder{meter: Meter(settings)}
	var err, errs error
	b.ReceiverSignalflowConnections, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_connections",
		metric.WithDescription("Connections that are open. [Alpha]"), metric.WithUnit("{connection}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowLastKeepaliveAge, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_last_keepalive_age",
		metric.WithDescription("Time since the service's latest KEEP_ALIVE, on the connection where that is longest. [Alpha]"), metric.WithUnit("ms"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowReconnects, err = b.meter.Int64Counter("otelcol_receiver_signalflow_reconnects",
		metric.WithDescription("Connections that were lost or could not be made, by reason. [Alpha]"), metric.WithUnit("{connection}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowAuthFailures, err = b.meter.Int64Counter("otelcol_receiver_signalflow_auth_failures",
		metric.WithDescription("Connections whose token the service did not accept. [Alpha]"), metric.WithUnit("{connection}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowMessages, err = b.meter.Int64ObservableCounter("otelcol_receiver_signalflow_messages",
		metric.WithDescription("Messages from the service, by type. [Alpha]"), metric.WithUnit("{message}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowBytes, err = b.meter.Int64ObservableCounter("otelcol_receiver_signalflow_bytes",
		metric.WithDescription("Bytes from the service. [Alpha]"), metric.WithUnit("By"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowIgnored, err = b.meter.Int64ObservableCounter("otelcol_receiver_signalflow_ignored",
		metric.WithDescription("Messages and values of the service that were left out, by reason. [Alpha]"), metric.WithUnit("{message}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowPoints, err = b.meter.Int64Counter("otelcol_receiver_signalflow_points",
		metric.WithDescription("Points that the pipeline took, by program. [Alpha]"), metric.WithUnit("{datapoint}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowDroppedPoints, err = b.meter.Int64Counter("otelcol_receiver_signalflow_dropped_points",
		metric.WithDescription("Points that were not passed on, by program and reason. [Alpha]"), metric.WithUnit("{datapoint}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowEvents, err = b.meter.Int64Counter("otelcol_receiver_signalflow_events",
		metric.WithDescription("Events that the pipeline took, by program. [Alpha]"), metric.WithUnit("{event}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowDroppedEvents, err = b.meter.Int64Counter("otelcol_receiver_signalflow_dropped_events",
		metric.WithDescription("Events that were not passed on, by program and reason. [Alpha]"), metric.WithUnit("{event}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowRetries, err = b.meter.Int64Counter("otelcol_receiver_signalflow_retries",
		metric.WithDescription("Deliveries that the pipeline did not take and that were repeated, by program. [Alpha]"), metric.WithUnit("{delivery}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowQueueFull, err = b.meter.Int64Counter("otelcol_receiver_signalflow_queue_full",
		metric.WithDescription("Streams that were left, to be begun again, because the pipeline did not keep up, by program. [Alpha]"), metric.WithUnit("{job}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowJobsRunning, err = b.meter.Int64UpDownCounter("otelcol_receiver_signalflow_jobs_running",
		metric.WithDescription("Jobs that run, by program. [Alpha]"), metric.WithUnit("{job}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowJobsStarted, err = b.meter.Int64Counter("otelcol_receiver_signalflow_jobs_started",
		metric.WithDescription("Jobs that were started, by program. [Alpha]"), metric.WithUnit("{job}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowJobsAborted, err = b.meter.Int64Counter("otelcol_receiver_signalflow_jobs_aborted",
		metric.WithDescription("Jobs that the service aborted, by program and state. [Alpha]"), metric.WithUnit("{job}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowJobErrors, err = b.meter.Int64Counter("otelcol_receiver_signalflow_job_errors",
		metric.WithDescription("Errors that the service answered with, by program and error_type. [Alpha]"), metric.WithUnit("{error}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowLimitedResultSet, err = b.meter.Int64Counter("otelcol_receiver_signalflow_limited_result_set",
		metric.WithDescription("Warnings of the service that output is incomplete, by program. [Alpha]"), metric.WithUnit("{message}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowGap, err = b.meter.Int64Counter("otelcol_receiver_signalflow_gap",
		metric.WithDescription("Time that was skipped because it was older than max_backfill, by program. [Alpha]"), metric.WithUnit("s"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowCheckpointFailures, err = b.meter.Int64Counter("otelcol_receiver_signalflow_checkpoint_failures",
		metric.WithDescription("Checkpoints that could not be written, by program. [Alpha]"), metric.WithUnit("{checkpoint}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowCheckpointAge, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_checkpoint_age",
		metric.WithDescription("Time since the latest checkpoint, by program. [Alpha]"), metric.WithUnit("ms"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowSeries, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_series",
		metric.WithDescription("Output series that are remembered, by program. [Alpha]"), metric.WithUnit("{timeseries}"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowLag, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_lag",
		metric.WithDescription("Time between now and the latest logical time, by program. [Alpha]"), metric.WithUnit("ms"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowJobLag, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_job_lag",
		metric.WithDescription("Lag of the input that the service detected, by program. [Alpha]"), metric.WithUnit("ms"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowMaxDelay, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_max_delay",
		metric.WithDescription("Time that the service waits for late input, by program. [Alpha]"), metric.WithUnit("ms"))
	errs = errors.Join(errs, err)
	b.ReceiverSignalflowResolution, err = b.meter.Int64ObservableGauge("otelcol_receiver_signalflow_resolution",
		metric.WithDescription("Step of the output, by program. [Alpha]"), metric.WithUnit("ms"))
	errs = errors.Join(errs, err)
	return &b, errs
}

// RegisterCallback observes all instruments that are asked for their values.
func (b *TelemetryBuilder) RegisterCallback(f metric.Callback) error {
	r, err := b.meter.RegisterCallback(f,
		b.ReceiverSignalflowConnections, b.ReceiverSignalflowLastKeepaliveAge, b.ReceiverSignalflowMessages, b.ReceiverSignalflowBytes, b.ReceiverSignalflowIgnored,
		b.ReceiverSignalflowCheckpointAge, b.ReceiverSignalflowSeries, b.ReceiverSignalflowLag, b.ReceiverSignalflowJobLag, b.ReceiverSignalflowMaxDelay, b.ReceiverSignalflowResolution)
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
