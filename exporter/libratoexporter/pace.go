package libratoexporter

import (
	"context"
	"math"
	"sync"
	"time"

	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
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

// pacedQueue lets the queue hand out no more at once than takes a quarter of
// `max_elapsed_time` to send at the pace, which its consumers share: that clock runs while
// a batch is paced, and what is left of a longer one would be given up at its first
// failure. A `batch` that the user has set stays as it is.
func pacedQueue(queue configoptional.Optional[exporterhelper.QueueBatchConfig], perSecond float64, maxElapsed time.Duration) configoptional.Optional[exporterhelper.QueueBatchConfig] {
	if !queue.HasValue() || queue.Get().Batch.HasValue() || perSecond == 0 || maxElapsed <= 0 {
		return queue
	}
	paced := *queue.Get()
	most := perSecond * (maxElapsed / 4).Seconds() / float64(paced.NumConsumers)
	paced.Batch = configoptional.Some(exporterhelper.BatchConfig{
		Sizer:        exporterhelper.RequestSizerTypeItems,
		MaxSize:      int64(min(max(most, 1), math.MaxInt32)),
		FlushTimeout: time.Second, // never runs: without a least size nothing is held back
	})
	return configoptional.Some(paced)
}
