package translate

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// Keys of the tags that a span gets from fields that have no tag of their own in the
// vendor's format, as in the vendor's own mapping of OTLP.
const (
	errorKey             = "error"
	debugKey             = "debug"
	spanLogsKey          = "_spanLogs"
	statusDescriptionKey = "otel.status_description"
	traceStateKey        = "w3c.tracestate"
	droppedAttributesKey = "otel.dropped_attributes_count"
	droppedEventsKey     = "otel.dropped_events_count"
	droppedLinksKey      = "otel.dropped_links_count"
)

// NoTagValue is what the vendor's SDKs write where a mandatory tag has no value.
const NoTagValue = "none"

// applicationTags are the tags without which the vendor's product does not take a span.
var applicationTags = [...]string{applicationKey, serviceKey, clusterKey, shardKey}

// spanTags resolves the source and tags of spans.
type spanTags struct {
	rules  *SpanRules
	counts *Counts

	// Each remembers the keys it saw, so each kind of list has its own.
	resourceAttrs, itemAttrs, fixed tagEncoder

	resource pcommon.Map
	scope    pcommon.InstrumentationScope

	source, itemSource []byte
	ofResource, own    tagSet
	merged, spare      tagSet
	position           int // of the next fixed tag
}

func (d *spanTags) init(rules *SpanRules, counts *Counts) {
	d.rules, d.counts = rules, counts
	d.resourceAttrs = rules.tagEncoder(rules.Encode.SpanTagKey, nil, counts)
	d.itemAttrs = rules.tagEncoder(rules.Encode.SpanTagKey, rules.Sources.Item, counts)
	d.fixed = rules.tagEncoder(rules.Encode.SpanTagKey, nil, counts)
	d.forget()
}

// forget lets go of the batch's memory.
func (d *spanTags) forget() {
	d.resource, d.scope = pcommon.NewMap(), pcommon.NewInstrumentationScope()
}

// setResource encodes the source and the resource's attributes. All become tags: spans
// have room for them.
func (d *spanTags) setResource(r pcommon.Resource) {
	d.resource = r.Attributes()
	source, from := d.rules.Sources.of(d.resource)
	d.source, _ = d.rules.Sources.appendSource(d.source[:0], d.rules.Encode, source, d.counts)
	d.ofResource.reset()
	position := 0
	for key, value := range d.resource.All() {
		if key == spanLogsKey {
			d.counts.Changed[TagRepeated]++ // a span says itself whether it has logs
			continue
		}
		if key != from && !isApplicationTag(key) {
			d.resourceAttrs.add(&d.ofResource, position, key, value, rankResource)
			position++
		}
	}
}

func isApplicationTag(key string) bool {
	switch key {
	case applicationKey, serviceKey, clusterKey, shardKey, serviceNameKey:
		return true
	}
	return false
}

// ApplicationTags are the application, service, cluster and shard of a span: those of
// the span, else of its resource, else the defaults.
func (r *SpanRules) ApplicationTags(span, resource pcommon.Map) [4]string {
	tags := [4]string{r.Application, r.Service, NoTagValue, NoTagValue}
	for i, key := range applicationTags {
		if text := firstOf(key, span, resource); text != "" {
			tags[i] = text
		} else if key == serviceKey {
			if text := firstOf(serviceNameKey, span, resource); text != "" {
				tags[i] = text
			}
		}
	}
	return tags
}

// firstOf returns the text of an attribute in the first map that has it; a blank one says nothing.
func firstOf(key string, maps ...pcommon.Map) string {
	for _, m := range maps {
		if v, ok := m.Get(key); ok {
			if text := v.AsString(); !wavefront.IsBlank(text) {
				return text
			}
		}
	}
	return ""
}

// resolve returns the tags of a span, which gets extra more, and its source. A span
// to keep gets the tag by which proxies do, whatever their sampling says.
func (d *spanTags) resolve(s ptrace.Span, keep bool, extra int) (tags, source []byte) {
	d.own.reset()
	d.position = 0
	for i, text := range d.rules.ApplicationTags(s.Attributes(), d.resource) {
		d.put(applicationTags[i], text, rankMandatory)
	}
	d.put(spanKindKey, KindText(s.Kind()), rankMandatory)
	if s.Status().Code() == ptrace.StatusCodeError {
		d.put(errorKey, "true", rankMandatory)
	}
	if keep || firstOf(debugKey, s.Attributes()) == "true" {
		d.put(debugKey, "true", rankMandatory)
	}
	d.addAttributes(s.Attributes())
	if d.rules.MapTags {
		d.addMapTags(s)
	}
	d.addFields(s)

	merge(&d.merged, &d.ofResource, &d.own, d.counts)
	if limit := d.rules.Encode.Limits.SpanTags; limit > 0 && len(d.merged.entries) > limit-extra {
		trim(&d.spare, &d.merged, limit-extra, true, d.counts)
		d.spare, d.merged = d.merged, d.spare
	}
	if len(d.itemSource) > 0 {
		return d.merged.wire, d.itemSource
	}
	return d.merged.wire, d.source
}

// put adds a tag unless it would be empty.
func (d *spanTags) put(key, value string, r rank) {
	if value != "" {
		d.fixed.addText(&d.own, d.position, key, value, r)
		d.position++
	}
}

// addAttributes adds the span's attributes, but those that are resolved or said otherwise.
func (d *spanTags) addAttributes(attributes pcommon.Map) {
	position, hasSource := 0, false
	for key, value := range attributes.All() {
		switch key {
		case applicationKey, serviceKey, clusterKey, shardKey, serviceNameKey, spanKindKey,
			PendingAttribute, samplingPriorityAttribute, spanLogsKey:
			if key == spanKindKey || key == spanLogsKey {
				d.counts.Changed[TagRepeated]++ // the span's own fields say it
			}
			continue
		case debugKey:
			if d.own.find([]byte(debugKey)) >= 0 {
				continue
			}
		case errorKey:
			if value.AsString() == "false" || d.own.find([]byte(errorKey)) >= 0 {
				continue
			}
		}
		hasSource = d.itemAttrs.add(&d.own, position, key, value, rankItem) || hasSource
		position++
	}
	d.itemSource = d.itemSource[:0]
	if hasSource {
		d.itemSource = d.rules.Sources.appendOwn(d.itemSource, d.rules.Encode, attributes, d.counts)
	}
}

// addFields adds what the format has no other place for.
func (d *spanTags) addFields(s ptrace.Span) {
	if s.Status().Code() == ptrace.StatusCodeError {
		d.put(statusDescriptionKey, s.Status().Message(), rankItem)
	}
	d.put(traceStateKey, s.TraceState().AsRaw(), rankItem)
	d.put(scopeNameKey, d.scope.Name(), rankScope)
	d.put(scopeVersionKey, d.scope.Version(), rankScope)
	d.putCount(droppedAttributesKey, s.DroppedAttributesCount())
	d.putCount(droppedEventsKey, s.DroppedEventsCount())
	d.putCount(droppedLinksKey, s.DroppedLinksCount())
}

func (d *spanTags) putCount(key string, n uint32) {
	if n > 0 {
		d.put(key, strconv.FormatUint(uint64(n), 10), rankScope)
	}
}

// KindText is the value of the tag span.kind.
func KindText(k ptrace.SpanKind) string {
	switch k {
	case ptrace.SpanKindClient:
		return "client"
	case ptrace.SpanKindServer:
		return "server"
	case ptrace.SpanKindProducer:
		return "producer"
	case ptrace.SpanKindConsumer:
		return "consumer"
	case ptrace.SpanKindInternal:
		return "internal"
	}
	return "unspecified"
}
