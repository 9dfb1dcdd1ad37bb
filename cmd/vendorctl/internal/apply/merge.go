// Package apply brings what an account holds to what a file says.
//
// A file says what it cares about, and everything else stays as it is: members that
// it does not name, whoever put them there. A member that is null in the file is
// taken away. Lists are what the file says they are, but an item that is in the
// account already keeps the members that the file does not name.
package apply

import (
	"bytes"
	"encoding/json"
	"slices"
)

// object is a JSON object whose numbers are as they were written.
type object = map[string]any

// toObject turns anything that JSON can be made of into an object.
func toObject(from any) (object, error) {
	text, err := json.Marshal(from)
	if err != nil {
		return nil, err
	}
	var o object
	return o, decode(text, &o)
}

// decode keeps numbers as they are written.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// fromObject is the inverse of toObject.
func fromObject(o object, into any) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// merge returns current with what desired says on top. Neither is changed.
func merge(current, desired object) object {
	out := object{}
	for name, value := range current {
		out[name] = value
	}
	for name, value := range desired {
		if value == nil {
			delete(out, name)
			continue
		}
		out[name] = mergeValue(out[name], value)
	}
	return out
}

func mergeValue(current, desired any) any {
	switch desired := desired.(type) {
	case object:
		inner, _ := current.(object)
		return merge(inner, desired)
	case []any:
		list, _ := current.([]any)
		return mergeList(list, desired)
	}
	return desired
}

// mergeList is desired, whose objects are merged with those of current that they mean.
func mergeList(current, desired []any) []any {
	left := slices.Clone(current)
	held := make([]object, len(desired))
	// What is about exactly the same comes first: a condition about all sources must not
	// take that of some of them.
	for _, same := range []func(object, any) bool{meansExactly, means} {
		for i, item := range desired {
			wanted, ok := item.(object)
			if !ok || held[i] != nil {
				continue
			}
			if at := slices.IndexFunc(left, func(other any) bool { return same(wanted, other) }); at >= 0 {
				held[i] = left[at].(object)
				left = slices.Delete(left, at, at+1)
			}
		}
	}
	out := make([]any, len(desired))
	for i, item := range desired {
		out[i] = item
		if wanted, ok := item.(object); ok {
			out[i] = merge(held[i], wanted)
		}
	}
	return out
}

// identity are the members that tell the items of a list apart: an id, or what a
// condition, stream or tag is about.
var identity = []string{"id", "type", "metric_name", "metric", "composite", "source", "name", "tags"}

// means reports whether an item of a file means one of the account: all that it says of
// the identity is the same there.
func means(wanted object, other any) bool {
	held, ok := other.(object)
	if !ok {
		return false
	}
	said := false
	for _, name := range identity {
		if value, ok := wanted[name]; ok && value != nil {
			said = true
			if !equal(value, held[name]) {
				return false
			}
		}
	}
	return said
}

// meansExactly is means where the account says no more of the identity than the file does.
// Ids are the account's: a file without one means any.
func meansExactly(wanted object, other any) bool {
	if !means(wanted, other) {
		return false
	}
	for _, name := range identity {
		if name != "id" && !equal(wanted[name], other.(object)[name]) {
			return false
		}
	}
	return true
}

// equal compares what values say: 90 is 90.0, and null and what is empty are nothing.
func equal(a, b any) bool {
	if empty(a) || empty(b) {
		return empty(a) && empty(b)
	}
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a, b)
	case object:
		b, ok := b.(object)
		return ok && equalObjects(a, b)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	}
	return a == b
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case object:
		for _, member := range v {
			if !empty(member) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return false
}

func equalNumbers(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, err := a.Float64()
	y, err2 := b.Float64()
	if err != nil || err2 != nil || x != y {
		return false
	}
	// Integers that a float cannot tell apart.
	i, err := a.Int64()
	j, err2 := b.Int64()
	return err != nil || err2 != nil || i == j
}

func equalObjects(a, b object) bool {
	for name := range a {
		if !equal(a[name], b[name]) {
			return false
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok && !empty(b[name]) {
			return false
		}
	}
	return true
}
