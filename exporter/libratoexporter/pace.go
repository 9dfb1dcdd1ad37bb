package libratoexporter

import (
	"context"
	"sync"
	"time"
)

// pacer keeps requests to a rate. It lets the requests of one second pass at once.
type pacer struct {
	interval time.Duration // 0 for no rate
	done     chan struct{} // closed when nobody is to wait any more

	mu   sync.Mutex // guards next
	next time.Time
}

func newPacer(perSecond float64) *pacer {
	p := &pacer{done: make(chan struct{})}
	if perSecond > 0 {
		p.interval = time.Duration(float64(time.Second) / perSecond)
	}
	return p
}

// wait blocks until it is a request's turn, the context ends, or the pacer is lifted.
func (p *pacer) wait(ctx context.Context) error {
	delay := p.reserve()
	if delay <= 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func (p *pacer) reserve() time.Duration {
	if p.interval == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if burst := now.Add(-max(0, time.Second-p.interval)); p.next.Before(burst) {
		p.next = burst
	}
	delay := p.next.Sub(now)
	p.next = p.next.Add(p.interval)
	return delay
}
