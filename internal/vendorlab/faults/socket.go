package faults

import (
	"net/http"
	"slices"
)

// TakeStatus is for what is no HTTP request of its own, such as a message on a
// WebSocket: it returns the status of the first fault for the path, which it counts,
// or 0. That of a revoked token is 401. Faults without a status do not match.
func (s *Set) TakeStatus(vendor, path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return (f.Status != 0 || f.RevokedToken) && f.matches(vendor, path) })
	if i < 0 {
		return 0
	}
	if fault := s.hit(i); !fault.RevokedToken {
		return fault.Status
	}
	return http.StatusUnauthorized
}

// Socket returns the first fault for open WebSockets of the path. It does not count
// it: TakeSocket does, once the fault is to act.
func (s *Set) Socket(vendor, path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.ofSockets() && f.matches(vendor, path) })
	if i < 0 {
		return Fault{}, false
	}
	return s.faults[i], true
}

// TakeSocket counts that a fault acts, and reports whether it was still on.
func (s *Set) TakeSocket(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.ID == id })
	if i >= 0 {
		s.hit(i)
	}
	return i >= 0
}
