package derive

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func TestOneScrapeOfAHost(t *testing.T) {
	d, _ := newTest(Options{})
	derived(t, d, hostBatch("a", 10, 2))
	md := hostBatch("a", 20, 2)
	got := derived(t, d, md)
	counts := map[string]int{}
	for _, line := range got {
		name := line[:slices.Index([]byte(line), '{')]
		counts[name]++
	}
	assert.Equal(t, map[string]int{
		"cpu.utilization": 1, "cpu.num_processors": 1,
		"cpu.idle": 1, "cpu.interrupt": 1, "cpu.nice": 1, "cpu.softirq": 1, "cpu.steal": 1, "cpu.system": 1, "cpu.user": 1, "cpu.wait": 1,
		"memory.total": 1, "memory.utilization": 1,
		"disk.utilization": 10, "disk.summary_utilization": 1,
		"system.disk.io.total": 2, "system.disk.operations.total": 2, "disk_ops.total": 1, "disk_ops.pending": 4,
		"system.network.io.total": 2, "system.network.packets.total": 2, "network.total": 1,
		"vmpage_io.swap.in": 1, "vmpage_io.swap.out": 1, "vmpage_io.memory.in": 1, "vmpage_io.memory.out": 1,
		"process.cpu_time_seconds": 2,
	}, counts)
	assert.Equal(t, Stats{Series: 17}, d.Stats(), "13, and one per disk")
}

func TestPointsOfAMetricShareIt(t *testing.T) {
	d, _ := newTest(Options{})
	md := hostBatch("a", 10, 0)
	d.Apply(md)
	for _, rm := range md.ResourceMetrics().All() {
		names := map[string]int{}
		for _, m := range rm.ScopeMetrics().At(0).Metrics().All() {
			names[m.Name()]++
			assert.Equal(t, 1, names[m.Name()], m.Name())
		}
	}
}

func TestOutputIsDeterministic(t *testing.T) {
	var want []byte
	for range 5 {
		d, _ := newTest(Options{})
		d.Apply(hostBatch("a", 10, 5))
		md := hostBatch("a", 20, 5)
		d.Apply(md)
		got := encoded(t, md)
		if want == nil {
			want = got
		}
		assert.Equal(t, want, got)
	}
}

func TestIdentity(t *testing.T) {
	attributes := func(values map[string]any) pcommon.Map {
		m := pcommon.NewMap()
		assert.NoError(t, m.FromRaw(values))
		return m
	}
	var h hasher
	seen := map[identity]string{}
	for _, values := range []map[string]any{
		{}, {"a": "b"}, {"b": "a"}, {"ab": ""}, {"": "ab"}, {"a": "1"}, {"a": 1}, {"a": 1.0}, {"a": true}, {"a": false}, {"a": ""},
		{"a": []byte("1")}, {"a": []any{"1"}}, {"a": map[string]any{"b": "c"}}, {"a": "b", "c": "d"}, {"a": "d", "c": "b"}, {"a": nil},
	} {
		for d := ofResource; d <= ofPoint; d++ {
			id, text := h.attributes(d, attributes(values)), fmt.Sprintf("%d %#v", d, values)
			if len(values) > 0 {
				assert.NotContains(t, seen, id, text)
			}
			seen[id] = text
		}
	}
	order := func(first, second string) identity {
		m := pcommon.NewMap()
		m.PutStr(first, "1")
		m.PutStr(second, "1")
		return h.attributes(ofPoint, m)
	}
	assert.Equal(t, order("a", "b"), order("b", "a"))
}

// Each goroutine has a host of its own, whose differences must be exact, and all share one.
func TestConcurrentUse(t *testing.T) {
	d, _ := newTest(Options{})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for at := 1; at <= 100; at++ {
				md := pmetric.NewMetrics()
				add(md, fmt.Sprint("own-", g), operationsAt(at, 0, at*(g+1)))
				hostBatch("shared", at, 1).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
				d.Apply(md)
				_ = d.Stats()
				got, ok := find(md.ResourceMetrics().At(0).ScopeMetrics().At(0), "disk_ops.total")
				if assert.Equal(t, at > 1, ok, at) && ok {
					assert.Equal(t, int64(g+1), numbersOf(got).At(0).IntValue())
				}
			}
		})
	}
	wg.Wait()
}

func find(scope pmetric.ScopeMetrics, name string) (pmetric.Metric, bool) {
	for _, m := range scope.Metrics().All() {
		if m.Name() == name {
			return m, true
		}
	}
	return pmetric.Metric{}, false
}

// A full queue refuses a batch, and its sender repeats it: what is derived from differences comes again, too.
func TestABatchThatComesAgainGivesTheSame(t *testing.T) {
	d, _ := newTest(Options{})
	cpu := func(at int, idle, user float64) in {
		return in{"system.cpu.time", counter, at, 0, []pt{{"state=idle", idle}, {"state=user", user}}}
	}
	disk := func(at, read int) in {
		return in{"system.disk.operations", counter, at, 0, []pt{{"device=a direction=read", read}, {"device=a direction=write", read}}}
	}
	derived(t, d, batch(cpu(10, 100, 10), disk(10, 5)))
	first := derived(t, d, batch(cpu(20, 106, 14), disk(20, 9)))
	assert.Contains(t, first, "cpu.utilization{} gauge double 40 @20")
	assert.Equal(t, first, derived(t, d, batch(cpu(20, 106, 14), disk(20, 9))))
	assert.Contains(t, derived(t, d, batch(cpu(30, 107, 15), disk(30, 9))), "cpu.utilization{} gauge double 50 @30", "and the next starts from it")
}
