package wavefront

import (
	"regexp"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// span reads a span:
//
//	name source=… traceId=uuid spanId=uuid {key=value} start duration
//
// The first token that is all digits where a key could stand is the start, so that
// such a key, also a quoted one, ends the tags. Keys may repeat.
func (d *decoder) span(line string) *refusal {
	p := newParser(line)
	name := p.text("the name")
	var tags store.Dimensions
	for token, more := p.peek(); more && !isDigits(token); token, more = p.peek() {
		tags = append(tags, p.tag())
	}
	first := p.double("the start")
	second := p.double("the duration")
	p.end()
	ids := map[string]string{"source": d.defaultSource}
	tags = slices.DeleteFunc(tags, func(tag store.Dimension) bool { return takeID(ids, tag) })
	p.checkIDs(ids)
	if second < 0 {
		p.fail("the duration is negative")
	}
	if r := p.refusal(); r != nil {
		return r
	}
	if d.proxy {
		name = strings.ReplaceAll(name, "*", "-")
	}
	if r := d.checkSpan(name, ids["source"], tags); r != nil {
		return r
	}
	start, duration := spanTimes(first, second)
	if ahead := start/1e6 - float64(d.now.UnixMilli()); ahead > float64(maxAhead.Milliseconds()) {
		return refuse(SpanTimestamp, "the span starts more than %s ahead", maxAhead)
	}
	d.cutSpanTags(tags, line)
	span := spanOf(name, tags)
	span.TraceID, span.SpanID = strings.ToLower(ids["traceId"]), strings.ToLower(ids["spanId"])
	span.Start, span.Duration = int64(start), int64(duration)
	span.Resource["source"] = ids["source"]
	d.Spans = append(d.Spans, span)
	return nil
}

// takeID takes the tags that are no tags out; the last of each wins.
func takeID(ids map[string]string, tag store.Dimension) bool {
	switch tag.Key {
	case "source", "host":
		ids["source"] = tag.Value
	case "traceId", "spanId":
		ids[tag.Key] = tag.Value
	default:
		return false
	}
	return true
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (p *parser) checkIDs(ids map[string]string) {
	for _, key := range []string{"traceId", "spanId"} {
		if !uuid.MatchString(ids[key]) {
			p.fail("%s: %q is no UUID such as 7b3bf470-9456-11e8-9eb6-529269fb1459", key, shorten(ids[key]))
		}
	}
}

// spanTimes returns nanoseconds. The start's digits tell the unit of both numbers; a
// second number that is not below the first is an end.
func spanTimes(first, second float64) (start, duration float64) {
	if second >= first {
		second -= first
	}
	unit := 1.0
	switch {
	case first <= 999_999_999_999:
		unit = 1e9
	case first <= 999_999_999_999_999:
		unit = 1e6
	case first <= 999_999_999_999_999_999:
		unit = 1e3
	}
	return first * unit, second * unit
}

// mandatorySpanTags must not have several values; the first two must be there.
var mandatorySpanTags = []string{"application", "service", "cluster", "shard"}

func (d *decoder) checkSpan(name, source string, tags store.Dimensions) *refusal {
	switch n := utf16Len(name); {
	case strings.TrimSpace(source) == "":
		return refuse(SpanSourceMissing, "the source is missing or blank")
	case utf16Len(source) > d.limits.Source:
		return refuse(SpanSourceLength, "the source has %d characters, the limit is %d", utf16Len(source), d.limits.Source)
	case strings.TrimSpace(name) == "":
		return refuse(LineUnparsable, "the span has no name")
	case n > d.limits.SpanName:
		return refuse(SpanNameLength, "the name has %d characters, the limit is %d", n, d.limits.SpanName)
	case strings.Contains(name, "*"):
		return refuse(SpanNameChars, "the name %q holds a *", shorten(name))
	case len(tags) > d.limits.SpanTags:
		return refuse(SpanTagCount, "%d span tags, the limit is %d", len(tags), d.limits.SpanTags)
	}
	for _, tag := range tags {
		if r := d.checkSpanTag(tag); r != nil {
			return r
		}
	}
	return checkMandatorySpanTags(tags)
}

func (d *decoder) checkSpanTag(tag store.Dimension) *refusal {
	switch n := utf16Len(tag.Key); {
	case n > d.limits.SpanTagKey:
		return refuse(SpanTagKeyLength, "the tag key %q has %d characters, the limit is %d", shorten(tag.Key), n, d.limits.SpanTagKey)
	case !isName(tag.Key):
		return refuse(SpanTagKeyChars, "the tag key %q holds other characters than A-Z a-z 0-9 , - . / _ or is empty", shorten(tag.Key))
	case strings.TrimSpace(tag.Value) == "":
		return refuse(SpanTagValueBlank, "the value of tag %q is empty or blank", shorten(tag.Key))
	}
	return nil
}

func checkMandatorySpanTags(tags store.Dimensions) *refusal {
	for i, key := range mandatorySpanTags {
		found := 0
		for _, tag := range tags {
			if tag.Key == key {
				found++
			}
		}
		if found > 1 {
			return refuse(SpanTagRepeated, "the tag %s has several values", key)
		}
		if found == 0 && i < 2 {
			return refuse(SpanTagMissing, "the tag %s is missing", key)
		}
	}
	return nil
}

// cutSpanTags cuts values to their limit, which is the one change that keeps the item.
func (d *decoder) cutSpanTags(tags store.Dimensions, line string) {
	for i := range tags {
		if n := utf16Len(tags[i].Value); n > d.limits.SpanTagValue {
			tags[i].Value = cutUTF16(tags[i].Value, d.limits.SpanTagValue)
			r := refuse(SpanTagValueLength, "the value of tag %q has %d characters and was cut to %d; the span was kept", tags[i].Key, n, d.limits.SpanTagValue)
			d.Refuse("span_tag", string(r.reason), r.detail, line)
		}
	}
}

// spanOf sorts the tags into a span: a key that repeats has a list of values.
func spanOf(name string, tags store.Dimensions) store.Span {
	span := store.Span{Name: name, Kind: "unspecified", Status: "unset", Attributes: map[string]any{}, Resource: map[string]any{}}
	for _, tag := range tags {
		switch held := span.Attributes[tag.Key].(type) {
		case nil:
			span.Attributes[tag.Key] = tag.Value
		case string:
			span.Attributes[tag.Key] = []string{held, tag.Value}
		case []string:
			span.Attributes[tag.Key] = append(held, tag.Value)
		}
	}
	span.Service, _ = tags.Get("service")
	span.ParentID, _ = tags.Get("parent")
	span.ParentID = strings.ToLower(span.ParentID)
	if kind, ok := tags.Get("span.kind"); ok {
		span.Kind = kind
	}
	if failed, _ := tags.Get("error"); failed == "true" {
		span.Status = "error"
	}
	return span
}
