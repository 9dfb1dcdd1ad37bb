package translate

import (
	"maps"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// scopeNameKey is OpenTelemetry's attribute for it in other formats.
const scopeNameKey = "otel.scope.name"

// origins resolves the tags or the source that the items of a walk are sent with. What
// resource and scope contribute is encoded once and copied.
type origins struct {
	rules  *Rules
	counts *Counts

	// Each remembers the keys it saw, so each kind of list has its own.
	static, resources, scopes, points tagEncoder

	resource pcommon.Resource
	item     pcommon.Map
	encoded  bool // own holds the item's attributes, or source its source

	// planned is how many attributes the last item had, if every one of them became a tag
	// as it was and renamed of them under another name. An item with the same keys, in
	// the same scope, needs nothing but its values looked at. 0 is no plan.
	planned, renamed int

	ofStatic, ofResource, ofScope tagSet
	base                          tagSet // static, resource and scope
	own                           tagSet
	merged, bucket                tagSet
	fallback                      []byte

	host   string // the resource's default source
	source []byte
	text   []byte
	last   struct {
		text    string // that source was made of
		changed bool
	}
}

func (o *origins) init(rules *Rules, counts *Counts) {
	o.rules, o.counts = rules, counts
	for _, e := range []*tagEncoder{&o.static, &o.resources, &o.scopes, &o.points} {
		e.counts, e.lowerValues = counts, rules.Tags.LowerValues
	}
	for position, key := range slices.Sorted(maps.Keys(rules.Tags.Static)) {
		addTag(&o.static, &o.ofStatic, o.static.nameAt(position, key), rules.Tags.Static[key], key, fromConfig)
	}
	name, _ := librato.AppendSanitizedTagName(nil, rules.Tags.FallbackName)
	o.fallback, _ = librato.AppendTagValue(nil, librato.AppendTagName(nil, name), rules.Tags.FallbackValue, rules.Tags.LowerValues)
}

// forget lets go of the batch's memory.
func (o *origins) forget() {
	o.item, o.resource, o.host = pcommon.Map{}, pcommon.Resource{}, ""
	for _, s := range []*tagSet{&o.ofResource, &o.ofScope, &o.base, &o.own, &o.merged, &o.bucket} {
		clear(s.tags[:cap(s.tags)])
		s.reset()
	}
}

func (o *origins) setResource(r pcommon.Resource) {
	o.resource = r
	if o.rules.Dialect == librato.SourceDialect {
		o.host = hostOf(r)
		return
	}
	o.ofResource.reset()
	position := 0
	for key, value := range r.Attributes().All() {
		if o.rules.Tags.Resource.match(key) {
			o.resources.add(&o.ofResource, position, key, value, fromResource)
			position++
		}
	}
}

func (o *origins) setScope(s pcommon.InstrumentationScope) {
	if o.rules.Dialect == librato.SourceDialect {
		return
	}
	o.ofScope.reset()
	if o.rules.Tags.ScopeName && s.Name() != "" {
		addTag(&o.scopes, &o.ofScope, o.scopes.nameAt(0, scopeNameKey), s.Name(), scopeNameKey, fromScope)
	}
	merge(&o.merged, &o.ofStatic, &o.ofResource, o.counts)
	merge(&o.base, &o.merged, &o.ofScope, o.counts)
	o.planned = 0
}

// setItem begins an item.
func (o *origins) setItem(attributes pcommon.Map) {
	o.item = attributes
	o.encoded = false
}

// chunks returns what follows the sample of a measurement: its tags or its source. An
// item's attributes are encoded when they are first asked for: one that is dropped
// needs none.
func (o *origins) chunks() (a, b []byte) {
	if o.rules.Dialect == librato.SourceDialect {
		if !o.encoded {
			o.encoded = true
			o.setSource()
		}
		return o.source, nil
	}
	if !o.encoded {
		o.encoded = true
		if !o.encodePlanned() {
			o.encodeTags()
		}
	}
	if len(o.merged.tags) > 0 {
		return o.merged.wire, nil
	}
	if len(o.base.wire)+len(o.own.wire) == 0 {
		o.counts.Changed[FallbackTagAdded]++
		return o.fallback, nil
	}
	return o.base.wire, o.own.wire
}

// encodePlanned makes own of an item whose attributes have the planned keys, and reports
// whether it is one.
func (o *origins) encodePlanned() bool {
	if o.planned == 0 || o.item.Len() != o.planned {
		return false
	}
	o.own.reset()
	o.merged.reset()
	wire, position, cleaned := o.own.wire, 0, 0
	for key, value := range o.item.All() {
		name := &o.points.recent[position]
		if name.key != key {
			return false
		}
		var changed bool
		switch value.Type() {
		case pcommon.ValueTypeStr:
			text := value.Str()
			if text == "" {
				return false
			}
			wire, changed = librato.AppendTagValue(wire, name.head, text, o.points.lowerValues)
		case pcommon.ValueTypeInt:
			o.points.scratch = strconv.AppendInt(o.points.scratch[:0], value.Int(), 10)
			wire, changed = librato.AppendTagValue(wire, name.head, o.points.scratch, o.points.lowerValues)
		default:
			return false
		}
		if changed {
			cleaned++
		}
		position++
	}
	o.own.wire = wire
	o.counts.Changed[TagNameChanged] += o.renamed
	o.counts.Changed[TagValueChanged] += cleaned
	return true
}

// encodeTags makes own of the item's attributes; and, where it does not simply go
// behind base, merged of both.
func (o *origins) encodeTags() {
	o.own.reset()
	o.merged.reset()
	o.planned = 0
	renamed := o.counts.Changed[TagNameChanged]
	position := 0
	for key, value := range o.item.All() {
		o.points.add(&o.own, position, key, value, fromPoint)
		position++
	}
	fits := len(o.base.tags)+len(o.own.tags) <= librato.MaxTags
	if !fits || !disjoint(&o.base, &o.own) {
		merge(&o.merged, &o.base, &o.own, o.counts)
		trim(&o.merged, librato.MaxTags, o.counts)
		return
	}
	if len(o.own.tags) == position && position <= len(o.points.recent) {
		o.planned, o.renamed = position, o.counts.Changed[TagNameChanged]-renamed
	}
}

// chunksWith returns the tags of a measurement that gets one more of a name, which no
// other tag may have then.
func (o *origins) chunksWith(name string) []byte {
	o.chunks()
	if len(o.own.tags) == 0 && len(o.own.wire) > 0 { // by plan, which keeps no account of single tags
		counted := *o.counts
		o.encodeTags()
		*o.counts = counted
	}
	from := &o.merged
	if len(from.tags) == 0 {
		merge(&o.bucket, &o.base, &o.own, o.counts)
	} else {
		o.bucket.reset()
		for i := range from.tags {
			o.bucket.copyTag(from, i)
		}
	}
	if i := o.bucket.find([]byte(name), maskOf(name)); i >= 0 {
		o.bucket.remove(i)
		o.counts.Changed[TagRepeated]++
	}
	trim(&o.bucket, librato.MaxTags-1, o.counts)
	return o.bucket.wire
}
