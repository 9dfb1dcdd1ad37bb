package translate

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// TagRules say what tags and sources are made of, and how.
type TagRules struct {
	Encode  *wavefront.Encoder
	Sources SourceRules
	// Priority lists keys, as sent, that are kept first when there are too many.
	Priority []string
	// Resource says which resource attributes become tags of points.
	Resource ResourceTags
	// ScopeName, ScopeVersion and ScopeAttributes make tags of what the scope has.
	ScopeName, ScopeVersion, ScopeAttributes bool
	// UnitKey is the key of a tag with the metric's unit, "" for none.
	UnitKey string
	// CutOwnTags sends a point without its last tags when its own alone are too many, instead of dropping it.
	CutOwnTags bool
}

// Tag keys that the vendor's product is built on.
const (
	applicationKey = "application"
	serviceKey     = "service"
	clusterKey     = "cluster"
	shardKey       = "shard"
	componentKey   = "component"
	spanKindKey    = "span.kind"
)

// Keys of OpenTelemetry.
const (
	serviceNameKey  = "service.name" // becomes service
	scopeNameKey    = "otel.scope.name"
	scopeVersionKey = "otel.scope.version"
)

func (r *TagRules) tagEncoder(newKey func(string) (wavefront.TagKey, error), sources []string, counts *Counts) tagEncoder {
	return tagEncoder{encode: r.Encode, newKey: newKey, priority: setOf(r.Priority), sources: setOf(sources), counts: counts}
}

func setOf(keys []string) map[string]struct{} {
	set := make(map[string]struct{}, len(keys))
	for _, key := range keys {
		set[key] = struct{}{}
	}
	return set
}

// pointTags resolves the source and tags that the points of a walk are sent with.
// What resource and scope contribute is encoded once and copied.
type pointTags struct {
	rules  *TagRules
	counts *Counts

	// Each remembers the keys it saw, so each kind of list has its own.
	resourceAttrs, scopeAttrs, itemAttrs tagEncoder

	item    pcommon.Map // the attributes of the current point
	encoded bool        // own and itemSource hold them encoded, else those of an earlier point
	// alike says that the point in own had this many attributes, all of them tags of their
	// own, none of them in base. It is -1 when it was not so.
	alike int

	source, itemSource  []byte // itemSource is empty where the point has none of its own
	ofResource, ofScope tagSet
	base                tagSet // scope and resource
	own                 tagSet
	merged, spare       tagSet
}

func (d *pointTags) init(rules *TagRules, counts *Counts) {
	d.rules, d.counts = rules, counts
	d.resourceAttrs = rules.tagEncoder(rules.Encode.TagKey, nil, counts)
	d.scopeAttrs = rules.tagEncoder(rules.Encode.TagKey, nil, counts)
	d.itemAttrs = rules.tagEncoder(rules.Encode.TagKey, rules.Sources.Item, counts)
}

// setResource encodes the source and the resource's attributes.
func (d *pointTags) setResource(r pcommon.Resource) {
	attributes := r.Attributes()
	source, from := d.rules.Sources.of(attributes)
	d.source, _ = d.rules.Sources.appendSource(d.source[:0], d.rules.Encode, source, d.counts)
	d.ofResource.reset()
	hasService := firstOf(serviceKey, attributes) != ""
	position := 0
	for key, value := range attributes.All() {
		if key == from || !d.rules.Resource.takes(key) {
			continue
		}
		if key == serviceNameKey && !hasService {
			key = serviceKey
		} else if key == serviceNameKey && d.rules.Resource == ResourceApplication {
			continue // it is no application tag beside a service
		}
		d.resourceAttrs.add(&d.ofResource, position, key, value, rankResource)
		position++
	}
}

// setScope encodes the scope and resolves base.
func (d *pointTags) setScope(s pcommon.InstrumentationScope) {
	d.alike = -1
	d.ofScope.reset()
	if d.rules.ScopeName && s.Name() != "" {
		d.scopeAttrs.addText(&d.ofScope, 0, scopeNameKey, s.Name(), rankScope)
	}
	if d.rules.ScopeVersion && s.Version() != "" {
		d.scopeAttrs.addText(&d.ofScope, 1, scopeVersionKey, s.Version(), rankScope)
	}
	if d.rules.ScopeAttributes {
		position := 2
		for key, value := range s.Attributes().All() {
			d.scopeAttrs.add(&d.ofScope, position, key, value, rankScope)
			position++
		}
	}
	merge(&d.base, &d.ofResource, &d.ofScope, d.counts)
	if limit := d.limit(); len(d.base.entries) > limit {
		trim(&d.spare, &d.base, limit, true, d.counts)
		d.base, d.spare = d.spare, d.base
	}
}

func (d *pointTags) limit() int {
	if limit := d.rules.Encode.Limits.PointTags; limit > 0 {
		return limit
	}
	return maxEntries
}

// setItem begins a point.
func (d *pointTags) setItem(attributes pcommon.Map) {
	d.item = attributes
	d.encoded = false
}

// forget lets go of the batch's memory.
func (d *pointTags) forget() { d.item = pcommon.Map{} }

// encodeItem encodes the point's attributes.
func (d *pointTags) encodeItem(unit string) {
	d.encoded = true
	d.own.reset()
	d.itemSource = d.itemSource[:0]
	position, hasSource := 0, false
	for key, value := range d.item.All() {
		hasSource = d.itemAttrs.add(&d.own, position, key, value, rankItem) || hasSource
		position++
	}
	if hasSource {
		d.itemSource = d.rules.Sources.appendOwn(d.itemSource, d.rules.Encode, d.item, d.counts)
	}
	d.alike = -1
	if position == len(d.own.entries) && position <= len(d.itemAttrs.recent) && d.rules.UnitKey == "" && disjoint(&d.base, &d.own) {
		d.alike = position
	}
	if d.rules.UnitKey != "" && unit != "" {
		d.itemAttrs.addText(&d.own, position, d.rules.UnitKey, unit, rankScope)
	}
}

// appendAlike appends the attributes of a point with the same keys as the one before, if
// it is one whose values need no change: most are.
func (d *pointTags) appendAlike(dst []byte) ([]byte, bool) {
	position := 0
	for key, value := range d.item.All() {
		k := &d.itemAttrs.recent[position]
		if k.key != key {
			return dst, false
		}
		position++
		var change wavefront.Change
		var err error
		switch value.Type() {
		case pcommon.ValueTypeStr:
			dst, change, err = d.rules.Encode.AppendTagValue(dst, &k.sent, value.Str())
		case pcommon.ValueTypeInt:
			dst, change, err = d.rules.Encode.AppendTagInt(dst, &k.sent, value.Int())
		default:
			return dst, false
		}
		if change != 0 || err != nil {
			return dst, false
		}
	}
	return dst, true
}

// append appends the source and the tags of a line that gets one more of the key
// reserved ("" for none), or returns why it cannot be sent. The point's attributes are
// encoded when they are first asked for: a point that is dropped needs none.
func (d *pointTags) append(dst []byte, unit, reserved string) ([]byte, Reason, bool) {
	if !d.encoded {
		if len(d.source) > 0 && d.item.Len() == d.alike && d.simple(reserved) {
			if line, ok := d.appendAlike(append(append(dst, d.source...), d.base.wire...)); ok {
				return line, 0, true
			}
		}
		d.encodeItem(unit)
	}
	source := d.source
	if len(d.itemSource) > 0 {
		source = d.itemSource
	}
	if len(source) == 0 {
		return dst, NoSource, false
	}
	if d.simple(reserved) && (d.alike >= 0 || disjoint(&d.base, &d.own)) {
		return append(append(append(dst, source...), d.base.wire...), d.own.wire...), 0, true
	}
	if !d.resolve(reserved, d.room(reserved)) {
		return dst, TooManyTags, false
	}
	return append(append(dst, source...), d.merged.wire...), 0, true
}

// simple reports whether base and own, or a point with the same keys, fit beside a tag
// of the key reserved.
func (d *pointTags) simple(reserved string) bool {
	return len(d.base.entries)+len(d.own.entries) <= d.room(reserved) &&
		(reserved == "" || (d.base.mask|d.own.mask)&maskOf(reserved) == 0)
}

// room is the number of tags beside one of the key reserved.
func (d *pointTags) room(reserved string) int {
	if reserved != "" {
		return d.limit() - 1
	}
	return d.limit()
}

// resolve makes merged of everything, without duplicates and within room.
func (d *pointTags) resolve(reserved string, room int) bool {
	merge(&d.merged, &d.base, &d.own, d.counts)
	if reserved != "" && d.merged.find([]byte(reserved)) >= 0 {
		rename(&d.spare, &d.merged, reserved, d.rules.Encode.Limits.PointTagPair, d.counts)
		d.spare, d.merged = d.merged, d.spare
	}
	if len(d.merged.entries) > room {
		if !trim(&d.spare, &d.merged, room, d.rules.CutOwnTags, d.counts) {
			return false
		}
		d.spare, d.merged = d.merged, d.spare
	}
	return true
}
