package signalflow

import (
	"cmp"
	"context"
	"errors"
	"math"
	"sync"
	"time"
)

// Backoff is how long to wait between failures: Initial after the first, Multiplier
// times longer after each further one up to Max, and each time more or less by the
// share Jitter.
type Backoff struct {
	Initial    time.Duration // 1 s
	Max        time.Duration // 1 min
	Multiplier float64       // 2
	Jitter     float64       // 0.5
}

func (b Backoff) withDefaults() Backoff {
	return Backoff{
		Initial:    cmp.Or(b.Initial, time.Second),
		Max:        cmp.Or(b.Max, time.Minute),
		Multiplier: cmp.Or(b.Multiplier, 2),
		Jitter:     cmp.Or(b.Jitter, 0.5),
	}
}

// Delay returns how long to wait after a number of failures in a row, with a random number in [0, 1).
func (b Backoff) Delay(failures int, random float64) time.Duration {
	d := float64(b.Initial) * math.Pow(b.Multiplier, float64(failures-1))
	return b.vary(min(d, float64(b.Max)), random)
}

func (b Backoff) vary(d, random float64) time.Duration {
	return time.Duration(d * (1 + b.Jitter*(2*random-1)))
}

// healthyAfter is how long a connection lives until earlier failures are forgotten.
const healthyAfter = 5 * time.Minute

// gate paces the connections of a client, so that no caller can make it retry in a
// tight loop.
type gate struct {
	backoff Backoff
	random  func() float64

	mu       sync.Mutex
	failures int
	opens    time.Time
}

// wait returns when the next connection may be made, or ctx ends.
func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	opens := g.opens
	g.mu.Unlock()
	return sleepUntil(ctx, opens)
}

// failed notes a connection that could not be made, or was lost after a time.
// Several that fail at once count as one.
func (g *gate) failed(err error, lived time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if now.Before(g.opens) {
		return
	}
	if lived >= healthyAfter {
		g.failures = 0
	}
	g.failures++
	delay := g.backoff.Delay(g.failures, g.random())
	if auth := (*AuthError)(nil); errors.As(err, &auth) {
		delay = g.backoff.vary(float64(g.backoff.Max), g.random()) // it will not get better soon
	}
	g.opens = now.Add(delay)
}

// pace bounds how many times something is done in any minute.
type pace struct {
	mu     sync.Mutex
	recent []time.Time // the latest ones, as a ring
	oldest int
}

func newPace(perMinute int) *pace { return &pace{recent: make([]time.Time, max(0, perMinute))} }

// wait returns when it may be done once more, or ctx ends.
func (p *pace) wait(ctx context.Context) error {
	if len(p.recent) == 0 {
		return nil
	}
	p.mu.Lock()
	now := time.Now()
	turn := now
	if free := p.recent[p.oldest].Add(time.Minute); free.After(now) {
		turn = free
	}
	p.recent[p.oldest] = turn
	p.oldest = (p.oldest + 1) % len(p.recent)
	p.mu.Unlock()
	return sleepUntil(ctx, turn)
}

func sleepUntil(ctx context.Context, t time.Time) error {
	d := time.Until(t)
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
