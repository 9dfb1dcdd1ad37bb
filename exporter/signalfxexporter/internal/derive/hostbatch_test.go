package derive

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// hostBatch is what the host metrics receiver reports of a Linux host at a time, with its
// defaults: one resource per scraper and process, 4 disks, 10 mounts, 8 network devices.
func hostBatch(host string, at, processes int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	add(md, host,
		in{"system.cpu.logical.count", level, at, 0, []pt{{"", 8}}},
		in{"system.cpu.time", counter, at, 0, cross(float64(at), "state", "idle", "interrupt", "nice", "softirq", "steal", "system", "user", "wait")})
	add(md, host, in{"system.memory.usage", level, at, 0,
		cross(at, "state", "buffered", "cached", "free", "slab_reclaimable", "slab_unreclaimable", "used")})
	add(md, host, in{"system.cpu.load_average.1m", gauge, at, 0, []pt{{"", 0.5}}}, in{"system.cpu.load_average.5m", gauge, at, 0, []pt{{"", 0.5}}})
	disk := numbered("device=sd%d", 4)
	add(md, host,
		in{"system.disk.io", counter, at, 0, times(disk, at, "direction", "read", "write")},
		in{"system.disk.io_time", counter, at, 0, times(disk, at, "direction", "read", "write")},
		in{"system.disk.merged", counter, at, 0, times(disk, at, "direction", "read", "write")},
		in{"system.disk.operations", counter, at, 0, times(disk, at, "direction", "read", "write")},
		in{"system.disk.pending_operations", level, at, 0, disk})
	add(md, host, in{"system.filesystem.usage", level, at, 0,
		times(numbered("device=/dev/sd%d mode=rw mountpoint=/mnt/%[1]d type=ext4", 10), at, "state", "free", "reserved", "used")})
	network := numbered("device=eth%d", 8)
	for _, name := range []string{"system.network.dropped", "system.network.errors", "system.network.io", "system.network.packets"} {
		add(md, host, in{name, counter, at, 0, times(network, at, "direction", "receive", "transmit")})
	}
	add(md, host, in{"system.paging.operations", counter, at, 0, times([]pt{{"type=major", at}, {"type=minor", at}}, at, "direction", "page_in", "page_out")})
	for i := range processes {
		add(md, host, in{"process.cpu.time", counter, at, 0, cross(float64(at), "state", "system", "user", "wait")})
		attributes := md.ResourceMetrics().At(md.ResourceMetrics().Len() - 1).Resource().Attributes()
		attributes.PutInt("process.pid", int64(i))
		attributes.PutStr("process.executable.name", "worker")
	}
	return md
}

func cross(value any, key string, values ...string) (points []pt) {
	for _, v := range values {
		points = append(points, pt{key + "=" + v, value})
	}
	return points
}

func times(points []pt, value any, key string, values ...string) (all []pt) {
	for _, p := range points {
		for _, v := range cross(value, key, values...) {
			all = append(all, pt{p.attributes + " " + v.attributes, value})
		}
	}
	return all
}

func numbered(format string, n int) (points []pt) {
	for i := range n {
		points = append(points, pt{fmt.Sprintf(format, i), i})
	}
	return points
}
