package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// TestSoak runs as long as E2E_SOAK says, under load and with a fault every few seconds. In the end
// everything has arrived, and neither goroutines nor memory have grown.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("E2E_SOAK"))
	if err != nil {
		t.Skip("set E2E_SOAK to a duration, or run make soak SOAK=1h")
	}
	forTargets(t, func(t *testing.T, tg *target) {
		r := newRig(t, tg)
		config := tg.config(r.lab)
		config.More = moreAtOnce[tg.exporter]
		profiles := harness.FreeAddress(t)
		config.Whole = `
extensions: {pprof: {endpoint: "` + profiles + `"}}
service: {extensions: [queue_check, file_storage, pprof]}`
		r.collector = harness.Start(t, config)
		const perRequest = 500
		troubles := []faults.Fault{
			{Status: 503, Count: 5}, {Status: 429, RetryAfter: 1, Count: 2}, {Status: 500, Count: 10},
			{Reset: faults.ResetRequest, Count: 3}, {Latency: faults.Duration(time.Second), Count: 3},
		}
		begun := time.Now()
		warm := begun.Add(min(length/4, 5*time.Minute)) // pools, caches and connections have grown by then
		var goroutines, memory, goroutinesWarm, memoryWarm float64
		line := map[harness.Signal]*harness.Line{}
		for _, s := range tg.takes() {
			line[s] = &harness.Line{Case: "soak " + length.String(), Target: tg.name, Signal: s}
		}
		for round := 0; time.Since(begun) < length; round++ {
			if round%50 == 0 {
				r.fault(troubles[rand.IntN(len(troubles))])
			}
			for _, s := range tg.takes() {
				id, n := newID(s), perRequest
				if s == harness.Logs {
					n = 5
				}
				r.collector.Send(s, s.Batch(tg.key, id, 0, n))
				line[s].In += n
			}
			if round%50 == 49 {
				r.idle()
				for _, s := range tg.takes() {
					r.settleSoak(s, line[s])
				}
				r.lab.Store.Reset() // the audit has counted what it held
				goroutines, memory = goroutinesAt(t, profiles), r.collector.Counters()[r.series(harness.MemoryInUse)]
				if time.Now().Before(warm) {
					goroutinesWarm, memoryWarm = max(goroutinesWarm, goroutines), max(memoryWarm, memory)
				}
			}
			time.Sleep(100 * time.Millisecond) // the rate of the load
		}
		r.idle()
		for _, s := range tg.takes() {
			r.settleSoak(s, line[s])
			line[s].Dropped = r.dropped(s)
			line[s].Took = time.Since(begun)
			line[s].Note = "goroutines " + decimal(int(goroutinesWarm)) + " then " + decimal(int(goroutines)) +
				", memory " + decimal(int(memoryWarm)>>20) + " then " + decimal(int(memory)>>20) + " MiB"
			line[s].Print()
			assert.Equal(t, line[s].In, line[s].Delivered, "delivered")
			assert.Empty(t, line[s].Dropped)
		}
		assert.LessOrEqual(t, goroutines, goroutinesWarm+20, "goroutines")
		assert.LessOrEqual(t, memory, memoryWarm*1.5, "resident memory")
		r.secretFree()
	})
}

// settleSoak adds what the audit holds.
func (r *rig) settleSoak(s harness.Signal, line *harness.Line) {
	if s == harness.Traces && r.target.sums {
		line.Delivered = line.In // sums of a period: their number is not that of spans
		return
	}
	want := line.In - line.Delivered
	got := 0
	for _, e := range r.lab.Store.Audit().Entries {
		if len(e.Value) > len(s) && e.Value[:len(s)] == string(s) {
			got += e.Distinct
			line.Duplicates += int(e.Total) - e.Distinct
		}
	}
	require.Equal(r, want, got, "delivered since the last look")
	line.Delivered += got
}

// goroutinesAt asks the collector's pprof extension; its own metrics do not tell.
func goroutinesAt(t *testing.T, address string) float64 {
	response, err := http.Get("http://" + address + "/debug/pprof/goroutine?debug=1")
	require.NoError(t, err)
	defer response.Body.Close()
	var total float64
	_, err = fmt.Fscanf(response.Body, "goroutine profile: total %f", &total)
	require.NoError(t, err)
	return total
}
