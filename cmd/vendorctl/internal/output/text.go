package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// text is a value in one cell: maps as key=value, lists with commas; what is nested
// deeper as JSON.
func text(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return fmt.Sprint(value)
	case []any:
		texts := make([]string, len(value))
		for i, item := range value {
			texts[i] = inner(item)
		}
		return strings.Join(texts, ",")
	case map[string]any:
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(value)) {
			pairs = append(pairs, key+"="+inner(value[key]))
		}
		return strings.Join(pairs, ",")
	}
	return compact(value)
}

func inner(value any) string {
	switch value.(type) {
	case []any, map[string]any:
		return compact(value)
	}
	return text(value)
}

func compact(value any) string {
	text, err := marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// marshal leaves <, > and & readable.
func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// times are the members that hold Unix times, with the length of their unit: SignalFx
// counts milliseconds, Librato seconds.
var times = map[string]time.Duration{
	"created": time.Millisecond, "lastUpdated": time.Millisecond, "timestamp": time.Millisecond,
	"created_at": time.Second, "updated_at": time.Second, "start_time": time.Second, "end_time": time.Second, "time": time.Second,
	"triggered_at": time.Second, "cleared_at": time.Second,
}

// readable is the text of a member in a table, where times are dates.
func readable(name string, value any) string {
	unit, isTime := times[name]
	number, isNumber := value.(json.Number)
	if !isTime || !isNumber {
		return text(value)
	}
	n, err := number.Int64()
	if err != nil || n <= 0 || n > maxTime/int64(unit/time.Millisecond) {
		return text(value)
	}
	return time.UnixMilli(n * int64(unit/time.Millisecond)).UTC().Format(time.RFC3339)
}

// maxTime is the year 9999, in milliseconds.
const maxTime = 253_402_300_799_000

type member struct {
	name  string
	value any
}

// membersOf are those of an object, in their order, or the columns, in theirs.
func membersOf(item any, columns []string) (members []member, err error) {
	text, err := marshal(item)
	if err != nil {
		return nil, err
	}
	if len(columns) > 0 {
		value, err := decode(text)
		for _, name := range columns {
			members = append(members, member{name, find(value, name)})
		}
		return members, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	open, err := decoder.Token()
	if err != nil || open != json.Delim('{') {
		value, err := decode(text)
		return []member{{"value", value}}, err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, member{name.(string), value})
	}
	return members, nil
}
