package translate

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// SourceRules say what the source of an item is.
type SourceRules struct {
	// Resource lists resource attributes; the first that is there and not blank is the source.
	Resource []string
	// Item lists attributes of points, spans and log records that override it.
	Item []string
	// Default stands in where there is none.
	Default string
}

// of returns the source that a resource gives and the attribute it is from, "" for the default.
func (r *SourceRules) of(attributes pcommon.Map) (source, attribute string) {
	for _, key := range r.Resource {
		if text := firstOf(key, attributes); text != "" {
			return text, key
		}
	}
	return r.Default, ""
}

// Of returns the source of an item of a resource.
func (r *SourceRules) Of(item, resource pcommon.Map) string {
	if own := r.own(item); own != "" {
		return own
	}
	source, _ := r.of(resource)
	return source
}

// own returns the source that an item says itself, or "".
func (r *SourceRules) own(item pcommon.Map) string {
	for _, key := range r.Item {
		if text := firstOf(key, item); text != "" {
			return text
		}
	}
	return ""
}

// appendOwn appends the source that an item says itself, if it does.
func (r *SourceRules) appendOwn(dst []byte, encode *wavefront.Encoder, item pcommon.Map, counts *Counts) []byte {
	if text := r.own(item); text != "" {
		dst, _ = r.appendSource(dst, encode, text, counts)
	}
	return dst
}

// ofItem reports whether an attribute of an item is its source.
func (r *SourceRules) ofItem(key string) bool { return slices.Contains(r.Item, key) }

// appendSource appends the source, or the default one where it cannot be sent.
func (r *SourceRules) appendSource(dst []byte, encode *wavefront.Encoder, source string, counts *Counts) ([]byte, bool) {
	dst, change, err := encode.AppendSource(dst, source)
	if err != nil {
		counts.Changed[SourceReplaced]++
		if dst, change, err = encode.AppendSource(dst, r.Default); err != nil {
			return dst, false
		}
	}
	counts.changed(change)
	return dst, true
}
