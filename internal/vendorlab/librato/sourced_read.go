package librato

import (
	"maps"
	"net/http"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// unassigned is the source of measurements that have none.
const unassigned = "unassigned"

// sourcedRow is one measurement as it is read back.
type sourcedRow struct {
	Time  int64   `json:"measure_time"`
	Value number  `json:"value"`
	Count float64 `json:"count"`
	Sum   number  `json:"sum"`
	Min   number  `json:"min"`
	Max   number  `json:"max"`
}

// sourcedData is a metric with its data.
type sourcedData struct {
	Metric
	Resolution   int64                   `json:"resolution"`
	Measurements map[string][]sourcedRow `json:"measurements"`
	Query        *nextPage               `json:"query,omitempty"`
}

type nextPage struct {
	NextTime int64 `json:"next_time"`
}

// readSourcedData answers the data by source.
func (s *server) readSourcedData(c *call, m Metric) (*reply, *apiError) {
	within, count, b := s.sourcedInterval(c)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	patterns := append(c.query["sources[]"], c.query["source"]...)
	streams := s.streams(m.Name, within, func(d store.Dimensions) bool { return matchesAny(sourceOf(d), patterns) })
	next := cutRows(streams, within, count, c.has("start_time"))
	data := sourcedData{Metric: m, Resolution: within.resolution, Measurements: map[string][]sourcedRow{}}
	group := c.query.Get("group_by")
	if !oneOf(group, "", "min", "max", "mean", "sum", "count") {
		return nil, breaks(PropertyInvalid, "group_by", "is none of min, max, mean, sum and count").paramsError(http.StatusBadRequest, "")
	}
	if group != "" || c.query.Get("summarize_sources") == "true" {
		data.Measurements[reservedSource] = sourcedRows(combine(streams, group).rollups, "")
	}
	if c.query.Get("breakout_sources") != "false" {
		for _, from := range streams {
			source := sourceOf(from.dimensions)
			data.Measurements[source] = append(data.Measurements[source], sourcedRows(from.rollups, m.Type)...)
		}
	}
	if count == 0 && next > 0 {
		data.Query = &nextPage{next}
	}
	return &reply{status: http.StatusOK, body: data}, nil
}

func sourceOf(d store.Dimensions) string {
	if source, ok := d.Get(sourceKey); ok {
		return source
	}
	return unassigned
}

func matchesAny(text string, patterns []string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return matchesPattern(text, p) })
}

// sourcedInterval reads start_time, end_time, count and resolution. Of a count,
// at most one end of the interval may be given.
func (s *server) sourcedInterval(c *call) (within interval, count int, b *broken) {
	now := int(s.Store.Now().Unix())
	values := map[string]int{}
	for name, fallback := range map[string]int{"start_time": 0, "end_time": now, "resolution": 1, "count": 0} {
		least := 0
		if name == "resolution" || name == "count" && c.has("count") {
			least = 1
		}
		if values[name], b = c.param(name, fallback, least); b != nil {
			return within, 0, b
		}
	}
	if c.has("count") && c.has("start_time") && c.has("end_time") {
		return within, 0, breaks(PropertyInvalid, "count", "must not be given with both start_time and end_time")
	}
	return interval{int64(values["start_time"]), int64(values["end_time"]), int64(values["resolution"])}, values["count"], nil
}

// cutRows keeps count times, or a page of them, the same ones of all streams. It
// returns the time at which the next page starts, or 0.
func cutRows(streams []stream, within interval, count int, fromStart bool) (next int64) {
	times := map[int64]bool{}
	for _, from := range streams {
		for _, r := range from.rollups {
			times[r.time] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(times))
	limit := count
	if count == 0 {
		limit, fromStart = maxPage, true
	}
	if len(sorted) <= limit {
		return 0
	}
	first, last := sorted[0], sorted[limit-1]
	if next = sorted[limit]; !fromStart {
		first, last = sorted[len(sorted)-limit], sorted[len(sorted)-1]
	}
	for i := range streams {
		streams[i].rollups = slices.DeleteFunc(streams[i].rollups, func(r rollup) bool { return r.time < first || r.time > last })
	}
	return next
}

// sourcedRows shows a counter's last value and a gauge's mean.
func sourcedRows(rollups []rollup, metricType string) []sourcedRow {
	rows := make([]sourcedRow, 0, len(rollups))
	for _, r := range rollups {
		row := sourcedRow{Time: r.time, Value: number(r.mean()), Count: r.count, Sum: number(r.sum), Min: number(r.min), Max: number(r.max)}
		if metricType == typeCounter {
			row.Value = number(r.last)
		}
		rows = append(rows, row)
	}
	return rows
}
