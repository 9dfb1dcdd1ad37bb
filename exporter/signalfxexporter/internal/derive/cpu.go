package derive

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Parts of CPU time, by its attribute `state`.
const (
	cpuIdle parts = 1 << iota
	cpuInterrupt
	cpuNice
	cpuSoftirq
	cpuSteal
	cpuSystem
	cpuUser
	cpuWait
	cpuOther

	cpuBusy = cpuInterrupt | cpuNice | cpuSoftirq | cpuSteal | cpuSystem | cpuUser | cpuWait
	cpuAll  = cpuBusy | cpuIdle | cpuOther
)

var cpuStates = []struct {
	part parts
	name string
}{
	{cpuIdle, "cpu.idle"}, {cpuInterrupt, "cpu.interrupt"}, {cpuNice, "cpu.nice"}, {cpuSoftirq, "cpu.softirq"},
	{cpuSteal, "cpu.steal"}, {cpuSystem, "cpu.system"}, {cpuUser, "cpu.user"}, {cpuWait, "cpu.wait"},
}

const (
	cpuCountInput  = "system.cpu.logical.count"
	cpuCountOutput = "cpu.num_processors"
)

// cpuTime gives cpu.utilization and the CPU time by state. An unknown state counts
// as time that was not busy.
var cpuTime = aggregation{
	name:    "system.cpu.time",
	accepts: isCumulative,
	without: []string{"state", "cpu"},
	within:  []string{"cpu"},
	by:      "state",
	parts: map[string]parts{
		"idle": cpuIdle, "interrupt": cpuInterrupt, "nice": cpuNice, "softirq": cpuSoftirq,
		"steal": cpuSteal, "system": cpuSystem, "user": cpuUser, "wait": cpuWait,
	},
	otherwise: cpuOther,
	base: func(points []point) base {
		busy, total := cpuSeconds(points)
		return base{math.Float64bits(busy), math.Float64bits(total)}
	},
	derive: func(w *writer, r *result) {
		cpuUtilization(w, r)
		cpuHundredths(w, r)
		countCPUs(w, r)
	},
}

func cpuSeconds(points []point) (busy, total float64) {
	return sum(points, cpuBusy).float(), sum(points, cpuAll).float()
}

// cpuUtilization is the busy share of the time since the last set, in percent. A state
// may lose a little time to another, hence the bounds.
func cpuUtilization(w *writer, r *result) {
	if !r.hasPrevious || r.parts&cpuIdle == 0 || r.parts&cpuBusy == 0 {
		return
	}
	busy, total := cpuSeconds(r.points)
	busyBefore, totalBefore := math.Float64frombits(r.previous[0]), math.Float64frombits(r.previous[1])
	if r.restarted || total < totalBefore {
		w.resets++
	} else {
		busy, total = busy-busyBefore, total-totalBefore
	}
	if total > 0 {
		w.percent(r, "cpu.utilization", min(max(busy, 0), total), total)
	}
}

// cpuHundredths are the hundredths of a second in each state, cut to integers before
// they are summed over the CPUs.
func cpuHundredths(w *writer, r *result) {
	for _, state := range cpuStates {
		var total number
		found := false
		for i := range r.points {
			if r.points[i].part != state.part {
				continue
			}
			if ticks, ok := r.points[i].value.hundredths(); ok {
				total, found = total.plus(ticks), true
			}
		}
		if found {
			w.likeInput(r, state.name, total)
		}
	}
}

// countCPUs counts the CPUs that report on their own, where their host does not.
func countCPUs(w *writer, r *result) {
	cpus := int64(0)
	for i := range r.points {
		if pt := &r.points[i]; pt.part == cpuIdle && pt.within != 0 {
			cpus++
		}
	}
	if cpus > 0 && !hasMetric(r.scope, cpuCountInput) {
		w.gauge(r, cpuCountOutput, integer(cpus))
	}
}

func hasMetric(scope pmetric.ScopeMetrics, name string) bool {
	for i := range scope.Metrics().Len() {
		if scope.Metrics().At(i).Name() == name {
			return true
		}
	}
	return false
}

// cpuCount gives the number of CPUs under the vendor's name.
func cpuCount(w *writer, r *result, p pmetric.NumberDataPoint) {
	if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
		w.gauge(r, cpuCountOutput, integer(p.IntValue()))
	}
}

// containerCPU is a container's CPU time in hundredths of a second.
func containerCPU(w *writer, r *result, p pmetric.NumberDataPoint) {
	value, _ := numberOf(p)
	if ticks, ok := value.hundredths(); ok {
		w.likeInput(r, "container_cpu_utilization", ticks)
	}
}

const (
	processUser parts = 1 << iota
	processSystem
)

// processCPU is a process' CPU time, without that of waiting.
var processCPU = aggregation{
	name:    "process.cpu.time",
	accepts: isNumeric,
	without: []string{"state"},
	by:      "state",
	parts:   map[string]parts{"user": processUser, "system": processSystem},
	needs:   processUser | processSystem,
	closed:  true,
	derive: func(w *writer, r *result) {
		w.likeInput(r, "process.cpu_time_seconds", sum(r.points, r.parts))
	},
}
