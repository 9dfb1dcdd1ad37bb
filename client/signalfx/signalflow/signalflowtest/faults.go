package signalflowtest

import (
	"context"
	"sync"
	"time"
)

// faults are what the server does wrong. They belong to Server.mu.
type faults struct {
	dropAfter    int // messages until the connection is dropped; 0 for never
	refuseStatus int
	refuseCount  int
	rateLimited  int
	channelLimit int
}

// DropAfter drops the connection that sends the nth channel message from now on,
// right behind it.
func (s *Server) DropAfter(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.dropAfter = n
}

func (s *Server) countMessage() (drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.dropAfter == 0 {
		return false
	}
	s.faults.dropAfter--
	return s.faults.dropAfter == 0
}

// HalfOpen makes all connections that exist, and none that follow, neither read nor
// write any more, without closing them.
func (s *Server) HalfOpen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.freeze()
	}
}

// KillConnections drops all connections without a word.
func (s *Server) KillConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.drop()
	}
}

// RefuseConnections answers the next n HTTP requests, upgrades too, with a status.
func (s *Server) RefuseConnections(n, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.refuseCount, s.faults.refuseStatus = n, status
}

func (s *Server) refusedStatus() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.refuseCount == 0 {
		return 0
	}
	s.faults.refuseCount--
	return s.faults.refuseStatus
}

// RateLimit answers the next n executions with error 429.
func (s *Server) RateLimit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.rateLimited = n
}

func (s *Server) isRateLimited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.rateLimited == 0 {
		return false
	}
	s.faults.rateLimited--
	return true
}

// LimitChannels makes every connection refuse more than n channels.
func (s *Server) LimitChannels(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.channelLimit = n
}

func (s *Server) channelLimit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.channelLimit
}

// clock is the time up to which there is data: the real one, or what a test sets.
type clock struct {
	mu      sync.Mutex
	manual  bool
	now     time.Time
	changed chan struct{}
}

// SetTime stops the server's clock at a time. Replays have data up to it.
func (s *Server) SetTime(t time.Time) {
	c := &s.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.manual, c.now = true, t
	if c.changed != nil {
		close(c.changed)
	}
	c.changed = make(chan struct{})
}

// Now is the server's time.
func (s *Server) Now() time.Time {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	if s.clock.manual {
		return s.clock.now
	}
	return time.Now()
}

// waitUntil returns when it is t, or false if ctx ends before.
func (s *Server) waitUntil(ctx context.Context, t time.Time) bool {
	for {
		s.clock.mu.Lock()
		manual, now, changed := s.clock.manual, s.clock.now, s.clock.changed
		s.clock.mu.Unlock()
		if !manual {
			return waitReal(ctx, t)
		}
		if !now.Before(t) {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func waitReal(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
