package translate

// merge makes to the union of outer and inner, in that order on the wire. Where
// both have a key, inner wins: a point's attribute beats the scope's and the resource's.
func merge(to, outer, inner *tagSet, counts *Counts) {
	to.reset()
	for i := range outer.entries {
		if inner.find(outer.keyOf(i)) >= 0 {
			counts.Changed[TagRepeated]++
			continue
		}
		to.copyEntry(outer, i)
	}
	for i := range inner.entries {
		to.copyEntry(inner, i)
	}
}

// trim makes to a copy of from with at most room tags. What the resource adds goes
// first, then what the scope adds, the last on the wire first. The item's own tags tell
// its series from others: when they alone are too many, trim cuts them, too, if it
// may, and otherwise reports false. Tags with priority go last, and what a span must have never comes to it.
func trim(to, from *tagSet, room int, mayCutItem bool, counts *Counts) bool {
	var quota [ranks]int
	for i := range from.entries {
		quota[from.entries[i].rank]++
	}
	excess := len(from.entries) - room
	for r := rankResource; excess > 0; r-- {
		if r == rankItem && !mayCutItem {
			return false
		}
		cut := min(excess, quota[r])
		quota[r] -= cut
		excess -= cut
		if r == rankMandatory {
			break
		}
	}
	to.reset()
	for i := range from.entries {
		r := from.entries[i].rank
		if quota[r] == 0 {
			counts.Changed[TagOverflow]++
			continue
		}
		quota[r]--
		to.copyEntry(from, i)
	}
	return true
}

// disjoint reports whether two sets have no key in common.
func disjoint(a, b *tagSet) bool {
	if a.mask&b.mask == 0 {
		return true
	}
	for i := range b.entries {
		if a.find(b.keyOf(i)) >= 0 {
			return false
		}
	}
	return true
}

// rename makes to a copy of from in which the key got an underscore in front, unless
// that is taken or makes the tag too long: then the tag is left out.
func rename(to, from *tagSet, key string, maxPair int, counts *Counts) {
	to.reset()
	for i := range from.entries {
		if string(from.keyOf(i)) != key {
			to.copyEntry(from, i)
			continue
		}
		e := from.entries[i]
		value := from.wire[e.keyEnd:e.end]
		if value[0] == '"' {
			value = value[1:] // the key's closing quote
		}
		renamed := "_" + key
		if from.find([]byte(renamed)) >= 0 || maxPair > 0 && len(renamed)+len(value)-len(`=""`) > maxPair {
			counts.Changed[TagRepeated]++
			continue
		}
		start := int32(len(to.wire))
		to.wire = append(append(append(to.wire, ` "`...), renamed...), '"')
		to.wire = append(to.wire, value...)
		to.entries = append(to.entries, entry{start, start + 2, start + 2 + int32(len(renamed)), int32(len(to.wire)), e.rank})
		to.mask |= maskOf(renamed)
		counts.Changed[KeyRenamed]++
	}
}
