package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// watch notes how many datapoints have arrived, again and again, so that arrivals can be
// set against sendings: what is sent in order arrives in order, near enough.
type watch struct {
	lab    *lab
	vendor string

	mu    sync.Mutex
	times []time.Time
	count []int64
}

// watchEvery bounds the resolution of latencies.
const watchEvery = 5 * time.Millisecond

// run notes until the context ends.
func (w *watch) run(ctx context.Context) {
	for wait(ctx, watchEvery) {
		n, err := w.lab.arrived(ctx, w.vendor)
		if err != nil {
			continue
		}
		w.mu.Lock()
		w.times, w.count = append(w.times, time.Now()), append(w.count, n)
		w.mu.Unlock()
	}
}

// latencies pairs each request with the moment when as many datapoints had arrived as
// had been sent with it. Each request brings per datapoints, after the first before ones.
func (w *watch) latencies(sent []time.Time, before int64, per float64) []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []time.Duration
	at := 0
	for i, began := range sent {
		due := before + int64(per*float64(i+1))
		for at < len(w.count) && w.count[at] < due {
			at++
		}
		if at == len(w.count) {
			break
		}
		all = append(all, w.times[at].Sub(began))
	}
	slices.Sort(all)
	return all
}

// quantile of sorted durations, in whole milliseconds.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Round(time.Millisecond)
}
