package faults

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Set is the faults that are switched on. All methods may be called concurrently.
type Set struct {
	services []string // that a fault may name as its vendor; empty: any

	mu     sync.Mutex
	nextID int
	faults []Fault
}

// NewSet returns a set without faults. A fault's vendor must be one of the services,
// or stand for some of them; without services it may be any.
func NewSet(services ...string) *Set { return &Set{services: services, nextID: 1} }

// Add switches a fault on and returns it with its ID, or says what is wrong with it.
func (s *Set) Add(f Fault) (Fault, error) {
	if err := f.Validate(); err != nil {
		return Fault{}, err
	}
	// A misspelled vendor would be a fault that never acts, and a test that proves nothing.
	if len(s.services) > 0 && !slices.ContainsFunc(s.services, f.matchesVendor) {
		return Fault{}, fmt.Errorf("vendor: %q is none of %s", f.Vendor, strings.Join(s.services, ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.ID, f.Hits = s.nextID, 0
	s.nextID++
	s.faults = append(s.faults, f)
	return f, nil
}

// List returns the faults that are on, the oldest first.
func (s *Set) List() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Fault{}, s.faults...)
}

// Remove switches one fault off and reports whether it was on.
func (s *Set) Remove(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.faults)
	s.faults = slices.DeleteFunc(s.faults, func(f Fault) bool { return f.ID == id })
	return len(s.faults) < before
}

// Clear switches all faults off.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// take returns the first fault for the request and counts it; a used-up fault is switched off.
func (s *Set) take(vendor, path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return !f.ofSockets() && f.matches(vendor, path) })
	if i < 0 {
		return Fault{}, false
	}
	return s.hit(i), true
}

// hit counts that fault i acts; a used-up fault is switched off. The caller holds the mutex.
func (s *Set) hit(i int) Fault {
	s.faults[i].Hits++
	taken := s.faults[i]
	if taken.Count > 0 && taken.Hits >= taken.Count {
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	return taken
}
