package dimensions

import (
	"container/heap"
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// queueKey names what is updated.
type queueKey interface {
	comparable
	// tenant is whose limits a request counts against.
	tenant() string
}

// queue holds one value for each key until it is due, and sends it. Only one
// request for a key is in flight, so that an old value never overtakes a newer one.
type queue[K queueKey, V any] struct {
	options QueueOptions
	// merge combines two values of a key. It is called under the lock.
	merge func(older, newer V) V
	// send makes one attempt. Without an error the value is done with, as the outcome says.
	send func(context.Context, K, V) (Outcome, error)
	// report is told of every outcome that put does not return.
	report func(K, V, Outcome, error)

	ctx    context.Context // of the requests
	cancel context.CancelFunc
	wake   chan struct{} // something may be due earlier than the dispatcher thinks
	done   chan struct{} // the dispatcher has ended

	mu      sync.Mutex // guards what follows
	entries map[K]*entry[K, V]
	waiting entryHeap[K, V]
	resume  map[string]time.Time // by tenant: when the service takes requests again
	barred  map[string]bar       // by tenant: whose credentials were refused
	started bool
	closing bool
}

// entry is a value that waits or is in flight.
type entry[K queueKey, V any] struct {
	key      K
	value    V
	due      time.Time
	attempts int
	sending  bool
	// next, from updates that came while value is in flight.
	next    *V
	nextDue time.Time
}

// bar keeps a tenant whose credentials were refused from asking again for every value.
type bar struct {
	until time.Time
	cause error
}

func newQueue[K queueKey, V any](options QueueOptions) *queue[K, V] {
	q := &queue[K, V]{
		options: options,
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
		entries: make(map[K]*entry[K, V]),
		resume:  make(map[string]time.Time),
		barred:  make(map[string]bar),
	}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

func (q *queue[K, V]) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries)
}

// put takes a value. When its key has none yet and unless says so, it is Unchanged.
func (q *queue[K, V]) put(key K, v V, unless func() bool) Outcome {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closing {
		return Abandoned
	}
	due := time.Now().Add(q.options.Delay)
	e, ok := q.entries[key]
	switch {
	case ok && !e.sending:
		e.value = q.merge(e.value, v)
		return Merged
	case ok && e.next != nil:
		*e.next = q.merge(*e.next, v)
		return Merged
	case ok:
		e.next, e.nextDue = &v, due
		return Accepted
	case unless():
		return Unchanged
	case len(q.entries) >= q.options.Capacity:
		// Nothing is left behind for the key: its next update is looked at afresh.
		return DroppedFull
	}
	e = &entry[K, V]{key: key, value: v, due: due}
	q.entries[key] = e
	q.push(e)
	return Accepted
}

// push lets an entry wait until it is due. The lock is held.
func (q *queue[K, V]) push(e *entry[K, V]) {
	heap.Push(&q.waiting, e)
	if q.waiting[0] == e {
		q.signal()
	}
}

func (q *queue[K, V]) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// start begins to send.
func (q *queue[K, V]) start() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.started && !q.closing {
		q.started = true
		go q.run()
	}
}

func (q *queue[K, V]) run() {
	defer close(q.done)
	var inFlight sync.WaitGroup
	slots := make(chan struct{}, q.options.Workers)
	for {
		slots <- struct{}{}
		e := q.take()
		if e == nil {
			break
		}
		inFlight.Go(func() {
			outcome, err := q.attempt(e)
			q.finish(e, outcome, err)
			<-slots
		})
	}
	inFlight.Wait()
	q.abandon()
}

// attempt sends a value, unless the tenant's credentials were refused a moment ago.
func (q *queue[K, V]) attempt(e *entry[K, V]) (Outcome, error) {
	q.mu.Lock()
	b, refused := q.barred[e.key.tenant()]
	q.mu.Unlock()
	if refused && time.Now().Before(b.until) {
		return Rejected, b.cause
	}
	return q.send(q.ctx, e.key, e.value)
}

// take waits until an entry is due and marks it as being sent. It returns nil when
// nothing will be sent any more.
func (q *queue[K, V]) take() *entry[K, V] {
	for {
		e, wait := q.next()
		if e != nil || wait < 0 {
			return e
		}
		timer := time.NewTimer(wait)
		select {
		case <-q.ctx.Done():
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next returns an entry that is due, or how long to wait for one; less than 0 means
// that none will come.
func (q *queue[K, V]) next() (*entry[K, V], time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for len(q.waiting) > 0 && q.ctx.Err() == nil {
		e := q.waiting[0]
		if until, ok := q.resume[e.key.tenant()]; ok && !until.After(now) {
			delete(q.resume, e.key.tenant())
		} else if until.After(e.due) && !q.closing {
			e.due = until
			heap.Fix(&q.waiting, 0)
			continue
		}
		if wait := e.due.Sub(now); wait > 0 && !q.closing {
			return nil, wait
		}
		heap.Pop(&q.waiting)
		e.sending = true
		return e, 0
	}
	if q.ctx.Err() != nil || (q.closing && len(q.entries) == 0) {
		return nil, -1
	}
	return nil, time.Hour // until a signal
}

// finish decides what follows an attempt.
func (q *queue[K, V]) finish(e *entry[K, V], outcome Outcome, err error) {
	q.mu.Lock()
	if err != nil {
		outcome = q.failed(e, err)
	}
	value, merged := e.value, outcome == Retried && e.next != nil
	switch {
	case merged:
		e.value = q.merge(e.value, *e.next)
	case e.next != nil: // this value is done with; the next one begins anew
		e.value, e.due, e.attempts = *e.next, e.nextDue, 0
	case outcome != Retried:
		delete(q.entries, e.key)
	}
	again := e.next != nil || outcome == Retried
	e.sending, e.next = false, nil
	if again {
		q.push(e)
	}
	q.signal()
	q.mu.Unlock()

	q.report(e.key, value, outcome, err)
	if merged {
		q.report(e.key, value, Merged, nil)
	}
}

// failed is the outcome of a failed attempt, and when Retried sets when. The lock is held.
func (q *queue[K, V]) failed(e *entry[K, V], err error) Outcome {
	now := time.Now()
	class := httpsend.ClassOf(err)
	if class == httpsend.Unauthorized && !now.Before(q.barred[e.key.tenant()].until) {
		maps.DeleteFunc(q.barred, func(_ string, b bar) bool { return !now.Before(b.until) })
		q.barred[e.key.tenant()] = bar{now.Add(barTime), err}
	}
	switch {
	case class == httpsend.Unauthorized && !q.waitsForToken(e):
		return Rejected
	case class != httpsend.Unauthorized && !class.Transient():
		return Rejected
	case q.closing:
		return Abandoned
	case e.attempts >= q.options.MaxRetries:
		return GivenUp
	}
	e.due = now.Add(q.options.backoff(e.attempts))
	e.attempts++
	if f, ok := errors.AsType[*httpsend.Error](err); ok && f.RetryAfter > 0 {
		// It holds for every request of the tenant, not only for this one.
		maps.DeleteFunc(q.resume, func(_ string, until time.Time) bool { return !until.After(now) })
		q.resume[e.key.tenant()] = now.Add(min(f.RetryAfter, maxRetryAfter))
	}
	return Retried
}

// waitsForToken reports whether a value whose credentials were refused is kept, since
// they can be enabled again or get their scope. It must leave room for others: one
// tenant's wrong token is not to fill the queue of all. The lock is held.
func (q *queue[K, V]) waitsForToken(e *entry[K, V]) bool {
	return !q.closing && e.attempts < q.options.MaxRetries && 2*len(q.entries) <= q.options.Capacity
}

// shutdown sends what waits at once, each value once, until the context ends or the
// drain takes too long. After it, put refuses everything.
func (q *queue[K, V]) shutdown(ctx context.Context) {
	q.mu.Lock()
	q.closing = true
	started := q.started
	q.mu.Unlock()
	q.signal()
	if !started {
		q.abandon()
		q.cancel()
		return
	}
	defer context.AfterFunc(ctx, q.cancel)()
	defer time.AfterFunc(q.options.DrainTimeout, q.cancel).Stop()
	<-q.done
	q.cancel()
}

// abandon gives up what is left.
func (q *queue[K, V]) abandon() {
	q.mu.Lock()
	left := q.entries
	q.entries, q.waiting = make(map[K]*entry[K, V]), nil
	q.mu.Unlock()
	for key, e := range left {
		q.report(key, e.value, Abandoned, nil)
	}
}
