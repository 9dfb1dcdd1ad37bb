package translate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/gobwas/glob"
)

// FilterSpec is one configured filter, in the syntax of the upstream exporter.
type FilterSpec struct {
	// Names of metrics as sent, suffixes included; empty means every name.
	Names []string
	// Dimensions maps attribute keys, as received, to values; empty means no condition.
	Dimensions map[string][]string
	// MatchAll asks that every key in Dimensions is on the point. Otherwise an absent
	// one is no obstacle while another matches.
	MatchAll bool
}

// Filter decides which datapoints are sent: one is dropped when an exclude filter
// matches it and no include filter does. It is immutable.
type Filter struct {
	include, exclude []filter
}

// NewFilter compiles filters; its errors name the offending item.
func NewFilter(include, exclude []FilterSpec) (*Filter, error) {
	var f Filter
	var err error
	if f.include, err = compileFilters(include); err != nil {
		return nil, err
	}
	f.exclude, err = compileFilters(exclude)
	return &f, err
}

// filter is one compiled FilterSpec.
type filter struct {
	names      *Matcher
	dimensions []dimensionTest
	matchAll   bool
}

type dimensionTest struct {
	key    string
	values *Matcher
}

func compileFilters(specs []FilterSpec) ([]filter, error) {
	filters := make([]filter, 0, len(specs))
	for _, spec := range specs {
		if len(spec.Names) == 0 && len(spec.Dimensions) == 0 {
			return nil, errors.New("a filter needs `metric_name`, `metric_names` or `dimensions`")
		}
		f := filter{matchAll: spec.MatchAll}
		var err error
		if f.names, err = NewMatcher(spec.Names); err != nil {
			return nil, err
		}
		for key, values := range spec.Dimensions {
			if len(values) == 0 {
				return nil, fmt.Errorf("dimension %q of a filter needs at least one value", key)
			}
			m, err := NewMatcher(values)
			if err != nil {
				return nil, err
			}
			f.dimensions = append(f.dimensions, dimensionTest{key, m})
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// verdict is what a Filter says about a metric name, so that it is asked once per name.
type verdict struct {
	excluded bool
	// When these are not empty the point's dimensions decide.
	include, exclude []filter
}

// of returns the verdict for a name. A nil Filter keeps everything.
func (f *Filter) of(name string) verdict {
	if f == nil {
		return verdict{}
	}
	var v verdict
	unconditional := false
	for _, x := range f.exclude {
		if x.names.matchesOrEmpty(name) {
			v.exclude = append(v.exclude, x)
			unconditional = unconditional || len(x.dimensions) == 0
		}
	}
	if len(v.exclude) == 0 {
		return verdict{}
	}
	for _, i := range f.include {
		if i.names.matchesOrEmpty(name) {
			if len(i.dimensions) == 0 {
				return verdict{}
			}
			v.include = append(v.include, i)
		}
	}
	if unconditional && len(v.include) == 0 {
		return verdict{excluded: true}
	}
	return v
}

// Excludes reports whether no datapoint of a metric name is sent, whatever its dimensions.
func (f *Filter) Excludes(name string) bool { return f.of(name).excluded }

// excludes reports whether a point with these dimensions is dropped.
func (v *verdict) excludes(value func(key string) (string, bool)) bool {
	if v.excluded || len(v.exclude) == 0 {
		return v.excluded
	}
	return anyMatches(v.exclude, value) && !anyMatches(v.include, value)
}

func anyMatches(filters []filter, value func(string) (string, bool)) bool {
	for i := range filters {
		if filters[i].matchesDimensions(value) {
			return true
		}
	}
	return false
}

func (f *filter) matchesDimensions(value func(string) (string, bool)) bool {
	if len(f.dimensions) == 0 {
		return true
	}
	matched := 0
	for i := range f.dimensions {
		v, ok := value(f.dimensions[i].key)
		if !ok {
			continue
		}
		if !f.dimensions[i].values.Matches(v) {
			return false
		}
		matched++
	}
	return matched > 0 && (!f.matchAll || matched == len(f.dimensions))
}

// Matcher is a list of items: exact strings, globs, /regular expressions/, each
// negated by a leading "!".
type Matcher struct {
	exact    map[string]bool // value: the item is not negated
	patterns []pattern
	positive bool // some item is not negated
	empty    bool
}

type pattern struct {
	match   func(string) bool
	negated bool
}

// NewMatcher compiles items; its error names the offending one.
func NewMatcher(items []string) (*Matcher, error) {
	m := &Matcher{exact: make(map[string]bool), empty: len(items) == 0}
	for _, item := range items {
		text, negated := strings.CutPrefix(item, "!")
		m.positive = m.positive || !negated
		match, err := compileItem(text)
		if err != nil {
			return nil, err
		}
		if match == nil {
			if present, ok := m.exact[text]; !ok || present {
				m.exact[text] = !negated // a negated item outweighs its twin
			}
			continue
		}
		m.patterns = append(m.patterns, pattern{match, negated})
	}
	return m, nil
}

// compileItem returns nil for text that is to be compared as it is.
func compileItem(text string) (func(string) bool, error) {
	if len(text) > 2 && text[0] == '/' && text[len(text)-1] == '/' {
		re, err := regexp.Compile(text[1 : len(text)-1])
		if err != nil {
			return nil, fmt.Errorf("%q in a filter is no regular expression: %w", text, err)
		}
		return re.MatchString, nil
	}
	if strings.ContainsAny(text, "*?[]{}!") {
		g, err := glob.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("%q in a filter is no glob pattern: %w", text, err)
		}
		return g.Match, nil
	}
	return nil, nil
}

func (m *Matcher) matchesOrEmpty(text string) bool { return m.empty || m.Matches(text) }

// Matches reports whether some positive item matches and no negated one does. A list of
// negated items only means everything but those.
func (m *Matcher) Matches(text string) bool {
	positive, listed := m.exact[text]
	if listed && !positive {
		return false
	}
	matched := listed || !m.positive
	for i := range m.patterns {
		p := &m.patterns[i]
		if (p.negated || !matched) && p.match(text) {
			if p.negated {
				return false
			}
			matched = true
		}
	}
	return matched
}
