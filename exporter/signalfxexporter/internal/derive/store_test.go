package derive

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func operationsAt(at, start, n int) in {
	return in{"system.disk.operations", counter, at, start, []pt{{"device=sda", n}}}
}

func TestResets(t *testing.T) {
	for name, test := range map[string]struct {
		before, after in
		want          []string
	}{
		"a smaller sum": {
			operationsAt(10, 0, 100), operationsAt(20, 0, 7),
			[]string{"system.disk.operations.total{} cumulative int 7 @20", "disk_ops.total{} gauge int 7 @20"},
		},
		"a start after the last set, though the sum grew": {
			operationsAt(10, 0, 100), operationsAt(500, 300, 101),
			[]string{"system.disk.operations.total{} cumulative int 101 @500", "disk_ops.total{} gauge int 101 @500"},
		},
		"cpu time since the boot": {
			in{"system.cpu.time", counter, 10, 0, []pt{{"state=idle", 100}, {"state=user", 100}}},
			in{"system.cpu.time", counter, 20, 0, []pt{{"state=idle", 3}, {"state=user", 1}}},
			[]string{"cpu.utilization{} gauge double 25 @20"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newTest(Options{})
			derived(t, d, batch(test.before))
			assert.Equal(t, test.want, derived(t, d, batch(test.after)))
			assert.Equal(t, uint64(1), d.Stats().Resets)
		})
	}
}

func TestStartThatMovedALittleIsNoReset(t *testing.T) {
	d, _ := newTest(Options{})
	derived(t, d, batch(operationsAt(10, 0, 100)))
	got := derived(t, d, batch(operationsAt(20, 1, 101))) // a boot time that was computed again
	assert.Contains(t, got, "disk_ops.total{} gauge int 1 @20")
	assert.Zero(t, d.Stats().Resets)
}

func TestQueueThatShrankIsNoReset(t *testing.T) {
	d, _ := newTest(Options{})
	for at, length := range []int{9, 4} {
		derived(t, d, batch(in{"system.disk.pending_operations", level, at + 1, 0, []pt{{"device=sda", length}}}))
	}
	assert.Zero(t, d.Stats().Resets)
}

func TestDeviceThatWentIsNoReset(t *testing.T) {
	d, _ := newTest(Options{})
	two := func(at, a, b int) in {
		return in{"system.disk.operations", counter, at, 0, []pt{{"device=a", a}, {"device=b", b}}}
	}
	one := func(at, a int) in {
		return in{"system.disk.operations", counter, at, 0, []pt{{"device=a", a}}}
	}
	derived(t, d, batch(two(10, 100, 1000)))
	var got []string
	for _, m := range []in{one(20, 101), one(30, 103), one(40, 106)} {
		got = append(got, derived(t, d, batch(m))...)
	}
	assert.Subset(t, got, []string{"disk_ops.total{} gauge int 2 @30", "disk_ops.total{} gauge int 3 @40"})
	assert.Len(t, got, 5, "and three totals")
	assert.Zero(t, d.Stats().Resets)
}

func TestSeriesExpireAfterTheTTL(t *testing.T) {
	d, clock := newTest(Options{TTL: time.Minute})
	derived(t, d, batch(operationsAt(10, 0, 1)))
	assert.Equal(t, 2, d.Stats().Series)

	clock.Time = clock.Add(time.Minute)
	assert.Contains(t, derived(t, d, batch(operationsAt(70, 0, 3))), "disk_ops.total{} gauge int 2 @70", "at the TTL it is there")

	clock.Time = clock.Add(time.Minute + 1)
	assert.Equal(t, []string{"system.disk.operations.total{} cumulative int 9 @131"}, derived(t, d, batch(operationsAt(131, 0, 9))))
	assert.Equal(t, Stats{Series: 2, Expired: 2}, d.Stats())
}

func TestHeldPartThatExpiresIsCounted(t *testing.T) {
	d, clock := newTest(Options{TTL: time.Minute})
	derived(t, d, batch(in{"process.cpu.time", counter, 10, 0, []pt{{"state=user", 1}}}))
	clock.Time = clock.Add(time.Hour)
	derived(t, d, batch(in{"system.disk.io", counter, 10, 0, []pt{{"", 1}}}))
	assert.Equal(t, Stats{Series: 1, Expired: 1, Incomplete: 1}, d.Stats())
}

func TestLongestUnusedSeriesGiveWay(t *testing.T) {
	d, _ := newTest(Options{MaxSeries: 3})
	device := func(name string, at int) []string {
		return derived(t, d, batch(in{"system.disk.pending_operations", level, at, 0, []pt{{"device=" + name, at}}}))
	}
	for at, name := range []string{"a", "b", "c", "a", "d"} { // d takes the place of b
		device(name, at+1)
	}
	assert.Equal(t, Stats{Series: 3, Evicted: 1}, d.Stats())
	for _, name := range []string{"a", "c", "d"} {
		assert.NotEmpty(t, device(name, 20), name)
	}
	assert.Empty(t, device("b", 20))
	assert.Len(t, d.store.list, 1+3, "places are used again")
}

func TestStoreStaysWithinBoundsAndLinked(t *testing.T) {
	d, clock := newTest(Options{TTL: time.Second, MaxSeries: 10})
	for i := range 1000 {
		clock.Time = clock.Add(time.Duration(i%7) * 100 * time.Millisecond)
		derived(t, d, batch(in{"system.disk.pending_operations", level, i + 1, 0, []pt{{fmt.Sprint("device=", i*31%17), 1}}}))
	}
	st := &d.store
	linked := 0
	for i := st.list[0].next; i != 0; i = st.list[i].next {
		linked++
		assert.Equal(t, st.index[st.list[i].identity], i)
	}
	assert.Equal(t, len(st.index), linked)
	assert.LessOrEqual(t, len(st.list), 11)
}
