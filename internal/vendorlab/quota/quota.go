// Package quota limits how much a vendor takes within a stretch of time.
package quota

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Quota counts items within windows that follow each other. A request is taken whole
// as long as the window is not used up, so that none is refused for ever. All
// methods may be called concurrently.
type Quota struct {
	unit     string
	window   int64 // seconds
	statuses []int

	mu     sync.Mutex
	limit  int
	status int
	start  int64
	used   int
}

// State is what a quota is set to.
type State struct {
	Limit  int    `json:"limit"`  // 0: none
	Status int    `json:"status"` // answered above the limit
	Unit   string `json:"unit"`
}

// New returns a quota without a limit. Above a limit one of the statuses is
// answered, the first unless Set says otherwise.
func New(unit string, window time.Duration, statuses ...int) *Quota {
	return &Quota{unit: unit, window: int64(window / time.Second), statuses: statuses, status: statuses[0]}
}

// Set changes the limit, 0 for none, and the status, 0 for the usual one.
func (q *Quota) Set(limit, status int) error {
	if status == 0 {
		status = q.statuses[0]
	}
	if limit < 0 {
		return fmt.Errorf("limit: must not be negative")
	}
	if !slices.Contains(q.statuses, status) {
		return fmt.Errorf("status: this vendor answers one of %v", q.statuses)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limit, q.status, q.used = limit, status, 0
	return nil
}

// State returns what the quota is set to.
func (q *Quota) State() State {
	q.mu.Lock()
	defer q.mu.Unlock()
	return State{Limit: q.limit, Status: q.status, Unit: q.unit}
}

// Grant is the answer to Take.
type Grant struct {
	Limit     int // 0: none
	Remaining int
	Reset     int // seconds until the next window
	Status    int // 0: taken
}

// Take uses n of the window, unless it is used up.
func (q *Quota) Take(n int, now time.Time) Grant {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.limit == 0 {
		return Grant{}
	}
	second := now.Unix()
	if start := second - second%q.window; start != q.start {
		q.start, q.used = start, 0
	}
	grant := Grant{Limit: q.limit, Reset: int(q.start + q.window - second)}
	if q.used >= q.limit {
		grant.Status = q.status
		return grant
	}
	q.used += n
	grant.Remaining = max(0, q.limit-q.used)
	return grant
}
