// Package clock is time as the lab sees it, so that a test can stand in for it.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and waits for it. All methods may be called concurrently.
type Clock interface {
	Now() time.Time
	// At returns a channel that is closed at t, at once if t has passed, and a
	// function that gives up waiting.
	At(t time.Time) (reached <-chan struct{}, stop func())
}

// Real is the system's clock.
type Real struct{}

// Now returns time.Now.
func (Real) Now() time.Time { return time.Now() }

// At implements Clock.
func (Real) At(t time.Time) (<-chan struct{}, func()) {
	reached := make(chan struct{})
	timer := time.AfterFunc(time.Until(t), func() { close(reached) })
	return reached, func() { timer.Stop() }
}

// Wait returns nil at t, or the context's error when that ends first.
func Wait(ctx context.Context, c Clock, t time.Time) error {
	reached, stop := c.At(t)
	defer stop()
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Manual stands still until it is moved.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	waiting map[chan struct{}]time.Time
	changed chan struct{} // closed when somebody begins or ends waiting
}

// NewManual returns a clock that shows now.
func NewManual(now time.Time) *Manual {
	return &Manual{now: now, waiting: map[chan struct{}]time.Time{}, changed: make(chan struct{})}
}

// Now returns what the clock shows.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// At implements Clock.
func (m *Manual) At(t time.Time) (<-chan struct{}, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	reached := make(chan struct{})
	if !m.now.Before(t) {
		close(reached)
		return reached, func() {}
	}
	m.waiting[reached] = t
	m.tell()
	return reached, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.waiting, reached)
		m.tell()
	}
}

// Advance moves the clock on and wakes those whose time has come.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	for reached, t := range m.waiting {
		if !m.now.Before(t) {
			close(reached)
			delete(m.waiting, reached)
		}
	}
	m.tell()
}

// Waiters returns nil as soon as n wait, or the context's error.
func (m *Manual) Waiters(ctx context.Context, n int) error {
	for {
		m.mu.Lock()
		enough, changed := len(m.waiting) == n, m.changed
		m.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell wakes Waiters; the caller holds the mutex.
func (m *Manual) tell() {
	close(m.changed)
	m.changed = make(chan struct{})
}
