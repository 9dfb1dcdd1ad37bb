package wavefront

import (
	"bytes"
	"math"
	"strconv"
)

// AppendFloat appends a finite number as the shortest text that reads back the
// same, always with a point or an exponent and never with a plus sign:
//
//	42422.0  0.1  -0.0  1e21  1e-05
//
// The proxy, which uses Java's Double.parseDouble, takes any decimal spelling.
// Telegraf's parser stops at "+", so the 1e+21 of Python and Go is lost on it; the
// collector's wavefront receiver makes an integer of whatever has neither point nor
// exponent, so a series of floats would change its type from point to point.
func AppendFloat(dst []byte, v float64) []byte {
	// Whole numbers are most of what is sent, and the shortest text of one needs no search.
	if whole := int64(v); float64(whole) == v && whole > -1e15 && whole < 1e15 && (whole != 0 || !math.Signbit(v)) {
		return append(strconv.AppendInt(dst, whole, 10), '.', '0')
	}
	start := len(dst)
	if abs := math.Abs(v); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		dst = strconv.AppendFloat(dst, v, 'e', -1, 64)
		if plus := bytes.IndexByte(dst[start:], '+'); plus >= 0 {
			dst = append(dst[:start+plus], dst[start+plus+1:]...)
		}
		return dst
	}
	dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	if bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, '.', '0')
	}
	return dst
}

// AppendInt appends a whole number without a point. Readers that know integers
// keep it exact; the proxy and the service make a float of it.
func AppendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// AppendTimestamp appends a space and a Unix time in seconds, or nothing for 0:
// a line without a time gets that of its arrival. Readers tell seconds from
// finer units by the number of digits; the service stores seconds, and all
// readers take them.
func AppendTimestamp(dst []byte, t int64) []byte {
	if t == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, ' '), t, 10)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
