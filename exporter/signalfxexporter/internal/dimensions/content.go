package dimensions

import (
	"cmp"
	"maps"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// maxFields bounds what one dimension holds in memory, whatever comes in. It is all
// properties and tags that a dimension may have, and room for as many removals.
const maxFields = 2 * (signalfx.MaxProperties + signalfx.MaxTags)

// field names a property or a tag.
type field struct {
	tag  bool
	name string
}

func byName(a, b field) int {
	if a.tag != b.tag {
		if b.tag {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.name, b.name)
}

// value is the text of a property; a tag has none.
type value struct {
	text string
	gone bool // it is, or is to be, removed
	// stated: it comes from a source that states everything it knows, so it is gone
	// when the source does not state it any more.
	stated bool
	// refused: the service did not take the tag, so that no body that states all names it again.
	refused bool
}

func (v value) same(other value) bool { return v.gone == other.gone && v.text == other.text }

// fields are properties and tags: what is to be changed, or what the service has.
type fields map[field]value

func (f fields) sorted() []field { return slices.SortedFunc(maps.Keys(f), byName) }

// put adds a field while there is room.
func (f fields) put(k field, v value, counts *changes) {
	if _, ok := f[k]; !ok && len(f) >= maxFields {
		counts[overflowOf(k)]++
		return
	}
	f[k] = v
}

func overflowOf(k field) Change {
	if k.tag {
		return TagOverflow
	}
	return PropertyOverflow
}

// tags counts the tags.
func (f fields) tags() int {
	n := 0
	for k := range f {
		if k.tag {
			n++
		}
	}
	return n
}

// withoutTags returns the properties.
func (f fields) withoutTags() fields {
	properties := maps.Clone(f)
	maps.DeleteFunc(properties, func(k field, _ value) bool { return k.tag })
	return properties
}

// withTagsRefused returns the same with every tag marked as refused.
func (f fields) withTagsRefused() fields {
	marked := maps.Clone(f)
	for k, v := range marked {
		v.refused = k.tag
		marked[k] = v
	}
	return marked
}

// content is what waits to be sent for one dimension.
type content struct {
	fields            fields
	complete, deleted bool // as in Update
}

// merge returns what two updates of a dimension amount to. It takes both over.
func merge(older, newer content, counts *changes) content {
	switch {
	case newer.deleted:
		return newer
	case newer.complete:
		for _, k := range older.fields.sorted() {
			if v := older.fields[k]; !v.stated {
				if _, ok := newer.fields[k]; !ok {
					newer.fields.put(k, v, counts)
				}
			}
		}
		return newer
	default:
		for _, k := range newer.fields.sorted() {
			older.fields.put(k, newer.fields[k], counts)
		}
		return older
	}
}

// outgoing returns what must be sent so that the service, which has known, gets the
// content. Defaults are sent for what neither holds.
func outgoing(c content, known, defaults fields, counts *changes) fields {
	out := make(fields)
	for k, v := range c.fields {
		if has, ok := known[k]; !ok || !has.same(v) {
			out[k] = v
		}
	}
	if c.complete || c.deleted {
		for k, has := range known {
			if _, ok := c.fields[k]; !ok && !has.gone && (has.stated || c.deleted) {
				out[k] = value{gone: true, stated: has.stated}
			}
		}
	}
	if !c.deleted {
		for k, v := range defaults {
			_, stated := c.fields[k]
			if _, ok := known[k]; !ok && !stated {
				out[k] = v
			}
		}
	}
	limit(out, known, counts)
	return out
}

// limit leaves out of changed what the dimension has no room for: the service
// refuses an update over its limits whole.
func limit(changed, known fields, counts *changes) {
	room := map[bool]int{false: signalfx.MaxProperties, true: signalfx.MaxTags} // by field.tag
	for k, v := range apply(known, changed) {
		if _, added := changed[k]; !v.gone && (!added || isSet(known, k)) {
			room[k.tag]--
		}
	}
	for _, k := range changed.sorted() {
		if changed[k].gone || isSet(known, k) {
			continue
		}
		if room[k.tag]--; room[k.tag] < 0 {
			counts[overflowOf(k)]++
			delete(changed, k)
		}
	}
}

func isSet(f fields, k field) bool {
	v, ok := f[k]
	return ok && !v.gone
}

// apply returns what the service has after a change. What was removed is remembered,
// so that it is not removed again, but only while there is room.
func apply(known, changed fields) fields {
	after := make(fields, len(known)+len(changed))
	maps.Copy(after, known)
	maps.Copy(after, changed)
	if len(after) > maxFields {
		maps.DeleteFunc(after, func(_ field, v value) bool { return v.gone })
	}
	return after
}

// patchOf is the body that merges a change into a dimension.
func patchOf(changed fields) *signalfx.DimensionPatch {
	p := &signalfx.DimensionPatch{CustomProperties: make(map[string]*string)}
	for k, v := range changed {
		switch {
		case k.tag && v.gone:
			p.TagsToRemove = append(p.TagsToRemove, k.name)
		case k.tag:
			p.Tags = append(p.Tags, k.name)
		case v.gone:
			p.CustomProperties[k.name] = nil
		default:
			p.CustomProperties[k.name] = &v.text
		}
	}
	return p
}

// wholeOf is the body that overwrites a dimension.
func wholeOf(of dimension, all fields) *signalfx.Dimension {
	d := &signalfx.Dimension{Key: of.key, Value: of.value, CustomProperties: make(map[string]string)}
	for k, v := range all {
		switch {
		case v.gone || v.refused:
		case k.tag:
			d.Tags = append(d.Tags, k.name)
		default:
			d.CustomProperties[k.name] = v.text
		}
	}
	return d
}
