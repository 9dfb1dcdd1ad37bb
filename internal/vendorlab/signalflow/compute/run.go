package compute

import (
	"cmp"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// Source is where runs take their inputs from.
type Source struct {
	Store  *store.Store
	Vendor string
	// Properties returns the custom properties of a dimension, or nil.
	Properties func(key, value string) map[string]string
	// MaxSeries bounds the series of each data(); those that were updated last stay.
	MaxSeries int
	// MaxDerived bounds the series that an operator between streams makes.
	MaxDerived int
	// Expiry is how long a series may have no value before it is told to have ended, in milliseconds.
	Expiry int64
}

// Run evaluates a plan. It belongs to one goroutine.
type Run struct {
	plan       *Plan
	source     Source
	resolution int64
	begin      int64

	inputs  map[*source][]input
	matched map[*source]int // before the limit
	lacking map[*aggregate][]string

	known     []map[uint64]int64 // by publication: when each series had its last value
	pending   [][]store.Event    // by publication: events to come, in order
	lastEvent uint64             // id of the newest event that was seen
	incidents []map[uint64]*incident
	announced map[uint64]bool // event time series
	exceeded  bool
}

// NewRun returns a run whose inputs are loaded.
func (p *Plan) NewRun(from Source) *Run {
	r := &Run{plan: p, source: from, lacking: map[*aggregate][]string{}, announced: map[uint64]bool{}}
	for range p.publications {
		r.known = append(r.known, map[uint64]int64{})
		r.incidents = append(r.incidents, map[uint64]*incident{})
	}
	r.pending = make([][]store.Event, len(p.publications))
	r.loadSeries()
	return r
}

// Begin fixes the resolution and the time of the first step, in milliseconds.
func (r *Run) Begin(first, resolution int64) {
	r.begin, r.resolution = first, resolution
	r.loadEvents()
}

// Load takes in what has arrived since.
func (r *Run) Load() {
	r.loadSeries()
	r.loadEvents()
}

func (r *Run) loadSeries() {
	r.inputs, r.matched = map[*source][]input{}, map[*source]int{}
	for _, from := range r.plan.sources {
		r.inputs[from], r.matched[from] = r.loadSource(from)
	}
}

func (r *Run) loadSource(from *source) (inputs []input, matched int) {
	candidates, _ := r.source.Store.Series(store.Query{Vendor: r.source.Vendor, Metric: exactMetric(from.metric)})
	candidates = slices.DeleteFunc(candidates, func(s store.Series) bool { return !r.takes(from, &s) })
	matched = len(candidates)
	if matched > r.source.MaxSeries {
		slices.SortStableFunc(candidates, func(a, b store.Series) int { return cmp.Compare(b.LastSeen, a.LastSeen) })
		candidates = candidates[:r.source.MaxSeries]
	}
	for _, candidate := range candidates {
		held, points, ok := r.source.Store.Points(candidate.ID)
		if !ok {
			continue // it left in the meantime
		}
		slices.SortStableFunc(points, func(a, b store.Point) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
		inputs = append(inputs, input{
			series: inputSeries(held), metricType: held.Type, points: points,
			lag: max(0, held.LastSeen-held.Last.Timestamp),
		})
	}
	return inputs, matched
}

// exactMetric spares the search for other names.
func exactMetric(pattern string) string {
	if isPattern(pattern) {
		return ""
	}
	return pattern
}

// takes leaves out histograms, which data() cannot show as a number.
func (r *Run) takes(from *source, s *store.Series) bool {
	if defaultRollups[s.Type] == "" || !wildcard.Match(from.metric, s.Metric) {
		return false
	}
	return from.filter == nil || from.filter.matches(func(property string) []string {
		return r.propertiesOf(s.Metric, s.Dimensions, property)
	})
}

func inputSeries(s store.Series) *Series {
	id := newIdentity("input")
	id.text(s.Metric)
	id.text(s.Type)
	id.dimensions(s.Dimensions)
	return &Series{Dimensions: s.Dimensions, Metric: s.Metric, Created: s.FirstSeen, id: id.Sum64()}
}

func (r *Run) properties(s *Series, property string) []string {
	return r.propertiesOf(s.Metric, s.Dimensions, property)
}

func (r *Run) propertiesOf(metric string, dimensions store.Dimensions, property string) []string {
	if property == "sf_metric" {
		return []string{metric}
	}
	if value, ok := dimensions.Get(property); ok {
		return []string{value}
	}
	var values []string
	if r.source.Properties != nil {
		for _, d := range dimensions {
			if value, ok := r.source.Properties(d.Key, d.Value)[property]; ok {
				values = append(values, value)
			}
		}
	}
	return values
}

// missing notes that an aggregation leaves out series without a property.
func (r *Run) missing(a *aggregate, property string) {
	if !slices.Contains(r.lacking[a], property) {
		r.lacking[a] = append(r.lacking[a], property)
	}
}

// Batch is everything of one step.
type Batch struct {
	Time   int64
	Events []Event
	Blocks []Block // one of each publication of a stream, in order
}

// Block is what one publication has at one step.
type Block struct {
	Of      *Publication
	Points  []Point
	Expired []uint64 // series that ended, after the points
}

// Point is one value.
type Point struct {
	TSID   uint64
	Series *Series
	New    bool // the first of its series, or the first after it had ended
	Value  Value
}

// Step evaluates the step at a time. Steps must be asked in order.
func (r *Run) Step(t int64) Batch {
	s := &step{run: r, time: t, done: map[stream][]sample{}}
	batch := Batch{Time: t}
	for i, p := range r.plan.publications {
		switch {
		case p.stream != nil:
			batch.Blocks = append(batch.Blocks, r.block(p, r.known[i], s))
		case p.events != nil:
			batch.Events = append(batch.Events, r.happened(i, p, t+r.resolution)...)
		case p.detect != nil:
			batch.Events = append(batch.Events, p.detect.at(s, p, r.incidents[i])...)
		}
	}
	for i := range batch.Events {
		batch.Events[i].New = !r.announced[batch.Events[i].TSID]
		r.announced[batch.Events[i].TSID] = true
	}
	return batch
}

func (r *Run) block(p *Publication, known map[uint64]int64, s *step) Block {
	block := Block{Of: p}
	for _, from := range s.of(p.stream) {
		tsid := p.tsid(from.series.id)
		_, before := known[tsid]
		block.Points = append(block.Points, Point{TSID: tsid, Series: from.series, New: !before, Value: from.value})
		known[tsid] = s.time
	}
	for tsid, last := range known {
		if last+r.source.Expiry <= s.time {
			block.Expired = append(block.Expired, tsid)
			delete(known, tsid)
		}
	}
	slices.Sort(block.Expired)
	return block
}

// Input is what one data() found.
type Input struct {
	lang.Position
	Block   int // number of the data() within the program, from 0
	Query   string
	Matched int // before the limit
	Taken   int
	// Step is the smallest time between two points of a series, 0 if not known, and
	// Lag by how much the newest points came late. Both in milliseconds.
	Step, Lag int64
}

// Exceeded reports whether the program made more series than the vendor allows: the
// job is to be aborted.
func (r *Run) Exceeded() bool { return r.exceeded }

// Inputs tells about every data() of the program.
func (r *Run) Inputs() []Input {
	var all []Input
	for i, from := range r.plan.sources {
		in := Input{Position: from.position, Block: i, Query: from.query(), Matched: r.matched[from], Taken: len(r.inputs[from])}
		for _, series := range r.inputs[from] {
			in.Lag = max(in.Lag, series.lag)
			for k := 1; k < len(series.points); k++ {
				gap := series.points[k].Timestamp - series.points[k-1].Timestamp
				if gap > 0 && (in.Step == 0 || gap < in.Step) {
					in.Step = gap
				}
			}
		}
		all = append(all, in)
	}
	return all
}

// Lacking is an aggregation that left out series, and the properties they lack.
type Lacking struct {
	lang.Position
	Properties []string
}

// Lacking tells about every aggregation that left out series so far.
func (r *Run) Lacking() []Lacking {
	var all []Lacking
	for a, properties := range r.lacking {
		all = append(all, Lacking{a.position, slices.Sorted(slices.Values(properties))})
	}
	slices.SortFunc(all, func(a, b Lacking) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	return all
}
