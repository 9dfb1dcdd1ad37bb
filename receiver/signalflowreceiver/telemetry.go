package signalflowreceiver

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

// telemetry counts what the receiver does.
type telemetry struct {
	builder  *metadata.TelemetryBuilder
	logger   *zap.Logger
	receiver attribute.KeyValue         // an attribute of all that is counted, since there may be several
	programs atomic.Pointer[[]*program] // those of the current term
}

func newTelemetry(set receiver.Settings) (*telemetry, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	return &telemetry{builder: b, logger: set.Logger, receiver: attribute.String("receiver", set.ID.String())}, err
}

// gauges are what a program last knew, for callbacks. Zero means unknown.
type gauges struct {
	series, newestMs, savedMs, jobLagMs, maxDelayMs, resolutionMs atomic.Int64
}

// disconnected counts a connection that was lost or could not be made.
func (t *telemetry) disconnected(err error) {
	reason := "other"
	var lost *signalflow.ConnectionError
	var auth *signalflow.AuthError
	switch {
	case errors.As(err, &auth):
		reason = "auth"
		t.builder.ReceiverSignalflowAuthFailures.Add(context.Background(), 1, metric.WithAttributes(t.receiver))
	case errors.As(err, &lost):
		reason = lost.Op
		if lost.Code != 0 {
			reason += "_" + strconv.Itoa(lost.Code)
		}
	}
	t.builder.ReceiverSignalflowReconnects.Add(context.Background(), 1, metric.WithAttributes(t.receiver, attribute.String("reason", reason)))
	t.logger.Warn("The connection to SignalFlow was lost or could not be made; connecting again", zap.Error(err))
}

// observe reports what the client and the programs know.
func (t *telemetry) observe(c client) error {
	return t.builder.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		t.observeClient(o, c.Stats())
		now := time.Now().UnixMilli()
		if programs := t.programs.Load(); programs != nil {
			for _, p := range *programs {
				t.observeProgram(o, p, now)
			}
		}
		return nil
	})
}

func (t *telemetry) observeClient(o metric.Observer, stats signalflow.Stats) {
	b := t.builder
	own := metric.WithAttributes(t.receiver)
	o.ObserveInt64(b.ReceiverSignalflowConnections, stats.OpenConnections, own)
	if stats.KeepAliveAge > 0 {
		o.ObserveInt64(b.ReceiverSignalflowLastKeepaliveAge, stats.KeepAliveAge.Milliseconds(), own)
	}
	o.ObserveInt64(b.ReceiverSignalflowBytes, int64(stats.Bytes), own)
	for i, n := range stats.Messages {
		if n > 0 {
			o.ObserveInt64(b.ReceiverSignalflowMessages, int64(n), own, metric.WithAttributes(attribute.Stringer("type", signalflow.MessageType(i))))
		}
	}
	for i, n := range stats.Ignored {
		if n > 0 {
			o.ObserveInt64(b.ReceiverSignalflowIgnored, int64(n), own, metric.WithAttributes(attribute.Stringer("reason", signalflow.Ignored(i))))
		}
	}
}

func (t *telemetry) observeProgram(o metric.Observer, p *program, nowMs int64) {
	b := t.builder
	known := func(gauge metric.Int64Observable, value int64) {
		if value != 0 {
			o.ObserveInt64(gauge, value, p.attributes)
		}
	}
	age := func(gauge metric.Int64Observable, since int64) {
		if since != 0 {
			o.ObserveInt64(gauge, max(0, nowMs-since), p.attributes)
		}
	}
	o.ObserveInt64(b.ReceiverSignalflowSeries, p.gauges.series.Load(), p.attributes)
	age(b.ReceiverSignalflowLag, p.gauges.newestMs.Load())
	age(b.ReceiverSignalflowCheckpointAge, p.gauges.savedMs.Load())
	known(b.ReceiverSignalflowJobLag, p.gauges.jobLagMs.Load())
	known(b.ReceiverSignalflowMaxDelay, p.gauges.maxDelayMs.Load())
	known(b.ReceiverSignalflowResolution, p.gauges.resolutionMs.Load())
}

// warned says which reasons for drops a program has warned about.
type warned [translate.NumReasons]bool

// expected are reasons that come with every stream that is begun again or by configuration.
func expected(r translate.Reason) bool { return r == translate.Duplicate || r == translate.Null }

// dropPoints counts points that were not passed on.
func (p *program) dropPoints(dropped *[translate.NumReasons]int) {
	for i, n := range dropped {
		if n > 0 {
			p.drop(p.telemetry.builder.ReceiverSignalflowDroppedPoints, translate.Reason(i), n)
		}
	}
}

func (p *program) drop(counter metric.Int64Counter, reason translate.Reason, n int) {
	counter.Add(context.Background(), int64(n), p.attributes, metric.WithAttributes(attribute.Stringer("reason", reason)))
	if expected(reason) || p.warned[reason] {
		return
	}
	p.warned[reason] = true
	p.logger.Warn("Dropped points or events; further ones of this reason are only counted in otelcol_receiver_signalflow_dropped_points and _events",
		zap.Stringer("reason", reason), zap.Int("dropped", n))
}

// count adds one with an attribute of its own.
func (p *program) count(counter metric.Int64Counter, key, value string) {
	counter.Add(context.Background(), 1, p.attributes, metric.WithAttributes(attribute.String(key, value)))
}
