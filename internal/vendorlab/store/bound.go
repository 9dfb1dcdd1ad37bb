package store

import "unicode/utf8"

// Bounds of what is kept of attributes, which their senders may make as large as a request.
const (
	maxText       = 4 << 10 // bytes of a text
	maxAttributes = 256     // of a span, a resource or a log
	maxList       = 256     // values
)

// bounded returns attributes within the bounds: long texts are cut, and of many attributes some are left out. It
// copies only what it changes.
func bounded(attributes map[string]any) map[string]any {
	if fits(attributes) {
		return attributes
	}
	kept := make(map[string]any, min(len(attributes), maxAttributes))
	for key, value := range attributes {
		if len(kept) == maxAttributes {
			break
		}
		kept[cut(key)] = boundedValue(value)
	}
	return kept
}

func boundedValue(value any) any {
	switch v := value.(type) {
	case string:
		return cut(v)
	case map[string]any:
		return bounded(v)
	case []any:
		kept := make([]any, 0, min(len(v), maxList))
		for _, item := range v[:min(len(v), maxList)] {
			kept = append(kept, boundedValue(item))
		}
		return kept
	}
	return value
}

// fits reports whether nothing needs to be cut; what is nested is always looked at anew.
func fits(attributes map[string]any) bool {
	if len(attributes) > maxAttributes {
		return false
	}
	for key, value := range attributes {
		text, isText := value.(string)
		if len(key) > maxText || len(text) > maxText || !isText && isNested(value) {
			return false
		}
	}
	return true
}

func isNested(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// cut ends a long text with an ellipsis, between two characters.
func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
