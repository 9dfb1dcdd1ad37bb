package librato

import (
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// readTagged reads the body of POST /v1/measurements.
func (r *reader) readTagged(body object) (*payload, *apiError) {
	p := &payload{}
	items, ok := body["measurements"].([]any)
	if !ok && body.has("measurements") {
		return nil, breaks(PropertyInvalid, "measurements", "is not an array").paramsError(http.StatusBadRequest, "")
	}
	for _, element := range items {
		item, _ := element.(map[string]any)
		p.add(item, func() (*measurement, *broken) { return r.readTaggedItem(item, body) })
	}
	return p, nil
}

func (r *reader) readTaggedItem(item, shared object) (*measurement, *broken) {
	m, b := r.read(item, shared, typeGauge, "time")
	if b != nil {
		return nil, b
	}
	// Tags are never merged: a measurement's own replace those of the request.
	tags, b := item.object("tags")
	if b == nil && len(tags) == 0 {
		tags, b = shared.object("tags")
	}
	if b != nil {
		return nil, b
	}
	m.sample.Dimensions, b = readTags(tags)
	return m, b
}

// readTags returns the tags in lower case, as they are stored, and in order.
func readTags(from object) (tags store.Dimensions, b *broken) {
	switch n := len(from); {
	case n == 0:
		return nil, breaks(TagMissing, "tags", "at least one tag is needed")
	case n > maxTags:
		return nil, breaks(TagCount, "tags", "has %d tags, the limit is %d", n, maxTags)
	}
	seen := map[string]bool{}
	for name, value := range from {
		text, ok := value.(string)
		switch key := strings.ToLower(name); {
		case !tagNameRule.MatchString(name):
			return nil, breaks(TagName, "tags", "name %q is invalid: 1 to 64 of A-Z a-z 0-9 - . : _", shorten(name))
		case !ok || !tagValueRule.MatchString(text):
			return nil, breaks(TagValue, "tags", "value of %q is invalid: 1 to 255 of A-Z a-z 0-9 - . : _ ? \\ / and blank", name)
		case seen[key]:
			return nil, breaks(TagName, "tags", "name %q is there twice, as case does not count", name)
		default:
			seen[key] = true
			tags = append(tags, store.Dimension{Key: key, Value: strings.ToLower(text)})
		}
	}
	tags.Sort()
	return tags, nil
}
