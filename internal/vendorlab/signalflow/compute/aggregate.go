package compute

import (
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// aggregate is sum, mean, min, max or count over the series of a stream, one result
// for each combination of the properties in by.
type aggregate struct {
	position lang.Position
	from     stream
	method   string
	by       []string // sorted
}

// reducers make one value of several that are none of them nothing.
var reducers = map[string]func(values []Value) Value{
	"sum":   sumOf,
	"mean":  func(values []Value) Value { return DoubleValue(sumOf(values).Float() / float64(len(values))) },
	"min":   func(values []Value) Value { return extremeOf("<", values) },
	"max":   func(values []Value) Value { return extremeOf(">", values) },
	"count": func(values []Value) Value { return LongValue(int64(len(values))) },
}

func sumOf(values []Value) Value {
	sum := LongValue(0)
	for _, v := range values {
		sum = arithmetic("+", sum, v)
	}
	return sum
}

func extremeOf(operator string, values []Value) Value {
	best := values[0]
	for _, v := range values[1:] {
		if compare(operator, v, best).isTrue() {
			best = v
		}
	}
	return best
}

type group struct {
	series *Series
	values []Value
}

func (a *aggregate) at(s *step) []sample {
	groups := map[uint64]*group{}
	for _, in := range s.of(a.from) {
		if in.value.isNull() {
			continue
		}
		series, missing := a.groupOf(s.run, in.series)
		if series == nil {
			s.run.missing(a, missing)
			continue
		}
		g := groups[series.id]
		if g == nil {
			g = &group{series: series}
			g.series.Metric, g.series.Created = in.series.Metric, in.series.Created
			groups[series.id] = g
		}
		g.series.Metric = sameMetric(g.series, in.series)
		g.series.Created = min(g.series.Created, in.series.Created)
		g.values = append(g.values, in.value)
	}
	out := make([]sample, 0, len(groups))
	for _, g := range groups {
		out = append(out, sample{series: g.series, value: reducers[a.method](g.values)})
	}
	slices.SortFunc(out, func(x, y sample) int { return compareDimensions(x.series.Dimensions, y.series.Dimensions) })
	return out
}

// groupOf is the series that another one becomes part of, or the property it lacks
// and so is left out.
func (a *aggregate) groupOf(r *Run, from *Series) (series *Series, missing string) {
	series = &Series{Derived: true}
	for _, property := range a.by {
		values := r.properties(from, property)
		if len(values) == 0 {
			return nil, property
		}
		series.Dimensions = append(series.Dimensions, store.Dimension{Key: property, Value: values[0]})
	}
	id := newIdentity("aggregate " + a.method)
	id.dimensions(series.Dimensions)
	series.id = id.Sum64()
	return series, ""
}
