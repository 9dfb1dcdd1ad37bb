package derive

import (
	"slices"
	"time"
)

// settle decides what a set gives: see the package's description of sets.
func (st *store) settle(s *set, now time.Time, p *pass) {
	g := &s.gathered
	if s.rule.closed && len(g.points) == bits.OnesCount16(uint16(s.rule.needs)) && g.parts == s.rule.needs {
		p.use(s, g)
		return
	}
}
