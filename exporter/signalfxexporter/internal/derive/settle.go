package derive

import (
	"slices"
	"time"
)

// settle decides what a set gives: see the package's description of sets.
func (st *store) settle(s *set, now time.Time, p *pass) {
	g := &s.gathered
	if s.rule.closed || g.at == 0 {
		g.dedupe()
		if g.parts.has(s.rule.needs) {
			p.use(s, g)
			return
		}
		if g.at == 0 {
			st.stats.Incomplete++
			return
		}
	}
	sr := st.get(s.series, now)
	if !sr.expects(g) {
		g.dedupe()
	}
	if h := sr.held; h != nil && h.at == g.at {
		sr.held = nil
		g = h.join(g)
	}
	switch {
	case sr.count > 0 && g.at <= sr.at:
		st.settleOld(sr, s, g, p)
	case sr.whole(g, s.rule):
		if sr.held != nil && sr.held.at < g.at {
			st.stats.Incomplete++
			sr.held = nil
		}
		sr.adopt(s, g, p)
	default:
		st.hold(sr, s, g, p)
	}
}

// settleOld takes a set that is not newer than the newest: delivered again, out of
// order, or the rest of a first set. Only one like the newest is known to be whole. The
// newest itself gives what it gave before: a full queue may have refused its batch, which
// the sender then repeats.
func (st *store) settleOld(sr *series, s *set, g *gathered, p *pass) {
	switch {
	case sr.expects(g):
		r := p.use(s, g)
		if g.at == sr.at {
			r.previous, r.hasPrevious, r.restarted = sr.before, sr.hasBefore, sr.restarted
		}
	case g.at < sr.at:
		st.stats.Incomplete++
	default:
		st.stats.Late++
		sr.ids += g.ids
		sr.count += int32(len(g.points))
		sr.hasBase, sr.hasBefore = false, false
	}
}

// hold keeps part of a set until the rest comes. A part that is held already did not
// get its rest; if the new one lacks the same points, both are all there is.
func (st *store) hold(sr *series, s *set, g *gathered, p *pass) {
	h := sr.held
	switch {
	case h == nil:
	case h.at > g.at:
		st.stats.Incomplete++
		return
	case h.parts.has(s.rule.needs) && h.holdsAll(g):
		sr.held = nil
		sr.adopt(s, h, p)
		if sr.whole(g, s.rule) {
			sr.adopt(s, g, p)
			return
		}
	default:
		st.stats.Incomplete++
	}
	kept := *g
	kept.points = slices.Clone(g.points)
	sr.held = &kept
}

// expects reports whether a set is like the series' newest.
func (sr *series) expects(g *gathered) bool {
	return int(sr.count) == len(g.points) && sr.ids == g.ids
}

// whole reports whether a set newer than the newest may be used at once.
func (sr *series) whole(g *gathered, rule *aggregation) bool {
	return g.parts.has(rule.needs) && int(sr.count) <= len(g.points)
}

// adopt makes a set the series' newest and uses it. Sets of closed rules need no memory.
func (sr *series) adopt(s *set, g *gathered, p *pass) {
	r := p.use(s, g)
	if s.rule.closed {
		return
	}
	r.previous, r.hasPrevious = sr.base, sr.hasBase && sr.expects(g)
	r.restarted = g.start > sr.at
	sr.before, sr.hasBefore, sr.restarted = r.previous, r.hasPrevious, r.restarted
	sr.at, sr.ids, sr.count = g.at, g.ids, int32(len(g.points))
	if s.rule.base != nil {
		sr.base, sr.hasBase = s.rule.base(g.points), true
	}
}

// use makes a result of a set.
func (p *pass) use(s *set, g *gathered) *result {
	p.results = append(p.results, result{source: s.source, gathered: *g, rule: s.rule})
	return &p.results[len(p.results)-1]
}

// join adds what came later of the same set.
func (g *gathered) join(rest *gathered) *gathered {
	all := &gathered{at: g.at, start: g.start, points: slices.Concat(g.points, rest.points)}
	all.dedupe()
	return all
}

// dedupe removes points that are there twice, which batches are after an ambiguous
// delivery, and sums up what is left. Of equal points the first stays.
func (g *gathered) dedupe() {
	kept := g.points[:0]
	g.ids, g.parts = 0, 0
	seen := newIDs(len(g.points))
	for _, pt := range g.points {
		if seen.add(pt.id, kept) {
			kept = append(kept, pt)
			g.ids += pt.id
			g.parts |= pt.part
		}
	}
	g.points = kept
}

// holdsAll reports whether every point of other is in g.
func (g *gathered) holdsAll(other *gathered) bool {
	ids := make(map[uint64]struct{}, len(g.points))
	for i := range g.points {
		ids[g.points[i].id] = struct{}{}
	}
	return !slices.ContainsFunc(other.points, func(pt point) bool {
		_, ok := ids[pt.id]
		return !ok
	})
}

// ids tells whether an id was seen: by looking at the points themselves while they are few.
type ids map[uint64]struct{}

const fewPoints = 16

func newIDs(n int) ids {
	if n <= fewPoints {
		return nil
	}
	return make(ids, n)
}

func (s ids) add(id uint64, kept []point) bool {
	if s == nil {
		return !slices.ContainsFunc(kept, func(pt point) bool { return pt.id == id })
	}
	_, seen := s[id]
	s[id] = struct{}{}
	return !seen
}
