package compute

import (
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// The types of series that are numbers, as SignalFx ingest names them.
const (
	gauge      = "gauge"
	counter    = "counter"
	cumulative = "cumulative_counter"
)

// defaultRollups are the vendor's when a program names none.
var defaultRollups = map[string]string{gauge: "average", counter: "sum", cumulative: "delta"}

// window is the points of one series that lie within one step.
type window struct {
	metricType string
	before     *store.Point // the point ahead of the first, if it is held
	points     []store.Point
	seconds    float64 // the step's length
}

// rollups make one value of a window that has points.
var rollups = map[string]func(w window) Value{
	"average": func(w window) Value { return DoubleValue(w.sum().Float() / float64(len(w.points))) },
	"count":   func(w window) Value { return LongValue(int64(len(w.points))) },
	"delta":   window.delta,
	"latest":  func(w window) Value { return valueOf(w.points[len(w.points)-1].Value) },
	"max":     func(w window) Value { return w.extreme(">") },
	"min":     func(w window) Value { return w.extreme("<") },
	"rate":    window.rate,
	"sum":     window.sum,
}

func (w window) sum() Value {
	sum := LongValue(0)
	for _, p := range w.points {
		sum = arithmetic("+", sum, valueOf(p.Value))
	}
	return sum
}

func (w window) extreme(operator string) Value {
	best := valueOf(w.points[0].Value)
	for _, p := range w.points[1:] {
		if v := valueOf(p.Value); compare(operator, v, best).isTrue() {
			best = v
		}
	}
	return best
}

// delta is by how much the value grew: a counter's points are growth already, a
// gauge may shrink, and a running total that shrinks began again at zero. Without a
// point to begin from there is nothing to tell.
func (w window) delta() Value {
	if w.metricType == counter {
		return w.sum()
	}
	previous, grown := w.before, Value{}
	for i := range w.points {
		if previous != nil {
			grown = arithmetic("+", orZero(grown), w.growth(valueOf(previous.Value), valueOf(w.points[i].Value)))
		}
		previous = &w.points[i]
	}
	return grown
}

func (w window) growth(from, to Value) Value {
	if w.metricType == cumulative && to.Float() < from.Float() {
		return to
	}
	return arithmetic("-", to, from)
}

func orZero(v Value) Value {
	if v.isNull() {
		return LongValue(0)
	}
	return v
}

// rate is the growth per second.
func (w window) rate() Value {
	grown := w.delta()
	if grown.isNull() {
		return grown
	}
	return DoubleValue(grown.Float() / w.seconds)
}

// input is one series that an input takes, with its points in order of time.
type input struct {
	series     *Series
	metricType string
	points     []store.Point
	lag        int64 // how much later than its time its newest point arrived, in milliseconds
}

// at rolls up the points from t up to t+length; ok is false when there are none.
func (in *input) at(t, length int64, rollup string) (v Value, ok bool) {
	first, _ := slices.BinarySearchFunc(in.points, t, comparePoint)
	last, _ := slices.BinarySearchFunc(in.points, t+length, comparePoint)
	if first == last {
		return Value{}, false
	}
	w := window{metricType: in.metricType, points: in.points[first:last], seconds: float64(length) / 1000}
	if first > 0 {
		w.before = &in.points[first-1]
	}
	if rollup == "" {
		rollup = defaultRollups[in.metricType]
	}
	v = rollups[rollup](w)
	return v, !v.isNull()
}

func comparePoint(p store.Point, t int64) int {
	switch {
	case p.Timestamp < t:
		return -1
	case p.Timestamp > t:
		return 1
	}
	return 0
}
