package delta

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// number is the value of a sum.
type number struct {
	integer bool
	i       int64
	f       float64
}

// numberOf returns nil for a point without a value, or with none that can be subtracted.
func numberOf(p pmetric.NumberDataPoint) value[pmetric.NumberDataPoint] {
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		return &number{integer: true, i: p.IntValue(), f: float64(p.IntValue())}
	case pmetric.NumberDataPointValueTypeDouble:
		if f := p.DoubleValue(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return &number{f: f}
		}
	}
	return nil
}

func (n *number) fell(earlier any) bool {
	e := earlier.(*number)
	if n.integer && e.integer {
		return n.i < e.i
	}
	return n.f < e.f
}

func (n *number) subtract(p pmetric.NumberDataPoint, earlier any) bool {
	e := earlier.(*number)
	if d := n.i - e.i; n.integer && e.integer && d >= 0 {
		p.SetIntValue(d)
	} else {
		p.SetDoubleValue(n.f - e.f)
	}
	return true
}

func (n *number) nothing(p pmetric.NumberDataPoint) bool {
	if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
		return p.IntValue() == 0
	}
	return p.DoubleValue() == 0
}
