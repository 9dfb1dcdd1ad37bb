package store

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Dimension is one key and value of a series: a dimension, point tag or tag.
type Dimension struct{ Key, Value string }

// Dimensions marshal to one JSON object, in their order.
type Dimensions []Dimension

// Sort orders by key, then value.
func (d Dimensions) Sort() {
	slices.SortFunc(d, func(a, b Dimension) int {
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// Get returns the value of the first dimension with that key.
func (d Dimensions) Get(key string) (string, bool) {
	for i := range d {
		if d[i].Key == key {
			return d[i].Value, true
		}
	}
	return "", false
}

// MarshalJSON writes duplicate keys as they are: a refused item must be shown as it came.
func (d Dimensions) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, dim := range d {
		if i > 0 {
			out.WriteByte(',')
		}
		writeJSONString(&out, dim.Key)
		out.WriteByte(':')
		writeJSONString(&out, dim.Value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func writeJSONString(out *bytes.Buffer, s string) {
	quoted, _ := json.Marshal(s) // strings always marshal
	out.Write(quoted)
}

// Histogram is a distribution with explicit bounds, where Counts has one entry more
// than Bounds, or with centroids, or a summary with none of them.
type Histogram struct {
	Count  uint64    `json:"count"`
	Sum    *float64  `json:"sum,omitempty"`
	Min    *float64  `json:"min,omitempty"`
	Max    *float64  `json:"max,omitempty"`
	Bounds []float64 `json:"bounds"`
	Counts []uint64  `json:"bucket_counts"`

	Centroids []Centroid `json:"centroids,omitempty"`
	// Last and StdDev are sent by some vendors beside the sum.
	Last   *float64 `json:"last,omitempty"`
	StdDev *float64 `json:"stddev,omitempty"`
}

// Centroid is a number of values close to one value.
type Centroid struct {
	Value float64 `json:"value"`
	Count uint64  `json:"count"`
}

type valueKind uint8

const (
	noValue valueKind = iota
	intValue
	doubleValue
	histogramValue
)

// Value is an integer, a double, a histogram, or (the zero Value) nothing.
type Value struct {
	kind      valueKind
	bits      uint64
	histogram *Histogram
}

// Int returns an integer value.
func Int(v int64) Value { return Value{kind: intValue, bits: uint64(v)} }

// Double returns a floating-point value.
func Double(v float64) Value { return Value{kind: doubleValue, bits: math.Float64bits(v)} }

// Distribution returns a histogram value.
func Distribution(h *Histogram) Value { return Value{kind: histogramValue, histogram: h} }

// IsEmpty reports whether there is no value at all.
func (v Value) IsEmpty() bool { return v.kind == noValue }

// IsInt reports whether the value is an integer.
func (v Value) IsInt() bool { return v.kind == intValue }

// Histogram returns the histogram, or nil.
func (v Value) Histogram() *Histogram { return v.histogram }

// Float returns the number as a double; a histogram's is its sum, or 0.
func (v Value) Float() float64 {
	switch v.kind {
	case intValue:
		return float64(int64(v.bits))
	case doubleValue:
		return math.Float64frombits(v.bits)
	case histogramValue:
		if v.histogram.Sum != nil {
			return *v.histogram.Sum
		}
	}
	return 0
}

// IsFinite reports whether the value is neither NaN nor infinite.
func (v Value) IsFinite() bool {
	return v.kind != doubleValue || !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
}

// Append appends the value's JSON form, except that NaN and infinities are bare words.
func (v Value) Append(dst []byte) []byte {
	switch v.kind {
	case intValue:
		return strconv.AppendInt(dst, int64(v.bits), 10)
	case doubleValue:
		return strconv.AppendFloat(dst, v.Float(), 'g', -1, 64)
	case histogramValue:
		text, err := json.Marshal(v.histogram)
		if err != nil { // NaN or infinity inside
			text = strconv.AppendQuote(nil, err.Error())
		}
		return append(dst, text...)
	}
	return append(dst, "null"...)
}

// String returns what Append appends.
func (v Value) String() string { return string(v.Append(nil)) }

// MarshalJSON writes NaN and infinities as strings, because JSON has no such numbers.
func (v Value) MarshalJSON() ([]byte, error) {
	if !v.IsFinite() {
		return strconv.AppendQuote(nil, v.String()), nil
	}
	return v.Append(nil), nil
}

// Sample is one point as it arrived, with the series it belongs to.
type Sample struct {
	Metric     string     `json:"metric"`
	Type       string     `json:"type"`
	Dimensions Dimensions `json:"dimensions"`
	Timestamp  int64      `json:"timestamp"` // Unix milliseconds; 0: the time of arrival
	Value      Value      `json:"value"`
	// Unit is the one sent with the point, if its format has units.
	Unit string `json:"unit,omitempty"`
	// Bin, in milliseconds, makes one point of all samples of a series whose
	// timestamps lie in one bin of that width: their numbers are added up.
	Bin int64 `json:"-"`
	// Audited is the value of the audited attribute when no dimension carries it.
	Audited string `json:"-"`
}

// Point is a sample within its series.
type Point struct {
	Timestamp int64 `json:"timestamp"` // Unix milliseconds
	Value     Value `json:"value"`
}
