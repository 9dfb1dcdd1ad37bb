package derive

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each case applies its batches in order; want is what the last one gives.
func TestRules(t *testing.T) {
	cpuAt := func(at int, points ...pt) in { return in{"system.cpu.time", counter, at, 0, points} }
	operations := func(at, sdaRead, sdaWrite, sdbRead int) in {
		return in{"system.disk.operations", counter, at, 0, []pt{
			{"device=sda direction=read", sdaRead}, {"device=sda direction=write", sdaWrite}, {"device=sdb direction=read", sdbRead},
		}}
	}
	for name, test := range map[string]struct {
		batches [][]in
		want    []string
	}{
		"cpu.utilization is the busy share of the time since the last set": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 100.0}, pt{"state=user", 10.0}, pt{"state=system", 1.0})},
				{cpuAt(20, pt{"state=idle", 106.0}, pt{"state=user", 13.0}, pt{"state=system", 2.0})},
			},
			[]string{
				"cpu.utilization{} gauge double 40 @20",
				"cpu.idle{} cumulative int 10600 @20",
				"cpu.system{} cumulative int 200 @20",
				"cpu.user{} cumulative int 1300 @20",
			},
		},
		"every busy state counts, idle and unknown ones are time": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 0.0}, pt{"state=interrupt", 0.0}, pt{"state=nice", 0.0}, pt{"state=softirq", 0.0}, pt{"state=steal", 0.0},
					pt{"state=system", 0.0}, pt{"state=user", 0.0}, pt{"state=wait", 0.0}, pt{"state=guest", 0.0})},
				{cpuAt(20, pt{"state=idle", 20.0}, pt{"state=interrupt", 1.0}, pt{"state=nice", 2.0}, pt{"state=softirq", 3.0}, pt{"state=steal", 4.0},
					pt{"state=system", 5.0}, pt{"state=user", 6.0}, pt{"state=wait", 7.0}, pt{"state=guest", 8.0})},
			},
			[]string{
				"cpu.utilization{} gauge double 50 @20",
				"cpu.idle{} cumulative int 2000 @20", "cpu.interrupt{} cumulative int 100 @20", "cpu.nice{} cumulative int 200 @20",
				"cpu.softirq{} cumulative int 300 @20", "cpu.steal{} cumulative int 400 @20", "cpu.system{} cumulative int 500 @20",
				"cpu.user{} cumulative int 600 @20", "cpu.wait{} cumulative int 700 @20",
			},
		},
		"the first set gives no cpu.utilization": {
			[][]in{{cpuAt(10, pt{"state=idle", 1.0}, pt{"state=user", 1.0})}},
			[]string{"cpu.idle{} cumulative int 100 @10", "cpu.user{} cumulative int 100 @10"},
		},
		"cpu hundredths are cut before they are summed over the cpus": {
			[][]in{{cpuAt(10, pt{"cpu=cpu0 state=user", 1.239}, pt{"cpu=cpu1 state=user", 1.239})}},
			[]string{"cpu.user{} cumulative int 246 @10"},
		},
		"a host whose cpus report on their own has one utilization": {
			[][]in{
				{cpuAt(10, pt{"cpu=cpu0 state=idle", 10.0}, pt{"cpu=cpu0 state=user", 0.0}, pt{"cpu=cpu1 state=idle", 10.0}, pt{"cpu=cpu1 state=user", 0.0})},
				{cpuAt(20, pt{"cpu=cpu0 state=idle", 10.0}, pt{"cpu=cpu0 state=user", 10.0}, pt{"cpu=cpu1 state=idle", 20.0}, pt{"cpu=cpu1 state=user", 0.0})},
			},
			[]string{
				"cpu.utilization{} gauge double 50 @20", "cpu.idle{} cumulative int 3000 @20",
				"cpu.user{} cumulative int 1000 @20", "cpu.num_processors{} gauge int 2 @20",
			},
		},
		"cpu.num_processors is the host's own count if there is one": {
			[][]in{{
				cpuAt(10, pt{"cpu=cpu0 state=idle", 1.0}),
				in{"system.cpu.logical.count", level, 10, 0, []pt{{"", 8}}},
			}},
			[]string{"cpu.num_processors{} gauge int 8 @10", "cpu.idle{} cumulative int 100 @10"},
		},
		"integer cpu seconds give a utilization but no hundredths": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 100}, pt{"state=user", 10})},
				{cpuAt(20, pt{"state=idle", 107}, pt{"state=user", 13})},
			},
			[]string{"cpu.utilization{} gauge double 30 @20"},
		},
		"iowait that the kernel takes back is no reset": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 100.0}, pt{"state=user", 10.0}, pt{"state=wait", 500.0})},
				{cpuAt(20, pt{"state=idle", 107.0}, pt{"state=user", 14.0}, pt{"state=wait", 499.0})},
			},
			[]string{
				"cpu.utilization{} gauge double 30 @20",
				"cpu.idle{} cumulative int 10700 @20", "cpu.user{} cumulative int 1400 @20", "cpu.wait{} cumulative int 49900 @20",
			},
		},
		"time taken back never makes a share below 0": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 100}, pt{"state=wait", 50})},
				{cpuAt(20, pt{"state=idle", 110}, pt{"state=wait", 49})},
			},
			[]string{"cpu.utilization{} gauge double 0 @20"},
		},
		"nor above 100": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 100}, pt{"state=user", 50})},
				{cpuAt(20, pt{"state=idle", 99}, pt{"state=user", 60})},
			},
			[]string{"cpu.utilization{} gauge double 100 @20"},
		},
		"no time passed, no cpu.utilization": {
			[][]in{
				{cpuAt(10, pt{"state=idle", 100}, pt{"state=user", 10})},
				{cpuAt(20, pt{"state=idle", 100}, pt{"state=user", 10})},
			},
			nil,
		},
		"container_cpu_utilization keeps its type and is cut": {
			[][]in{{{"container.cpu.time", counter, 10, 0, []pt{{"k8s.pod.name=web", 1.239}, {"k8s.pod.name=whole", 3}}}}},
			[]string{"container_cpu_utilization{k8s.pod.name=web} cumulative int 123 @10"},
		},
		"process.cpu_time_seconds is user and system": {
			[][]in{{{"process.cpu.time", counter, 10, 0, []pt{{"state=user", 1.5}, {"state=system", 0.25}, {"state=wait", 7.0}}}}},
			[]string{"process.cpu_time_seconds{} cumulative double 1.75 @10"},
		},
		"memory counts used, free, buffered, cached and inactive": {
			[][]in{{{"system.memory.usage", level, 10, 0, []pt{
				{"state=used", 40}, {"state=free", 30}, {"state=buffered", 10}, {"state=cached", 15}, {"state=inactive", 5},
				{"state=slab_reclaimable", 1000},
			}}}},
			[]string{"memory.total{} gauge int 100 @10", "memory.utilization{} gauge double 40 @10"},
		},
		"memory as a gauge of doubles": {
			[][]in{{{"system.memory.usage", gauge, 10, 0, []pt{{"state=used", 1.0}, {"state=free", 3.0}}}}},
			[]string{"memory.total{} gauge double 4 @10", "memory.utilization{} gauge double 25 @10"},
		},
		"no memory at all has no utilization": {
			[][]in{{{"system.memory.usage", level, 10, 0, []pt{{"state=used", 0}, {"state=free", 0}}}}},
			[]string{"memory.total{} gauge int 0 @10"},
		},
		"paging operations become pages, without direction and type": {
			[][]in{{{"system.paging.operations", counter, 10, 0, []pt{
				{"direction=page_in type=major", 8192}, {"direction=page_out type=major", 4097}, {"direction=page_in type=minor", 4095},
				{"direction=page_out type=minor", 40960}, {"direction=page_in", 4096}, {"direction=page_in type=major device=x", 1.0},
			}}}},
			[]string{
				"vmpage_io.swap.in{} cumulative int 2 @10", "vmpage_io.swap.out{} cumulative int 1 @10",
				"vmpage_io.memory.in{} cumulative int 0 @10", "vmpage_io.memory.out{} cumulative int 10 @10",
			},
		},
		"disk.utilization is per mount and leaves out what is reserved": {
			[][]in{{{"system.filesystem.usage", level, 10, 0, []pt{
				{"device=sda1 mode=rw mountpoint=/ type=ext4 state=used", 30}, {"device=sda1 mode=rw mountpoint=/ type=ext4 state=free", 70},
				{"device=sda1 mode=rw mountpoint=/ type=ext4 state=reserved", 900},
				{"device=sdb1 mode=rw mountpoint=/data type=xfs state=used", 90}, {"device=sdb1 mode=rw mountpoint=/data type=xfs state=free", 10},
			}}}},
			[]string{
				"disk.utilization{device=sda1 mode=rw mountpoint=/ type=ext4} gauge double 30 @10",
				"disk.summary_utilization{} gauge double 60 @10",
				"disk.utilization{device=sdb1 mode=rw mountpoint=/data type=xfs} gauge double 90 @10",
			},
		},
		"disk.summary_utilization counts a device once, however often it is mounted": {
			[][]in{{{"system.filesystem.usage", level, 10, 0, []pt{
				{"device=a mountpoint=/1 state=used", 10}, {"device=a mountpoint=/1 state=free", 90},
				{"device=a mountpoint=/2 state=used", 10}, {"device=a mountpoint=/2 state=free", 90},
				{"device=b mountpoint=/3 state=used", 200}, {"device=b mountpoint=/3 state=free", 100},
			}}}},
			[]string{
				"disk.utilization{device=a mountpoint=/1} gauge double 10 @10", "disk.utilization{device=a mountpoint=/2} gauge double 10 @10",
				"disk.utilization{device=b mountpoint=/3} gauge double 66.6667 @10",
				"disk.summary_utilization{} gauge double 52.5 @10",
			},
		},
		"an empty filesystem has no utilization": {
			[][]in{{{"system.filesystem.usage", level, 10, 0, []pt{{"device=a state=used", 0}, {"device=a state=free", 0}}}}},
			nil,
		},
		"disk operations are summed over devices, and counted since the last set": {
			[][]in{{operations(10, 100, 50, 7)}, {operations(20, 103, 51, 9)}},
			[]string{
				"system.disk.operations.total{direction=read} cumulative int 112 @20",
				"system.disk.operations.total{direction=write} cumulative int 51 @20",
				"disk_ops.total{} gauge int 6 @20",
			},
		},
		"disk io is summed over devices": {
			[][]in{{{"system.disk.io", counter, 10, 0, []pt{
				{"device=a direction=read", 1}, {"device=b direction=read", 2}, {"device=a direction=write", 4},
			}}}},
			[]string{"system.disk.io.total{direction=read} cumulative int 3 @10", "system.disk.io.total{direction=write} cumulative int 4 @10"},
		},
		"disk_ops.pending is a change per device, and the length itself when it fell": {
			[][]in{
				{{"system.disk.pending_operations", level, 10, 0, []pt{{"device=a", 3}, {"device=b", 5}}}},
				{{"system.disk.pending_operations", level, 20, 0, []pt{{"device=a", 7}, {"device=b", 2}, {"device=new", 9}}}},
			},
			[]string{"disk_ops.pending{device=a} gauge int 4 @20", "disk_ops.pending{device=b} gauge int 2 @20"},
		},
		"network packets are summed over devices": {
			[][]in{{{"system.network.packets", counter, 10, 0, []pt{{"device=eth0 direction=receive", 1}, {"device=lo direction=receive", 2}}}}},
			[]string{"system.network.packets.total{direction=receive} cumulative int 3 @10"},
		},
		"network.total is both directions": {
			[][]in{{{"system.network.io", counter, 10, 0, []pt{
				{"device=eth0 direction=receive", 1}, {"device=lo direction=receive", 2},
				{"device=eth0 direction=transmit", 4}, {"device=lo direction=transmit", 8},
			}}}},
			[]string{
				"system.network.io.total{direction=receive} cumulative int 3 @10", "system.network.io.total{direction=transmit} cumulative int 12 @10",
				"network.total{} cumulative int 15 @10",
			},
		},
		"sums of deltas are deltas, but no differences are taken from them": {
			[][]in{
				{{"system.disk.operations", deltaCounter, 10, 0, []pt{{"device=a direction=read", 1}}}, {"system.cpu.time", deltaCounter, 10, 0, []pt{{"state=idle", 1.0}}}},
				{{"system.disk.operations", deltaCounter, 20, 0, []pt{{"device=a direction=read", 2}}}, {"system.cpu.time", deltaCounter, 20, 0, []pt{{"state=idle", 1.0}}}},
			},
			[]string{"system.disk.operations.total{direction=read} delta int 2 @20"},
		},
		"integers and doubles add up to a double": {
			[][]in{{{"system.disk.io", counter, 10, 0, []pt{{"device=a", 1}, {"device=b", 0.5}}}}},
			[]string{"system.disk.io.total{} cumulative double 1.5 @10"},
		},
		"a sum beyond 64 bits goes on as a double": {
			[][]in{{{"system.disk.io", counter, 10, 0, []pt{{"device=a", math.MaxInt64}, {"device=b", math.MaxInt64}}}}},
			[]string{"system.disk.io.total{} cumulative double 1.84467e+19 @10"},
		},
		"other attributes stay and keep series apart": {
			[][]in{{{"system.disk.io", counter, 10, 0, []pt{{"pool=x device=a", 1}, {"pool=y device=a", 2}, {"pool=x device=b", 4}}}}},
			[]string{"system.disk.io.total{pool=x} cumulative int 5 @10", "system.disk.io.total{pool=y} cumulative int 2 @10"},
		},
		"points of no known state give nothing": {
			[][]in{{
				{"system.memory.usage", level, 10, 0, []pt{{"state=mystery", 1}, {"", 2}}},
				{"system.cpu.time", counter, 10, 0, []pt{{"", 1.0}}},
				{"system.network.io", counter, 10, 0, []pt{{"direction=sideways", 1}}},
			}},
			[]string{"system.network.io.total{direction=sideways} cumulative int 1 @10"},
		},
		"points without a recorded or finite value are left out": {
			[][]in{{{"system.disk.io", counter, 10, 0, []pt{
				{"device=a", 1}, {"device=b", nil}, {"device=c", math.NaN()}, {"device=d", math.Inf(1)},
			}}}},
			[]string{"system.disk.io.total{} cumulative int 1 @10"},
		},
		"a total that overflows is not sent": {
			[][]in{{{"system.memory.usage", level, 10, 0, []pt{{"state=used", math.MaxFloat64}, {"state=free", math.MaxFloat64}}}}},
			nil,
		},
		"hundredths that no integer holds are not sent": {
			[][]in{{{"container.cpu.time", counter, 10, 0, []pt{{"", 1e17}, {"", -1e300}}}}},
			nil,
		},
		"a wrong type is left alone": {
			[][]in{{
				{"system.memory.usage", counter, 10, 0, []pt{{"state=used", 1}, {"state=free", 1}}},
				{"system.cpu.time", gauge, 10, 0, []pt{{"state=idle", 1.0}}},
				{"system.cpu.logical.count", level, 10, 0, []pt{{"", 1.5}}},
			}},
			nil,
		},
		"points without a timestamp give totals but no differences": {
			[][]in{{operations(0, 1, 2, 3)}, {operations(0, 2, 3, 4)}},
			[]string{
				"system.disk.operations.total{direction=read} cumulative int 6 @never",
				"system.disk.operations.total{direction=write} cumulative int 3 @never",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newTest(Options{})
			var got []string
			for _, metrics := range test.batches {
				got = derived(t, d, batch(metrics...))
			}
			assert.ElementsMatch(t, test.want, got)
		})
	}
}
