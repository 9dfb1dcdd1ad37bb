package wavefront

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// meantText is what a reader must get for a text, by the plainest code that says so.
func meantText(s string) string {
	s = string([]rune(s)) // U+FFFD for every byte that is not UTF-8
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	s = strings.NewReplacer("\r\n", `\n`, "\r", `\n`, "\n", `\n`).Replace(s)
	s = strings.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if strings.HasSuffix(s, `\`) {
		s += " "
	}
	return s
}

// meantKey is what a reader must get for a name or key.
func meantKey(s string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		lead := i == 0 && strings.ContainsRune("~∆Δ", r) || i == 1 && r == '~' && strings.ContainsRune("∆Δ", []rune(s)[0])
		if lead || strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_,", r) {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	return b.String()
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// sameText compares a text as it was read with what it was meant to be, under a limit.
func sameText(t *testing.T, meant, read string, limit int) {
	t.Helper()
	if limit == 0 || units(meant) <= limit {
		assert.Equal(t, meant, read)
		return
	}
	assert.LessOrEqual(t, units(read), limit)
	assert.GreaterOrEqual(t, units(read), limit-1, "cut by more than a character needs")
	body := read[:len(read)-1] // the last character may stand in for a backslash
	assert.True(t, strings.HasPrefix(meant, body), "%q is not the beginning of %q", body, meant)
}

// roomy keeps a limit off 1 to 7, which would cut the fixed texts too.
func roomy(limit uint8) uint8 {
	if limit > 0 {
		limit |= 8
	}
	return limit
}

func seedTexts(f *testing.F) {
	for _, s := range []string{"plain", `quo"te`, `back\`, `\"`, "line\nbreak", "\r", " pad ", "é🚀", "42", "source", "∆", "~", "a=b #c 'd", "\xff\x00", "esc\x1b[0m\x7f", "@Event", "*"} {
		f.Add(s, s, s, 1.5, int64(1493773500), uint8(7), false)
		f.Add("name", "key"+s, "value"+s, -0.0, int64(0), uint8(0), true)
		f.Add(s+"name", "key", s, 1e21, int64(1), uint8(30), false)
	}
}

func FuzzMetricLine(f *testing.F) {
	seedTexts(f)
	f.Fuzz(func(t *testing.T, name, key, text string, value float64, timestamp int64, limit uint8, bare bool) {
		limit = roomy(limit)
		e := Encoder{BareKeys: bare, Limits: Limits{Source: int(limit), PointTagValue: int(limit), CutText: true}}
		line, _, err := e.AppendMetric(nil, &Metric{name, value, timestamp, text, []Tag{{key, text}, {"last", "tag"}}})
		if err != nil {
			assert.Empty(t, line)
			return
		}
		lines, err := linetest.Lines(line)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		p, err := linetest.ParseMetric(lines[0])
		require.NoError(t, err, lines[0])
		assert.Equal(t, meantKey(name), p.Name)
		assert.InDelta(t, value, p.Value, 0)
		sameText(t, meantText(text), p.Source, int(limit))
		require.Len(t, p.Tags, 2)
		wantKey := meantKey(key)
		if key == "source" || key == "host" || key == "tag" { // the proxy renames tag itself
			wantKey = "_" + key
		}
		assert.Equal(t, wantKey, p.Tags[0].Key)
		sameText(t, meantText(text), p.Tags[0].Value, int(limit))
		assert.Equal(t, linetest.Pair{Key: "last", Value: "tag"}, p.Tags[1])
	})
}

func FuzzHistogramLine(f *testing.F) {
	seedTexts(f)
	f.Fuzz(func(t *testing.T, name, key, text string, mean float64, timestamp int64, limit uint8, bare bool) {
		e := Encoder{BareKeys: bare, Limits: DocumentedLimits()}
		h := &Histogram{
			Name: name, Granularities: []Granularity{Day}, Timestamp: timestamp, Source: "s", Tags: []Tag{{key, text}},
			Centroids: []Centroid{{mean, uint64(limit)}, {mean / 2, 1}},
		}
		line, _, err := e.AppendHistogram(nil, h)
		if err != nil {
			assert.Empty(t, line)
			return
		}
		lines, err := linetest.Lines(line)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		d, err := linetest.ParseHistogram(lines[0])
		require.NoError(t, err, lines[0])
		assert.Equal(t, meantKey(name), d.Name)
		assert.Equal(t, []linetest.Centroid{{Count: int32(limit), Mean: mean}, {Count: 1, Mean: mean / 2}}, d.Centroids)
		assert.Equal(t, meantText(text), d.Tags[0].Value)
		assert.LessOrEqual(t, units(d.Tags[0].Key)+units(d.Tags[0].Value), 254)
		assert.LessOrEqual(t, units(d.Tags[0].Key), 64)
		assert.LessOrEqual(t, units(d.Name), 256)
	})
}

func FuzzSpanLine(f *testing.F) {
	seedTexts(f)
	f.Fuzz(func(t *testing.T, name, key, text string, _ float64, start int64, limit uint8, bare bool) {
		limit = roomy(limit)
		e := Encoder{BareKeys: bare, Limits: Limits{SpanName: int(limit), SpanTagValue: int(limit), CutText: true}}
		s := &Span{
			Name: name, Start: start, Duration: 7, Source: text, TraceID: UUID{1}, SpanID: UUID{2}, Parents: []UUID{{3}},
			Tags: []Tag{{key, text}, {"9", "digits"}}, HasLogs: true,
		}
		line, _, err := e.AppendSpan(nil, s)
		if err != nil {
			assert.Empty(t, line)
			return
		}
		lines, err := linetest.Lines(line)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		p, err := linetest.ParseSpan(lines[0])
		require.NoError(t, err, lines[0])
		sameText(t, strings.ReplaceAll(meantText(name), "*", "-"), p.Name, int(limit))
		assert.Equal(t, meantText(text), p.Source)
		assert.Equal(t, UUID{1}.String(), p.TraceID)
		assert.Equal(t, UUID{2}.String(), p.SpanID)
		assert.Equal(t, []string{UUID{3}.String()}, p.Parents)
		assert.Empty(t, p.FollowsFrom)
		wantKey := meantKey(key)
		if spanReserves(key) {
			wantKey = "_" + key
		}
		assert.Equal(t, wantKey, p.Tags[0].Key)
		sameText(t, meantText(text), p.Tags[0].Value, int(limit))
		if wantKey != "_9" && wantKey != "_spanLogs" {
			require.Len(t, p.Tags, 3)
			assert.Equal(t, "true", p.Tag("_spanLogs"))
		}
	})
}

func FuzzEventLine(f *testing.F) {
	seedTexts(f)
	f.Fuzz(func(t *testing.T, name, key, text string, _ float64, start int64, _ uint8, _ bool) {
		var e Encoder
		ev := &Event{Name: name, Start: start, Hosts: []string{text, "second"}, Tags: []string{text}, Annotations: []Tag{{key, text}}}
		line, _, err := e.AppendEventLine(nil, ev)
		if err != nil || start > 1e15 {
			assert.True(t, len(line) == 0 || err == nil)
			return
		}
		lines, err := linetest.Lines(line)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		p, err := linetest.ParseEvent(lines[0])
		require.NoError(t, err, lines[0])
		assert.Equal(t, meantText(name), p.Name)
		assert.Equal(t, []string{meantText(text), "second"}, p.Hosts)
		assert.Equal(t, []string{meantText(text)}, p.Tags)
		wantKey := meantKey(key)
		if key == "host" || key == "tag" || key == "eventTag" {
			wantKey = "_" + key
		}
		assert.Equal(t, []linetest.Pair{{Key: wantKey, Value: meantText(text)}}, p.Annotations)

		body, err := e.AppendEventJSON(nil, ev)
		require.NoError(t, err)
		var back struct {
			Name        string
			Annotations map[string]string
			Hosts       []string
		}
		require.NoError(t, json.Unmarshal(body, &back))
		assert.Equal(t, string([]rune(name)), back.Name)
		assert.Equal(t, string([]rune(text)), back.Annotations[string([]rune(key))])
		assert.Equal(t, []string{string([]rune(text)), "second"}, back.Hosts)
	})
}

func FuzzSpanLogsLine(f *testing.F) {
	seedTexts(f)
	f.Fuzz(func(t *testing.T, span, key, text string, _ float64, timestamp int64, _ uint8, _ bool) {
		var e Encoder
		s := &SpanLogs{TraceID: UUID{1}, SpanID: UUID{2}, Span: []byte(span), Logs: []SpanLog{{timestamp, []Tag{{key, text}}}, {1, nil}}}
		line, err := e.AppendSpanLogs(nil, s)
		if err != nil {
			assert.Empty(t, line)
			return
		}
		assert.Equal(t, 1, strings.Count(string(line), "\n"))
		p, err := linetest.ParseSpanLogs(strings.TrimSuffix(string(line), "\n"))
		require.NoError(t, err)
		assert.Equal(t, string([]rune(span)), p.Span)
		assert.Equal(t, []linetest.SpanLog{
			{Timestamp: timestamp, Fields: map[string]string{string([]rune(key)): string([]rune(text))}},
			{Timestamp: 1, Fields: map[string]string{}},
		}, p.Logs)
	})
}

func FuzzSourceLines(f *testing.F) {
	seedTexts(f)
	f.Fuzz(func(t *testing.T, source, tag, text string, _ float64, _ int64, _ uint8, _ bool) {
		var e Encoder
		if line, _, err := e.AppendSourceTags(nil, Add, source, tag, "second"); err == nil {
			p, err := linetest.ParseSourceTag(strings.TrimSuffix(string(line), "\n"))
			require.NoError(t, err, string(line))
			assert.Equal(t, &linetest.SourceChange{Action: "add", Source: meantText(source), Texts: []string{meantKey(tag), "second"}}, p)
		}
		if line, _, err := e.AppendSourceDescription(nil, Save, source, text); err == nil {
			p, err := linetest.ParseSourceDescription(strings.TrimSuffix(string(line), "\n"))
			require.NoError(t, err, string(line))
			assert.Equal(t, &linetest.SourceChange{Action: "save", Source: meantText(source), Texts: []string{meantText(text)}}, p)
		}
	})
}

func FuzzFloat(f *testing.F) {
	for _, v := range []float64{0, 1, -1, 0.1, 1e15, 1e16, 1e-4, 1e-5, 1e300, 5e-324} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		if !finite(v) {
			return
		}
		text := string(AppendFloat(nil, v))
		back, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		assert.Equal(t, v, back)
		assert.NotContains(t, text, "+")
		assert.True(t, strings.ContainsAny(text, ".e"), text)
		_, err = linetest.ParseMetric(`"m" ` + text + ` source="s"`)
		require.NoError(t, err)
	})
}
