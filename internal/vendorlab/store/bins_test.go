package store

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSamplesOfABinAreAddedUp(t *testing.T) {
	s, c := newStore(Limits{PointsPerSeries: 2})
	start := c.now.UnixMilli() - c.now.UnixMilli()%60_000
	add := func(at int64, v Value) {
		s.AddSamples("v", []Sample{{Metric: "m", Timestamp: at, Value: v, Bin: 60_000}})
	}
	add(0, Int(1))                 // arrives now
	add(start+59_999, Double(0.5)) // within the same minute
	add(start+60_000, Int(7))
	add(start, Int(2)) // late, yet still held
	page, _ := s.Series(Query{})
	_, points, _ := s.Points(page[0].ID)
	assert.Equal(t, []Point{{start, Double(3.5)}, {start + 60_000, Int(7)}}, points)
	assert.Equal(t, Point{start, Double(3.5)}, page[0].Last)
	assert.EqualValues(t, 4, page[0].Received)
}

func TestSpanLogsAreJoinedAndBounded(t *testing.T) {
	s, _ := newStore(Limits{SpanLogs: 2})
	s.AddSpanLogs("v", []SpanLog{{TraceID: "t", SpanID: "s", Timestamp: 1}, {TraceID: "t", SpanID: "s", Timestamp: 2}, {TraceID: "t", SpanID: "s", Timestamp: 3}})
	s.AddSpans("v", []Span{{TraceID: "t", SpanID: "s"}, {TraceID: "t", SpanID: "other"}})
	s.AddSpans("w", []Span{{TraceID: "t", SpanID: "s"}})
	for _, trace := range s.Traces(0, 0) {
		for _, span := range trace.Spans {
			if span.Vendor == "v" && span.SpanID == "s" {
				require.Len(t, span.Logs, 2, "the oldest left")
				assert.EqualValues(t, 2, span.Logs[0].Timestamp)
			} else {
				assert.Empty(t, span.Logs)
			}
		}
	}
	assert.Equal(t, Ring{Held: 2, Limit: 2, Evicted: 1}, s.Stats().SpanLogs)
	assert.EqualValues(t, 3, s.SpanLogs(0, 1)[0].Timestamp)
}

func TestDropForgetsSeries(t *testing.T) {
	s, _ := newStore(Limits{})
	s.AddSamples("v", []Sample{sample("a", 1), sample("b", 1)})
	assert.Equal(t, 1, s.Drop(func(x *Series) bool { return x.Metric == "a" }))
	assert.Equal(t, 0, s.Drop(func(x *Series) bool { return x.Metric == "a" }))
	page, total := s.Series(Query{})
	assert.Equal(t, []string{"b"}, metrics(page))
	assert.Equal(t, 1, total)
	s.AddSamples("v", []Sample{sample("a", 2)})
	page, _ = s.Series(Query{Metric: "a"})
	assert.EqualValues(t, 1, page[0].Received, "it begins anew")
	assert.Zero(t, s.Stats().Series.Evicted)
}

func TestReviseEvent(t *testing.T) {
	s, _ := newStore(Limits{})
	s.AddEvents("v", []Event{{Type: "a"}, {Type: "b"}, {Type: "a"}})
	s.ReviseEvent(func(e *Event) bool { return e.Type == "a" }, func(e *Event) { e.End = 9 })
	s.ReviseEvent(func(e *Event) bool { return e.Type == "c" }, func(e *Event) { e.End = 9 })
	events := s.Events(0, 0)
	assert.Equal(t, []int64{9, 0, 0}, []int64{events[0].End, events[1].End, events[2].End}, "the newest that matches")
}

func TestAuditedWithoutADimension(t *testing.T) {
	s, _ := newStore(Limits{})
	s.AddSamples("v", []Sample{{Metric: "m", Audited: "run"}, {Metric: "n"}})
	assert.EqualValues(t, 1, s.Audit("run").Total)
}
