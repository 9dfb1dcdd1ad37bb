package linetest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The first six were observed on the vendor's lexer.
func TestLex(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       []Token
	}{
		{"only the quote is unescaped", `"a\"b\\n"`, []Token{{Quoted, `a"b\\n`}}},
		{"a newline stays an escape", `"a\nb"`, []Token{{Quoted, `a\nb`}}},
		{"blanks around the equals sign", `k = v`, []Token{{Bare, "k"}, {Equals, "="}, {Bare, "v"}}},
		{"single quotes", `'a "b"'`, []Token{{Quoted, `a "b"`}}},
		{"a backslash at the end joins two values", `"k"="v\" "k2"="w"`,
			[]Token{{Quoted, "k"}, {Equals, "="}, {Quoted, `v" `}, {Bare, `k2"`}, {Equals, "="}, {Quoted, "w"}}},
		{"a space keeps them apart", `"v\ "`, []Token{{Quoted, `v\ `}}},
		{"a hash is a token only in front", `#20 3#0`, []Token{{Hash, "#"}, {Bare, "20"}, {Bare, "3#0"}}},
		{"quotes inside a bare word are ordinary", `a"b c`, []Token{{Bare, `a"b`}, {Bare, "c"}}},
		{"other white space between tokens", "a \u2003 b", []Token{{Bare, "a"}, {Bare, "b"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Lex(test.line)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	_, err := Lex(`"k"="v\"`)
	assert.ErrorIs(t, err, errQuote)
}

func TestReadsWhatTheVendorDocuments(t *testing.T) {
	p, err := ParseMetric(`new-york.power.usage 42422 1493773500 source=localhost datacenter=dc1`)
	require.NoError(t, err)
	assert.Equal(t, &Point{"new-york.power.usage", 42422, 1493773500, "localhost", []Pair{{"datacenter", "dc1"}}}, p)
	assert.Equal(t, "dc1", p.Tag("datacenter"))

	d, err := ParseHistogram(`!M 1493773500000 #20 30 #10 5.1 "request.latency" source="appServer1" host="h" region=us-west`)
	require.NoError(t, err)
	assert.Equal(t, &Distribution{"!M", []Centroid{{20, 30}, {10, 5.1}}, Point{
		Name: "request.latency", Timestamp: 1493773500, Source: "appServer1", Tags: []Pair{{"_host", "h"}, {"region", "us-west"}},
	}}, d)

	const id = "7b3bf470-9456-11e8-9eb6-529269fb1459"
	s, err := ParseSpan(`getAllUsers source=localhost traceId=` + id + ` spanId=` + id + ` parent=` + id + ` followsFrom=` + id + ` a=b 1552949776 2`)
	require.NoError(t, err)
	assert.Equal(t, &Span{"getAllUsers", "localhost", id, id, []string{id}, []string{id}, []Pair{{"a", "b"}}, 1552949776000, 2000}, s)
	assert.Equal(t, "b", s.Tag("a"))

	s, err = ParseSpan(`n source=s traceId=` + id + ` spanId=` + id + ` 1552949776000000 1552949776002000`)
	require.NoError(t, err)
	assert.Equal(t, []int64{1552949776000, 2}, []int64{s.Start, s.Duration}, "microseconds, and an end instead of a duration")

	e, err := ParseEvent(`@Event 1493773500 1493774500 "event via direct" severity=severe host=a host=b tag="env: test"`)
	require.NoError(t, err)
	assert.Equal(t, &Event{"event via direct", 1493773500000, 1493774500000, []string{"a", "b"}, []string{"env: test"}, []Pair{{"severity", "severe"}}}, e)

	c, err := ParseSourceTag(`@SourceTag action=add source=s a "b"`)
	require.NoError(t, err)
	assert.Equal(t, &SourceChange{"add", "s", []string{"a", "b"}}, c)
	c, err = ParseSourceDescription(`@SourceDescription action=delete source=s`)
	require.NoError(t, err)
	assert.Equal(t, &SourceChange{"delete", "s", nil}, c)

	l, err := ParseSpanLogs(`{"traceId":"` + id + `","spanId":"` + id + `","logs":[{"timestamp":5,"fields":{"k":"v"}}],"span":"line\n"}`)
	require.NoError(t, err)
	assert.Equal(t, &SpanLogs{TraceID: id, SpanID: id, Logs: []SpanLog{{5, map[string]string{"k": "v"}}}, Span: "line\n"}, l)
}

func TestTimestampsByTheirDigits(t *testing.T) {
	for text, want := range map[string]int64{
		"1493773500": 1493773500, "1493773500.7": 1493773500, "1493773500123": 1493773500, "1493773500123456": 1493773500, "1493773500123456789": 1493773500,
	} {
		p, err := ParseMetric(`m 1 ` + text + ` source=s`)
		require.NoError(t, err)
		assert.Equal(t, want, p.Timestamp, text)
	}
}

func TestRefusesWhatTheProxyRefuses(t *testing.T) {
	metric := func(line string) error { _, err := ParseMetric(line); return err }
	histogram := func(line string) error { _, err := ParseHistogram(line); return err }
	span := func(line string) error { _, err := ParseSpan(line); return err }
	logs := func(line string) error { _, err := ParseSpanLogs(line); return err }
	event := func(line string) error { _, err := ParseEvent(line); return err }
	tags := func(line string) error { _, err := ParseSourceTag(line); return err }
	description := func(line string) error { _, err := ParseSourceDescription(line); return err }
	const ids = ` source=s traceId=7b3bf470-9456-11e8-9eb6-529269fb1459 spanId=7b3bf470-9456-11e8-9eb6-529269fb1459 `
	for _, test := range []struct {
		name  string
		parse func(string) error
		line  string
	}{
		{"name of other characters", metric, `"a b" 1 source=s`},
		{"delta sign alone", metric, `∆ 1 source=s`},
		{"no value", metric, `m source=s`},
		{"lower case nan", metric, `m nan source=s`},
		{"plus Inf", metric, `m +Inf source=s`},
		{"hexadecimal", metric, `m 0x10 source=s`},
		{"digits with underscores", metric, `m 1_0 source=s`},
		{"delta counter of zero", metric, `∆m 0 source=s`},
		{"no source", metric, `m 1 k=v`},
		{"key of other characters", metric, `m 1 source=s k:k=v`},
		{"blank value", metric, `m 1 source=s k=" "`},
		{"extra input", metric, `m 1 source=s extra`},
		{"negative timestamp", metric, `m 1 -5 source=s`},
		{"unmatched quote", metric, `m 1 source=s k="v\"`},
		{"granularity", histogram, `!X #1 2 m source=s`},
		{"count with a point", histogram, `!M #2.0 2 m source=s`},
		{"count of 33 bits", histogram, `!M #4294967296 2 m source=s`},
		{"only zero counts", histogram, `!M #0 2 m source=s`},
		{"no centroids", histogram, `!M m source=s`},
		{"span key of digits", span, `n` + ids + `"42"=v 1552949776000 1`},
		{"span name with an asterisk", span, `"*"` + ids + `1552949776000 1`},
		{"span ID that is no UUID", span, `n source=s traceId=1-2 spanId=3 1552949776000 1`},
		{"span without a duration", span, `n` + ids + `1552949776000`},
		{"span with extra input", span, `n` + ids + `1552949776000 1 2`},
		{"span without an ID", span, `n source=s 1552949776000 1`},
		{"span with a blank tag", span, `n` + ids + `k="" 1552949776000 1`},
		{"span logs without logs", logs, `{"traceId":"7b3bf470-9456-11e8-9eb6-529269fb1459","spanId":"7b3bf470-9456-11e8-9eb6-529269fb1459","logs":[]}`},
		{"span log field that is no string", logs, `{"traceId":"7b3bf470-9456-11e8-9eb6-529269fb1459","spanId":"7b3bf470-9456-11e8-9eb6-529269fb1459","logs":[{"timestamp":1,"fields":{"k":1}}]}`},
		{"event without a start", event, `@Event "n" host=s`},
		{"event without a name", event, `@Event 1493773500 1493773501 " " host=s`},
		{"event with an unescaped quote", event, `@Event 1493773500 "a "b"" host=s`},
		{"source tag without a tag", tags, `@SourceTag action=add source=s`},
		{"source tag action", tags, `@SourceTag action=put source=s a`},
		{"source tag with the source first", tags, `@SourceTag source=s action=add a`},
		{"source tag of other characters", tags, `@SourceTag action=add source=s "a b"`},
		{"description to delete", description, `@SourceDescription action=delete source=s text`},
		{"two descriptions", description, `@SourceDescription action=save source=s a b`},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Error(t, test.parse(test.line)) })
	}
}

func TestLines(t *testing.T) {
	got, err := Lines([]byte("a\nb\tc\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b\tc"}, got)
	for name, body := range map[string]string{
		"no newline": "a", "blank line": "a\n\nb\n", "carriage return": "a\r\n", "control character": "a\x04\n", "not UTF-8": "\xff\n",
	} {
		_, err := Lines([]byte(body))
		assert.Error(t, err, name)
	}
}
