package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/audit"
)

// Query selects series. Empty fields select everything.
type Query struct {
	Vendor string
	Metric string // exact name
	Text   string // in the metric name or in a dimension as key=value; case is ignored
	// Dimensions must all match: "key=value", or "key" for any value.
	Dimensions []string
	Offset     int
	Limit      int // 0: no limit
}

// Series returns a page of the matching series, ordered by metric, then dimensions
// and type, and how many match in all.
func (s *Store) Series(q Query) (page []Series, total int) {
	matching := s.matchingSeries(q)
	slices.SortFunc(matching, func(a, b Series) int {
		return cmp.Or(
			strings.Compare(a.Metric, b.Metric),
			slices.CompareFunc(a.Dimensions, b.Dimensions, compareDimension),
			strings.Compare(a.Vendor, b.Vendor),
			strings.Compare(a.Type, b.Type))
	})
	return window(matching, q.Offset, q.Limit), len(matching)
}

func (s *Store) matchingSeries(q Query) []Series {
	text := strings.ToLower(q.Text)
	s.mu.Lock()
	defer s.mu.Unlock()
	matching := []Series{}
	for _, candidate := range s.series.byKey {
		if q.matches(&candidate.Series, text) {
			matching = append(matching, candidate.snapshot())
		}
	}
	return matching
}

func (q *Query) matches(s *Series, text string) bool {
	if q.Vendor != "" && q.Vendor != s.Vendor || q.Metric != "" && q.Metric != s.Metric {
		return false
	}
	for _, wanted := range q.Dimensions {
		key, value, exact := strings.Cut(wanted, "=")
		if got, ok := s.Dimensions.Get(key); !ok || exact && got != value {
			return false
		}
	}
	return text == "" || containsText(s, text)
}

func containsText(s *Series, text string) bool {
	if strings.Contains(strings.ToLower(s.Metric), text) {
		return true
	}
	return slices.ContainsFunc(s.Dimensions, func(d Dimension) bool {
		return strings.Contains(strings.ToLower(d.Key+"="+d.Value), text)
	})
}

func compareDimension(a, b Dimension) int {
	return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Value, b.Value))
}

func window[T any](items []T, offset, limit int) []T {
	items = items[min(max(offset, 0), len(items)):]
	if limit > 0 && limit < len(items) {
		items = items[:limit]
	}
	return items
}

// Points returns the series with that ID and its points in order of arrival.
func (s *Store) Points(id string) (Series, []Point, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.series.byID[id]
	if found == nil {
		return Series{}, nil, false
	}
	points := make([]Point, len(found.points.items))
	for i := range points {
		points[i] = *found.points.at(i)
	}
	return found.snapshot(), points, true
}

// Events returns a page of the newest events.
func (s *Store) Events(offset, limit int) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events.newest(offset, limit)
}

// Rejections returns a page of the newest rejections.
func (s *Store) Rejections(offset, limit int) []Rejection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rejections.newest(offset, limit)
}

// Spans returns a page of the newest spans.
func (s *Store) Spans(offset, limit int) []Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spans.newest(offset, limit)
}

// Traces groups the spans that are held, the trace of the newest span first.
func (s *Store) Traces(offset, limit int) []Trace {
	byID := map[string]*Trace{}
	order := []*Trace{}
	for _, span := range s.Spans(0, s.limits.Spans) {
		trace := byID[span.Vendor+span.TraceID]
		if trace == nil {
			trace = &Trace{TraceID: span.TraceID, Vendor: span.Vendor}
			byID[span.Vendor+span.TraceID] = trace
			order = append(order, trace)
		}
		trace.Spans = append(trace.Spans, span)
	}
	page := []Trace{}
	logs := s.spanLogsBySpan()
	for _, trace := range window(order, offset, limit) {
		for i := range trace.Spans {
			span := &trace.Spans[i]
			span.Logs = slices.Concat(span.Logs, logs[spanKey{span.Vendor, span.TraceID, span.SpanID}])
		}
		trace.summarize()
		page = append(page, *trace)
	}
	return page
}

func (t *Trace) summarize() {
	slices.SortStableFunc(t.Spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	t.Root, t.Start = t.Spans[0].Name, t.Spans[0].Start
	end := t.Start
	for _, span := range t.Spans {
		end = max(end, span.Start+span.Duration)
		if !slices.Contains(t.Services, span.Service) {
			t.Services = append(t.Services, span.Service)
		}
	}
	t.Duration = end - t.Start
	if root := slices.IndexFunc(t.Spans, func(s Span) bool { return s.ParentID == "" }); root >= 0 {
		t.Root = t.Spans[root].Name
	}
}

// Audit reports what arrived under the audited attribute: all values, or only those given.
func (s *Store) Audit(only ...string) audit.Report {
	report := s.ledger.Report(only...)
	report.Key = s.auditKey
	return report
}
