package signalflow

import (
	"bytes"
	"math"
	"strconv"
)

// ValueKind is the type of a property's value.
type ValueKind uint8

// Kinds of property values. Nearly all are strings.
const (
	ValueNull ValueKind = iota
	ValueString
	ValueBool
	ValueInt
	ValueFloat
	// ValueJSON is a list or an object.
	ValueJSON
)

// Value is a property's value with the type it had in JSON.
type Value struct {
	text string // ValueString, ValueJSON
	bits uint64 // all other kinds
	kind ValueKind
}

// Property is one property of an event.
type Property struct {
	Key   string
	Value Value
}

// Kind tells which accessor has the value.
func (v Value) Kind() ValueKind { return v.kind }

// Text returns a string as it is, and any other value as JSON.
func (v Value) Text() string {
	switch v.kind {
	case ValueString, ValueJSON:
		return v.text
	case ValueBool:
		return strconv.FormatBool(v.Bool())
	case ValueInt:
		return strconv.FormatInt(v.Int(), 10)
	case ValueFloat:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return "null"
}

// Bool returns a ValueBool.
func (v Value) Bool() bool { return v.kind == ValueBool && v.bits != 0 }

// Int returns a ValueInt; 0 for other kinds.
func (v Value) Int() int64 {
	if v.kind != ValueInt {
		return 0
	}
	return int64(v.bits)
}

// Float returns a ValueFloat or ValueInt; 0 for other kinds.
func (v Value) Float() float64 {
	switch v.kind {
	case ValueFloat:
		return math.Float64frombits(v.bits)
	case ValueInt:
		return float64(int64(v.bits))
	}
	return 0
}

// List returns the elements if the value is a list.
func (v Value) List() []Value {
	if v.kind != ValueJSON {
		return nil
	}
	var list []Value
	for raw := range elements([]byte(v.text)) {
		list = append(list, parseValue(raw))
	}
	return list
}

// Map returns the members if the value is an object.
func (v Value) Map() []Property {
	if v.kind != ValueJSON {
		return nil
	}
	return parseProperties([]byte(v.text))
}

// ParseValue reads one JSON value, such as the ones that some event properties
// carry as text.
func ParseValue(text string) (Value, bool) {
	raw, err := checkJSON([]byte(text))
	if err != nil {
		return Value{}, false
	}
	return parseValue(bytes.TrimSpace(raw)), true
}

// parseValue reads a raw value of valid JSON.
func parseValue(raw []byte) Value {
	switch raw[0] {
	case '"':
		return Value{kind: ValueString, text: textOf(raw)}
	case '{', '[':
		return Value{kind: ValueJSON, text: string(raw)}
	}
	kind, bits := parseScalar(raw)
	return Value{kind: kind, bits: bits}
}

// parseScalar reads null, a boolean or a number of valid JSON. Whole numbers
// beyond int64 become floats.
func parseScalar(raw []byte) (kind ValueKind, bits uint64) {
	switch raw[0] {
	case 'n':
		return ValueNull, 0
	case 't':
		return ValueBool, 1
	case 'f':
		return ValueBool, 0
	}
	if !bytes.ContainsAny(raw, ".eE") {
		if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return ValueInt, uint64(i)
		}
	}
	f, _ := strconv.ParseFloat(string(raw), 64) // out of range gives an infinity
	return ValueFloat, math.Float64bits(f)
}

// parseProperties reads an object of valid JSON.
func parseProperties(object []byte) []Property {
	var list []Property
	for key, raw := range members(object) {
		list = append(list, Property{Key: string(key), Value: parseValue(raw)})
	}
	return list
}
