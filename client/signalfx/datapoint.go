package signalfx

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// MetricType is the vendor's metric type, numbered as on the wire.
type MetricType uint8

const (
	// Gauge is a value at one time.
	Gauge MetricType = 0
	// Counter counts since the last report (a delta).
	Counter MetricType = 1
	// CumulativeCounter is a running total.
	CumulativeCounter MetricType = 3
)

// String returns the metadata API's name of the type.
func (t MetricType) String() string {
	switch t {
	case Counter:
		return MetadataCounter
	case CumulativeCounter:
		return MetadataCumulativeCounter
	}
	return MetadataGauge
}

// Value is the value of a datapoint; the zero Value is the integer 0.
type Value struct {
	bits   uint64
	double bool
}

// Int is an integer value.
func Int(v int64) Value { return Value{bits: uint64(v)} }

// Double is a floating point value. The service takes finite ones only.
func Double(v float64) Value { return Value{bits: math.Float64bits(v), double: true} }

// Count is an unsigned count: an integer while it fits the wire's int64, else a double.
func Count(v uint64) Value {
	if v > math.MaxInt64 {
		return Double(float64(v))
	}
	return Int(int64(v))
}

// AppendMetricName appends what begins every datapoint of the metric name+suffix:
// the fields source, always written and empty, and metric.
//
//	DataPoint.source = 1 (string), DataPoint.metric = 2 (string)
func AppendMetricName(dst []byte, name, suffix string) []byte {
	dst = append(dst, 0x0a, 0x00, 0x12)
	dst = protowire.AppendVarint(dst, uint64(len(name)+len(suffix)))
	dst = append(dst, name...)
	return append(dst, suffix...)
}

// AppendDimension appends one dimension in the form that AppendDatapoint copies.
// Key and value must be valid UTF-8.
func AppendDimension[V ~string | ~[]byte](dst []byte, key string, value V) []byte {
	return AppendDimensionValue(dst, AppendDimensionKey(nil, key), value)
}

// AppendDimensionKey appends what the dimensions of a key have in common, for
// AppendDimensionValue: the key's field and the tag of the value's.
//
//	Dimension.key = 1 (string), Dimension.value = 2 (string)
func AppendDimensionKey(dst []byte, key string) []byte {
	dst = protowire.AppendVarint(append(dst, 0x0a), uint64(len(key)))
	return append(append(dst, key...), 0x12)
}

// AppendDimensionValue appends a dimension whose key comes from AppendDimensionKey.
//
//	DataPoint.dimensions = 6 (Dimension)
func AppendDimensionValue[V ~string | ~[]byte](dst, key []byte, value V) []byte {
	if size := len(key) + 1 + len(value); size < 1<<7 { // most dimensions: both lengths take one byte
		dst = append(dst, 0x32, byte(size))
		dst = append(dst, key...)
		dst = append(dst, byte(len(value)))
		return append(dst, value...)
	}
	size := len(key) + sizeVarint(uint64(len(value))) + len(value)
	dst = appendLength(append(dst, 0x32), size)
	dst = append(dst, key...)
	dst = appendLength(dst, len(value))
	return append(dst, value...)
}

// appendLength appends a length; most fit one or two bytes.
func appendLength(dst []byte, n int) []byte {
	if n < 1<<7 {
		return append(dst, byte(n))
	}
	if n < 1<<14 {
		return append(dst, byte(n)|0x80, byte(n>>7))
	}
	return protowire.AppendVarint(dst, uint64(n))
}

// AppendDatapoint appends one datapoint of a DataPointUploadMessage; a body is any
// number of them, one after the other. Name comes from AppendMetricName, every
// chunk of dimensions from AppendDimension. The timestamp is in Unix
// milliseconds, 0 meaning that the service stamps the arrival.
//
//	DataPointUploadMessage.datapoints = 1 (DataPoint)
//	DataPoint.timestamp = 3 (int64), .value = 4 (Datum), .metricType = 5 (enum)
//	Datum.doubleValue = 2 (double), .intValue = 3 (int64)
func AppendDatapoint(dst, name []byte, timestamp int64, value Value, metricType MetricType, dimensions ...[]byte) []byte {
	datum := 9
	if !value.double {
		datum = 1 + sizeVarint(value.bits)
	}
	size := len(name) + 1 + sizeVarint(uint64(timestamp)) + 2 + datum + 2
	for _, d := range dimensions {
		size += len(d)
	}
	dst = slices.Grow(dst, maxVarint+size+1)
	dst = appendLength(append(dst, 0x0a), size)
	dst = append(dst, name...)
	dst = protowire.AppendVarint(append(dst, 0x18), uint64(timestamp))
	if value.double {
		dst = append(dst, 0x22, 0x09, 0x11)
		dst = binary.LittleEndian.AppendUint64(dst, value.bits)
	} else {
		dst = protowire.AppendVarint(append(dst, 0x22, byte(datum), 0x18), value.bits)
	}
	dst = append(dst, 0x28, byte(metricType))
	for _, d := range dimensions {
		dst = append(dst, d...)
	}
	return dst
}

const maxVarint = 10

// sizeVarint is the number of bytes that v takes as a varint.
func sizeVarint(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }
