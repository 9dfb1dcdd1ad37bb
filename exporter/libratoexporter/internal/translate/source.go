package translate

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// defaultSource lists the attributes of which the first that a resource has is the source.
var defaultSource = [...]string{"host.name", "service.instance.id", "service.name"}

// setSource encodes the item's source: the values of the configured attributes, the
// point's over the resource's, joined by dots; else the first of defaultSource.
// An empty one is left out, which the service shows as "unassigned".
func (o *origins) setSource() {
	used := 0
	o.text = o.text[:0]
	for _, key := range o.rules.Source {
		value, ok := o.item.Get(key)
		if ok {
			used++
		} else if value, ok = o.resource.Attributes().Get(key); !ok {
			continue
		}
		if len(o.text) > 0 {
			o.text = append(o.text, '.')
		}
		o.text = appendValue(o.text, value)
	}
	if len(o.rules.Source) == 0 {
		o.text = append(o.text, o.host...)
	}
	if o.item.Len() > used {
		o.counts.Changed[AttributesLeftOut]++
	}
	if string(o.text) != o.last.text { // most items of a batch share theirs
		o.last.text = string(o.text)
		clean, changed := legalSource(o.last.text)
		o.source, o.last.changed = o.source[:0], changed
		if clean != "" {
			o.source = librato.AppendSource(o.source, clean)
		}
	}
	if o.last.changed {
		o.counts.Changed[SourceChanged]++
	}
}

func hostOf(r pcommon.Resource) string {
	for _, key := range defaultSource {
		if v, ok := r.Attributes().Get(key); ok && v.AsString() != "" {
			return v.AsString()
		}
	}
	return ""
}

// legalSource makes a source legal. The reserved one, in capital letters or not, gets an underscore.
func legalSource(text string) (string, bool) {
	if text == "" || librato.IsSource(text) {
		return text, false
	}
	clean, _ := librato.AppendSanitizedSource(nil, text)
	if !librato.IsSource(string(clean)) {
		clean = append(clean, '_')
	}
	return string(clean), true
}

func appendValue(dst []byte, value pcommon.Value) []byte {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return append(dst, value.Str()...)
	case pcommon.ValueTypeDouble:
		return append(dst, numberText(value.Double())...)
	}
	return append(dst, value.AsString()...)
}
