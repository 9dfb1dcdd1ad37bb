package librato

import (
	"errors"
	"math"
	"strconv"
)

// Errors of measurements that the service would not take. One of them fails the
// whole request it is in, so they are refused before they are encoded.
var (
	ErrNotFinite       = errors.New("the value is NaN or infinite, which JSON cannot hold; leave the measurement out")
	ErrOutOfRange      = errors.New("the value is 1e127 or more, for which the service refuses the whole request; leave the measurement out")
	ErrNoSamples       = errors.New("the complex measurement sums up no samples; leave it out")
	ErrNegativeCounter = errors.New("the counter is negative, and the service takes no such counters; send a gauge instead")
	ErrNoName          = errors.New("the measurement has no metric name; set one")
)

// Number is a number as measurements hold it; the zero Number is 0.
type Number struct {
	bits uint64
	kind numberKind
}

type numberKind uint8

const (
	signed numberKind = iota
	unsigned
	float
)

// Int is an integer. The service computes in doubles, so beyond 2^53 it loses digits.
func Int(v int64) Number { return Number{bits: uint64(v)} }

// Uint is an unsigned integer.
func Uint(v uint64) Number { return Number{bits: v, kind: unsigned} }

// Float is a floating-point number; Check says whether it can be sent.
func Float(v float64) Number { return Number{bits: math.Float64bits(v), kind: float} }

// Float64 is the number as a double, the nearest one for large integers.
func (n Number) Float64() float64 {
	switch n.kind {
	case signed:
		return float64(int64(n.bits))
	case unsigned:
		return float64(n.bits)
	default:
		return math.Float64frombits(n.bits)
	}
}

// Check returns ErrNotFinite, ErrOutOfRange or, when the number can be sent, nil.
func (n Number) Check() error {
	if n.kind != float {
		return nil
	}
	return checkFloat(math.Float64frombits(n.bits))
}

func checkFloat(v float64) error {
	if math.Abs(v) < MaxMagnitude {
		return nil
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ErrNotFinite
	}
	return ErrOutOfRange
}

func (n Number) append(dst []byte) []byte {
	switch n.kind {
	case signed:
		return strconv.AppendInt(dst, int64(n.bits), 10)
	case unsigned:
		return strconv.AppendUint(dst, n.bits, 10)
	default:
		return appendFloat(dst, math.Float64frombits(n.bits))
	}
}

// maxExactInt is 2^53, below which every integer is a double.
const maxExactInt = 1 << 53

// appendFloat appends the shortest text that reads back as v, which must be finite.
func appendFloat(dst []byte, v float64) []byte {
	if v > -maxExactInt && v < maxExactInt {
		if i := int64(v); float64(i) == v {
			return strconv.AppendInt(dst, i, 10)
		}
	}
	format := byte('f')
	if abs := math.Abs(v); abs < 1e-6 || abs >= 1e21 {
		format = 'e'
	}
	return strconv.AppendFloat(dst, v, format, -1, 64)
}

// plus adds integers exactly as long as the sum is one, else as doubles.
func (n Number) plus(m Number) Number {
	if n.kind == signed && m.kind == signed {
		a, b := int64(n.bits), int64(m.bits)
		if (b >= 0 && a <= math.MaxInt64-b) || (b < 0 && a >= math.MinInt64-b) {
			return Int(a + b)
		}
	}
	return Float(n.Float64() + m.Float64())
}
