package translate

// merge makes to the union of base and point, in that order on the wire. Where
// both have a key, the one of lower rank stays: a static dimension beats an
// attribute, a point's attribute beats the scope's and the resource's.
func merge(to, base, point *dimensionSet, counts *Counts) {
	to.reset(rankStatic)
	base.index()
	point.index()
	for i := range base.entries {
		if j := point.find(base.keyOf(i)); j >= 0 && beats(point, j, base, i) {
			counts.Changed[DimensionRepeated]++
			continue
		}
		to.copyEntry(base, i)
	}
	for i := range point.entries {
		if to.find(point.keyOf(i)) >= 0 {
			counts.Changed[DimensionRepeated]++
			continue
		}
		to.copyEntry(point, i)
	}
}

// beats compares where two dimensions of the same key come from: the inner one
// wins, except over the configuration's own.
func beats(inner *dimensionSet, j int, outer *dimensionSet, i int) bool {
	return outer.entries[i].rank != rankStatic || inner.entries[j].rank == rankStatic
}

// without makes to a copy of from that lacks one key.
func without(to, from *dimensionSet, key string, counts *Counts) {
	to.reset(rankStatic)
	from.index()
	for i := range from.entries {
		if string(from.keyOf(i)) == key {
			counts.Changed[DimensionRepeated]++
			continue
		}
		to.copyEntry(from, i)
	}
}

// trim makes to a copy of from with at most room dimensions. What the resource
// adds goes first, then what the scope adds, then what of both the configuration wants
// kept, the last on the wire first. What tells the point's series from others stays:
// trim reports false when that alone is too much.
func trim(to, from *dimensionSet, room int, counts *Counts) bool {
	from.index()
	var have [rankResource + 1]int
	for i := range from.entries {
		have[from.entries[i].rank]++
	}
	quota, excess := have, len(from.entries)-room
	for _, r := range []rank{rankResource, rankScope, rankPriority} {
		cut := min(have[r], max(0, excess))
		quota[r] -= cut
		excess -= cut
	}
	if excess > 0 {
		return false
	}
	to.reset(rankStatic)
	for i := range from.entries {
		r := from.entries[i].rank
		if quota[r] == 0 {
			counts.Changed[DimensionOverflow]++
			continue
		}
		quota[r]--
		to.copyEntry(from, i)
	}
	return true
}

// disjoint reports whether two sets have no key in common.
func disjoint(a, b *dimensionSet) bool {
	if a.mask&b.mask == 0 {
		return true
	}
	b.index()
	for i := range b.entries {
		if a.find(b.keyOf(i)) >= 0 {
			return false
		}
	}
	return true
}
