package metadata

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/internal/instruments"
)

// TelemetryBuilder holds the component's instruments, as declared in metadata.yaml.
type TelemetryBuilder struct {
	instruments.Set

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
}

// NewTelemetryBuilder creates the instruments.
func NewTelemetryBuilder(settings component.TelemetrySettings) (*TelemetryBuilder, error) {
	var b TelemetryBuilder
	b.Init(settings, ScopeName)
	b.ObservableGauge(&b.ReceiverSignalflowConnections, "otelcol_receiver_signalflow_connections",
		"Connections that are open.", "{connection}")
	b.ObservableGauge(&b.ReceiverSignalflowLastKeepaliveAge, "otelcol_receiver_signalflow_last_keepalive_age",
		"Time since the service's latest KEEP_ALIVE, on the connection where that is longest.", "ms")
	b.Counter(&b.ReceiverSignalflowReconnects, "otelcol_receiver_signalflow_reconnects",
		"Connections that were lost or could not be made, by reason.", "{connection}")
	b.Counter(&b.ReceiverSignalflowAuthFailures, "otelcol_receiver_signalflow_auth_failures",
		"Connections whose token the service did not accept.", "{connection}")
	b.ObservableCounter(&b.ReceiverSignalflowMessages, "otelcol_receiver_signalflow_messages",
		"Messages from the service, by type.", "{message}")
	b.ObservableCounter(&b.ReceiverSignalflowBytes, "otelcol_receiver_signalflow_bytes",
		"Bytes from the service.", "By")
	b.ObservableCounter(&b.ReceiverSignalflowIgnored, "otelcol_receiver_signalflow_ignored",
		"Messages and values of the service that were left out, by reason.", "{message}")
	b.Counter(&b.ReceiverSignalflowPoints, "otelcol_receiver_signalflow_points",
		"Points that the pipeline took, by program.", "{datapoint}")
	b.Counter(&b.ReceiverSignalflowDroppedPoints, "otelcol_receiver_signalflow_dropped_points",
		"Points that were not passed on, by program and reason.", "{datapoint}")
	b.Counter(&b.ReceiverSignalflowEvents, "otelcol_receiver_signalflow_events",
		"Events that the pipeline took, by program.", "{event}")
	b.Counter(&b.ReceiverSignalflowDroppedEvents, "otelcol_receiver_signalflow_dropped_events",
		"Events that were not passed on, by program and reason.", "{event}")
	b.Counter(&b.ReceiverSignalflowRetries, "otelcol_receiver_signalflow_retries",
		"Deliveries that the pipeline did not take and that were repeated, by program.", "{delivery}")
	b.Counter(&b.ReceiverSignalflowQueueFull, "otelcol_receiver_signalflow_queue_full",
		"Streams that were left, to be begun again, because the pipeline did not keep up, by program.", "{job}")
	b.UpDownCounter(&b.ReceiverSignalflowJobsRunning, "otelcol_receiver_signalflow_jobs_running",
		"Jobs that run, by program.", "{job}")
	b.Counter(&b.ReceiverSignalflowJobsStarted, "otelcol_receiver_signalflow_jobs_started",
		"Jobs that were started, by program.", "{job}")
	b.Counter(&b.ReceiverSignalflowJobsAborted, "otelcol_receiver_signalflow_jobs_aborted",
		"Jobs that the service aborted, by program and state.", "{job}")
	b.Counter(&b.ReceiverSignalflowJobErrors, "otelcol_receiver_signalflow_job_errors",
		"Errors that the service answered with, by program and error_type.", "{error}")
	b.Counter(&b.ReceiverSignalflowLimitedResultSet, "otelcol_receiver_signalflow_limited_result_set",
		"Warnings of the service that output is incomplete, by program.", "{message}")
	b.Counter(&b.ReceiverSignalflowGap, "otelcol_receiver_signalflow_gap",
		"Time that was skipped because it was older than max_backfill, by program.", "s")
	b.Counter(&b.ReceiverSignalflowCheckpointFailures, "otelcol_receiver_signalflow_checkpoint_failures",
		"Checkpoints that could not be written, by program.", "{checkpoint}")
	b.ObservableGauge(&b.ReceiverSignalflowCheckpointAge, "otelcol_receiver_signalflow_checkpoint_age",
		"Time since the latest checkpoint, by program.", "ms")
	b.ObservableGauge(&b.ReceiverSignalflowSeries, "otelcol_receiver_signalflow_series",
		"Output series that are remembered, by program.", "{timeseries}")
	b.ObservableGauge(&b.ReceiverSignalflowLag, "otelcol_receiver_signalflow_lag",
		"Time between now and the latest logical time, by program.", "ms")
	b.ObservableGauge(&b.ReceiverSignalflowJobLag, "otelcol_receiver_signalflow_job_lag",
		"Lag of the input that the service detected, by program.", "ms")
	b.ObservableGauge(&b.ReceiverSignalflowMaxDelay, "otelcol_receiver_signalflow_max_delay",
		"Time that the service waits for late input, by program.", "ms")
	b.ObservableGauge(&b.ReceiverSignalflowResolution, "otelcol_receiver_signalflow_resolution",
		"Step of the output, by program.", "ms")
	return &b, b.Err()
}

// RegisterCallback observes all instruments that are asked for their values.
func (b *TelemetryBuilder) RegisterCallback(f metric.Callback) error {
	return b.Register(f,
		b.ReceiverSignalflowConnections, b.ReceiverSignalflowLastKeepaliveAge, b.ReceiverSignalflowMessages, b.ReceiverSignalflowBytes, b.ReceiverSignalflowIgnored,
		b.ReceiverSignalflowCheckpointAge, b.ReceiverSignalflowSeries, b.ReceiverSignalflowLag, b.ReceiverSignalflowJobLag, b.ReceiverSignalflowMaxDelay, b.ReceiverSignalflowResolution)
}
