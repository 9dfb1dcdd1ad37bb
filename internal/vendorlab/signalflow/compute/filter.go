package compute

import (
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// lookup returns the values a series has for a property: a dimension, a custom
// property of one of its dimensions, or sf_metric.
type lookup func(property string) []string

// filter decides which series an input takes.
type filter interface {
	matches(lookup) bool
	// String is the filter as a program would write it.
	String() string
}

// propertyFilter is filter('property', 'pattern', ...): any pattern will do.
type propertyFilter struct {
	property string
	patterns []string
}

func (f propertyFilter) matches(values lookup) bool {
	return slices.ContainsFunc(values(f.property), func(value string) bool {
		return slices.ContainsFunc(f.patterns, func(pattern string) bool { return wildcard.Match(pattern, value) })
	})
}

func (f propertyFilter) String() string {
	return "filter('" + f.property + "', '" + strings.Join(f.patterns, "', '") + "')"
}

type notFilter struct{ inner filter }

func (f notFilter) matches(values lookup) bool { return !f.inner.matches(values) }
func (f notFilter) String() string             { return "(not " + f.inner.String() + ")" }

type andFilter struct{ left, right filter }

func (f andFilter) matches(values lookup) bool {
	return f.left.matches(values) && f.right.matches(values)
}
func (f andFilter) String() string { return "(" + f.left.String() + " and " + f.right.String() + ")" }

type orFilter struct{ left, right filter }

func (f orFilter) matches(values lookup) bool {
	return f.left.matches(values) || f.right.matches(values)
}
func (f orFilter) String() string { return "(" + f.left.String() + " or " + f.right.String() + ")" }
