// Package wiretest reads request bodies as strictly as the vendor documents them. It
// shares no code with the encoders, so that it can disagree with them.
package wiretest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Measurement is one measurement, with what its request says for all.
type Measurement struct {
	List       string // measurements, gauges or counters
	Name       string
	Value      *json.Number
	Complex    map[string]json.Number // count, sum, min, max, stddev
	Time       int64
	Period     int64
	Tags       map[string]string
	Source     string
	Properties map[string]any // description, attributes
}

var (
	namePattern     = regexp.MustCompile(`^[A-Za-z0-9.:\-_]{1,255}$`)
	tagNamePattern  = regexp.MustCompile(`^[a-z0-9.:\-_]{1,64}$`)
	tagValuePattern = regexp.MustCompile(`^[A-Za-z0-9.:\-_?\\/ ]{1,255}$`)
)

// Decode reads the body of POST /v1/measurements, if tagged, or POST /v1/metrics.
func Decode(tagged bool, body []byte) ([]Measurement, error) {
	var top map[string]json.RawMessage
	if err := decode(body, &top); err != nil {
		return nil, err
	}
	lists := []string{"gauges", "counters"}
	if tagged {
		lists = []string{"measurements"}
	}
	shared := map[string]json.RawMessage{}
	for key, value := range top {
		if !slices.Contains(lists, key) {
			shared[key] = value
		}
	}
	var all []Measurement
	for _, list := range lists {
		var items []map[string]json.RawMessage
		if text, ok := top[list]; ok {
			if err := decode(text, &items); err != nil {
				return nil, err
			}
		}
		for _, item := range items {
			for key, value := range shared {
				if _, own := item[key]; !own { // the service never merges tags
					item[key] = value
				}
			}
			m, err := read(list, item)
			if err != nil {
				return nil, fmt.Errorf("%w: %s", err, item["name"])
			}
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("payload must include at least 1 measurement")
	}
	return all, nil
}

func decode(text []byte, to any) error {
	if err := noRepeatedKeys(text); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("more than one value")
	}
	return nil
}

// noRepeatedKeys refuses what encoding/json overlooks.
func noRepeatedKeys(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var walk func() error
	walk = func() error {
		t, err := d.Token()
		if err != nil {
			return err
		}
		delim, ok := t.(json.Delim)
		if !ok {
			return nil
		}
		seen := map[string]bool{}
		for d.More() {
			if delim == '{' {
				key, err := d.Token()
				if err != nil {
					return err
				}
				if seen[key.(string)] {
					return fmt.Errorf("key %q is repeated", key)
				}
				seen[key.(string)] = true
			}
			if err := walk(); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	}
	err := walk()
	if err == io.EOF {
		return nil
	}
	return err
}

func read(list string, item map[string]json.RawMessage) (Measurement, error) {
	m := Measurement{List: list, Complex: map[string]json.Number{}, Properties: map[string]any{}}
	timeKey, tagged := "measure_time", list == "measurements"
	if tagged {
		timeKey = "time"
	}
	for key, text := range item {
		var to any
		switch key {
		case "name":
			to = &m.Name
		case "value":
			to = &m.Value
		case timeKey:
			to = &m.Time
		case "period":
			to = &m.Period
		case "count", "sum", "min", "max":
			var n json.Number
			if err := decode(text, &n); err != nil {
				return m, err
			}
			m.Complex[key] = n
			continue
		case "description", "attributes", "display_name":
			var v any
			if err := decode(text, &v); err != nil {
				return m, err
			}
			m.Properties[key] = v
			continue
		case "tags":
			to = &m.Tags
		case "source":
			to = &m.Source
		default:
			return m, fmt.Errorf("unknown member %q", key)
		}
		if err := decode(text, to); err != nil {
			return m, fmt.Errorf("%s: %w", key, err)
		}
	}
	return m, m.check(tagged)
}

func (m *Measurement) check(tagged bool) error {
	if !namePattern.MatchString(m.Name) {
		return fmt.Errorf("name %q", m.Name)
	}
	_, count := m.Complex["count"]
	_, sum := m.Complex["sum"]
	if (m.Value != nil) == count || count != sum || m.Value != nil && len(m.Complex) > 0 {
		return fmt.Errorf("not either a value, or count and sum")
	}
	numbers := slices.Collect(maps.Values(m.Complex))
	if m.Value != nil {
		numbers = append(numbers, *m.Value)
	}
	for _, n := range numbers {
		if v, err := n.Float64(); err != nil || math.Abs(v) >= 1e127 {
			return fmt.Errorf("number %s", n)
		}
	}
	if m.List == "counters" && strings.HasPrefix(string(*m.Value), "-") {
		return fmt.Errorf("value must be positive")
	}
	if tagged {
		return m.checkTags()
	}
	if m.Tags != nil || m.Source != "" && (!namePattern.MatchString(m.Source) || strings.EqualFold(m.Source, "all")) {
		return fmt.Errorf("source %q", m.Source)
	}
	return nil
}

func (m *Measurement) checkTags() error {
	if m.Source != "" || len(m.Tags) == 0 || len(m.Tags) > 50 {
		return fmt.Errorf("%d tags", len(m.Tags))
	}
	for name, value := range m.Tags {
		if !tagNamePattern.MatchString(name) || !tagValuePattern.MatchString(value) {
			return fmt.Errorf("tag %q=%q", name, value)
		}
	}
	return nil
}

// String is the measurement on one line, its parts in a fixed order.
func (m Measurement) String() string {
	var b strings.Builder
	if m.List != "measurements" {
		fmt.Fprintf(&b, "%s ", strings.TrimSuffix(m.List, "s"))
	}
	b.WriteString(shorten(m.Name))
	if m.Value != nil {
		fmt.Fprintf(&b, " = %s", *m.Value)
	}
	for _, key := range []string{"count", "sum", "min", "max"} {
		if n, ok := m.Complex[key]; ok {
			fmt.Fprintf(&b, " %s=%s", key, n)
		}
	}
	fmt.Fprintf(&b, " @%d", m.Time)
	if m.Source != "" {
		fmt.Fprintf(&b, " source=%s", shorten(m.Source))
	}
	if len(m.Tags) > 0 {
		b.WriteString(" {")
		for i, name := range slices.Sorted(maps.Keys(m.Tags)) {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s=%s", shorten(name), shorten(m.Tags[name]))
		}
		b.WriteByte('}')
	}
	if m.Period != 0 {
		fmt.Fprintf(&b, " period=%d", m.Period)
	}
	if len(m.Properties) > 0 {
		text, _ := json.Marshal(m.Properties) // sorted by key
		fmt.Fprintf(&b, " %s", text)
	}
	return b.String()
}

func shorten(s string) string {
	if len(s) > 60 {
		return fmt.Sprintf("%s...(%d characters)", s[:10], len(s))
	}
	return s
}
