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
	streams *shelf.Shelf[string, annotationStream]
	events  *shelf.Shelf[int64, Annotation]
	objects map[string]*shelf.Shelf[int64, record] // by kind
	lastID  int64
}

// Bounds of the memory for an account, in objects of each kind.
const (
	maxMetrics     = 10_000
	maxStreams     = 1_000
	maxAnnotations = 5_000
	maxObjects     = 1_000
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
	a.streams = shelf.New[string, annotationStream](maxStreams)
	a.events = shelf.New[int64, Annotation](maxAnnotations)
	a.objects = map[string]*shelf.Shelf[int64, record]{}
	for _, kind := range []string{kindAlert, kindService, kindSpace, kindChart} {
		a.objects[kind] = shelf.New[int64, record](maxObjects)
	}
}
