package e2e

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
)

// A long outage under load, with a queue of bounded size: the collector refuses, so that the
// sender keeps its data, instead of growing. What it accepted arrives once when the vendor is back.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const (
		limitMiB  = 400
		perBatch  = 1000
		perSecond = 20_000
	)
	outage := setting("E2E_MEMORY_OUTAGE", 10*time.Second, 10*time.Minute)
	queued := count("E2E_QUEUE", 100_000, 300_000)
	for _, kind := range []struct {
		name        string
		memory      bool
		short, long []string // targets
	}{
		{"bounded queue in memory", true, []string{"signalfx"}, []string{"signalfx", "wavefront proxy", "librato tags"}},
		{"bounded queue on disk", false, nil, []string{"signalfx"}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			forTargets(t, func(t *testing.T, tg *target) {
				if !slices.Contains(kind.short, tg.name) && !(long && slices.Contains(kind.long, tg.name)) {
					return
				}
				r := startRig(t, tg, func(c *harness.Config) {
					c.Memory = kind.memory
					c.Queue = "queue_size: " + decimal(queued)
					c.Signals = []harness.Signal{harness.Metrics}
					c.More = moreAtOnce[tg.exporter]
					c.Whole = `
processors: {memory_limiter: {check_interval: 100ms, limit_mib: ` + decimal(limitMiB) + `, spike_limit_mib: 80}}
service: {pipelines: {metrics: {processors: [memory_limiter]}}}`
				})
				r.lab.Close()
				var accepted, refused atomic.Int64
				var peak float64
				var senders sync.WaitGroup
				begun := time.Now()
				ids := make(chan string, 1<<20)
				tick := time.NewTicker(time.Second * perBatch / perSecond)
				defer tick.Stop()
				stop := make(chan struct{})
				for range 4 {
					senders.Go(func() {
						for {
							select {
							case <-stop:
								return
							case <-tick.C:
							}
							id := newID(harness.Metrics)
							status, err := r.collector.Offer(t.Context(), harness.Metrics, harness.Metrics.Batch(tg.key, id, 0, perBatch), nil)
							switch {
							case assert.NoError(t, err) && status == http.StatusOK:
								accepted.Add(perBatch)
								ids <- id
							default:
								assert.Contains(t, []int{429, 503}, status)
								refused.Add(perBatch)
							}
						}
					})
				}
				for time.Since(begun) < outage || refused.Load() == 0 {
					peak = max(peak, r.collector.Counters()[r.series(harness.MemoryInUse)])
					time.Sleep(100 * time.Millisecond)
					require.Less(t, time.Since(begun), outage+harness.Patience)
				}
				close(stop)
				senders.Wait()
				close(ids)
				r.startLab()
				r.idle()
				line := harness.Line{Case: kind.name, Target: tg.name, Signal: harness.Metrics, In: int(accepted.Load()), Took: time.Since(begun)}
				for id := range ids {
					got, again := r.arrived(harness.Metrics, id)
					line.Delivered += got
					line.Duplicates += again
				}
				line.Dropped = r.dropped(harness.Metrics)
				line.Note = decimal(int(refused.Load())) + " refused, peak of resident memory " + decimal(int(peak)>>20) + " MiB"
				line.Print()
				assert.Equal(t, line.In, line.Delivered, "what was accepted")
				assert.Zero(t, line.Duplicates)
				assert.Less(t, int(peak)>>20, limitMiB)
				assert.Positive(t, refused.Load())
			})
		})
	}
}

// moreAtOnce undoes what makes the requests of the other tests small.
var moreAtOnce = map[string]string{
	"signalfx": "max_datapoints_per_request: 5000", "wavefront": "max_lines_per_request: 10000", "librato": "max_measurements_per_request: 300",
}
