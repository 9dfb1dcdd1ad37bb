package translate

import (
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// Attributes that steer the exporter. None is ever sent as a dimension.
const (
	// AccessTokenAttribute on a resource is the token that its items are sent with.
	AccessTokenAttribute = "com.splunk.signalfx.access_token"

	eventCategoryAttribute   = "com.splunk.signalfx.event_category"
	eventTypeAttribute       = "com.splunk.signalfx.event_type"
	eventPropertiesAttribute = "com.splunk.signalfx.event_properties"
)

func isControl(key string) bool {
	switch key {
	case AccessTokenAttribute, eventCategoryAttribute, eventTypeAttribute, eventPropertiesAttribute:
		return true
	}
	return false
}

// DimensionSources say what dimensions are made of, and how.
type DimensionSources struct {
	Dimensions *DimensionRules
	// Static dimensions are sent with every item and override others of the same key.
	Static map[string]string
	// ScopeName, ScopeVersion and ScopeAttributes make dimensions of what the scope has.
	ScopeName, ScopeVersion, ScopeAttributes bool
}

// Keys of the dimensions for a scope's name and version, as in OpenTelemetry's mapping to other formats.
const (
	scopeNameKey    = "otel.scope.name"
	scopeVersionKey = "otel.scope.version"
)

// itemDimensions resolves the dimensions that the items of a walk are sent with. What
// resource and scope contribute is encoded once and copied.
type itemDimensions struct {
	sources *DimensionSources
	counts  *Counts

	// Each remembers the keys it saw, so each kind of list has its own.
	resourceAttrs, scopeAttrs, itemAttrs dimensionEncoder

	resource pcommon.Resource
	scope    pcommon.InstrumentationScope
	item     pcommon.Map // the attributes of the current item
	encoded  bool        // own holds them encoded

	static, ofResource, ofScope dimensionSet
	base                        dimensionSet // static, identity, scope and resource
	own                         dimensionSet
	merged, spare               dimensionSet
}

func (d *itemDimensions) init(sources *DimensionSources, counts *Counts) {
	d.sources, d.counts = sources, counts
	for _, e := range []*dimensionEncoder{&d.resourceAttrs, &d.scopeAttrs, &d.itemAttrs} {
		e.rules, e.counts = sources.Dimensions, counts
	}
	d.static.reset(rankStatic)
	for position, key := range slices.Sorted(maps.Keys(sources.Static)) {
		d.itemAttrs.addText(&d.static, position, key, sources.Static[key])
	}
}

// setResource encodes the cloud host's id and the resource's attributes.
func (d *itemDimensions) setResource(r pcommon.Resource) {
	d.resource = r
	d.ofResource.reset(rankIdentity)
	position := 0
	if id, ok := cloudIDOf(r.Attributes()); ok {
		d.resourceAttrs.addText(&d.ofResource, position, id.Key, id.Value)
	}
	d.ofResource.setRank(rankResource)
	for key, value := range r.Attributes().All() {
		position++
		d.resourceAttrs.add(&d.ofResource, position, key, value)
	}
}

// setScope encodes the scope and resolves base.
func (d *itemDimensions) setScope(s pcommon.InstrumentationScope) {
	d.scope = s
	d.ofScope.reset(rankScope)
	if d.sources.ScopeName && s.Name() != "" {
		d.scopeAttrs.addText(&d.ofScope, 0, scopeNameKey, s.Name())
	}
	if d.sources.ScopeVersion && s.Version() != "" {
		d.scopeAttrs.addText(&d.ofScope, 1, scopeVersionKey, s.Version())
	}
	if d.sources.ScopeAttributes {
		position := 2
		for key, value := range s.Attributes().All() {
			d.scopeAttrs.add(&d.ofScope, position, key, value)
			position++
		}
	}
	merge(&d.spare, &d.ofResource, &d.ofScope, d.counts)
	merge(&d.base, &d.static, &d.spare, d.counts)
	if d.base.n > signalfx.MaxDimensions && trim(&d.spare, &d.base, signalfx.MaxDimensions, d.counts) {
		d.base, d.spare = d.spare, d.base
	}
}

// setItem begins an item.
func (d *itemDimensions) setItem(attributes pcommon.Map) {
	d.item = attributes
	d.own.reset(rankPoint)
	d.encoded = false
}

// forget lets go of the batch's memory.
func (d *itemDimensions) forget() {
	d.item, d.resource, d.scope = pcommon.Map{}, pcommon.Resource{}, pcommon.InstrumentationScope{}
}

// attribute looks a dimension up by its key as received.
func (d *itemDimensions) attribute(key string) (string, bool) {
	if isControl(key) {
		return "", false
	}
	if v, ok := d.sources.Static[key]; ok {
		return v, true
	}
	if v, ok := d.item.Get(key); ok {
		return v.AsString(), true
	}
	if v, ok := d.scopeAttribute(key); ok {
		return v, true
	}
	if v, ok := d.resource.Attributes().Get(key); ok {
		return v.AsString(), true
	}
	id, ok := cloudIDOf(d.resource.Attributes())
	return id.Value, ok && id.Key == key
}

// scopeAttribute looks up what the scope adds.
func (d *itemDimensions) scopeAttribute(key string) (string, bool) {
	switch {
	case key == scopeNameKey && d.sources.ScopeName:
		return d.scope.Name(), d.scope.Name() != ""
	case key == scopeVersionKey && d.sources.ScopeVersion:
		return d.scope.Version(), d.scope.Version() != ""
	case d.sources.ScopeAttributes:
		if v, ok := d.scope.Attributes().Get(key); ok {
			return v.AsString(), true
		}
	}
	return "", false
}

// chunks returns the encoded dimensions of a datapoint that gets one more of the key
// reserved ("" for none). It reports false when the item has too many of its own.
// An item's attributes are encoded when they are first asked for: one that is
// dropped needs none.
func (d *itemDimensions) chunks(reserved string) (a, b []byte, ok bool) {
	if !d.encoded {
		d.encoded = true
		position := 0
		for key, value := range d.item.All() {
			d.itemAttrs.add(&d.own, position, key, value)
			position++
		}
	}
	room := signalfx.MaxDimensions
	if reserved != "" {
		room--
	}
	fits := d.base.n+d.own.n <= room
	free := reserved == "" || (d.base.mask|d.own.mask)&maskOf(reserved) == 0
	if fits && free && disjoint(&d.base, &d.own) {
		return d.base.wire, d.own.wire, true
	}
	if !d.resolve(reserved, room) {
		return nil, nil, false
	}
	return d.merged.wire, nil, true
}

// resolve makes merged of everything, without duplicates and within room.
func (d *itemDimensions) resolve(reserved string, room int) bool {
	counts := d.counts
	if reserved != "" {
		counts = new(Counts) // the same were counted for the datapoints before
	}
	merge(&d.merged, &d.base, &d.own, counts)
	if reserved != "" && d.merged.find([]byte(reserved)) >= 0 {
		without(&d.spare, &d.merged, reserved, d.counts)
		d.spare, d.merged = d.merged, d.spare
	}
	if d.merged.n > room {
		if !trim(&d.spare, &d.merged, room, counts) {
			return false
		}
		d.spare, d.merged = d.merged, d.spare
		if reserved != "" {
			d.counts.Changed[DimensionOverflow]++ // the one that makes room
		}
	}
	return true
}
