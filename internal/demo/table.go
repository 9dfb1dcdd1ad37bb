package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// row is one metric of the table: what its series have in common, and one of them as an example.
type row struct {
	metric, kind, dimensions, last string
	series                         int
}

// printTable writes one line a metric. Dimensions that every series has are written once, above it.
func printTable(out io.Writer, all []series) {
	common := commonDimensions(all)
	if len(common) > 0 {
		fmt.Fprintf(out, "every series has the dimensions %s\n\n", joinDimensions(common, nil))
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "METRIC\tTYPE\tSERIES\tOTHER DIMENSIONS (OF ONE)\tITS LAST VALUE")
	for _, r := range rows(all, common) {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", r.metric, r.kind, r.series, r.dimensions, r.last)
	}
	table.Flush()
}

// rows groups series by metric and type, in order of metric; the example is the first in order of dimensions.
func rows(all []series, common map[string]string) []row {
	type key struct{ metric, kind string }
	found := map[key]*row{}
	for i := range all {
		s := &all[i]
		dimensions := joinDimensions(s.Dimensions, common)
		k := key{s.Metric, s.Type}
		r := found[k]
		if r == nil {
			r = &row{metric: s.Metric, kind: s.Type}
			found[k] = r
		}
		if r.series == 0 || dimensions < r.dimensions {
			r.dimensions, r.last = dimensions, formatValue(s.Last.Value)
		}
		r.series++
	}
	sorted := make([]row, 0, len(found))
	for _, r := range found {
		r.dimensions = shorten(r.dimensions, maxDimensions)
		sorted = append(sorted, *r)
	}
	slices.SortFunc(sorted, func(a, b row) int {
		if c := strings.Compare(a.metric, b.metric); c != 0 {
			return c
		}
		return strings.Compare(a.kind, b.kind)
	})
	return sorted
}

func commonDimensions(all []series) map[string]string {
	if len(all) == 0 {
		return nil
	}
	common := maps.Clone(all[0].Dimensions)
	for i := range all {
		maps.DeleteFunc(common, func(key, value string) bool {
			got, ok := all[i].Dimensions[key]
			return !ok || got != value
		})
	}
	return common
}

// joinDimensions writes dimensions in order of key, without those in except.
func joinDimensions(dimensions, except map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(dimensions)) {
		if _, skip := except[key]; !skip {
			parts = append(parts, key+"="+dimensions[key])
		}
	}
	return strings.Join(parts, " ")
}

// Widths, in characters, that keep a row on one line of a wide terminal.
const (
	maxDimensions = 60
	maxValue      = 24
)

// formatValue writes integers as they are, other numbers with six significant digits, and anything else as the JSON it is.
func formatValue(value json.RawMessage) string {
	text := string(value)
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return strconv.FormatFloat(number, 'g', 6, 64)
	}
	return shorten(text, maxValue)
}

func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
