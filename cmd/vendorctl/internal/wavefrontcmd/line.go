package wavefrontcmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// line is a line of a batch: what kind it is decides which members it has.
type line struct {
	Kind   string `json:"kind"` // metric by default
	Name   string `json:"name"`
	Source string `json:"source"`
	Tags   tags   `json:"tags"`

	// Metrics, delta counters and histograms.
	Value         *float64     `json:"value"`
	Timestamp     int64        `json:"timestamp"` // Unix seconds
	Centroids     [][2]float64 `json:"centroids"` // mean and count
	Granularities []string     `json:"granularities"`

	// Spans, with Start and Duration in milliseconds, and events.
	Start       int64     `json:"start"`
	Duration    int64     `json:"duration"`
	TraceID     string    `json:"traceId"`
	SpanID      string    `json:"spanId"`
	Parents     []string  `json:"parents"`
	FollowsFrom []string  `json:"followsFrom"`
	Logs        []spanLog `json:"logs"`

	// Events.
	End         int64    `json:"end"`
	Hosts       []string `json:"hosts"`
	EventTags   []string `json:"eventTags"`
	Annotations tags     `json:"annotations"`
}

type spanLog struct {
	Timestamp int64 `json:"timestamp"` // Unix microseconds
	Fields    tags  `json:"fields"`
}

// tags are an object, or a list of pairs where a key comes more than once.
type tags []wavefront.Tag

// UnmarshalJSON reads both forms.
func (t *tags) UnmarshalJSON(text []byte) error {
	*t = nil
	if bytes.HasPrefix(text, []byte("[")) {
		var pairs [][2]string
		if err := json.Unmarshal(text, &pairs); err != nil {
			return err
		}
		for _, pair := range pairs {
			*t = append(*t, wavefront.Tag{Key: pair[0], Value: pair[1]})
		}
		return nil
	}
	var members map[string]string
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	*t = tagsOf(members)
	return nil
}

func tagsOf(members map[string]string) (all tags) {
	for _, key := range slices.Sorted(maps.Keys(members)) {
		all = append(all, wavefront.Tag{Key: key, Value: members[key]})
	}
	return all
}

func (l *line) metric() (*wavefront.Metric, error) {
	if l.Value == nil {
		return nil, errors.New("the value is missing")
	}
	return &wavefront.Metric{Name: l.Name, Value: *l.Value, Timestamp: l.Timestamp, Source: l.Source, Tags: l.Tags}, nil
}

func (l *line) histogram() (*wavefront.Histogram, error) {
	h := &wavefront.Histogram{Name: l.Name, Timestamp: l.Timestamp, Source: l.Source, Tags: l.Tags}
	for _, c := range l.Centroids {
		if c[1] < 0 || c[1] != float64(uint64(c[1])) {
			return nil, fmt.Errorf("the count %v of a centroid is no whole number", c[1])
		}
		h.Centroids = append(h.Centroids, wavefront.Centroid{Mean: c[0], Count: uint64(c[1])})
	}
	if len(l.Granularities) == 0 {
		l.Granularities = []string{"M"}
	}
	for _, name := range l.Granularities {
		g, ok := map[string]wavefront.Granularity{"M": wavefront.Minute, "H": wavefront.Hour, "D": wavefront.Day}[name]
		if !ok {
			return nil, fmt.Errorf("%q is no granularity: write M, H or D", name)
		}
		h.Granularities = append(h.Granularities, g)
	}
	return h, nil
}

func (l *line) span() (*wavefront.Span, *wavefront.SpanLogs, error) {
	s := &wavefront.Span{Name: l.Name, Start: l.Start, Duration: l.Duration, Source: l.Source, Tags: l.Tags, HasLogs: len(l.Logs) > 0}
	var err error
	if s.TraceID, err = wavefront.ParseUUID(l.TraceID); err != nil {
		return nil, nil, fmt.Errorf("traceId: %w", err)
	}
	if s.SpanID, err = wavefront.ParseUUID(l.SpanID); err != nil {
		return nil, nil, fmt.Errorf("spanId: %w", err)
	}
	if s.Parents, err = uuids(l.Parents); err != nil {
		return nil, nil, fmt.Errorf("parents: %w", err)
	}
	if s.FollowsFrom, err = uuids(l.FollowsFrom); err != nil {
		return nil, nil, fmt.Errorf("followsFrom: %w", err)
	}
	if !s.HasLogs {
		return s, nil, nil
	}
	logs := &wavefront.SpanLogs{TraceID: s.TraceID, SpanID: s.SpanID}
	for _, log := range l.Logs {
		logs.Logs = append(logs.Logs, wavefront.SpanLog{Timestamp: log.Timestamp, Fields: log.Fields})
	}
	return s, logs, nil
}

func uuids(texts []string) (all []wavefront.UUID, err error) {
	for _, text := range texts {
		id, err := wavefront.ParseUUID(text)
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

func (l *line) event() *wavefront.Event {
	return &wavefront.Event{Name: l.Name, Start: l.Start, End: l.End, Hosts: l.Hosts, Tags: l.EventTags, Annotations: l.Annotations}
}
