package signalflowreceiver

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// filterMark is where a program has its filter. It cannot be ${filter}: the collector expands that itself.
const filterMark = "{{filter}}"

// negation is the key whose filters must not match.
const negation = "not"

// text is the program with its filter.
func (p *ProgramConfig) text() (string, error) {
	if p.Program == "" {
		return "", errors.New("`program` is missing: write SignalFlow such as data('cpu.utilization').publish()")
	}
	marked := strings.Contains(p.Program, filterMark)
	if marked != (len(p.Filter) > 0) {
		return "", fmt.Errorf("`filter` and %s in `program` go together: one is there without the other", filterMark)
	}
	if !marked {
		return p.Program, nil
	}
	filter, err := renderFilter(p.Filter, "filter", true)
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(p.Program, filterMark, filter), nil
}

// renderFilter writes filters in SignalFlow, in the order of their names.
func renderFilter(filter map[string]any, path string, mayNegate bool) (string, error) {
	var terms []string
	for _, key := range slices.Sorted(maps.Keys(filter)) {
		if inner, ok := filter[key].(map[string]any); ok && key == negation && mayNegate {
			negated, err := renderFilter(inner, path+"::"+negation, false)
			if err != nil {
				return "", err
			}
			terms = append(terms, "not ("+negated+")")
			continue
		}
		values, err := filterValues(filter[key], path+"::"+key)
		if err != nil {
			return "", err
		}
		arguments := []string{quote(key)}
		for _, v := range values {
			arguments = append(arguments, quote(v))
		}
		terms = append(terms, "filter("+strings.Join(arguments, ", ")+")")
	}
	if len(terms) == 0 {
		return "", fmt.Errorf("`%s` is empty", path)
	}
	if !mayNegate { // whatever is listed must not match
		return strings.Join(terms, " or "), nil
	}
	return strings.Join(terms, " and "), nil
}

func filterValues(raw any, path string) ([]string, error) {
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	var values []string
	for _, one := range list {
		text, ok := one.(string)
		if !ok {
			return nil, fmt.Errorf("`%s`: %v is not text: put it in quotes", path, one)
		}
		values = append(values, text)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("`%s` is empty", path)
	}
	return values, nil
}

// escapes keep a value inside its quotes, so that configuration cannot become program text.
var escapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`)

func quote(text string) string { return "'" + escapes.Replace(text) + "'" }
