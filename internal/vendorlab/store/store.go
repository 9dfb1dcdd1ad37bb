// Package store remembers what arrived, of any vendor, in bounded memory.
//
// Newest data stays: the series that was updated longest ago, and the oldest
// event, span, rejection or request leave first. What left is counted.
package store

import (
	"context"
	"sync"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/audit"
)

// Limits bound the memory. Zero means the default, which altogether is about 170 MB when full.
type Limits struct {
	Series          int `json:"series"`            // default 10,000
	PointsPerSeries int `json:"points_per_series"` // default 240
	Events          int `json:"events"`            // default 2,000
	Spans           int `json:"spans"`             // default 5,000
	SpanLogs        int `json:"span_logs"`         // default 5,000
	Rejections      int `json:"rejections"`        // default 1,000
	Requests        int `json:"requests"`          // default 1,000
	BodyBytes       int `json:"body_bytes"`        // of all requests' and answers' bodies; default 16 MiB
	AuditIdentities int `json:"audit_identities"`  // default 1,000,000
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		limit *int
		value int
	}{
		{&l.Series, 10_000},
		{&l.PointsPerSeries, 240},
		{&l.Events, 2_000},
		{&l.Spans, 5_000},
		{&l.SpanLogs, 5_000},
		{&l.Rejections, 1_000},
		{&l.Requests, 1_000},
		{&l.BodyBytes, 16 << 20},
		{&l.AuditIdentities, 1_000_000},
	} {
		if *d.limit <= 0 {
			*d.limit = d.value
		}
	}
	return l
}

// Options configure a Store. The zero value is ready to use.
type Options struct {
	Limits Limits
	// AuditKey is the dimension or attribute whose values are audited; default "test_id".
	AuditKey string
	// Discard counts what arrives but keeps nothing, for load tests.
	Discard bool
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Store holds what arrived. All methods may be called concurrently.
type Store struct {
	limits   Limits
	auditKey string
	discard  bool
	now      func() time.Time
	ledger   *audit.Ledger

	mu         sync.Mutex
	started    time.Time
	series     index
	events     ring[Event]
	spans      ring[Span]
	spanLogs   ring[SpanLog]
	rejections ring[Rejection]
	requests   requestLog
	vendors    map[string]*traffic
	identity   []byte        // scratch
	changed    chan struct{} // closed at the next change; nil while nobody waits
}

// New returns an empty store.
func New(o Options) *Store {
	limits := o.Limits.withDefaults()
	s := &Store{limits: limits, auditKey: o.AuditKey, discard: o.Discard, now: o.Now, ledger: audit.New(limits.AuditIdentities)}
	if s.auditKey == "" {
		s.auditKey = "test_id"
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.series = newIndex(limits)
	s.events = newRing[Event](limits.Events)
	s.spans = newRing[Span](limits.Spans)
	s.spanLogs = newRing[SpanLog](limits.SpanLogs)
	s.rejections = newRing[Rejection](limits.Rejections)
	s.requests = newRequestLog(limits)
	s.Reset()
	return s
}

// Reset forgets everything, counters included.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = s.now()
	s.series.reset()
	s.events.reset()
	s.spans.reset()
	s.spanLogs.reset()
	s.rejections.reset()
	s.requests.reset()
	s.vendors = map[string]*traffic{}
	s.ledger.Reset()
	s.wake()
}

// Discarding reports whether the store only counts.
func (s *Store) Discarding() bool { return s.discard }

// AuditKey is the dimension or attribute whose values are audited.
func (s *Store) AuditKey() string { return s.auditKey }

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Wait returns nil as soon as done is true. It asks once now and again after every
// change, and gives up with the context's error. done must not block.
func (s *Store) Wait(ctx context.Context, done func() bool) error {
	for {
		changed := s.nextChange()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) nextChange() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// wake tells the waiters; the caller holds the mutex.
func (s *Store) wake() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}
