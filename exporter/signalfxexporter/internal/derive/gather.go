package derive

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// source is where derived points come from: what they copy, and where they go.
type source struct {
	scope      pmetric.ScopeMetrics
	metric     pmetric.Metric
	attributes pcommon.Map
	without    []string // attributes that are not copied
}

// gathered is what came of a set.
type gathered struct {
	at, start pcommon.Timestamp
	points    []point
	ids       uint64 // sum of the points' ids: equal sets have equal sums
	parts     parts
}

// point is a datapoint in a set.
type point struct {
	id     uint64 // hash of the attributes that are aggregated away
	within uint64 // hash of those that form the subset
	value  number
	part   parts
	set    int32
}

// set is what a batch holds of one series at one time.
type set struct {
	source
	gathered
	series identity
	rule   *aggregation
	count  int // of points
}

// result is what derived points are made from.
type result struct {
	source
	gathered
	rule *aggregation

	// previous is the base of the last set, if differences may be taken from it.
	previous    base
	hasPrevious bool
	// restarted: the counters began anew after that set.
	restarted bool
}

type setKey struct {
	series identity
	at     pcommon.Timestamp
}

// pass is the work on one batch. It is used again.
type pass struct {
	hasher
	writer  writer
	results []result

	resource      pcommon.Resource
	scope         pmetric.ScopeMetrics
	ofResource    identity
	origin        identity // resource and scope
	sets          []set
	last          int32 // the set that was found last
	index         map[setKey]int32
	points, order []point // as they came, and ordered by set
}

func newPass() *pass {
	return &pass{index: make(map[setKey]int32), writer: writer{subsets: make(map[uint64]int)}}
}

// enter makes a scope the current one.
func (p *pass) enter(resource pcommon.Resource, scope pmetric.ScopeMetrics) {
	if p.scope == scope {
		return
	}
	if p.resource != resource {
		p.resource = resource
		p.ofResource = p.attributes(ofResource, resource.Attributes())
	}
	p.scope = scope
	p.origin = p.ofResource.plus(p.hasher.scope(scope.Scope()))
}

// gather derives from each point what needs no other, and puts points into sets.
func (in *input) gather(p *pass, m pmetric.Metric) {
	if in.each != nil && in.accepts(m) {
		p.each(in, m)
	}
	for _, rule := range in.aggregations {
		if rule.accepts(m) {
			p.aggregate(rule, m)
		}
	}
}

func (p *pass) each(in *input, m pmetric.Metric) {
	points := numbersOf(m)
	for i := range points.Len() {
		dp := points.At(i)
		if _, ok := numberOf(dp); ok {
			r := result{
				source:   source{p.scope, m, dp.Attributes(), nil},
				gathered: gathered{at: dp.Timestamp(), start: dp.StartTimestamp()},
			}
			in.each(&p.writer, &r, dp)
		}
	}
}

func (p *pass) aggregate(rule *aggregation, m pmetric.Metric) {
	prefix := p.origin.plus(p.rule(rule, m))
	points := numbersOf(m)
	for i := range points.Len() {
		dp := points.At(i)
		value, ok := numberOf(dp)
		if !ok {
			continue
		}
		pt, rest := p.place(rule, dp.Attributes())
		if pt.part == 0 {
			continue
		}
		pt.value = value
		pt.set = p.setOf(prefix.plus(rest), rule, m, dp)
		s := &p.sets[pt.set]
		s.ids += pt.id
		s.parts |= pt.part
		s.count++
		p.points = append(p.points, pt)
	}
}

// place tells a point's place in its set, and the identity of what all the set's points share.
func (p *pass) place(rule *aggregation, attributes pcommon.Map) (pt point, rest identity) {
	if rule.by == "" {
		pt.part = partAny
	}
	for key, value := range attributes.All() {
		hash := p.attribute(ofPoint, key, value)
		if !slices.Contains(rule.without, key) {
			rest = rest.plus(hash)
			continue
		}
		pt.id += hash.lo
		if slices.Contains(rule.within, key) {
			pt.within += hash.lo
		}
		if key == rule.by && value.Type() == pcommon.ValueTypeStr {
			part, ok := rule.parts[value.Str()]
			if !ok {
				part = rule.otherwise
			}
			pt.part = part
		}
	}
	return pt, rest
}

// setOf finds a series' set of a time. Most points belong to the set of the point before.
func (p *pass) setOf(series identity, rule *aggregation, m pmetric.Metric, dp pmetric.NumberDataPoint) int32 {
	at := dp.Timestamp()
	if len(p.sets) > 0 && p.sets[p.last].series == series && p.sets[p.last].at == at {
		return p.last
	}
	key := setKey{series, at}
	i, ok := p.index[key]
	if !ok {
		i = int32(len(p.sets))
		p.index[key] = i
		p.sets = append(p.sets, set{
			series: series, rule: rule,
			source:   source{p.scope, m, dp.Attributes(), rule.without},
			gathered: gathered{at: at, start: dp.StartTimestamp()},
		})
	}
	p.last = i
	return i
}

// collect orders the points by set; within one, they stay as they came.
func (p *pass) collect() {
	p.order = slices.Grow(p.order[:0], len(p.points))[:len(p.points)]
	next := 0
	for i := range p.sets {
		s := &p.sets[i]
		s.points = p.order[next : next : next+s.count]
		next += s.count
	}
	for i := range p.points {
		s := &p.sets[p.points[i].set]
		s.points = append(s.points, p.points[i])
	}
}

// maxKeptPoints bounds the memory that an idle pass holds, to a few MB.
const maxKeptPoints = 20_000

// forget lets go of the batch's memory. It reports whether the pass is worth keeping.
func (p *pass) forget() bool {
	if cap(p.points) > maxKeptPoints {
		return false
	}
	clear(p.sets)
	clear(p.results)
	clear(p.index)
	p.sets, p.results, p.points = p.sets[:0], p.results[:0], p.points[:0]
	p.resource, p.scope, p.last = pcommon.Resource{}, pmetric.ScopeMetrics{}, 0
	p.writer.forget()
	return true
}
