package oracle

import (
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wavefronthq/wavefront-sdk-go/event"
	"github.com/wavefronthq/wavefront-sdk-go/histogram"
	"github.com/wavefronthq/wavefront-sdk-go/senders"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// TestMain silences the SDK, which logs two lines a flush.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// server keeps what it is sent, by the path and query of the requests.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	bodies map[string][]string
	tokens map[string]bool // what Authorization said
}

func newServer(t *testing.T) *server {
	s := &server{bodies: make(map[string][]string), tokens: make(map[string]bool)}
	s.Server = httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(s.Close)
	return s
}

func (s *server) take(w http.ResponseWriter, r *http.Request) {
	var from io.Reader = r.Body
	// The SDK says gzip of its events, and sends them as they are.
	if r.Header.Get("Content-Encoding") == "gzip" && r.URL.Path != "/api/v2/event" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		from = unzipped
	}
	body, err := io.ReadAll(from)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies[r.URL.RequestURI()] = append(s.bodies[r.URL.RequestURI()], string(body))
	s.tokens[r.Header.Get("Authorization")] = true
	w.WriteHeader(http.StatusAccepted)
}

// all is what arrived at a path, in one piece.
func (s *server) all(path string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.bodies[path], "")
}

// vendorSends returns what the vendor's SDK sends in one call.
func vendorSends(t *testing.T, token, path string, send func(senders.Sender) error) string {
	t.Helper()
	s := newServer(t)
	options := []senders.Option{senders.SendInternalMetrics(false)}
	if token != "" {
		options = append(options, senders.APIToken(token))
	}
	sender, err := senders.NewSender(s.URL, options...)
	require.NoError(t, err)
	require.NoError(t, send(sender))
	sender.Close() // flushes
	return s.all(path)
}

// sorted makes the tags of lines comparable, which the SDK writes in random order.
func sorted(pairs []linetest.Pair) []linetest.Pair {
	return slices.SortedFunc(slices.Values(pairs), func(a, b linetest.Pair) int {
		return strings.Compare(a.Key+"\x00"+a.Value, b.Key+"\x00"+b.Value)
	})
}

func tagList(tags map[string]string) []wavefront.Tag {
	var list []wavefront.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, wavefront.Tag{Key: key, Value: tags[key]})
	}
	return list
}

// points are metrics of which the SDK makes lines that a proxy reads. Left out is what
// it gets wrong: names and keys of more than ASCII (a hyphen a byte), with a slash (ours is a
// hyphen, as in the Python and Java SDKs) or of "~" and "∆" alone (it panics); values
// with a backslash at the end or control characters (the line breaks); NaN and infinities.
var points = []struct {
	test, name string
	value      float64
	time       int64
	source     string
	tags       map[string]string
}{
	{"plain", "new-york.power.usage", 42422, 1493773500, "localhost", map[string]string{"datacenter": "dc1"}},
	{"no time, no tags", "m", 0.1, 0, "s", nil},
	{"large and small", "m", 1e21, 1, "s", map[string]string{"a": "1"}},
	{"tiny, negative", "m", -5e-324, 1493773500, "s", nil},
	{"milliseconds", "m", 1, 1493773500123, "s", nil},
	{"characters that names cannot hold", "a b:c=d#e\"f'g", 1, 1493773500, "s", map[string]string{"k e:y": "v", "k,2": "w"}},
	{"internal", "~agent.x", 1, 1493773500, "s", map[string]string{"~k": "v"}},
	{"values", "m", 1, 1493773500, `so"ur'ce =#`, map[string]string{"quote": `a"b`, "newline": "a\nb", "space": "  pad ", "unicode": "é日本🚀", "backslash": `a\b`, "escaped": `a\"b`, "tab": "a\tb"}},
}

func TestMetricsSayTheSame(t *testing.T) {
	for _, p := range points {
		t.Run(p.test, func(t *testing.T) {
			theirs := vendorSends(t, "", "/report?f=wavefront", func(s senders.Sender) error { return s.SendMetric(p.name, p.value, p.time, p.source, p.tags) })
			ours, _, err := new(wavefront.Encoder).AppendMetric(nil, &wavefront.Metric{Name: p.name, Value: p.value, Timestamp: p.time, Source: p.source, Tags: tagList(p.tags)})
			require.NoError(t, err)
			assertSamePoint(t, theirs, string(ours))
		})
	}
}

func TestDeltaCountersSayTheSame(t *testing.T) {
	for _, p := range points {
		if p.value <= 0 {
			continue
		}
		t.Run(p.test, func(t *testing.T) {
			theirs := vendorSends(t, "", "/report?f=wavefront", func(s senders.Sender) error { return s.SendDeltaCounter(p.name, p.value, p.source, p.tags) })
			ours, _, err := new(wavefront.Encoder).AppendDelta(nil, &wavefront.Metric{Name: p.name, Value: p.value, Source: p.source, Tags: tagList(p.tags)})
			require.NoError(t, err)
			assertSamePoint(t, theirs, string(ours))
		})
	}
	t.Run("nothing for what is not above zero", func(t *testing.T) {
		for _, v := range []float64{0, -1} {
			assert.Empty(t, vendorSends(t, "", "/report?f=wavefront", func(s senders.Sender) error { return s.SendDeltaCounter("m", v, "s", nil) }))
			_, _, err := new(wavefront.Encoder).AppendDelta(nil, &wavefront.Metric{Name: "m", Value: v, Source: "s"})
			assert.ErrorIs(t, err, wavefront.NotPositive)
		}
	})
}

func assertSamePoint(t *testing.T, theirs, ours string) {
	t.Helper()
	read := func(line string) *linetest.Point {
		p, err := linetest.ParseMetric(strings.TrimSuffix(line, "\n"))
		require.NoError(t, err, line)
		p.Tags = sorted(p.Tags)
		return p
	}
	assert.Equal(t, read(theirs), read(ours))
}

func TestHistogramsSayTheSame(t *testing.T) {
	for _, p := range points {
		t.Run(p.test, func(t *testing.T) {
			theirs := vendorSends(t, "", "/report?f=histogram", func(s senders.Sender) error {
				return s.SendDistribution(p.name, []histogram.Centroid{{Value: 30, Count: 20}, {Value: 5.1, Count: 10}, {Value: p.value, Count: 1}},
					map[histogram.Granularity]bool{histogram.MINUTE: true, histogram.DAY: true}, p.time, p.source, p.tags)
			})
			ours, _, err := new(wavefront.Encoder).AppendHistogram(nil, &wavefront.Histogram{
				Name: p.name, Granularities: []wavefront.Granularity{wavefront.Minute, wavefront.Day},
				Centroids: []wavefront.Centroid{{Mean: 30, Count: 20}, {Mean: 5.1, Count: 10}, {Mean: p.value, Count: 1}},
				Timestamp: p.time, Source: p.source, Tags: tagList(p.tags),
			})
			require.NoError(t, err)
			assert.Equal(t, distributions(t, theirs), distributions(t, string(ours)))
		})
	}
}

// distributions reads histogram lines into a fixed order.
func distributions(t *testing.T, lines string) map[string]*linetest.Distribution {
	t.Helper()
	all := make(map[string]*linetest.Distribution)
	for line := range strings.Lines(lines) {
		d, err := linetest.ParseHistogram(strings.TrimSuffix(line, "\n"))
		require.NoError(t, err, line)
		d.Tags = sorted(d.Tags)
		slices.SortFunc(d.Centroids, func(a, b linetest.Centroid) int { return int(a.Count - b.Count) })
		require.NotContains(t, all, d.Granularity)
		all[d.Granularity] = d
	}
	return all
}

func TestSpansSayTheSame(t *testing.T) {
	const trace, span, parent, before = "7b3bf470-9456-11e8-9eb6-529269fb1459", "0313bafe-9457-11e8-9eb6-529269fb1459", "2f64e538-9457-11e8-9eb6-529269fb1459", "5f64e538-9457-11e8-9eb6-529269fb1459"
	id := func(s string) wavefront.UUID {
		u, err := wavefront.ParseUUID(s)
		require.NoError(t, err)
		return u
	}
	for _, p := range points {
		t.Run(p.test, func(t *testing.T) {
			tags := []senders.SpanTag{{Key: "application", Value: "Wavefront"}, {Key: "http.method", Value: "GET"}}
			var ourTags []wavefront.Tag
			for _, tag := range tagList(p.tags) {
				tags = append(tags, senders.SpanTag{Key: tag.Key, Value: tag.Value})
			}
			for _, tag := range tags {
				ourTags = append(ourTags, wavefront.Tag{Key: tag.Key, Value: tag.Value})
			}
			logs := []senders.SpanLog{{Timestamp: 1533529977627992, Fields: p.tags}, {Timestamp: 1, Fields: map[string]string{"name": "<&>"}}}

			s := newServer(t)
			sender, err := senders.NewSender(s.URL, senders.SendInternalMetrics(false))
			require.NoError(t, err)
			require.NoError(t, sender.SendSpan(p.name, 1552949776000, 343, p.source, trace, span, []string{parent}, []string{before}, tags, logs))
			sender.Close()

			var e wavefront.Encoder
			line, _, err := e.AppendSpan(nil, &wavefront.Span{
				Name: p.name, Start: 1552949776000, Duration: 343, Source: p.source, TraceID: id(trace), SpanID: id(span),
				Parents: []wavefront.UUID{id(parent)}, FollowsFrom: []wavefront.UUID{id(before)}, Tags: ourTags, HasLogs: true,
			})
			require.NoError(t, err)
			assert.Equal(t, spanOf(t, s.all("/report?f=trace")), spanOf(t, string(line)))

			ourLogs := &wavefront.SpanLogs{TraceID: id(trace), SpanID: id(span), Span: line}
			for _, l := range logs {
				ourLogs.Logs = append(ourLogs.Logs, wavefront.SpanLog{Timestamp: l.Timestamp, Fields: tagList(l.Fields)})
			}
			logLine, err := e.AppendSpanLogs(nil, ourLogs)
			require.NoError(t, err)
			assert.Equal(t, logsOf(t, s.all("/report?f=spanLogs")), logsOf(t, string(logLine)))
		})
	}
}

func spanOf(t *testing.T, line string) *linetest.Span {
	t.Helper()
	s, err := linetest.ParseSpan(strings.TrimSuffix(line, "\n"))
	require.NoError(t, err, line)
	s.Tags = sorted(s.Tags)
	return s
}

// logsOf reads a span log line, with the span that is in it read, too.
func logsOf(t *testing.T, line string) any {
	t.Helper()
	l, err := linetest.ParseSpanLogs(strings.TrimSuffix(line, "\n"))
	require.NoError(t, err, line)
	span := spanOf(t, l.Span)
	l.Span = ""
	for i := range l.Logs {
		if l.Logs[i].Fields == nil { // the SDK writes null
			l.Logs[i].Fields = map[string]string{}
		}
	}
	return []any{l, span}
}

// events leave out what the SDK gets wrong on a line: it quotes as Go does, which is
// not how a proxy reads, and writes annotation keys as they are.
var events = []struct {
	test, name  string
	start, end  int64
	annotations map[string]string
}{
	{"an hour", "deploy", 1533529977000, 1533533577000, map[string]string{"severity": "severe", "type": "deploy", "details": "v2", "more": "x"}},
	{"a moment", "cache flushed", 1533529977000, 0, nil},
	{"quotes", `say "hello" = #1`, 1533529977000, 1533529977500, map[string]string{"details": `a "b"`}},
	{"unicode", "größer 🚀", 1533529977000, 1533529977500, map[string]string{"details": "é日本"}},
}

func TestEventLinesSayTheSame(t *testing.T) {
	for _, ev := range events {
		t.Run(ev.test, func(t *testing.T) {
			theirs := vendorSends(t, "", "/api/v2/event", func(s senders.Sender) error {
				return s.SendEvent(ev.name, ev.start, ev.end, "web-1", map[string]string{"env": "test"}, annotate(ev.annotations)...)
			})
			ours, _, err := new(wavefront.Encoder).AppendEventLine(nil, &wavefront.Event{
				Name: ev.name, Start: ev.start, End: ev.end, Hosts: []string{"web-1"}, Tags: []string{"env: test"}, Annotations: tagList(ev.annotations),
			})
			require.NoError(t, err)
			read := func(line string) *linetest.Event {
				e, err := linetest.ParseEvent(strings.TrimSpace(line))
				require.NoError(t, err, line)
				e.Annotations = sorted(e.Annotations)
				return e
			}
			assert.Equal(t, read(theirs), read(string(ours)))
		})
	}
}

func TestEventJSONSaysTheSame(t *testing.T) {
	for _, ev := range events {
		t.Run(ev.test, func(t *testing.T) {
			theirs := vendorSends(t, "token", "/api/v2/event", func(s senders.Sender) error {
				return s.SendEvent(ev.name, ev.start, ev.end, "web-1", map[string]string{"env": "test"}, annotate(ev.annotations)...)
			})
			ours, err := new(wavefront.Encoder).AppendEventJSON(nil, &wavefront.Event{
				Name: ev.name, Start: ev.start, End: ev.end, Hosts: []string{"web-1"}, Tags: []string{"env: test"}, Annotations: tagList(ev.annotations),
			})
			require.NoError(t, err)
			assert.JSONEq(t, theirs, string(ours))
		})
	}
}

func annotate(annotations map[string]string) []event.Option {
	var options []event.Option
	for key, value := range annotations {
		options = append(options, event.Annotate(key, value))
	}
	return options
}

// TestRequestsLookTheSame sends with both clients to one server, which must find every
// kind of data under the same paths and with the same credentials.
func TestRequestsLookTheSame(t *testing.T) {
	s := newServer(t)
	sender, err := senders.NewSender(s.URL, senders.SendInternalMetrics(false), senders.APIToken("token"))
	require.NoError(t, err)
	require.NoError(t, sender.SendMetric("m", 1, 1493773500, "s", nil))
	sender.Close()

	endpoint, err := wavefront.ParseEndpoint(s.URL)
	require.NoError(t, err)
	client, err := wavefront.NewHTTP(http.DefaultClient, endpoint.Base, wavefront.HTTPOptions{Auth: wavefront.APIToken("token")})
	require.NoError(t, err)
	line, _, err := new(wavefront.Encoder).AppendMetric(nil, &wavefront.Metric{Name: "m", Value: 1, Timestamp: 1493773500, Source: "s"})
	require.NoError(t, err)
	require.NoError(t, client.Send(t.Context(), wavefront.FormatMetrics, line))

	assert.Equal(t, map[string]bool{"Bearer token": true}, s.tokens)
	require.Len(t, s.bodies, 1)
	require.Len(t, s.bodies["/report?f=wavefront"], 2)
	assertSamePoint(t, s.bodies["/report?f=wavefront"][0], s.bodies["/report?f=wavefront"][1])
}
