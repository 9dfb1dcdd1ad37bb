package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// stream sends requests without a pause, and remembers which of them were accepted.
type stream struct {
	signal   harness.Signal
	accepted map[string]int // items by test id: one of its own for each request
	unknown  map[string]int // the answer was lost with the process
}

// run sends until ctx is done or the collector is gone.
func (s *stream) run(ctx context.Context, r *rig, size int) {
	for ctx.Err() == nil {
		id := newID(s.signal)
		status, err := r.collector.Offer(ctx, s.signal, s.signal.Batch(r.target.key, id, 0, size), nil)
		switch {
		case err != nil:
			s.unknown[id] = size
			return
		case status == http.StatusOK:
			s.accepted[id] = size
		}
	}
}

// A crash at a random moment, with the queue on disk and data flowing in and out: all that
// was accepted arrives. Twice comes only what was in flight: at most what the consumers of the
// queue had taken out of it.
func TestCrashes(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name, queue string
		together    int // requests that may be in flight together, for each consumer
	}{{"kill -9", "", 1}, {"kill -9, batching", batching, batchItems}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			forTargets(t, func(t *testing.T, tg *target) { crash(t, tg, kind.name, kind.queue, kind.together) })
		})
	}
}

// batching merges and splits requests behind the queue, as the READMEs recommend it.
const (
	batchItems = 500
	batching   = "batch: {flush_timeout: 200ms, min_size: 300, max_size: 500}"
)

func crash(t *testing.T, tg *target, name, queue string, together int) {
	crashes := count("E2E_CRASHES", 2, 20)
	const consumers = 4 // num_consumers of the harness
	r := startRig(t, tg, func(c *harness.Config) { c.Queue = queue })
	begun := time.Now()
	var streams []*stream
	for _, s := range tg.takes() {
		if s == harness.Traces && tg.sums {
			continue // the sums of a period are in memory only, as documented
		}
		streams = append(streams, &stream{signal: s, accepted: map[string]int{}, unknown: map[string]int{}})
	}
	for range crashes {
		// Some requests fail, so that there is more in the queue than in flight.
		r.fault(faults.Fault{Status: 503, Count: 1 + rand.IntN(10)})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for _, s := range streams {
			running.Go(func() { s.run(ctx, r, tg.items(s.signal)/20) })
		}
		time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond) // the random moment
		r.collector.Kill()
		cancel()
		running.Wait()
		r.lab.Faults.Clear()
		r.collector.Start()
	}
	for _, s := range streams {
		line := harness.Line{Case: name, Target: tg.name, Signal: s.signal}
		for id, n := range s.accepted {
			r.eventually(id, func() bool { got, _ := r.arrived(s.signal, id); return got >= n })
			line.In += n
		}
		r.idle()
		line.Dropped = r.dropped(s.signal)
		repeated := 0
		for id := range s.accepted {
			got, again := r.arrived(s.signal, id)
			line.Delivered += got
			line.Duplicates += again
			if again > 0 {
				repeated++
			}
		}
		maybe := 0
		for id := range s.unknown {
			got, again := r.arrived(s.signal, id)
			maybe += got
			line.Duplicates += again
		}
		line.Took, line.Note = time.Since(begun), ""
		line.Print()
		assert.Equal(t, line.In, line.Delivered, "delivered")
		assert.Empty(t, line.Dropped)
		assert.LessOrEqual(t, repeated, crashes*consumers*together, "requests of which something came twice")
		assert.LessOrEqual(t, maybe, crashes*tg.items(s.signal)/20, "what was not accepted may have arrived")
		require.NotZero(t, line.In)
	}
	r.secretFree()
}

// SIGTERM under load: the process ends in time, and what it has not delivered is on disk. A queue in
// memory is drained before the process ends.
func TestTermination(t *testing.T) {
	t.Parallel()
	for _, kept := range []struct {
		name   string
		memory bool
		queue  string
		again  bool // what was split may come twice in part
	}{
		{"SIGTERM, queue on disk", false, "", false}, {"SIGTERM, queue on disk, batching", false, batching, true},
		{"SIGTERM, queue in memory", true, "", false}, {"SIGTERM, queue in memory, batching", true, batching, false},
	} {
		t.Run(kept.name, func(t *testing.T) {
			t.Parallel()
			forTargets(t, func(t *testing.T, tg *target) {
				r := startRig(t, tg, func(c *harness.Config) { c.Memory, c.Queue = kept.memory, kept.queue })
				begun := time.Now()
				lines := map[harness.Signal]*harness.Line{}
				for _, s := range tg.takes() {
					lines[s] = &harness.Line{Case: kept.name, Target: tg.name, Signal: s}
				}
				// The vendor takes its time, so that something is in flight.
				r.fault(faults.Fault{Latency: faults.Duration(50 * time.Millisecond)})
				accepted := map[harness.Signal]map[string]int{}
				for _, s := range tg.takes() {
					accepted[s] = map[string]int{}
					for range 10 {
						id, n := newID(s), tg.items(s)/10
						r.collector.Send(s, s.Batch(tg.key, id, 0, n))
						accepted[s][id] = n
					}
				}
				r.collector.Terminate(harness.Patience)
				r.lab.Faults.Clear()
				if !kept.memory {
					r.collector.Start()
				}
				for _, s := range tg.takes() {
					line := lines[s]
					for id, n := range accepted[s] {
						r.eventually(id, func() bool { got, _ := r.arrived(s, id); return got >= n || kept.memory && !r.collector.Running() })
						got, again := r.arrived(s, id)
						line.In += n
						line.Delivered += got
						line.Duplicates += again
					}
					line.Took = time.Since(begun)
					line.Print()
					assert.Equal(t, line.In, line.Delivered, "delivered of %s", s)
					if !kept.again {
						assert.Zero(t, line.Duplicates, "duplicates of %s", s)
					}
				}
				r.secretFree()
			})
		})
	}
}

// SIGTERM while the vendor is down. With the queue on disk the process ends at once, for nothing is
// lost by it, and everything arrives after the next start.
func TestTerminationDuringAnOutage(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		r := startRig(t, tg)
		r.lab.Close()
		var shipments []*shipment
		for _, s := range tg.takes() {
			sh := r.ship("SIGTERM while the vendor is down", s)
			sh.send(tg.items(s))
			shipments = append(shipments, sh)
		}
		r.eventually("a failed attempt", func() bool { return r.attempts("none") > 0 })
		took := r.collector.Terminate(harness.Patience)
		r.startLab()
		r.collector.Start()
		for _, sh := range shipments {
			sh.settle(expect{note: "ended in " + took.Round(10*time.Millisecond).String()})
		}
		r.secretFree()
	})
}
