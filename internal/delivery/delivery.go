// Package delivery sends the parts of one batch, several at a time, and turns
// what became of them into what the collector's helper must know.
//
// A batch is delivered in lanes: the items that share a destination and
// credentials. A lane that is throttled or down stops alone; a part that is
// refused is refused alone; a part that is too large is sent in halves. What
// could not be delivered yet goes back to the helper, which owns the only retry
// loop; what was delivered is never sent again.
package delivery

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"golang.org/x/sync/errgroup"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// Observer learns the fate of parts. It is called from several goroutines.
type Observer interface {
	// Delivered: the vendor took the part.
	Delivered(*parts.Part)
	// Refused: the vendor will never take the part; its items are lost.
	Refused(*parts.Part, *httpsend.Error)
}

// Partial is what a lane's send returns when the beginning of a part counts as
// delivered, though the rest failed.
type Partial struct {
	// Bytes is how much of the body was delivered; an item cut by it was not.
	Bytes int
	Err   *httpsend.Error
}

// Error is the error of the rest.
func (p *Partial) Error() string { return p.Err.Error() }

// Run is the delivery of one batch. Lanes are made and fed by one goroutine.
type Run struct {
	ctx      context.Context
	observer Observer
	tasks    errgroup.Group

	mu      sync.Mutex // guards what follows, and the lanes' undelivered items
	retry   *httpsend.Error
	wait    time.Duration
	refused *httpsend.Error
}

// NewRun returns a run that has at most parallel requests in flight.
func NewRun(ctx context.Context, observer Observer, parallel int) *Run {
	r := &Run{ctx: ctx, observer: observer}
	r.tasks.SetLimit(parallel)
	return r
}

// Lane is the part of a run that shares a destination and credentials.
type Lane struct {
	run     *Run
	send    func(context.Context, *parts.Part) error
	stopped atomic.Bool

	undelivered []bool // by ordinal
	tail        int    // every item from this ordinal on was never walked
	fatal       *httpsend.Error
}

// Lane adds a lane whose parts are sent by send, which returns an *httpsend.Error, a *Partial or nil.
func (r *Run) Lane(send func(context.Context, *parts.Part) error) *Lane {
	return &Lane{run: r, send: send, tail: int(^uint(0) >> 1)}
}

// Emit sends a part and releases it. It blocks while the run has enough requests in flight.
func (l *Lane) Emit(p *parts.Part) {
	if l.stopped.Load() {
		l.skip(p)
		p.Release()
		return
	}
	l.run.tasks.Go(func() error {
		l.deliver(p)
		p.Release()
		return nil
	})
}

// Stopped reports whether the rest of the lane must wait for another attempt, so
// that walking it would be for nothing. A lane whose credentials were refused is
// walked to its end: its items are lost, and counted.
func (l *Lane) Stopped() bool { return l.stopped.Load() && l.refusal() == nil }

// Walked says that the walk ended after this many items; the rest counts as undelivered.
func (l *Lane) Walked(items int) { l.tail = items }

// Undelivered reports whether an item must be sent again. Call it after Wait.
func (l *Lane) Undelivered(ordinal int) bool {
	return ordinal >= l.tail || (ordinal < len(l.undelivered) && l.undelivered[ordinal])
}

func (l *Lane) deliver(p *parts.Part) {
	if l.stopped.Load() {
		l.skip(p)
		return
	}
	err := l.send(l.run.ctx, p)
	if partial, ok := err.(*Partial); ok {
		before, behind := p.Split(partial.Bytes)
		if before.Units() > 0 {
			l.run.observer.Delivered(&before)
		}
		if behind.Units() == 0 {
			return
		}
		p, err = &behind, partial.Err
	}
	failed := asError(err)
	if failed == nil {
		l.run.observer.Delivered(p)
		return
	}
	switch failed.Class {
	case httpsend.TooLarge:
		if a, b, ok := p.Halves(); ok {
			l.deliver(&a)
			l.deliver(&b)
			return
		}
		l.refuse(p, failed)
	case httpsend.Retry, httpsend.Throttled:
		l.postpone(p, failed)
	case httpsend.Unauthorized:
		l.run.mu.Lock()
		l.fatal = failed
		l.run.mu.Unlock()
		l.stopped.Store(true)
		l.refuse(p, failed)
	default:
		l.refuse(p, failed)
	}
}

// skip disposes of a part that comes after its lane has stopped.
func (l *Lane) skip(p *parts.Part) {
	if fatal := l.refusal(); fatal != nil {
		l.refuse(p, fatal)
		return
	}
	l.postpone(p, nil)
}

// refusal is why the lane's credentials were refused, or nil.
func (l *Lane) refusal() *httpsend.Error {
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	return l.fatal
}

// postpone marks what the part holds for another attempt.
func (l *Lane) postpone(p *parts.Part, failed *httpsend.Error) {
	l.stopped.Store(true)
	r := l.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if failed != nil {
		if r.retry == nil {
			r.retry = failed
		}
		r.wait = max(r.wait, failed.RetryAfter)
	}
	if end := p.First + p.Items(); end > len(l.undelivered) {
		l.undelivered = append(l.undelivered, make([]bool, end-len(l.undelivered))...)
	}
	for i := range p.Items() {
		l.undelivered[p.First+i] = p.Holds(i)
	}
}

func (l *Lane) refuse(p *parts.Part, failed *httpsend.Error) {
	l.run.observer.Refused(p, failed)
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	if l.run.refused == nil {
		l.run.refused = failed
	}
}

func asError(err error) *httpsend.Error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*httpsend.Error); ok {
		return e
	}
	return &httpsend.Error{Class: httpsend.Rejected, Meaning: "the request cannot be made", Cause: err}
}

// Wait blocks until every part has been dealt with and returns what push must
// return: nil, a retryable error that carries exactly the items to send again
// (collected by rest), or a permanent one. Classes are never joined: while
// something can still be delivered, what was refused has been reported to the
// observer only.
//
// maxWait bounds how long a vendor's Retry-After is obeyed; see MaxWait.
func (r *Run) Wait(maxWait time.Duration, rest func(cause error) error) error {
	_ = r.tasks.Wait() // tasks return no errors
	if r.retry != nil {
		err := rest(r.retry)
		if r.wait > 0 {
			err = exporterhelper.NewThrottleRetry(err, min(r.wait, maxWait))
		}
		return err
	}
	if r.refused != nil {
		return consumererror.NewPermanent(r.refused)
	}
	return nil
}

// MaxWait is how long a Retry-After may make the helper wait: its retry loop
// drops the data at once when a wait would end after max_elapsed_time, so a longer
// wait is cut to half of that; without such a limit, to an hour.
func MaxWait(maxElapsed time.Duration) time.Duration {
	if maxElapsed > 0 {
		return maxElapsed / 2
	}
	return time.Hour
}
