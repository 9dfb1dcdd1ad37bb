package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Running totals that the exporter turns into differences, through an outage with a small queue: the
// collector refuses many batches. Some senders repeat them, some go on with the next total. In the
// end the differences that arrived add up to the totals, for every series: nothing was counted
// twice, and nothing is missing.
func TestRunningTotals(t *testing.T) {
	t.Parallel()
	const series = 50 // of each sender
	steps := count("E2E_TOTALS", 100, 200)
	forTargets(t, func(t *testing.T, tg *target) {
		conversion := map[string]string{
			"wavefront direct": "metrics: {cumulative_sums: delta_counter}", "wavefront proxy": "metrics: {cumulative_sums: delta_counter}",
			"librato tags": "temporality: delta", "librato sources": "temporality: delta",
		}[tg.name]
		if conversion == "" {
			return
		}
		r := startRig(t, tg, func(c *harness.Config) {
			c.Signals = []harness.Signal{harness.Metrics}
			c.More = conversion
			c.Queue = "queue_size: " + decimal(series*10)
		})
		begun := pcommon.NewTimestampFromTime(time.Now())
		sh := r.ship("running totals through refusals", harness.Metrics)
		r.lab.Close()
		var senders sync.WaitGroup
		var mu sync.Mutex
		refused := 0
		for sender := range 4 {
			repeats := sender%2 == 0
			senders.Go(func() {
				for step := 1; step <= steps; step++ {
					body := totals(tg.key, sh.id, sender, series, step, begun)
					// While the vendor is down the last step waits for it.
					if status, err := r.collector.Offer(t.Context(), harness.Metrics, body, nil); !assert.NoError(t, err) || status == http.StatusOK {
						continue
					}
					mu.Lock()
					refused++
					again := refused
					mu.Unlock()
					if again == 20 {
						r.startLab() // the outage ends in the middle
					}
					if repeats || step == steps {
						r.collector.Send(harness.Metrics, body)
					}
				}
			})
		}
		senders.Wait()
		require.Greater(t, refused, 20, "the queue was never full")
		r.idle()
		want := float64(4 * series * steps)
		got := map[string]float64{}
		sum := 0.0
		list, _ := r.lab.Store.Series(store.Query{Text: sh.id})
		for _, s := range list {
			_, points, _ := r.lab.Store.Points(s.ID)
			for _, p := range points {
				got[s.Metric] += p.Value.Float()
				sum += p.Value.Float()
			}
		}
		sh.line.In, sh.line.Delivered, sh.line.Took = int(want), int(sum), time.Since(sh.begun)
		sh.line.Dropped = r.dropped(harness.Metrics).Since(sh.before)
		sh.line.Note = decimal(refused) + " batches refused"
		sh.line.Print()
		assert.Equal(t, want, sum, "the sum of all differences")
		for metric, n := range got {
			assert.EqualValues(t, steps, n, metric)
		}
	})
}

// totals is a batch of counters that stand at a step, and began with the test.
func totals(key, id string, sender, series, step int, begun pcommon.Timestamp) []byte {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	now := pcommon.NewTimestampFromTime(time.Now())
	for i := range series {
		m := metrics.AppendEmpty()
		m.SetName(fmt.Sprintf("e2e.total.%d.%d", sender, i))
		sum := m.SetEmptySum()
		sum.SetIsMonotonic(true)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		p := sum.DataPoints().AppendEmpty()
		p.SetStartTimestamp(begun)
		p.SetTimestamp(now)
		p.SetIntValue(int64(step))
		p.Attributes().PutStr(key, id)
	}
	return marshal(md)
}
