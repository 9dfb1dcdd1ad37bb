package librato

import (
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/shelf"
)

// Account is what the vendor keeps for a customer beside the data: metrics with
// their attributes, annotations, alerts, services, spaces and charts. It is bounded:
// what was changed longest ago leaves first. All methods may be called concurrently.
type Account struct {
	mu      sync.Mutex
	metrics *shelf.Shelf[string, Metric] // by name in lower case
	lastID  int64
}

// Bounds of the memory for an account, in objects of each kind.
const (
	maxMetrics = 10_000
)

// NewAccount returns an empty account.
func NewAccount() *Account {
	a := &Account{}
	a.Reset()
	return a
}

// Reset forgets everything.
func (a *Account) Reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.metrics = shelf.New[string, Metric](maxMetrics)
}
