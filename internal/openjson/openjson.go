// Package openjson reads and writes JSON objects of which a Go struct names only
// some members, without losing the others: what is read, changed and written back
// keeps what this code has never heard of.
package openjson

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Unmarshal reads an object into known, a pointer to a struct without an
// UnmarshalJSON of its own, and returns the members that it does not name; nil if
// there are none.
func Unmarshal(text []byte, known any) (map[string]json.RawMessage, error) {
	if err := json.Unmarshal(text, known); err != nil {
		return nil, err
	}
	var more map[string]json.RawMessage
	if err := json.Unmarshal(text, &more); err != nil {
		return nil, err
	}
	for _, name := range namesOf(reflect.TypeOf(known).Elem()) {
		delete(more, name)
	}
	if len(more) == 0 {
		return nil, nil
	}
	return more, nil
}

// Marshal writes known, a struct without a MarshalJSON of its own, with more behind
// it, in order of the names. A member that known writes wins over that of more; one
// that known leaves out as empty can be written by more, as null for example.
func Marshal(known any, more map[string]json.RawMessage) ([]byte, error) {
	text, err := marshal(known)
	if err != nil || len(more) == 0 {
		return text, err
	}
	var written map[string]json.RawMessage
	if err := json.Unmarshal(text, &written); err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(text, []byte("}"))
	for _, name := range slices.Sorted(maps.Keys(more)) {
		if _, ok := written[name]; ok {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, key...), ':'), more[name]...)
	}
	return append(text, '}'), nil
}

// marshal leaves <, > and & as they are: whoever wants them escaped escapes all of the text.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

var names sync.Map // of reflect.Type to []string

// namesOf returns the names that a struct's members have in JSON.
func namesOf(t reflect.Type) []string {
	if held, ok := names.Load(t); ok {
		return held.([]string)
	}
	var found []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "": // its members are written as those of the struct, exported or not
			found = append(found, namesOf(f.Type)...)
		case !f.IsExported():
		case name == "":
			found = append(found, f.Name)
		default:
			found = append(found, name)
		}
	}
	names.Store(t, found)
	return found
}
