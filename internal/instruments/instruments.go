// Package instruments creates the instruments of a component's own telemetry. Only the
// components' internal/metadata use it, so that there is one place that names them.
package instruments

import (
	"errors"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"
)

// Set creates instruments of one meter and ends their callbacks. All instruments are
// of alpha stability, which their descriptions say as those of the collector do.
type Set struct {
	meter metric.Meter
	errs  error

	mu            sync.Mutex
	registrations []metric.Registration
}

// Init names the meter's scope. It comes first.
func (s *Set) Init(settings component.TelemetrySettings, scope string) {
	s.meter = settings.MeterProvider.Meter(scope)
}

// Err is what went wrong so far.
func (s *Set) Err() error { return s.errs }

func about(description, unit string) (metric.InstrumentOption, metric.InstrumentOption) {
	return metric.WithDescription(description + " [Alpha]"), metric.WithUnit(unit)
}

func keep[I any](s *Set, to *I, instrument I, err error) {
	*to = instrument
	s.errs = errors.Join(s.errs, err)
}

// Counter creates a counter.
func (s *Set) Counter(to *metric.Int64Counter, name, description, unit string) {
	d, u := about(description, unit)
	c, err := s.meter.Int64Counter(name, d, u)
	keep(s, to, c, err)
}

// UpDownCounter creates a counter that may fall.
func (s *Set) UpDownCounter(to *metric.Int64UpDownCounter, name, description, unit string) {
	d, u := about(description, unit)
	c, err := s.meter.Int64UpDownCounter(name, d, u)
	keep(s, to, c, err)
}

// Gauge creates a gauge that is recorded.
func (s *Set) Gauge(to *metric.Int64Gauge, name, description, unit string) {
	d, u := about(description, unit)
	g, err := s.meter.Int64Gauge(name, d, u)
	keep(s, to, g, err)
}

// ObservableGauge creates a gauge that a callback is asked for.
func (s *Set) ObservableGauge(to *metric.Int64ObservableGauge, name, description, unit string) {
	d, u := about(description, unit)
	g, err := s.meter.Int64ObservableGauge(name, d, u)
	keep(s, to, g, err)
}

// ObservableCounter creates a counter that a callback is asked for.
func (s *Set) ObservableCounter(to *metric.Int64ObservableCounter, name, description, unit string) {
	d, u := about(description, unit)
	c, err := s.meter.Int64ObservableCounter(name, d, u)
	keep(s, to, c, err)
}

// secondsOfRequests are bounds of a histogram: from a proxy on the same host to beyond the longest timeout that makes sense.
var secondsOfRequests = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// Durations creates a histogram of how long requests take, in seconds.
func (s *Set) Durations(to *metric.Float64Histogram, name, description string) {
	d, u := about(description, "s")
	h, err := s.meter.Float64Histogram(name, d, u, metric.WithExplicitBucketBoundaries(secondsOfRequests...))
	keep(s, to, h, err)
}

// Register lets a callback observe instruments, until Shutdown.
func (s *Set) Register(f metric.Callback, instruments ...metric.Observable) error {
	r, err := s.meter.RegisterCallback(f, instruments...)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registrations = append(s.registrations, r)
	return nil
}

// Shutdown ends the callbacks.
func (s *Set) Shutdown() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs error
	for _, r := range s.registrations {
		errs = errors.Join(errs, r.Unregister())
	}
	s.registrations = nil
	return errs
}
