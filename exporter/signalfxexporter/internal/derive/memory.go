package derive

import "go.opentelemetry.io/collector/pdata/pmetric"

const (
	memoryUsed parts = 1 << iota
	memoryFree
	memoryRest
)

// memoryUsage gives memory.total and memory.utilization. Which states there are
// depends on the operating system, but used and free are on all. The state inactive (of
// macOS) is counted since upstream 0.148; the slab states of Linux are not.
var memoryUsage = aggregation{
	name:    "system.memory.usage",
	accepts: isLevel,
	without: []string{"state"},
	by:      "state",
	parts: map[string]parts{
		"used": memoryUsed, "free": memoryFree, "buffered": memoryRest, "cached": memoryRest, "inactive": memoryRest,
	},
	needs: memoryUsed | memoryFree,
	derive: func(w *writer, r *result) {
		total := sum(r.points, r.parts)
		w.gauge(r, "memory.total", total)
		w.percent(r, "memory.utilization", sum(r.points, memoryUsed).float(), total.float())
	},
}

// pageSize is what upstream divides by, on every machine.
const pageSize = 4096

var pagingOutputs = map[[2]string]string{
	{"page_in", "major"}:  "vmpage_io.swap.in",
	{"page_out", "major"}: "vmpage_io.swap.out",
	{"page_in", "minor"}:  "vmpage_io.memory.in",
	{"page_out", "minor"}: "vmpage_io.memory.out",
}

var pagingAttributes = []string{"direction", "type"}

// pagingOperations splits paging by direction and type, in pages.
func pagingOperations(w *writer, r *result, p pmetric.NumberDataPoint) {
	name := pagingOutputs[[2]string{textOf(r, "direction"), textOf(r, "type")}]
	if name == "" || p.ValueType() != pmetric.NumberDataPointValueTypeInt {
		return
	}
	r.without = pagingAttributes
	w.likeInput(r, name, integer(p.IntValue()/pageSize))
}

func textOf(r *result, key string) string {
	v, _ := r.attributes.Get(key)
	return v.Str()
}
