package wavefront

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendName(t *testing.T) {
	limits := Limits{MetricName: 8}
	for _, test := range []struct {
		name, in, want string
		change         Change
		err            error
	}{
		{"legal characters stay", "a-Z_0,.", `"a-Z_0,."`, 0, nil},
		{"every other character is one hyphen", "a é/🚀b", `"a----b"`, NameRewritten, nil},
		{"a byte that is not UTF-8 is a hyphen", "a\xffb", `"a-b"`, NameRewritten, nil},
		{"tilde may lead", "~a~", `"~a-"`, NameRewritten, nil},
		{"delta may lead, tilde behind it", "∆~a", `"∆~a"`, 0, nil},
		{"the Greek delta too", "Δa", `"Δa"`, 0, nil},
		{"delta inside", "a∆", `"a-"`, NameRewritten, nil},
		{"empty", "", "", 0, BlankName},
		{"white space and controls", " \t\x00", "", 0, BlankName},
		{"delta alone", "∆", "", 0, BlankName},
		{"as long as the limit, in characters", "∆2345678", `"∆2345678"`, 0, nil},
		{"characters that become hyphens count once", "🚀🚀🚀🚀🚀🚀🚀🚀", `"--------"`, NameRewritten, nil},
		{"over the limit", "123456789", "", 0, NameTooLong},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := Encoder{Limits: limits}
			got, change, err := e.AppendName([]byte("x"), test.in)
			assert.Equal(t, "x"+test.want, string(got))
			assert.Equal(t, test.change, change)
			assert.Equal(t, test.err, err)
		})
	}
}

func TestAppendDeltaName(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"delta sign is added", "a", `"∆a"`},
		{"in front of a tilde", "~a", `"∆~a"`},
		{"not twice", "∆a", `"∆a"`},
		{"nor beside the Greek letter", "Δa", `"Δa"`},
		{"it counts towards the limit", "1234567", `"∆1234567"`},
		{"over the limit with it", "12345678", ""},
		{"nothing behind it", "Δ", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := Encoder{Limits: Limits{MetricName: 8}}
			got, _, err := e.AppendDeltaName(nil, test.in)
			assert.Equal(t, test.want, string(got))
			assert.Equal(t, test.want == "", err != nil)
		})
	}
}

// A space in place of the backslash would make the value blank, and cost the whole line.
func TestABackslashAloneDoesNotBecomeABlankValue(t *testing.T) {
	e := Encoder{Limits: Limits{PointTagValue: 1, CutText: true}}
	got, _, err := e.AppendTag([]byte("x"), "k", `\a`)
	assert.Equal(t, "x", string(got))
	assert.Equal(t, BlankValue, err)
}

func TestAppendTag(t *testing.T) {
	limits := Limits{PointTagKey: 8, PointTagValue: 10, PointTagPair: 12, CutText: true}
	for _, test := range []struct {
		name, key, value, want string
		change                 Change
		err                    error
	}{
		{"plain", "k", "v", ` "k"="v"`, 0, nil},
		{"key with other characters", "k k", "v", ` "k-k"="v"`, KeyRewritten, nil},
		{"digits are a fine key for points", "42", "v", ` "42"="v"`, 0, nil},
		{"source would replace the source", "source", "v", ` "_source"="v"`, KeyRenamed, nil},
		{"host too", "host", "v", ` "_host"="v"`, KeyRenamed, nil},
		{"quotes are escaped", "k", `a"b`, ` "k"="a\"b"`, 0, nil},
		{"single quotes are not", "k", `a'b`, ` "k"="a'b"`, 0, nil},
		{"backslash before a quote", "k", `\"`, ` "k"="\\""`, 0, nil},
		{"backslash at the end", "k", `a\`, ` "k"="a\ "`, TextRewritten, nil},
		{"backslashes alone", "k", `\\`, ` "k"="\\ "`, TextRewritten, nil},
		{"backslash at the limit", "k", `123456789\`, ` "k"="123456789 "`, TextRewritten, nil},
		{"white space around", "k", "\u00a0 v\t", ` "k"="v"`, TextRewritten, nil},
		{"tab inside", "k", "a\tb", " \"k\"=\"a\tb\"", 0, nil},
		{"line feed", "k", "a\nb", ` "k"="a\nb"`, TextRewritten, nil},
		{"carriage return and line feed", "k", "a\r\nb", ` "k"="a\nb"`, TextRewritten, nil},
		{"carriage return", "k", "a\rb", ` "k"="a\nb"`, TextRewritten, nil},
		{"control characters", "k", "a\x00\x7fb", ` "k"="a  b"`, TextRewritten, nil},
		{"control character in a long text", "k", "1234567\x7f90", ` "k"="1234567 90"`, TextRewritten, nil},
		{"quote in a long text", "k", `1234567"9`, ` "k"="1234567\"9"`, 0, nil},
		{"a byte that is not UTF-8", "k", "a\xffb", ` "k"="a` + "\uFFFD" + `b"`, TextRewritten, nil},
		{"as long as the limit", "k", "1234567890", ` "k"="1234567890"`, 0, nil},
		{"over the limit", "k", "1234567890a", ` "k"="1234567890"`, TextCut, nil},
		{"escaped quotes count once", "k", `123456789"`, ` "k"="123456789\""`, 0, nil},
		{"line breaks count twice", "k", "12345678\n0", ` "k"="12345678\n"`, TextRewritten | TextCut, nil},
		{"and are not torn", "k", "123456789\n", ` "k"="123456789"`, TextRewritten, nil},
		{"a character beyond 16 bits counts twice", "k", "12345678🚀", ` "k"="12345678🚀"`, 0, nil},
		{"and is not torn", "k", "123456789🚀", ` "k"="123456789"`, TextCut, nil},
		{"key and value together", "12345678", "12345", ` "12345678"="1234"`, TextCut, nil},
		{"empty key", "", "v", "", 0, BlankKey},
		{"blank key", " ", "v", "", 0, BlankKey},
		{"delta alone", "∆", "v", "", 0, BlankKey},
		{"key over the limit", "123456789", "v", "", 0, KeyTooLong},
		{"empty value", "k", "", "", 0, BlankValue},
		{"blank value", "k", " \r\n\x1b", "", 0, BlankValue},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := Encoder{Limits: limits}
			got, change, err := e.AppendTag([]byte("x"), test.key, test.value)
			assert.Equal(t, "x"+test.want, string(got))
			assert.Equal(t, test.change, change)
			assert.Equal(t, test.err, err)

			encoded, err := e.TagKey(test.key)
			if err == nil {
				got, change, err = e.AppendTagValue([]byte("x"), &encoded, test.value)
				assert.Equal(t, "x"+test.want, string(got))
				assert.Equal(t, test.change, change)
			}
			assert.Equal(t, test.err, err)
		})
	}
}

func TestAppendTagIntIsTheSameAsItsText(t *testing.T) {
	for _, limit := range []int{0, 3, maxIntLen - 1, maxIntLen} {
		e := Encoder{Limits: Limits{PointTagValue: limit, CutText: true}}
		key, err := e.TagKey("k k")
		require.NoError(t, err)
		for _, v := range []int64{0, -1, 1234, math.MinInt64, math.MaxInt64} {
			want, wantChange, wantErr := e.AppendTag([]byte("x"), "k k", strconv.FormatInt(v, 10))
			got, change, err := e.AppendTagInt([]byte("x"), &key, v)
			assert.Equal(t, string(want), string(got))
			assert.Equal(t, wantChange, change)
			assert.Equal(t, wantErr, err)
		}
	}
}

func TestLongTextsAreRefusedUnlessCut(t *testing.T) {
	e := Encoder{Limits: Limits{Source: 3, PointTagValue: 3, SpanName: 3}}
	got, _, err := e.AppendSource(nil, "1234")
	assert.Equal(t, SourceTooLong, err)
	assert.Empty(t, got)
	got, _, err = e.AppendTag(nil, "k", "1234")
	assert.Equal(t, ValueTooLong, err)
	assert.Empty(t, got)
	got, _, err = e.AppendSpanName(nil, "1234")
	assert.Equal(t, NameTooLong, err)
	assert.Empty(t, got)

	e.Limits.CutText = true
	got, change, err := e.AppendSource(nil, "1234")
	require.NoError(t, err)
	assert.Equal(t, ` source="123"`, string(got))
	assert.Equal(t, TextCut, change)
}

func TestKeyLeavesRoomForAValue(t *testing.T) {
	e := Encoder{Limits: Limits{PointTagPair: 4, CutText: true}}
	got, _, err := e.AppendTag(nil, "123", "value")
	require.NoError(t, err)
	assert.Equal(t, ` "123"="v"`, string(got))
	_, _, err = e.AppendTag(nil, "1234", "value")
	assert.Equal(t, KeyTooLong, err)
}

func TestBareKeys(t *testing.T) {
	for _, test := range []struct{ name, key, want string }{
		{"letters lead", "a.b-c_9", ` a.b-c_9="v"`},
		{"digits do not", "9a", ` "9a"="v"`},
		{"underscore does not", "_a", ` "_a"="v"`},
		{"nor does a renamed key", "host", ` "_host"="v"`},
		{"comma needs quotes", "a,b", ` "a,b"="v"`},
		{"tilde needs quotes", "~a", ` "~a"="v"`},
		{"delta needs quotes", "∆a", ` "∆a"="v"`},
		{"what is rewritten may be bare", "a b", ` a-b="v"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := Encoder{BareKeys: true}
			got, _, err := e.AppendTag(nil, test.key, "v")
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
		})
	}
}

func TestAppendFloat(t *testing.T) {
	for want, v := range map[string]float64{
		"0.0": 0, "-0.0": math.Copysign(0, -1), "1.0": 1, "-17.0": -17, "0.1": 0.1, "0.0001": 1e-4, "1e-05": 1e-5,
		"999999999999999.0": 1e15 - 1, "1000000000000000.0": 1e15, "9007199254740992.0": 1 << 53, "1e16": 1e16,
		"1.2345678901234568e17": 123456789012345678, "1e21": 1e21, "-2.5e-07": -2.5e-7,
		"1.7976931348623157e308": math.MaxFloat64, "5e-324": math.SmallestNonzeroFloat64,
	} {
		assert.Equal(t, want, string(AppendFloat(nil, v)))
	}
}

func TestWholeLinesAreRefusedWhole(t *testing.T) {
	e := Encoder{Limits: Limits{PointTags: 1, SpanTags: 1}, DefaultSource: "s"}
	id := UUID{1}
	for _, test := range []struct {
		name string
		want Reason
		call func([]byte) ([]byte, Change, error)
	}{
		{"metric that is NaN", NotFinite, func(b []byte) ([]byte, Change, error) {
			return e.AppendMetric(b, &Metric{Name: "m", Value: math.NaN()})
		}},
		{"metric before 1970", BadTime, func(b []byte) ([]byte, Change, error) {
			return e.AppendMetric(b, &Metric{Name: "m", Timestamp: -1})
		}},
		{"metric with a bad tag", BlankValue, func(b []byte) ([]byte, Change, error) {
			return e.AppendMetric(b, &Metric{Name: "m", Tags: []Tag{{"k", " "}}})
		}},
		{"metric with too many tags", TooManyTags, func(b []byte) ([]byte, Change, error) {
			return e.AppendMetric(b, &Metric{Name: "m", Tags: []Tag{{"a", "1"}, {"b", "2"}}})
		}},
		{"metric without a source", BlankSource, func(b []byte) ([]byte, Change, error) {
			return (&Encoder{}).AppendMetric(b, &Metric{Name: "m"})
		}},
		{"delta counter of zero", NotPositive, func(b []byte) ([]byte, Change, error) {
			return e.AppendDelta(b, &Metric{Name: "m"})
		}},
		{"metric whose name makes it a delta counter", NotPositive, func(b []byte) ([]byte, Change, error) {
			return e.AppendMetric(b, &Metric{Name: "∆m", Value: -1})
		}},
		{"histogram without a granularity", BadGranularity, func(b []byte) ([]byte, Change, error) {
			return e.AppendHistogram(b, &Histogram{Name: "m", Centroids: []Centroid{{1, 1}}})
		}},
		{"histogram of zeros", NoCentroids, func(b []byte) ([]byte, Change, error) {
			return e.AppendHistogram(b, &Histogram{Name: "m", Granularities: []Granularity{Minute}, Centroids: []Centroid{{1, 0}}})
		}},
		{"span without an ID", NoID, func(b []byte) ([]byte, Change, error) {
			return e.AppendSpan(b, &Span{Name: "s", TraceID: id, Start: 1})
		}},
		{"span whose duration would be an end time", BadTime, func(b []byte) ([]byte, Change, error) {
			return e.AppendSpan(b, &Span{Name: "s", TraceID: id, SpanID: id, Start: 5, Duration: 5})
		}},
		{"span with too many tags", TooManyTags, func(b []byte) ([]byte, Change, error) {
			return e.AppendSpan(b, &Span{Name: "s", TraceID: id, SpanID: id, Start: 5, Tags: []Tag{{"a", "1"}, {"b", "2"}}})
		}},
		{"event without a start", BadTime, func(b []byte) ([]byte, Change, error) {
			return e.AppendEventLine(b, &Event{Name: "e"})
		}},
		{"event with a blank tag", BlankValue, func(b []byte) ([]byte, Change, error) {
			return e.AppendEventLine(b, &Event{Name: "e", Start: 1, Tags: []string{""}})
		}},
		{"source tags without a tag", BadAction, func(b []byte) ([]byte, Change, error) {
			return e.AppendSourceTags(b, Add, "s")
		}},
		{"source description to delete with a text", BadAction, func(b []byte) ([]byte, Change, error) {
			return e.AppendSourceDescription(b, Delete, "s", "text")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, change, err := test.call([]byte("before\n"))
			assert.ErrorIs(t, err, test.want)
			assert.Equal(t, "before\n", string(got))
			assert.Zero(t, change)
		})
	}
}

func TestHistogramSpreadsLargeCounts(t *testing.T) {
	e := Encoder{DefaultSource: "s"}
	h := &Histogram{Name: "m", Granularities: []Granularity{Hour}, Centroids: []Centroid{{1, MaxCentroidCount}, {2, 2*MaxCentroidCount + 5}, {3, 0}}}
	got, _, err := e.AppendHistogram(nil, h)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`!H #2147483647 1.0 #2147483647 2.0 #0 3.0 "m" source="s"`,
		`!H #2147483647 2.0 "m" source="s"`,
		`!H #5 2.0 "m" source="s"`, "",
	}, strings.Split(string(got), "\n"))

	h.Centroids[1].Count = MaxHistogramLines * MaxCentroidCount
	got, _, err = e.AppendHistogram(nil, h)
	require.NoError(t, err)
	assert.Equal(t, MaxHistogramLines, strings.Count(string(got), "\n"))

	h.Centroids[1].Count++
	_, _, err = e.AppendHistogram(nil, h)
	assert.ErrorIs(t, err, CountTooLarge)
}

func TestSpanTagsKeepOffReservedKeys(t *testing.T) {
	e := Encoder{Limits: DocumentedLimits()}
	for _, key := range []string{"source", "host", "traceId", "spanId", "parent", "followsFrom", "007"} {
		got, change, err := e.AppendSpanTag(nil, key, "v")
		require.NoError(t, err)
		assert.Equal(t, ` "_`+key+`"="v"`, string(got))
		assert.Equal(t, KeyRenamed, change)
	}
}

func TestEventHostsAndAnnotations(t *testing.T) {
	e := Encoder{DefaultSource: "d"}
	got, change, err := e.AppendEventLine(nil, &Event{
		Name: "n", Start: 5, Hosts: []string{"a", "b"}, Annotations: []Tag{{"tag", "1"}, {"host", "2"}, {"eventTag", "3"}, {"type", "4"}},
	})
	require.NoError(t, err)
	assert.Equal(t, `@Event 5 6 "n" _tag="1" _host="2" _eventTag="3" type="4" host="a" host="b"`+"\n", string(got))
	assert.Equal(t, KeyRenamed, change)
}

func TestAnnotationKeyIsWhatALineHas(t *testing.T) {
	for _, key := range []string{"severity", "a b", "a/b", "host", "_host", "tag", "eventTag", "\u00e9"} {
		line, _, err := new(Encoder).AppendEventLine(nil, &Event{Name: "e", Start: 1e12, Hosts: []string{"h"}, Annotations: []Tag{{key, "v"}}})
		require.NoError(t, err)
		assert.Contains(t, string(line), ` "e" `+AnnotationKey(key)+`="v" host=`, key)
	}
}

func TestSourceTagLines(t *testing.T) {
	var e Encoder
	got, change, err := e.AppendSourceTags(nil, Save, "h", "a", "b c")
	require.NoError(t, err)
	assert.Equal(t, `@SourceTag action=save source="h" "a" "b-c"`+"\n", string(got))
	assert.Equal(t, TextRewritten, change)
	got, _, err = e.AppendSourceDescription(nil, Save, "h", `rack "7"`)
	require.NoError(t, err)
	assert.Equal(t, `@SourceDescription action=save source="h" "rack \"7\""`+"\n", string(got))
	got, _, err = e.AppendSourceDescription(nil, Delete, "h", "")
	require.NoError(t, err)
	assert.Equal(t, `@SourceDescription action=delete source="h"`+"\n", string(got))
}

func TestUUID(t *testing.T) {
	assert.Equal(t, "00000000-0000-0000-1122-334455667788", SpanUUID([8]byte{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}).String())
	for _, bad := range []string{"", "7b3bf470-9456-11e8-9eb6-529269fb145", "7b3bf470-9456-11e8-9eb6-529269fb145g", "7b3bf470x9456-11e8-9eb6-529269fb1459"} {
		_, err := ParseUUID(bad)
		assert.Error(t, err, bad)
	}
}

func TestEveryReasonAndChangeHasAName(t *testing.T) {
	names := map[string]bool{}
	for r := Reason(1); r < reasons; r++ {
		assert.NotEmpty(t, r.String())
		assert.NotEqual(t, "wavefront: ", r.Error())
		assert.False(t, names[r.String()], "twice: %s", r)
		names[r.String()] = true
	}
	assert.Len(t, reasonTexts, int(reasons))
	assert.Equal(t, "name_rewritten,text_cut", (NameRewritten | TextCut).String())
	assert.Len(t, strings.Split(Change(math.MaxUint8).String(), ","), len(changeNames))
}
