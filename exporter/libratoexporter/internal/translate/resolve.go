package translate

import (
	"cmp"
	"slices"
)

// disjoint reports whether two sets have no name in common.
func disjoint(a, b *tagSet) bool {
	if a.mask&b.mask == 0 {
		return true
	}
	for i := range b.tags {
		if name := b.nameOf(i); a.find(name, maskOf(name)) >= 0 {
			return false
		}
	}
	return true
}

// merge makes to of outer and inner, in that order on the wire. The service would take
// two tags of one name for an error: of those the inner one stays.
func merge(to, outer, inner *tagSet, counts *Counts) {
	to.reset()
	for i := range outer.tags {
		if name := outer.nameOf(i); inner.find(name, maskOf(name)) >= 0 {
			counts.Changed[TagRepeated]++
			continue
		}
		to.copyTag(outer, i)
	}
	for i := range inner.tags {
		to.copyTag(inner, i)
	}
}

// trim takes tags out until room are left: those of the outermost origin first, of one
// origin those whose keys sort last.
func trim(s *tagSet, room int, counts *Counts) {
	if len(s.tags) <= room {
		return
	}
	order := slices.Clone(s.tags)
	slices.SortFunc(order, func(a, b tag) int {
		return cmp.Or(cmp.Compare(a.origin, b.origin), cmp.Compare(a.key, b.key), cmp.Compare(a.start, b.start))
	})
	last := order[room-1]
	for i := len(s.tags) - 1; i >= 0; i-- {
		t := s.tags[i]
		if cmp.Or(cmp.Compare(t.origin, last.origin), cmp.Compare(t.key, last.key)) > 0 {
			s.remove(i)
			counts.Changed[TagOverflow]++
		}
	}
	for len(s.tags) > room { // equal keys, which one list should not hold
		s.remove(len(s.tags) - 1)
		counts.Changed[TagOverflow]++
	}
}
