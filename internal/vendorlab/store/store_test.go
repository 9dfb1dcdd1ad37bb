package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newStore(l Limits) (*Store, *clock) {
	c := &clock{now: time.Unix(1_700_000_000, 0)}
	return New(Options{Limits: l, Now: c.Now}), c
}

func sample(metric string, timestamp int64, dimensions ...string) Sample {
	s := Sample{Metric: metric, Type: "gauge", Timestamp: timestamp, Value: Int(timestamp)}
	for i := 0; i < len(dimensions); i += 2 {
		s.Dimensions = append(s.Dimensions, Dimension{dimensions[i], dimensions[i+1]})
	}
	return s
}

func metrics(page []Series) (names []string) {
	for _, s := range page {
		names = append(names, s.Metric)
	}
	return names
}

func TestSeriesKeepTheirNewestPoints(t *testing.T) {
	s, _ := newStore(Limits{PointsPerSeries: 3})
	for i := range int64(5) {
		s.AddSamples("v", []Sample{sample("m", i+1)})
	}
	page, total := s.Series(Query{})
	require.Equal(t, 1, total)
	assert.Equal(t, 3, page[0].Held)
	assert.EqualValues(t, 5, page[0].Received)

	got, points, ok := s.Points(page[0].ID)
	require.True(t, ok)
	assert.Equal(t, page[0], got)
	assert.Equal(t, []Point{{3, Int(3)}, {4, Int(4)}, {5, Int(5)}}, points)
}

func TestSeriesUpdatedLongestAgoLeavesFirst(t *testing.T) {
	s, _ := newStore(Limits{Series: 2})
	s.AddSamples("v", []Sample{sample("a", 1), sample("b", 1), sample("a", 2), sample("c", 1)})
	page, _ := s.Series(Query{})
	assert.Equal(t, []string{"a", "c"}, metrics(page))
	assert.Equal(t, Ring{Held: 2, Limit: 2, Evicted: 1}, s.Stats().Series)
}

func TestSeriesIdentity(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b Sample
		same bool
	}{
		{"equal", sample("m", 1, "a", "1"), sample("m", 2, "a", "1"), true},
		{"other value", sample("m", 1, "a", "1"), sample("m", 1, "a", "2"), false},
		{"bytes moved between key and value", sample("m", 1, "a", "bc"), sample("m", 1, "ab", "c"), false},
		{"one dimension that looks like two", sample("m", 1, "a", "1", "b", "2"), sample("m", 1, "a", "11:b1:2"), false},
		{"other type", sample("m", 1), Sample{Metric: "m", Type: "counter", Timestamp: 1, Value: Int(1)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _ := newStore(Limits{})
			s.AddSamples("v", []Sample{test.a, test.b})
			_, total := s.Series(Query{})
			assert.Equal(t, test.same, total == 1)
		})
	}
}

func TestQuery(t *testing.T) {
	s, _ := newStore(Limits{})
	s.AddSamples("one", []Sample{sample("cpu.idle", 1, "host", "Alpha"), sample("cpu.user", 1, "host", "beta"), sample("mem", 1)})
	s.AddSamples("two", []Sample{sample("cpu.idle", 1)})
	for _, test := range []struct {
		name  string
		query Query
		want  []string
		total int
	}{
		{"everything in order of metric", Query{}, []string{"cpu.idle", "cpu.idle", "cpu.user", "mem"}, 4},
		{"text in the metric", Query{Text: "CPU"}, []string{"cpu.idle", "cpu.idle", "cpu.user"}, 3},
		{"text in a dimension", Query{Text: "host=al"}, []string{"cpu.idle"}, 1},
		{"exact metric", Query{Metric: "cpu"}, nil, 0},
		{"dimension with any value", Query{Dimensions: []string{"host"}}, []string{"cpu.idle", "cpu.user"}, 2},
		{"dimension with its value", Query{Dimensions: []string{"host=beta"}}, []string{"cpu.user"}, 1},
		{"vendor", Query{Vendor: "two"}, []string{"cpu.idle"}, 1},
		{"second page", Query{Offset: 2, Limit: 1}, []string{"cpu.user"}, 4},
		{"page behind the end", Query{Offset: 9}, nil, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, total := s.Series(test.query)
			assert.Equal(t, test.want, metrics(page))
			assert.Equal(t, test.total, total)
		})
	}
}

func TestRingsKeepTheNewest(t *testing.T) {
	s, _ := newStore(Limits{Events: 3})
	for i := range 5 {
		s.AddEvents("v", []Event{{Type: fmt.Sprint(i)}})
	}
	types := func(events []Event) (names []string) {
		for _, e := range events {
			names = append(names, e.Type)
		}
		return names
	}
	assert.Equal(t, []string{"4", "3", "2"}, types(s.Events(0, 0)))
	assert.Equal(t, []string{"3"}, types(s.Events(1, 1)))
	assert.Empty(t, s.Events(3, 10))
	assert.EqualValues(t, 5, s.Events(0, 1)[0].ID)
	assert.Equal(t, Ring{Held: 3, Limit: 3, Evicted: 2}, s.Stats().Events)
}

func TestTimestampOfArrivalFillsIn(t *testing.T) {
	s, c := newStore(Limits{})
	s.AddSamples("v", []Sample{sample("m", 0)})
	s.AddEvents("v", []Event{{}})
	page, _ := s.Series(Query{})
	assert.Equal(t, c.now.UnixMilli(), page[0].Last.Timestamp)
	assert.Equal(t, c.now.UnixMilli(), s.Events(0, 1)[0].Timestamp)
}

func TestAuditCountsEveryKind(t *testing.T) {
	s, c := newStore(Limits{})
	event := Event{Type: "e", Properties: map[string]any{"test_id": "run"}}
	span := Span{TraceID: "t", SpanID: "s", Resource: map[string]any{"test_id": "run"}}
	unstamped := sample("m", 0, "test_id", "run")
	for range 2 {
		s.AddSamples("v", []Sample{unstamped, sample("m", 7)})
		s.AddEvents("v", []Event{event})
		s.AddSpans("v", []Span{span})
		c.now = c.now.Add(time.Second) // a point without a timestamp stays the same point
	}
	report := s.Audit()
	assert.Equal(t, "test_id", report.Key)
	assert.EqualValues(t, 6, report.Total)
	assert.Equal(t, 3, report.Distinct)
	assert.Equal(t, []string{`v event "e"  {} {"test_id":"run"} @0`, `v gauge m "test_id"="run" @0 = 0`, "v span t s"},
		[]string{report.Entries[0].Duplicates[0].Identity, report.Entries[0].Duplicates[1].Identity, report.Entries[0].Duplicates[2].Identity})
}

func TestAnEventSentTwiceIsOneThoughItGotTwoIDs(t *testing.T) {
	s, _ := newStore(Limits{})
	for id := range 2 {
		s.AddEvents("v", []Event{{Type: "e", Given: "id", Properties: map[string]any{"test_id": "run", "id": id}}})
	}
	report := s.Audit()
	assert.EqualValues(t, 2, report.Total)
	assert.Equal(t, 1, report.Distinct)
	assert.Equal(t, 1, s.Events(0, 1)[0].Properties["id"], "what is kept has it")
}

func TestTrafficPerSecond(t *testing.T) {
	s, c := newStore(Limits{})
	s.AddSamples("v", []Sample{sample("m", 1)})
	c.now = c.now.Add(2 * time.Second)
	s.AddSamples("v", []Sample{sample("m", 2), sample("m", 3)})
	s.AddRejections("v", []Rejection{{Reason: "r"}})
	s.AddRequest(Request{Vendor: "v", Status: 200, WireBytes: 10})

	traffic := s.Stats().Vendors["v"]
	assert.Equal(t, Counts{Requests: 1, WireBytes: 10, Points: 3, Rejected: 1}, traffic.Counts)
	assert.Equal(t, map[string]uint64{"r": 1}, traffic.Reasons)
	assert.Equal(t, map[int]uint64{200: 1}, traffic.Statuses)
	last := traffic.PerSecond[historySeconds-3:]
	assert.Equal(t, []uint64{1, 0, 2}, []uint64{last[0].Points, last[1].Points, last[2].Points})

	c.now = c.now.Add(historySeconds * time.Second)
	for _, second := range s.Stats().Vendors["v"].PerSecond {
		assert.Zero(t, second.Counts, "seconds of two minutes ago must not show again")
	}
}

func TestResetForgetsEverything(t *testing.T) {
	s, _ := newStore(Limits{})
	s.AddSamples("v", []Sample{sample("m", 1, "test_id", "x")})
	s.AddEvents("v", []Event{{}})
	s.AddSpans("v", []Span{{}})
	s.AddRejections("v", []Rejection{{}})
	s.AddRequest(Request{})
	s.Reset()
	empty, _ := newStore(Limits{})
	assert.Equal(t, empty.Stats(), s.Stats())
	assert.Zero(t, s.Audit().Total)
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		arrived := func() bool { return s.Stats().Vendors["v"].Points == 2 }
		go func() {
			for range 2 {
				time.Sleep(time.Second)
				s.Count("v", Counts{Points: 1})
			}
		}()
		started := time.Now()
		require.NoError(t, s.Wait(t.Context(), arrived))
		assert.Equal(t, 2*time.Second, time.Since(started))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorIs(t, s.Wait(ctx, func() bool { return false }), context.DeadlineExceeded)
	})
}

func TestValuesAsJSON(t *testing.T) {
	for _, test := range []struct {
		name  string
		value Value
		want  string
	}{
		{"nothing", Value{}, "null"},
		{"integer", Int(math.MinInt64), "-9223372036854775808"},
		{"double", Double(1e21), "1e+21"},
		{"NaN", Double(math.NaN()), `"NaN"`},
		{"infinity", Double(math.Inf(1)), `"+Inf"`},
		{"histogram", Distribution(&Histogram{Count: 1, Bounds: []float64{1}, Counts: []uint64{0, 1}}), `{"count":1,"bounds":[1],"bucket_counts":[0,1]}`},
		{"histogram with a NaN", Distribution(&Histogram{Bounds: []float64{math.NaN()}}), `"json: unsupported value: NaN"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := json.Marshal(test.value)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
		})
	}
}

func TestDimensionsAsJSONKeepOrderAndRepeats(t *testing.T) {
	got, err := json.Marshal(Dimensions{{"b", "1"}, {"a", "\"\xff"}, {"b", "2"}})
	require.NoError(t, err)
	assert.Equal(t, `{"b":"1","a":"\"\ufffd","b":"2"}`, string(got))
}
