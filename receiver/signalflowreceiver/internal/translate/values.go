package translate

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// putValue sets an attribute with the type that the value has; null sets none.
func putValue(to pcommon.Map, key string, v signalflow.Value) bool {
	if v.Kind() == signalflow.ValueNull {
		return false
	}
	setValue(to.PutEmpty(key), v, 0)
	return true
}

// maxDepth bounds how deep lists and objects are taken apart; what is deeper stays JSON text.
const maxDepth = 8

func setValue(to pcommon.Value, v signalflow.Value, depth int) {
	switch v.Kind() {
	case signalflow.ValueString:
		to.SetStr(v.Text())
	case signalflow.ValueBool:
		to.SetBool(v.Bool())
	case signalflow.ValueInt:
		to.SetInt(v.Int())
	case signalflow.ValueFloat:
		to.SetDouble(v.Float())
	case signalflow.ValueJSON:
		setJSON(to, v, depth)
	}
}

func setJSON(to pcommon.Value, v signalflow.Value, depth int) {
	text := v.Text()
	switch {
	case depth == maxDepth:
		to.SetStr(text)
	case text[0] == '[':
		list := to.SetEmptySlice()
		for _, element := range v.List() {
			setValue(list.AppendEmpty(), element, depth+1)
		}
	default:
		object := to.SetEmptyMap()
		for _, member := range v.Map() {
			setValue(object.PutEmpty(member.Key), member.Value, depth+1)
		}
	}
}
