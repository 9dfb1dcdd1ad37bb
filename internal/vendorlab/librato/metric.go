package librato

import (
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

// create keeps a metric unless there is one of that name.
func (a *Account) create(m Metric) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := strings.ToLower(m.Name)
	if held, ok := a.metrics.Get(key); ok {
		m = held // a metric in use stays
	}
	a.metrics.Put(key, m)
}

// readProperties reads what a measurement or a PUT says about its metric.
func readProperties(from object) (Metric, *broken) {
	m := Metric{Attributes: map[string]any{}}
	for member, into := range map[string]**string{"description": &m.Description, "display_name": &m.DisplayName} {
		if !from.has(member) {
			continue
		}
		text, b := from.text(member)
		if b != nil {
			return m, b
		}
		*into = &text
	}
	for member, into := range map[string]**int64{"period": &m.Period, "source_lag": &m.SourceLag} {
		if !from.has(member) {
			continue
		}
		seconds, b := from.integer(member)
		if b != nil || seconds < 0 {
			return m, breaks(PeriodInvalid, member, "is not a number of seconds")
		}
		*into = &seconds
	}
	attributes, b := from.object("attributes")
	if b != nil {
		return m, b
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
