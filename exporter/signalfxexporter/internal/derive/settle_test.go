package derive

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func io(at int, devices ...string) in {
	m := in{"system.disk.io", counter, at, 0, nil}
	for _, device := range devices {
		m.points = append(m.points, pt{"device=" + device, at})
	}
	return m
}

func ioTotal(sum, at int) string {
	return fmt.Sprintf("system.disk.io.total{} cumulative int %d @%d", sum, at)
}

// Each device's value is the second, so a total tells how many devices are in it.
func TestSets(t *testing.T) {
	type step struct {
		batch []in
		want  []string
	}
	nothing := []string(nil)
	for name, test := range map[string]struct {
		steps []step
		stats Stats
	}{
		"a set that grew is used at once": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a", "b", "c")}, []string{ioTotal(60, 20)}},
		}, Stats{Series: 1}},
		"a device that was replaced leaves the set whole": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a", "c")}, []string{ioTotal(40, 20)}},
		}, Stats{Series: 1}},
		"a set split over two batches is put together": {[]step{
			{[]in{io(10, "a", "b", "c")}, []string{ioTotal(30, 10)}},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(20, "b", "c")}, []string{ioTotal(60, 20)}},
			{[]in{io(30, "a", "b", "c")}, []string{ioTotal(90, 30)}},
		}, Stats{Series: 1}},
		"a set split in three, out of order": {[]step{
			{[]in{io(10, "a", "b", "c")}, []string{ioTotal(30, 10)}},
			{[]in{io(20, "c")}, nothing},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(20, "b")}, []string{ioTotal(60, 20)}},
		}, Stats{Series: 1}},
		"a set split within a batch is put together, the first time too": {[]step{
			{[]in{io(10, "a"), io(10, "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "b"), io(20, "a")}, []string{ioTotal(40, 20)}},
		}, Stats{Series: 1}},
		"a first set that was split is learned": {[]step{
			{[]in{io(10, "a")}, []string{ioTotal(10, 10)}},
			{[]in{io(10, "b")}, nothing},
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(20, "b")}, []string{ioTotal(40, 20)}},
		}, Stats{Series: 1, Late: 1}},
		"when the rest is lost, the part is discarded": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(30, "a", "b")}, []string{ioTotal(60, 30)}},
		}, Stats{Series: 1, Incomplete: 1}},
		"when different parts are lost, each is discarded": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(30, "b")}, nothing},
			{[]in{io(40, "a", "b")}, []string{ioTotal(80, 40)}},
		}, Stats{Series: 1, Incomplete: 2}},
		"a device that went is noticed one set later, and nothing is lost": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(30, "a")}, []string{ioTotal(20, 20), ioTotal(30, 30)}},
			{[]in{io(40, "a")}, []string{ioTotal(40, 40)}},
		}, Stats{Series: 1}},
		"devices that go one by one": {[]step{
			{[]in{io(10, "a", "b", "c")}, []string{ioTotal(30, 10)}},
			{[]in{io(20, "a", "b")}, nothing},
			{[]in{io(30, "a")}, []string{ioTotal(40, 20)}},
			{[]in{io(40, "a")}, []string{ioTotal(30, 30), ioTotal(40, 40)}},
		}, Stats{Series: 1}},
		"the same batch delivered twice gives the same": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a", "b")}, []string{ioTotal(40, 20)}},
		}, Stats{Series: 1}},
		"points that are in a batch twice count once": {[]step{
			{[]in{io(10, "a", "b"), io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a", "a", "b")}, []string{ioTotal(40, 20)}},
		}, Stats{Series: 1}},
		"a part delivered twice is not the rest": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(20, "b")}, []string{ioTotal(40, 20)}},
		}, Stats{Series: 1}},
		"two sets of a series in one batch stay apart": {[]step{
			{[]in{io(10, "a", "b"), io(20, "a", "b")}, []string{ioTotal(20, 10), ioTotal(40, 20)}},
		}, Stats{Series: 1}},
		"a whole set that is late is used": {[]step{
			{[]in{io(20, "a", "b")}, []string{ioTotal(40, 20)}},
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(5, "a")}, nothing},
		}, Stats{Series: 1, Incomplete: 1}},
		"an older part does not displace the one that is held": {[]step{
			{[]in{io(10, "a", "b")}, []string{ioTotal(20, 10)}},
			{[]in{io(30, "a")}, nothing},
			{[]in{io(20, "a")}, nothing},
			{[]in{io(30, "b")}, []string{ioTotal(60, 30)}},
		}, Stats{Series: 1, Incomplete: 1}},
		"sets without a timestamp are used as they are": {[]step{
			{[]in{{"system.disk.io", counter, 0, 0, []pt{{"device=a", 1}, {"device=b", 2}}}}, []string{"system.disk.io.total{} cumulative int 3 @never"}},
			{[]in{{"system.disk.io", counter, 0, 0, []pt{{"device=a", 4}}}}, []string{"system.disk.io.total{} cumulative int 4 @never"}},
		}, Stats{}},
		"without a timestamp, parts cannot wait": {[]step{
			{[]in{{"process.cpu.time", counter, 0, 0, []pt{{"state=user", 1}}}}, nothing},
		}, Stats{Incomplete: 1}},
		"a split process is put together, and nothing is remembered of whole ones": {[]step{
			{[]in{{"process.cpu.time", counter, 10, 0, []pt{{"state=user", 1}, {"state=system", 2}}}}, []string{"process.cpu_time_seconds{} cumulative int 3 @10"}},
			{[]in{{"process.cpu.time", counter, 20, 0, []pt{{"state=user", 10}}}}, nothing},
			{[]in{{"process.cpu.time", counter, 20, 0, []pt{{"state=system", 20}}}}, []string{"process.cpu_time_seconds{} cumulative int 30 @20"}},
		}, Stats{Series: 1}},
		"memory waits for the states that it needs, the first time too": {[]step{
			{[]in{{"system.memory.usage", level, 10, 0, []pt{{"state=cached", 1}, {"state=free", 2}}}}, nothing},
			{[]in{{"system.memory.usage", level, 10, 0, []pt{{"state=used", 1}}}}, []string{
				"memory.total{} gauge int 4 @10", "memory.utilization{} gauge double 25 @10",
			}},
		}, Stats{Series: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newTest(Options{})
			for i, s := range test.steps {
				assert.ElementsMatch(t, s.want, derived(t, d, batch(s.batch...)), "batch %d", i+1)
			}
			assert.Equal(t, test.stats, d.Stats())
		})
	}
}

func TestSplitCPUTimeGivesTheSameUtilization(t *testing.T) {
	states := func(at, idle, user, wait int) []pt {
		return []pt{{"state=idle", idle}, {"state=user", user}, {"state=wait", wait}}
	}
	sets := [][]pt{states(10, 100, 10, 1), states(20, 106, 13, 2), states(30, 115, 14, 2), states(40, 120, 18, 3)}
	for cut := 1; cut < 3; cut++ {
		t.Run(fmt.Sprint("after point ", cut), func(t *testing.T) {
			d, _ := newTest(Options{})
			var got []string
			for i, points := range sets {
				at := 10 * (i + 1)
				got = append(got, derived(t, d, batch(in{"system.cpu.time", counter, at, 0, points[:cut]}))...)
				got = append(got, derived(t, d, batch(in{"system.cpu.time", counter, at, 0, points[cut:]}))...)
			}
			// The first set teaches the split, the second is the base.
			assert.Equal(t, []string{"cpu.utilization{} gauge double 10 @30", "cpu.utilization{} gauge double 50 @40"}, got)
		})
	}
}

func TestHostsInOneBatchAreKeptApart(t *testing.T) {
	d, _ := newTest(Options{})
	hosts := func(at, a, b int) pmetric.Metrics {
		md := pmetric.NewMetrics()
		add(md, "a", in{"system.disk.operations", counter, at, 0, []pt{{"device=sda", a}}})
		add(md, "b", in{"system.disk.operations", counter, at, 0, []pt{{"device=sda", b}}})
		return md
	}
	derived(t, d, hosts(10, 100, 200))
	assert.Equal(t, []string{
		"system.disk.operations.total{} cumulative int 101 @20", "disk_ops.total{} gauge int 1 @20",
		"b system.disk.operations.total{} cumulative int 250 @20", "b disk_ops.total{} gauge int 50 @20",
	}, derived(t, d, hosts(20, 101, 250)))
}

func TestHalvesUnderTwoResourcesOfABatchArePutTogether(t *testing.T) {
	d, _ := newTest(Options{})
	md := pmetric.NewMetrics()
	add(md, "a", io(10, "a"))
	add(md, "b", io(10, "a"))
	add(md, "a", io(10, "b"))
	assert.Equal(t, []string{ioTotal(20, 10), "b " + ioTotal(10, 10)}, derived(t, d, md))
}
