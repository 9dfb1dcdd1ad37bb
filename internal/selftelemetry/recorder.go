// Package selftelemetry is what the exporters tell of themselves alike: items dropped
// and changed by cause, requests by outcome, and whether the credentials are taken.
//
// It creates no instruments: a component's internal/metadata does, and hands them over.
package selftelemetry

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Counters are the instruments that every exporter has.
type Counters struct {
	Dropped, Changed                metric.Int64Counter // items by cause
	Requests, PayloadSize, WireSize metric.Int64Counter
	Duration                        metric.Float64Histogram // of requests, in seconds
}

// Reason is why an item was dropped. Its text is an attribute's value.
type Reason interface {
	fmt.Stringer
	// Expected reports whether sound data is dropped for this reason in the ordinary
	// course of things, so that it is worth a count but no warning.
	Expected() bool
}

// Recorder records what one signal's exporter does. It is safe for concurrent use
// once it was started.
type Recorder struct {
	// Logger adds the signal to what it logs.
	Logger *zap.Logger
	// Signal is an attribute of all that is counted.
	Signal attribute.KeyValue
	// Attributes are those of all that is counted: the signal, and the exporter's name, since there may be several of a type.
	Attributes metric.MeasurementOption

	counters  Counters
	prefix    string // of the names of the instruments
	warned    causes
	host      component.Host
	forbidden atomic.Bool // the last credentials that were tried were refused
}

// New returns a recorder of a signal.
func New(set exporter.Settings, signal string, counters Counters) *Recorder {
	return &Recorder{
		Logger:     set.Logger.With(zap.String("signal", signal)),
		Signal:     attribute.String("signal", signal),
		Attributes: metric.WithAttributes(attribute.String("exporter", set.ID.String()), attribute.String("signal", signal)),
		counters:   counters,
		prefix:     "otelcol_exporter_" + set.ID.Type().String(),
	}
}

// Start names the host whose health is reported to.
func (r *Recorder) Start(host component.Host) { r.host = host }

// Attempt counts a request, with attributes of its own, and looks whether the
// credentials were taken.
func (r *Recorder) Attempt(ctx context.Context, a httpsend.Attempt, attributes ...attribute.KeyValue) {
	r.Request(ctx, a, attributes...)
	r.Access(a.Class, a.Status)
}

// Request counts a request only.
func (r *Recorder) Request(ctx context.Context, a httpsend.Attempt, attributes ...attribute.KeyValue) {
	status := "none"
	if a.Status != 0 {
		status = strconv.Itoa(a.Status/100) + "xx"
	}
	r.Transfer(ctx, status, a, attributes...)
}

// Transfer counts a request or write, whose status is a class of its own.
func (r *Recorder) Transfer(ctx context.Context, status string, a httpsend.Attempt, attributes ...attribute.KeyValue) {
	with, outcome := metric.WithAttributes(attributes...), metric.WithAttributes(attribute.Stringer("outcome", a.Class))
	r.counters.Requests.Add(ctx, 1, r.Attributes, with, outcome, metric.WithAttributes(attribute.String("status", status)))
	r.counters.Duration.Record(ctx, a.Duration.Seconds(), r.Attributes, with, outcome)
	r.counters.PayloadSize.Add(ctx, int64(a.PayloadBytes), r.Attributes, with)
	r.counters.WireSize.Add(ctx, int64(a.WireBytes), r.Attributes, with)
}

// Access tells the host's health when credentials begin and cease to be refused. A
// refused token can be enabled again, so the state is recoverable.
func (r *Recorder) Access(class httpsend.Class, status int) {
	switch {
	case class == httpsend.Unauthorized && !r.forbidden.Swap(true):
		componentstatus.ReportStatus(r.host, componentstatus.NewRecoverableErrorEvent(
			fmt.Errorf("the service refuses the credentials with status %d", status)))
	case class == httpsend.Delivered && r.forbidden.Swap(false):
		componentstatus.ReportStatus(r.host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

// Drop counts items that are lost.
func (r *Recorder) Drop(reason Reason, n int) {
	r.counters.Dropped.Add(context.Background(), int64(n), r.Attributes, metric.WithAttributes(attribute.Stringer("reason", reason)))
}

// Dropped counts items that were left out while a batch was encoded. The first of each
// reason are logged.
func (r *Recorder) Dropped(reason Reason, n int) {
	if n == 0 {
		return
	}
	r.Drop(reason, n)
	if !reason.Expected() && r.First(reason.String()) {
		r.Logger.Warn("Dropped items that cannot be sent; further ones of this reason are only counted in "+r.prefix+"_dropped_items",
			zap.Stringer("reason", reason), zap.Int("dropped_items", n))
	}
}

// Changed counts alterations that were made while a batch was encoded. The first of
// each kind are logged.
func (r *Recorder) Changed(change fmt.Stringer, n int) {
	if n == 0 {
		return
	}
	r.counters.Changed.Add(context.Background(), int64(n), r.Attributes, metric.WithAttributes(attribute.Stringer("change", change)))
	if r.First(change.String()) {
		r.Logger.Warn("Changed items so that the service takes them; further changes of this kind are only counted in "+r.prefix+"_changed_items",
			zap.Stringer("change", change), zap.Int("count", n))
	}
}

// First reports whether it is asked about a cause for the first time, so that each is
// logged once. Causes may come from outside, so only the first 200 are told of.
func (r *Recorder) First(cause string) bool { return r.warned.first(cause) }
