package librato

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Metric is what the vendor knows about a metric.
type Metric struct {
	Name        string         `json:"name"`
	DisplayName *string        `json:"display_name"`
	Type        string         `json:"type"`
	Description *string        `json:"description"`
	Period      *int64         `json:"period"` // seconds
	SourceLag   *int64         `json:"source_lag"`
	Composite   string         `json:"composite,omitempty"`
	Attributes  map[string]any `json:"attributes"`
}

// Metric returns one metric; case does not count in its name.
func (a *Account) Metric(name string) (Metric, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.metrics.Get(strings.ToLower(name))
	return m.clone(), ok
}

// Metrics returns all metrics in order of their names.
func (a *Account) Metrics() []Metric {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.metrics.Values()
	for i := range all {
		all[i] = all[i].clone()
	}
	slices.SortFunc(all, func(a, b Metric) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Unit is how the values are labelled, or empty.
func (m Metric) Unit() string {
	for _, name := range []string{"display_units_short", "display_units_long"} {
		if unit, ok := m.Attributes[name].(string); ok && unit != "" {
			return unit
		}
	}
	return ""
}

func (m Metric) clone() Metric {
	m.Attributes = maps.Clone(m.Attributes)
	return m
}

func (a *Account) typeOf(name string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, _ := a.metrics.Get(strings.ToLower(name))
	return m.Type
}

// create keeps a metric unless there is one of that name, and returns the name as
// it was when the metric was created.
func (a *Account) create(m Metric) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := strings.ToLower(m.Name)
	if held, ok := a.metrics.Get(key); ok {
		m = held // a metric in use stays
	}
	a.metrics.Put(key, m)
	return m.Name
}

// readProperties reads what a measurement or a PUT says about its metric.
func readProperties(from object) (Metric, *broken) {
	m := Metric{Attributes: map[string]any{}}
	b := readTexts(from, map[string]**string{"description": &m.Description, "display_name": &m.DisplayName})
	if b != nil {
		return m, b
	}
	for member, text := range map[string]*string{"description": m.Description, "display_name": m.DisplayName} {
		if text != nil && len(*text) > maxProperties {
			return m, breaks(PropertyInvalid, member, "has %d bytes, this stand-in takes %d", len(*text), maxProperties)
		}
	}
	if b := readSeconds(from, map[string]**int64{"period": &m.Period, "source_lag": &m.SourceLag}); b != nil {
		return m, b
	}
	attributes, b := from.object("attributes")
	if b != nil {
		return m, b
	}
	if text, _ := json.Marshal(attributes); len(text) > maxProperties {
		return m, breaks(PropertyInvalid, "attributes", "have %d bytes, this stand-in takes %d", len(text), maxProperties)
	}
	for name := range attributes {
		value, b := readAttribute(attributes, name)
		if b != nil {
			return m, b
		}
		if name != "created_by_ua" { // read only
			m.Attributes[name] = value
		}
	}
	return m, nil
}

// readAttribute checks the attributes whose values the vendor restricts.
func readAttribute(from object, name string) (any, *broken) {
	switch name {
	case "color":
		if text, b := from.text(name); b != nil || !colorRule.MatchString(text) {
			return nil, breaks(PropertyInvalid, name, "is not of the form #RRGGBB")
		}
	case "display_max", "display_min":
		if !from.has(name) {
			return nil, nil
		}
		number, b := from.number(name)
		return number, b
	case "display_stacked", "aggregate", "gap_detection":
		flag, b := from.bool(name)
		return flag, b
	case "summarize_function":
		text, b := from.text(name)
		if b != nil || !oneOf(text, "average", "sum", "count", "min", "max") {
			return nil, breaks(PropertyInvalid, name, "is none of average, sum, count, min and max")
		}
		return text, nil
	case "display_units_long", "display_units_short":
		text, b := from.text(name)
		return text, b
	}
	if text, ok := from[name].(formText); ok {
		return string(text), nil
	}
	return from[name], nil
}

// update changes the metrics that match: what body names gets the value in change,
// null unsets, and what it does not name stays.
func (a *Account) update(match func(Metric) bool, change Metric, body object) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range a.metrics.Keys() {
		if m, _ := a.metrics.Get(key); match(m) {
			a.metrics.Put(key, m.with(change, body))
		}
	}
}

func (m Metric) with(change Metric, body object) Metric {
	m = m.clone()
	for member := range body {
		switch member {
		case "display_name":
			m.DisplayName = change.DisplayName
		case "description":
			m.Description = change.Description
		case "period":
			m.Period = change.Period
		case "source_lag":
			m.SourceLag = change.SourceLag
		case "composite":
			m.Composite = change.Composite
		}
	}
	for name, value := range change.Attributes {
		if m.Attributes[name] = value; value == nil {
			delete(m.Attributes, name)
		}
	}
	return m
}

// remove forgets the metrics that match and returns their names in lower case.
func (a *Account) remove(match func(Metric) bool) map[string]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	removed := map[string]bool{}
	for _, key := range a.metrics.Keys() {
		if m, _ := a.metrics.Get(key); match(m) {
			a.metrics.Remove(key)
			removed[key] = true
		}
	}
	return removed
}
