package wavefront

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// vector is one recorded call of the vendor's Python SDK.
type vector struct {
	Kind  string
	In    input
	Out   string
	Error string

	line int
}

// input holds the arguments of all kinds; what Python takes in several types is any.
type input struct {
	Name           any
	Value          any
	Timestamp      any
	Source         *string
	Tags           json.RawMessage
	DefaultSource  *string `json:"default_source"`
	Centroids      [][2]any
	Granularities  []string
	StartMillis    any      `json:"start_millis"`
	DurationMillis any      `json:"duration_millis"`
	TraceID        *string  `json:"trace_id"`
	SpanID         *string  `json:"span_id"`
	Parents        []string `json:"parents"`
	FollowsFrom    []string `json:"follows_from"`
	SpanLogs       []any    `json:"span_logs"`
	Logs           []struct {
		Timestamp any
		Fields    [][2]any
	}
	Span        *string
	Scrambler   *string
	Form        string
	StartTime   any `json:"start_time"`
	EndTime     any `json:"end_time"`
	Annotations [][2]any
}

// errInexpressible is an argument of a type that our API does not have.
var errInexpressible = errors.New("inexpressible")

const refused = "refused" // instead of a line; our own begin with it and name the reason

func TestSDKVectors(t *testing.T) {
	vectors := readVectors(t)
	require.Len(t, vectors, 539)
	used := make([]int, len(deviations))
	for _, v := range vectors {
		want := v.Out
		if v.Error != "" {
			want = refused
		}
		for i, d := range deviations {
			if rewritten := d.rewrite(&v, want); rewritten != want {
				used[i]++
				want = rewritten
			}
		}
		got := v.encode()
		if want == refused {
			got, _, _ = strings.Cut(got, ":")
		}
		assert.Equal(t, want, got, "vector %d: %s", v.line, v.Kind)
		if !strings.HasPrefix(got, refused) {
			assert.NoError(t, v.readBack(got), "vector %d: %s", v.line, got)
		}
	}
	for i, d := range deviations {
		assert.NotZero(t, used[i], "deviation that no vector needs: %s", d.reason)
	}
}

func readVectors(t *testing.T) []vector {
	file, err := os.Open("../../testdata/vectors/wavefront/sdk_python.jsonl")
	require.NoError(t, err)
	defer file.Close()
	var all []vector
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		v := vector{line: len(all) + 1}
		require.NoError(t, d.Decode(&v), "vector %d", v.line)
		all = append(all, v)
	}
	require.NoError(t, lines.Err())
	return all
}

// encode makes our line, or says why there is none.
func (v *vector) encode() string {
	e := &Encoder{}
	if v.In.DefaultSource != nil {
		e.DefaultSource = *v.In.DefaultSource
	}
	out, err := v.encodeWith(e)
	if err == nil {
		return string(out)
	}
	var reason Reason
	if errors.As(err, &reason) {
		return refused + ": " + reason.String()
	}
	return refused + ": " + err.Error()
}

func (v *vector) encodeWith(e *Encoder) (out []byte, err error) {
	// Arguments that Go does not take are found by recovering: the conversions
	// below panic with errInexpressible.
	defer func() {
		if r := recover(); r != nil {
			if r != errInexpressible {
				panic(r)
			}
			err = errInexpressible
		}
	}()
	in := &v.In
	switch v.Kind + in.Form {
	case "metric":
		out, _, err = e.AppendMetric(nil, in.metric())
	case "delta":
		out, _, err = e.AppendDelta(nil, in.metric())
	case "histogram":
		out, _, err = e.AppendHistogram(nil, in.histogram())
	case "span":
		out, _, err = e.AppendSpan(nil, in.span())
	case "spanlogs":
		out, err = e.AppendSpanLogs(nil, in.spanLogs())
	case "eventline":
		out, _, err = e.AppendEventLine(nil, in.event())
	case "eventjson":
		out, err = e.AppendEventJSON(nil, in.event())
	default:
		err = fmt.Errorf("unknown kind %q", v.Kind)
	}
	return out, err
}

// readBack reads our lines as the proxy does.
func (v *vector) readBack(out string) error {
	if v.Kind+v.In.Form == "eventjson" {
		return nil
	}
	lines, err := linetest.Lines([]byte(out))
	if v.Kind == "spanlogs" { // JSON may hold a raw DEL
		lines, err = []string{strings.TrimSuffix(out, "\n")}, nil
	}
	for _, line := range lines {
		if err != nil {
			break
		}
		switch v.Kind {
		case "metric", "delta":
			_, err = linetest.ParseMetric(line)
		case "histogram":
			_, err = linetest.ParseHistogram(line)
		case "span":
			_, err = linetest.ParseSpan(line)
		case "spanlogs":
			_, err = linetest.ParseSpanLogs(line)
		case "event":
			_, err = linetest.ParseEvent(line)
		}
	}
	return err
}

func (in *input) metric() *Metric {
	return &Metric{
		Name: pyString(in.Name), Value: pyFloat(in.Value), Timestamp: pyTime(in.Timestamp),
		Source: orEmpty(in.Source), Tags: in.tags(),
	}
}

func (in *input) histogram() *Histogram {
	h := &Histogram{Name: pyString(in.Name), Timestamp: pyTime(in.Timestamp), Source: orEmpty(in.Source), Tags: in.tags()}
	for _, c := range in.Centroids {
		count, err := strconv.ParseUint(pyString(c[1]), 10, 64)
		if err != nil {
			panic(errInexpressible)
		}
		h.Centroids = append(h.Centroids, Centroid{Mean: pyFloat(c[0]), Count: count})
	}
	for _, g := range in.Granularities {
		h.Granularities = append(h.Granularities, Granularity(g[1]))
	}
	return h
}

func (in *input) span() *Span {
	return &Span{
		Name: pyString(in.Name), Start: pyInt(in.StartMillis), Duration: pyInt(in.DurationMillis), Source: orEmpty(in.Source),
		TraceID: uuid(orEmpty(in.TraceID)), SpanID: uuid(orEmpty(in.SpanID)),
		Parents: uuids(in.Parents), FollowsFrom: uuids(in.FollowsFrom),
		Tags: in.tags(), HasLogs: len(in.SpanLogs) > 0,
	}
}

func (in *input) spanLogs() *SpanLogs {
	s := &SpanLogs{
		TraceID: uuid(orEmpty(in.TraceID)), SpanID: uuid(orEmpty(in.SpanID)),
		Span: []byte(orEmpty(in.Span)), Scrambler: orEmpty(in.Scrambler),
	}
	for _, l := range in.Logs {
		log := SpanLog{Timestamp: pyTime(l.Timestamp)}
		for _, f := range l.Fields {
			log.Fields = append(log.Fields, Tag{pyString(f[0]), pyString(f[1])})
		}
		s.Logs = append(s.Logs, log)
	}
	return s
}

func (in *input) event() *Event {
	ev := &Event{Name: pyString(in.Name), Start: pyTime(in.StartTime), End: pyTime(in.EndTime)}
	if in.Source != nil {
		ev.Hosts = []string{*in.Source}
	}
	var tags []any
	_ = json.Unmarshal(in.Tags, &tags)
	for _, t := range tags {
		ev.Tags = append(ev.Tags, pyString(t))
	}
	for _, a := range in.Annotations {
		ev.Annotations = append(ev.Annotations, Tag{pyString(a[0]), pyString(a[1])})
	}
	return ev
}

func (in *input) tags() (tags []Tag) {
	var pairs [][2]any
	if err := json.Unmarshal(in.Tags, &pairs); err != nil {
		panic(errInexpressible)
	}
	for _, p := range pairs {
		if _, isNumber := p[1].(float64); isNumber {
			panic(errInexpressible)
		}
		tags = append(tags, Tag{pyString(p[0]), pyString(p[1])})
	}
	return tags
}

// pyString spells a scalar; None is empty.
func pyString(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func pyFloat(v any) float64 {
	if special, ok := v.(map[string]any); ok {
		v = special["float"]
	}
	if v == true {
		return 1
	}
	f, err := strconv.ParseFloat(pyString(v), 64)
	if err != nil {
		panic(errInexpressible)
	}
	return f
}

// pyTime truncates as the SDK does; None is 0.
func pyTime(v any) int64 {
	if v == nil {
		return 0
	}
	f := pyFloat(v)
	if !finite(f) {
		panic(errInexpressible)
	}
	return int64(f)
}

func pyInt(v any) int64 {
	n, err := strconv.ParseInt(pyString(v), 10, 64)
	if err != nil {
		panic(errInexpressible)
	}
	return n
}

func uuid(s string) UUID {
	if s == "" {
		return UUID{}
	}
	u, err := ParseUUID(s)
	if err != nil {
		panic(err)
	}
	return u
}

func uuids(texts []string) (all []UUID) {
	for _, s := range texts {
		all = append(all, uuid(s))
	}
	return all
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
