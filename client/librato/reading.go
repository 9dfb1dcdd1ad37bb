package librato

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// TagQuery chooses data of the tag dialect.
type TagQuery struct {
	Window
	// Tags choose series: all names must match, and for each name one of its patterns,
	// with * as wildcard. A pattern with ! in front must not match, a name with !
	// in front must not be there. The name "*" with the pattern "*" means all series.
	Tags map[string][]string
	// TagsSearch is an expression such as "region=us-east* and db=*prod*", in place of Tags.
	TagsSearch string
	// GroupBy merges the series that have the same values of these tags, or all of
	// them for "*", by GroupByFunction: sum, min, max or mean.
	GroupBy         string
	GroupByFunction string
	// SummaryFunction rolls values up: sum, min, max, count, mean, derivative, stddev
	// or all; the default is the metric's.
	SummaryFunction string
}

func (q TagQuery) query() (url.Values, error) {
	query, err := q.Window.query()
	if err != nil {
		return nil, err
	}
	for name, patterns := range q.Tags {
		if name == "*" {
			query.Set("tags", "*")
			continue
		}
		query["tags["+name+"]"] = patterns
	}
	for key, value := range map[string]string{
		"tags_search": q.TagsSearch, "group_by": q.GroupBy,
		"group_by_function": q.GroupByFunction, "summary_function": q.SummaryFunction,
	} {
		if value != "" {
			query.Set(key, value)
		}
	}
	return query, nil
}

// TaggedData is a page of data of one metric.
type TaggedData struct {
	Name       string         `json:"name"`
	Resolution int64          `json:"resolution"` // in seconds
	Series     []TaggedSeries `json:"series"`
	Attributes *Attributes    `json:"attributes,omitempty"`
	Links      []Link         `json:"links,omitempty"`
}

// TaggedSeries is the data of one set of tags.
type TaggedSeries struct {
	Tags   Tags    `json:"tags"`
	Points []Point `json:"measurements"`
}

// TaggedMeasurements yields the data of a metric in the tag dialect, a page at a
// time; a series may go on in the next page. It ends after the first error.
func (c *Client) TaggedMeasurements(ctx context.Context, metric string, q TagQuery) iter.Seq2[*TaggedData, error] {
	return func(yield func(*TaggedData, error) bool) {
		path, err := route(TagDialect.route(), metric)
		var query url.Values
		if err == nil {
			query, err = q.query()
		}
		for err == nil && query != nil {
			var data TaggedData
			if err = c.manage(ctx, http.MethodGet, path, query, nil, &data); err != nil {
				break
			}
			if !yield(&data, nil) {
				return
			}
			query, err = data.next(query)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// next returns the query of the next page, nil if there is none. Only the query is
// taken of the link, so that credentials go nowhere else; a link to the page that
// it is on would never end.
func (d *TaggedData) next(last url.Values) (url.Values, error) {
	for _, link := range d.Links {
		if link.Rel != "next" {
			continue
		}
		u, err := url.Parse(link.Href)
		if err != nil || u.RawQuery == "" || u.Query().Encode() == last.Encode() {
			return nil, fmt.Errorf("measurements of %q: the link to the next page leads nowhere; narrow the interval", d.Name)
		}
		return u.Query(), nil
	}
	return nil, nil
}

// SourceQuery chooses data of the source dialect: an interval, or Count with at most
// one of Start and End.
type SourceQuery struct {
	Start, End time.Time
	// Count is how many of the last values before End, or of the first after Start.
	Count      int
	Resolution time.Duration
	// Sources to return, with * as wildcard; none for all.
	Sources []string
	// SummarizeTime and SummarizeSources merge values; the latter adds the source "all".
	SummarizeTime, SummarizeSources bool
	// HideSources leaves the single sources out.
	HideSources bool
	// GroupBy merges the sources by min, max, mean, sum or count.
	GroupBy string
}

func (q SourceQuery) query() (url.Values, error) {
	if q.Start.IsZero() && q.Count <= 0 {
		return nil, ErrNoInterval
	}
	query := url.Values{}
	setTimes(query, q.Start, q.End)
	if q.Count > 0 {
		query.Set("count", strconv.Itoa(q.Count))
	}
	query.Set("resolution", wholeSeconds(max(q.Resolution, time.Second)))
	if len(q.Sources) > 0 {
		query["sources[]"] = q.Sources
	}
	for key, on := range map[string]bool{"summarize_time": q.SummarizeTime, "summarize_sources": q.SummarizeSources} {
		if on {
			query.Set(key, "true")
		}
	}
	if q.HideSources {
		query.Set("breakout_sources", "false")
	}
	if q.GroupBy != "" {
		query.Set("group_by", q.GroupBy)
	}
	return query, nil
}

// SourcedData is a page of data of one metric with what is known of the metric.
type SourcedData struct {
	Metric
	Resolution int64 // in seconds
	// Points are by source; those without one stand under "unassigned".
	Points map[string][]Point
	// nextTime is the start of the next page, 0 if there is none.
	nextTime int64
}

type sourcedWire struct {
	Resolution   int64              `json:"resolution,omitempty"`
	Measurements map[string][]Point `json:"measurements"`
	Query        *struct {
		NextTime int64 `json:"next_time"`
	} `json:"query,omitempty"`
}

// UnmarshalJSON reads a page.
func (d *SourcedData) UnmarshalJSON(text []byte) error {
	var wire sourcedWire
	if err := json.Unmarshal(text, &d.Metric); err != nil {
		return err
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	d.Resolution, d.Points = wire.Resolution, wire.Measurements
	if wire.Query != nil {
		d.nextTime = wire.Query.NextTime
	}
	return nil
}

// MarshalJSON writes a page.
func (d SourcedData) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Metric
		sourcedWire
	}{d.Metric, sourcedWire{Resolution: d.Resolution, Measurements: d.Points}})
}

// SourcedMeasurements yields the data of a metric in the source dialect, a page at a
// time. It ends after the first error.
func (c *Client) SourcedMeasurements(ctx context.Context, metric string, q SourceQuery) iter.Seq2[*SourcedData, error] {
	return func(yield func(*SourcedData, error) bool) {
		for {
			data, err := c.sourcedPage(ctx, metric, q)
			if !yield(data, err) || err != nil {
				return
			}
			next := time.Unix(data.nextTime, 0)
			if data.nextTime == 0 || q.Count > 0 || !next.After(q.Start) {
				return
			}
			q.Start = next
		}
	}
}

func (c *Client) sourcedPage(ctx context.Context, metric string, q SourceQuery) (*SourcedData, error) {
	path, err := route(metricsRoute, metric)
	if err != nil {
		return nil, err
	}
	query, err := q.query()
	if err != nil {
		return nil, err
	}
	var data SourcedData
	if err := c.manage(ctx, http.MethodGet, path, query, nil, &data); err != nil {
		return nil, err
	}
	return &data, nil
}
