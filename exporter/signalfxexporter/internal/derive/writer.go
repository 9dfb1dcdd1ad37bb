package derive

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// writer appends derived points to the scopes they come from.
type writer struct {
	outputs []output
	resets  uint64

	subsets map[uint64]int // index of a subset's mean
	means   []mean
}

// output is a metric that was appended, for further points of it.
type output struct {
	scope  pmetric.ScopeMetrics
	name   string
	shape  shape
	points pmetric.NumberDataPointSlice
}

// shape is a metric's type; the zero shape is a gauge.
type shape struct {
	sum, monotonic bool
	temporality    pmetric.AggregationTemporality
}

func shapeOf(m pmetric.Metric) shape {
	if m.Type() != pmetric.MetricTypeSum {
		return shape{}
	}
	return shape{true, m.Sum().IsMonotonic(), m.Sum().AggregationTemporality()}
}

// gauge appends a point of a gauge.
func (w *writer) gauge(r *result, name string, value number) { w.put(r, name, shape{}, value) }

// percent appends a ratio. Of nothing there is none, as put refuses it, and none of a
// whole that overflowed, which would look like 0.
func (w *writer) percent(r *result, name string, part, whole float64) {
	if !math.IsInf(whole, 0) {
		w.gauge(r, name, double(part/whole*100))
	}
}

// likeInput appends a point of the input's type.
func (w *writer) likeInput(r *result, name string, value number) {
	w.put(r, name, shapeOf(r.metric), value)
}

// put copies what the points of the set share; a value that is not finite gives nothing.
func (w *writer) put(r *result, name string, s shape, value number) {
	if !value.finite() {
		return
	}
	p := w.pointsOf(r.scope, name, s).AppendEmpty()
	value.writeTo(p)
	p.SetTimestamp(r.at)
	if s.sum {
		p.SetStartTimestamp(r.start)
	}
	attributes := p.Attributes()
	attributes.EnsureCapacity(r.attributes.Len())
	for key, v := range r.attributes.All() {
		if !slices.Contains(r.without, key) {
			v.CopyTo(attributes.PutEmpty(key))
		}
	}
}

// pointsOf finds or appends a metric. The results come scope by scope, so only the
// newest outputs are looked at.
func (w *writer) pointsOf(scope pmetric.ScopeMetrics, name string, s shape) pmetric.NumberDataPointSlice {
	for i := len(w.outputs) - 1; i >= 0 && w.outputs[i].scope == scope; i-- {
		if o := &w.outputs[i]; o.name == name && o.shape == s {
			return o.points
		}
	}
	m := scope.Metrics().AppendEmpty()
	m.SetName(name)
	points := newPoints(m, s)
	w.outputs = append(w.outputs, output{scope, name, s, points})
	return points
}

func newPoints(m pmetric.Metric, s shape) pmetric.NumberDataPointSlice {
	if !s.sum {
		return m.SetEmptyGauge().DataPoints()
	}
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(s.monotonic)
	sum.SetAggregationTemporality(s.temporality)
	return sum.DataPoints()
}

func (w *writer) forget() {
	clear(w.outputs)
	w.outputs, w.resets = w.outputs[:0], 0
}
