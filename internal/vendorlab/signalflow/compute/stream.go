package compute

import "github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"

// stream is a node of the graph that a program describes.
type stream interface {
	// at returns what the stream has at the step, in a fixed order. It must be asked
	// through step.of, which asks once even if several streams are made from it.
	at(s *step) []sample
}

// step is one step of a run.
type step struct {
	run  *Run
	time int64 // Unix milliseconds
	done map[stream][]sample
}

func (s *step) of(from stream) []sample {
	samples, ok := s.done[from]
	if !ok {
		samples = from.at(s)
		s.done[from] = samples
	}
	return samples
}

// source is data(): the series of a metric that pass a filter.
type source struct {
	position lang.Position
	metric   string // may hold wildcards
	filter   filter // nil: all
	rollup   string // empty: the default of each series' type
}

func (d *source) at(s *step) []sample {
	var out []sample
	inputs := s.run.inputs[d]
	for i := range inputs {
		if v, ok := inputs[i].at(s.time, s.run.resolution, d.rollup); ok {
			out = append(out, sample{series: inputs[i].series, value: v})
		}
	}
	return out
}

// query names the input in messages.
func (d *source) query() string {
	query := "sf_metric:" + d.metric
	if d.filter != nil {
		query += " AND " + d.filter.String()
	}
	return query
}

// constant is const() or a number among streams.
type constant struct{ value Value }

var constantSeries = &Series{Derived: true, constant: true, id: newIdentity("constant").Sum64()}

func (c *constant) at(*step) []sample { return []sample{{series: constantSeries, value: c.value}} }
