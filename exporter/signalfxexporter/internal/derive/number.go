package derive

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// number is a value of either kind; sums of integers stay exact.
type number struct {
	bits   uint64
	double bool
}

func integer(v int64) number  { return number{bits: uint64(v)} }
func double(v float64) number { return number{bits: math.Float64bits(v), double: true} }

// numberOf returns a point's value, or false if there is none to derive from.
func numberOf(p pmetric.NumberDataPoint) (number, bool) {
	if p.Flags().NoRecordedValue() {
		return number{}, false
	}
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		return integer(p.IntValue()), true
	case pmetric.NumberDataPointValueTypeDouble:
		n := double(p.DoubleValue())
		return n, n.finite()
	}
	return number{}, false
}

func (n number) integer() int64 { return int64(n.bits) }

func (n number) float() float64 {
	if n.double {
		return math.Float64frombits(n.bits)
	}
	return float64(int64(n.bits))
}

func (n number) finite() bool {
	return !n.double || !math.IsNaN(n.float()) && !math.IsInf(n.float(), 0)
}

// plus adds; an integer sum that overflows goes on as a double.
func (n number) plus(m number) number {
	if !n.double && !m.double {
		a, b := n.integer(), m.integer()
		if sum := a + b; (sum > a) == (b > 0) {
			return integer(sum)
		}
	}
	return double(n.float() + m.float())
}

// minus subtracts, likewise.
func (n number) minus(m number) number {
	if !n.double && !m.double {
		a, b := n.integer(), m.integer()
		if difference := a - b; (difference < a) == (b > 0) {
			return integer(difference)
		}
	}
	return double(n.float() - m.float())
}

func (n number) negative() bool {
	if n.double {
		return n.float() < 0
	}
	return n.integer() < 0
}

func (n number) writeTo(p pmetric.NumberDataPoint) {
	if n.double {
		p.SetDoubleValue(n.float())
	} else {
		p.SetIntValue(n.integer())
	}
}

// hundredths is a double times 100, cut to an integer. Integers are refused, as is
// what no integer can hold.
func (n number) hundredths() (number, bool) {
	v := n.float() * 100
	if !n.double || !(math.Abs(v) < 1<<63) {
		return number{}, false
	}
	return integer(int64(v)), true
}

// sum adds the points that are any of the parts.
func sum(points []point, of parts) (total number) {
	for i := range points {
		if points[i].part&of != 0 {
			total = total.plus(points[i].value)
		}
	}
	return total
}
