package librato

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumberText(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Number
		want string
	}{
		{"the zero Number", Number{}, "0"},
		{"a negative integer", Int(-5), "-5"},
		{"an integer that no double holds", Int(9007199254740993), "9007199254740993"},
		{"the largest unsigned integer", Uint(math.MaxUint64), "18446744073709551615"},
		{"a double that is an integer", Float(80), "80"},
		{"negative zero", Float(math.Copysign(0, -1)), "0"},
		{"the shortest text that reads back", Float(0.1), "0.1"},
		{"a large double without exponent", Float(1 << 60), "1152921504606847000"},
		{"a larger one with", Float(1e21), "1e+21"},
		{"a small double", Float(1e-7), "1e-07"},
		{"the largest that the service takes", Float(9.99e126), "9.99e+126"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.NoError(t, c.in.Check())
			assert.Equal(t, c.want, string(c.in.append(nil)))
		})
	}
}

func TestNumberCheck(t *testing.T) {
	assert.ErrorIs(t, Float(math.NaN()).Check(), ErrNotFinite)
	assert.ErrorIs(t, Float(math.Inf(-1)).Check(), ErrNotFinite)
	assert.ErrorIs(t, Float(1e127).Check(), ErrOutOfRange)
	assert.ErrorIs(t, Float(-math.MaxFloat64).Check(), ErrOutOfRange)
	assert.NoError(t, Float(-1e126).Check())
}

func TestNumberPlus(t *testing.T) {
	assert.Equal(t, Int(math.MaxInt64), Int(math.MaxInt64-1).plus(Int(1)))
	assert.Equal(t, Float(1<<63), Int(math.MaxInt64).plus(Int(1)), "beyond integers, as doubles")
	assert.Equal(t, Float(-(1<<63)-1), Int(math.MinInt64).plus(Int(-1)))
	assert.Equal(t, Float(1.5), Int(1).plus(Float(0.5)))
}
