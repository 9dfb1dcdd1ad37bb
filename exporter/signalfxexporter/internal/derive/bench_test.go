package derive

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

func TestBatchWithoutHostMetricsAllocatesNothing(t *testing.T) {
	d := New(Options{}, func() time.Time { panic("the clock is not needed") })
	md := testbatch.Mixed(10, 100, 60, 30)
	assert.Zero(t, testing.AllocsPerRun(100, func() { d.Apply(md) }))
	assert.Zero(t, d.Stats())
}

// Points are put into sets without an allocation per point: what is derived allocates, and
// little else. Here 500 devices in 2 directions give 3 points.
func TestGatheringAllocatesNothingPerPoint(t *testing.T) {
	d, _ := newTest(Options{})
	fresh := func(at int) pmetric.Metrics {
		return batch(in{"system.network.io", counter, at, 0, times(numbered("device=eth%d", 500), 1, "direction", "receive", "transmit")})
	}
	d.Apply(fresh(1))
	batches := []pmetric.Metrics{fresh(2), fresh(3), fresh(4), fresh(5)}
	i := 0
	allocations := testing.AllocsPerRun(len(batches)-1, func() { d.Apply(batches[i]); i++ })
	assert.LessOrEqual(t, allocations, 100.0)
}

func TestMemoryPerSeries(t *testing.T) {
	const n = 50_000
	d := New(Options{}, time.Now)
	before := heap()
	m := in{"system.disk.pending_operations", level, 10, 0, nil}
	for i := range n {
		m.points = append(m.points[:0], pt{fmt.Sprint("device=", i), 1})
		d.Apply(batch(m))
	}
	d.passes.Get() // not counted
	per := float64(heap()-before) / n
	t.Logf("%.0f bytes per series", per)
	assert.Equal(t, n, d.Stats().Series)
	assert.Less(t, per, 180.0)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkApplyStandardBatch reports what a batch without host metrics pays per point.
func BenchmarkApplyStandardBatch(b *testing.B) {
	d := New(Options{}, time.Now)
	md := testbatch.Standard()
	b.ReportAllocs()
	for b.Loop() {
		d.Apply(md)
	}
	perPoint(b, md.DataPointCount())
}

// BenchmarkApplyHostMetrics reports the cost per input point of one scrape of a host with
// 50 processes, the writing of what is derived included.
func BenchmarkApplyHostMetrics(b *testing.B) {
	d := New(Options{}, time.Now)
	points := hostBatch("a", 1, 50).DataPointCount()
	at := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		at++
		md := hostBatch("a", at, 50)
		b.StartTimer()
		d.Apply(md)
	}
	perPoint(b, points)
}

func perPoint(b *testing.B, points int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(points), "ns/point")
}
