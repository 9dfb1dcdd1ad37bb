package translate

import (
	"encoding/binary"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/protobuf/encoding/protowire"
)

// The functions here append OTLP messages (opentelemetry-proto, version 1): a message is
// opened with its tag, its fields are appended, and seal puts its length before them.

// seal puts the length of what was appended since start before it.
func seal(dst []byte, start int) []byte {
	size := len(dst) - start
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(size))
	dst = append(dst, length[:n]...) // room; what is in it does not matter
	copy(dst[start+n:], dst[start:start+size])
	copy(dst[start:], length[:n])
	return dst
}

// appendText appends a string field, repaired.
func appendText(dst []byte, tag byte, text string, counts *Counts) []byte {
	text = repaired(text, counts)
	dst = protowire.AppendVarint(append(dst, tag), uint64(len(text)))
	return append(dst, text...)
}

// appendOptional appends a string field that is left out when it is empty.
func appendOptional(dst []byte, tag byte, text string, counts *Counts) []byte {
	if text == "" {
		return dst
	}
	return appendText(dst, tag, text, counts)
}

// appendDouble appends a field of eight bytes.
func appendDouble(dst []byte, tag byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, tag), math.Float64bits(v))
}

// appendAttribute appends an attribute as a field of a message.
//
//	KeyValue.key = 1 (string), .value = 2 (AnyValue)
func appendAttribute(dst []byte, tag byte, key string, value pcommon.Value, counts *Counts) []byte {
	dst = append(dst, tag)
	start := len(dst)
	dst = appendText(dst, 0x0a, key, counts)
	dst = appendAnyValue(dst, 0x12, value, counts)
	return seal(dst, start)
}

// appendAnyValue appends a value as a field of a message.
//
//	AnyValue.string_value = 1, .bool_value = 2, .int_value = 3, .double_value = 4,
//	.array_value = 5 (ArrayValue), .kvlist_value = 6 (KeyValueList), .bytes_value = 7
//	ArrayValue.values = 1 (AnyValue), KeyValueList.values = 1 (KeyValue)
func appendAnyValue(dst []byte, tag byte, value pcommon.Value, counts *Counts) []byte {
	dst = append(dst, tag)
	start := len(dst)
	switch value.Type() {
	case pcommon.ValueTypeStr:
		dst = appendText(dst, 0x0a, value.Str(), counts)
	case pcommon.ValueTypeBool:
		dst = protowire.AppendVarint(append(dst, 0x10), protowire.EncodeBool(value.Bool()))
	case pcommon.ValueTypeInt:
		dst = protowire.AppendVarint(append(dst, 0x18), uint64(value.Int()))
	case pcommon.ValueTypeDouble:
		dst = appendDouble(dst, 0x21, value.Double())
	case pcommon.ValueTypeSlice:
		dst = append(dst, 0x2a)
		list := len(dst)
		for _, v := range value.Slice().All() {
			dst = appendAnyValue(dst, 0x0a, v, counts)
		}
		dst = seal(dst, list)
	case pcommon.ValueTypeMap:
		dst = append(dst, 0x32)
		list := len(dst)
		for key, v := range value.Map().All() {
			dst = appendAttribute(dst, 0x0a, key, v, counts)
		}
		dst = seal(dst, list)
	case pcommon.ValueTypeBytes:
		dst = protowire.AppendBytes(append(dst, 0x3a), value.Bytes().AsRaw())
	}
	return seal(dst, start)
}

// otlpAttributes are encoded attributes with distinct keys. The tag is that of the
// message they are fields of.
type otlpAttributes struct {
	tag     byte
	wire    []byte
	keys    []byte // one after the other
	entries []otlpEntry
	mask    uint64 // as in dimensionSet
}

// otlpEntry says where an attribute ends in wire, and its key in keys.
type otlpEntry struct{ end, keyEnd int }

func (a *otlpAttributes) reset() {
	a.wire, a.keys, a.entries, a.mask = a.wire[:0], a.keys[:0], a.entries[:0], 0
}

// setTo makes a what other is.
func (a *otlpAttributes) setTo(other *otlpAttributes) {
	a.wire, a.keys = append(a.wire[:0], other.wire...), append(a.keys[:0], other.keys...)
	a.entries, a.mask = append(a.entries[:0], other.entries...), other.mask
}

// add appends an attribute whose key, which is valid UTF-8, is not among a yet.
func (a *otlpAttributes) add(key string, value pcommon.Value, counts *Counts) {
	a.wire = appendAttribute(a.wire, a.tag, key, value, counts)
	a.keys = append(a.keys, key...)
	a.entries = append(a.entries, otlpEntry{len(a.wire), len(a.keys)})
	a.mask |= maskOf(key)
}

// has reports whether an attribute has the key.
func has[K ~string | ~[]byte](a *otlpAttributes, key K) bool {
	if a.mask&maskOf(key) == 0 {
		return false
	}
	start := 0
	for _, e := range a.entries {
		if string(a.keys[start:e.keyEnd]) == string(key) {
			return true
		}
		start = e.keyEnd
	}
	return false
}

// each calls f with every key and encoded attribute.
func (a *otlpAttributes) each(f func(key, encoded []byte)) {
	var from otlpEntry
	for _, e := range a.entries {
		f(a.keys[from.keyEnd:e.keyEnd], a.wire[from.end:e.end])
		from = e
	}
}
