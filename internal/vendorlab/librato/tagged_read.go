package librato

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// taggedRow is one measurement as it is read back; with summary_function=all the
// other numbers are there too.
type taggedRow struct {
	Time  int64  `json:"time"`
	Value number `json:"value"`
	*allRow
}

type allRow struct {
	Count  float64 `json:"count"`
	Sum    number  `json:"sum"`
	Min    number  `json:"min"`
	Max    number  `json:"max"`
	Last   number  `json:"last"`
	StdDev number  `json:"stddev"`
}

type taggedSeries struct {
	Tags         store.Dimensions `json:"tags"`
	Measurements []taggedRow      `json:"measurements"`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// getMeasurements answers the data of a metric by tags.
func (s *server) getMeasurements(c *call) (*reply, *apiError) {
	m, ok := s.Account.Metric(c.PathValue("name"))
	if !ok {
		return nil, notFound()
	}
	within, b := s.taggedInterval(c)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	filter, b := tagFilterOf(c)
	if b == nil {
		b = checkFunctions(c)
	}
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	streams := s.streams(m.Name, within, filter)
	links := []link{}
	if next := cutRows(streams, within, 0, true); next > 0 {
		links = append(links, link{"next", nextHref(c, next)})
	}
	series := []taggedSeries{}
	for _, one := range grouped(streams, c.query.Get("group_by"), c.query.Get("group_by_function")) {
		series = append(series, taggedSeries{one.dimensions, taggedRows(one.rollups, c.query.Get("summary_function"))})
	}
	return &reply{status: http.StatusOK, body: map[string]any{
		"name": m.Name, "resolution": within.resolution, "series": series, "links": links, "attributes": m.Attributes,
	}}, nil
}

// taggedInterval reads start_time, end_time, duration and resolution.
func (s *server) taggedInterval(c *call) (within interval, b *broken) {
	has := c.has
	switch {
	case !has("start_time") && !has("duration"):
		return within, breaks(TimeInvalid, "start_time", "or duration is required")
	case has("start_time") && has("end_time") && has("duration"):
		return within, breaks(TimeInvalid, "duration", "must not be given with both start_time and end_time")
	case !has("resolution"):
		return within, breaks(TimeInvalid, "resolution", "is required")
	}
	values := map[string]int{}
	for name, least := range map[string]int{"start_time": 0, "end_time": 0, "duration": 1, "resolution": 1} {
		if values[name], b = c.param(name, 0, least); b != nil {
			return within, b
		}
	}
	start, end, duration := int64(values["start_time"]), int64(values["end_time"]), int64(values["duration"])
	switch {
	case has("start_time") && has("duration"):
		end = start + duration
	case !has("end_time"):
		end = s.Store.Now().Unix()
	}
	if !has("start_time") {
		start = end - duration
	}
	return interval{start, end, int64(values["resolution"])}, nil
}

func nextHref(c *call, start int64) string {
	query := c.URL.Query()
	query.Set("start_time", fmt.Sprint(start))
	return "http://" + c.Host + c.URL.EscapedPath() + "?" + query.Encode()
}

// tagFilterOf reads tags[NAME]=PATTERN, tags=* and tags_search.
func tagFilterOf(c *call) (func(store.Dimensions) bool, *broken) {
	wanted := map[string][]string{} // all names, one of the patterns
	for name, patterns := range c.query {
		if inner, ok := strings.CutPrefix(name, "tags["); ok {
			wanted[strings.ToLower(strings.TrimSuffix(inner, "]"))] = patterns
		}
	}
	if search := c.query.Get("tags_search"); search != "" {
		if len(wanted) > 0 {
			return nil, breaks(PropertyInvalid, "tags_search", "must not be given with tags")
		}
		for term := range strings.SplitSeq(search, " and ") {
			name, pattern, ok := strings.Cut(strings.TrimSpace(term), "=")
			if !ok {
				return nil, breaks(PropertyInvalid, "tags_search", "is not of the form name=pattern and name=pattern")
			}
			name = strings.ToLower(name)
			wanted[name] = append(wanted[name], pattern)
		}
	}
	return func(d store.Dimensions) bool {
		for name, patterns := range wanted {
			if !matchesTag(d, name, patterns) {
				return false
			}
		}
		return true
	}, nil
}

// matchesTag: ! before the name asks for series without that tag, ! before a value
// for series that have the tag with another value.
func matchesTag(d store.Dimensions, name string, patterns []string) bool {
	if without, ok := strings.CutPrefix(name, "!"); ok {
		_, has := d.Get(without)
		return !has
	}
	value, has := d.Get(name)
	return has && slices.ContainsFunc(patterns, func(p string) bool {
		p = strings.ToLower(p)
		if other, ok := strings.CutPrefix(p, "!"); ok {
			return !wildcard.Match(other, value)
		}
		return wildcard.Match(p, value)
	})
}

func checkFunctions(c *call) *broken {
	group, function, summary := c.query.Get("group_by"), c.query.Get("group_by_function"), c.query.Get("summary_function")
	switch {
	case group != "" && !oneOf(function, "sum", "min", "max", "mean"):
		return breaks(PropertyInvalid, "group_by_function", "is none of sum, min, max and mean")
	case group != "" && summary == "all":
		return breaks(PropertyInvalid, "summary_function", "all does not go with group_by")
	case !oneOf(summary, "", "sum", "min", "max", "count", "mean", "derivative", "stddev", "all"):
		return breaks(PropertyInvalid, "summary_function", "is none of sum, min, max, count, mean, derivative, stddev and all")
	}
	return nil
}

// grouped combines the streams whose tags of these names are equal; a stream
// without one of them is left out. * makes one stream of all.
func grouped(streams []stream, by, function string) []stream {
	if by == "" {
		return streams
	}
	if by == "*" {
		return []stream{combine(streams, function)}
	}
	var order []string
	groups := map[string][]stream{}
	tags := map[string]store.Dimensions{}
	for _, one := range streams {
		group, ok := tagsNamed(one.dimensions, strings.Split(by, ","))
		if !ok {
			continue
		}
		key := fmt.Sprintf("%q", group)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key], tags[key] = append(groups[key], one), group
	}
	var combined []stream
	for _, key := range order {
		one := combine(groups[key], function)
		one.dimensions = tags[key]
		combined = append(combined, one)
	}
	return combined
}

func tagsNamed(d store.Dimensions, names []string) (named store.Dimensions, ok bool) {
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		value, has := d.Get(name)
		if !has {
			return nil, false
		}
		named = append(named, store.Dimension{Key: name, Value: value})
	}
	return named, true
}

func taggedRows(rollups []rollup, function string) []taggedRow {
	if function == "derivative" {
		return derivative(rollups)
	}
	rows := make([]taggedRow, 0, len(rollups))
	for _, r := range rollups {
		row := taggedRow{Time: r.time}
		if function == "all" {
			row.Value = number(r.mean())
			row.allRow = &allRow{r.count, number(r.sum), number(r.min), number(r.max), number(r.last), number(r.stddev())}
		} else {
			value, _ := r.value(function)
			row.Value = number(value)
		}
		rows = append(rows, row)
	}
	return rows
}

// derivative is the change of the last value from one row to the next.
func derivative(rollups []rollup) []taggedRow {
	rows := []taggedRow{}
	for i := 1; i < len(rollups); i++ {
		rows = append(rows, taggedRow{Time: rollups[i].time, Value: number(rollups[i].last - rollups[i-1].last)})
	}
	return rows
}
