package translate

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// numberOf reads a number, or the text of one.
func numberOf(v pcommon.Value) (float64, bool) {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return float64(v.Int()), true
	case pcommon.ValueTypeDouble:
		return v.Double(), isFinite(v.Double())
	case pcommon.ValueTypeStr:
		n, err := strconv.ParseFloat(v.Str(), 64)
		return n, err == nil && isFinite(n)
	}
	return 0, false
}
