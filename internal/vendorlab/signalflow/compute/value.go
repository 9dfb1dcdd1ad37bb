package compute

import (
	"math"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Kind is how a value goes over the wire.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Long
	Double
)

// Value is a whole number, a double, or (the zero Value) nothing.
type Value struct {
	kind Kind
	bits uint64
}

// LongValue returns a whole number.
func LongValue(v int64) Value { return Value{Long, uint64(v)} }

// DoubleValue returns a double; what is not finite is nothing.
func DoubleValue(v float64) Value {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Value{}
	}
	return Value{Double, math.Float64bits(v)}
}

func valueOf(v store.Value) Value {
	if v.IsInt() {
		return LongValue(v.Integer())
	}
	return DoubleValue(v.Float())
}

// Kind returns the kind.
func (v Value) Kind() Kind { return v.kind }

// Bits returns the 64 bits of the integer or of the IEEE 754 double.
func (v Value) Bits() uint64 { return v.bits }

// Float returns the number as a double; nothing is 0.
func (v Value) Float() float64 {
	if v.kind == Long {
		return float64(int64(v.bits))
	}
	return math.Float64frombits(v.bits)
}

// Any returns an int64, a float64 or nil.
func (v Value) Any() any {
	switch v.kind {
	case Long:
		return int64(v.bits)
	case Double:
		return v.Float()
	}
	return nil
}

func (v Value) isNull() bool { return v.kind == Null }

// truth is how conditions give their answer.
func truth(is bool) Value {
	if is {
		return LongValue(1)
	}
	return LongValue(0)
}

func (v Value) isTrue() bool { return v.bits != 0 }

// arithmetic is what an operator makes of two numbers: whole from whole ones where
// that cannot overflow, else a double, and nothing from a division by zero.
func arithmetic(operator string, a, b Value) Value {
	if a.isNull() || b.isNull() {
		return Value{}
	}
	if a.kind == Long && b.kind == Long {
		x, y := int64(a.bits), int64(b.bits)
		switch size := max(math.Abs(a.Float()), math.Abs(b.Float())); {
		case operator == "+" && size < 1<<62:
			return LongValue(x + y)
		case operator == "-" && size < 1<<62:
			return LongValue(x - y)
		case operator == "*" && size < 1<<31:
			return LongValue(x * y)
		}
	}
	switch x, y := a.Float(), b.Float(); operator {
	case "+":
		return DoubleValue(x + y)
	case "-":
		return DoubleValue(x - y)
	case "*":
		return DoubleValue(x * y)
	default:
		return DoubleValue(x / y) // by zero: not finite
	}
}

func compare(operator string, a, b Value) Value {
	if a.isNull() || b.isNull() {
		return Value{}
	}
	switch x, y := a.Float(), b.Float(); operator {
	case "<":
		return truth(x < y)
	case "<=":
		return truth(x <= y)
	case ">":
		return truth(x > y)
	case ">=":
		return truth(x >= y)
	case "==":
		return truth(x == y)
	default:
		return truth(x != y)
	}
}

func both(a, b Value) Value {
	switch {
	case !a.isNull() && !a.isTrue(), !b.isNull() && !b.isTrue():
		return truth(false)
	case a.isNull() || b.isNull():
		return Value{}
	}
	return truth(true)
}

func either(a, b Value) Value { return negate(both(negate(a), negate(b))) }

func negate(a Value) Value {
	if a.isNull() {
		return a
	}
	return truth(!a.isTrue())
}
