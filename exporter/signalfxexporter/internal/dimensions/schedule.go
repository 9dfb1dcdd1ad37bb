package dimensions

import (
	"math/rand/v2"
	"time"
)

// QueueOptions say when and how often something is sent.
type QueueOptions struct {
	// Delay is how long updates of one object are collected, from the first on.
	Delay time.Duration
	// Capacity bounds the objects that wait or are being sent.
	Capacity int
	// Workers bounds the requests in flight.
	Workers int
	// MaxRetries bounds the attempts after the first one.
	MaxRetries int
	// MinBackoff and MaxBackoff bound the wait before a retry, which doubles from one
	// to the next and is spread by half of itself either way.
	MinBackoff, MaxBackoff time.Duration
	// DrainTimeout bounds what Shutdown waits for, besides its context: the collector's
	// has no deadline.
	DrainTimeout time.Duration
}

// DefaultQueueOptions are the upstream exporter's, where it has them. The retries
// take about seven minutes in total.
func DefaultQueueOptions() QueueOptions {
	return QueueOptions{
		Delay: 10 * time.Second, Capacity: 10_000, Workers: 20,
		MaxRetries: 10, MinBackoff: 5 * time.Second, MaxBackoff: time.Minute,
		DrainTimeout: 10 * time.Second,
	}
}

// maxRetryAfter bounds a wait that the service asks for, so that a mistaken header
// does not stop updates for good.
const maxRetryAfter = 5 * time.Minute

// barTime is how long refused credentials are not tried again. A token can be enabled
// again, so it is not for good.
const barTime = time.Minute

// backoff is the wait after so many retries.
func (o *QueueOptions) backoff(retries int) time.Duration {
	wait := o.MinBackoff
	for range retries {
		wait = min(2*wait, o.MaxBackoff)
	}
	return wait/2 + time.Duration(rand.Int64N(int64(wait)+1))
}

// entryHeap has the entry that is due first at its top.
type entryHeap[K queueKey, V any] []*entry[K, V]

func (h entryHeap[K, V]) Len() int           { return len(h) }
func (h entryHeap[K, V]) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h entryHeap[K, V]) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *entryHeap[K, V]) Push(e any)        { *h = append(*h, e.(*entry[K, V])) }

func (h *entryHeap[K, V]) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return e
}
