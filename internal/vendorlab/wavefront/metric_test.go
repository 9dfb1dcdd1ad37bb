package wavefront

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMetricLines(t *testing.T) {
	const at = int64(1552949700000)
	for _, test := range []struct {
		name, line string
		metric     string
		value      float64
		timestamp  int64
		dimensions store.Dimensions
	}{
		{"everything quoted", `"new-york.power.usage" 42422.0 1552949700 source="localhost" "datacenter"="dc1"`,
			"new-york.power.usage", 42422, at, store.Dimensions{{Key: "datacenter", Value: "dc1"}, {Key: "source", Value: "localhost"}}},
		{"nothing quoted", `m 1 1552949700 source=s k=v`, "m", 1, at, store.Dimensions{{Key: "k", Value: "v"}, {Key: "source", Value: "s"}}},
		{"without a timestamp", `m 1 source=s`, "m", 1, arrival, source("s")},
		{"timestamp in milliseconds is cut to a second", `m 1 1552949700999 source=s`, "m", 1, at, source("s")},
		{"timestamp in microseconds", `m 1 1552949700000000 source=s`, "m", 1, at, source("s")},
		{"timestamp in nanoseconds", `m 1 1552949700000000000 source=s`, "m", 1, at, source("s")},
		{"timestamp with a fraction", `m 1 1552949700.5 source=s`, "m", 1, at, source("s")},
		{"quoted numbers", `"m" "1.5" "1552949700" source=s`, "m", 1.5, at, source("s")},
		{"exponent", `m 1e+21 source=s`, "m", 1e21, arrival, source("s")},
		{"Java's suffix", `m 1.5f source=s`, "m", 1.5, arrival, source("s")},
		{"negative without a leading zero", `m -.5 source=s`, "m", -0.5, arrival, source("s")},
		{"internal", `~m 1 source=s`, "~m", 1, arrival, source("s")},
		{"slash and comma", `"a/b,c" 1 source=s`, "a/b,c", 1, arrival, source("s")},
		{"blanks around the equals sign", `m 1 source = s`, "m", 1, arrival, source("s")},
		{"single quotes", `'m' 1 source='a "b"'`, "m", 1, arrival, source(`a "b"`)},
		{"escaped quote", `m 1 source="a \"b\" c"`, "m", 1, arrival, source(`a "b" c`)},
		{"backslashes stay", `m 1 source="a\\b\n"`, "m", 1, arrival, source(`a\\b\n`)},
		{"equals sign in quotes", `m 1 source="a=b"`, "m", 1, arrival, source("a=b")},
		{"tabs and carriage return", "m\t1\tsource=s\r", "m", 1, arrival, source("s")},
		{"host in place of the source", `m 1 host=h`, "m", 1, arrival, source("h")},
		{"host beside the source", `m 1 host=h source=s`, "m", 1, arrival, store.Dimensions{{Key: "_host", Value: "h"}, {Key: "source", Value: "s"}}},
		{"a tag that is named tag", `m 1 source=s tag=x`, "m", 1, arrival, store.Dimensions{{Key: "_tag", Value: "x"}, {Key: "source", Value: "s"}}},
		{"the last of equal keys wins", `m 1 source=s k=1 k=2`, "m", 1, arrival, store.Dimensions{{Key: "k", Value: "2"}, {Key: "source", Value: "s"}}},
		{"a value with a hash", `m 1 source=s k="#1"`, "m", 1, arrival, store.Dimensions{{Key: "k", Value: "#1"}, {Key: "source", Value: "s"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("wavefront", test.line)
			series, points := r.only()
			assert.Equal(t, test.metric, series.Metric)
			assert.Equal(t, typeMetric, series.Type)
			assert.Equal(t, test.dimensions, series.Dimensions)
			assert.Equal(t, []store.Point{{Timestamp: test.timestamp, Value: store.Double(test.value)}}, points)
		})
	}
}

func source(name string) store.Dimensions { return store.Dimensions{{Key: "source", Value: name}} }

func TestMetricLinesThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"only a name", `m`, LineUnparsable},
		{"no number", `m x source=s`, LineUnparsable},
		{"Go's and Python's not-a-number", `m nan source=s`, LineUnparsable},
		{"infinity in Go's spelling", `m +Inf source=s`, LineUnparsable},
		{"hexadecimal", `m 0x10 source=s`, LineUnparsable},
		{"digits with underscores", `m 1_0 source=s`, LineUnparsable},
		{"timestamp that is no number", `m 1 15x source=s`, LineUnparsable},
		{"key without a value", `m 1 source=s k`, LineUnparsable},
		{"key without an end", `m 1 source=s k=`, LineUnparsable},
		{"quote that does not end", `m 1 source="s`, LineUnparsable},
		{"last value ends in a backslash", `m 1 source=s "k"="v\"`, LineUnparsable},
		{"value ends in a backslash before another tag", `m 1 source=s "k"="v\" "k2"="w"`, TagKeyChars},
		{"histogram", `!M 1552949700 #1 2 m source=s`, LineUnparsable},
		{"Java's not-a-number", `m NaN source=s`, ValueNotFinite},
		{"Java's infinity", `m -Infinity source=s`, ValueNotFinite},
		{"larger than any double", `m 1e999 source=s`, ValueNotFinite},
		{"empty name", `"" 1 source=s`, MetricNameChars},
		{"blank in the name", `"a b" 1 source=s`, MetricNameChars},
		{"letter beyond ASCII", `é 1 source=s`, MetricNameChars},
		{"tilde in the middle", `a~b 1 source=s`, MetricNameChars},
		{"not UTF-8", "a\xff 1 source=s", MetricNameChars},
		{"more than a year old", `m 1 1521413775 source=s`, TimestampWindow},
		{"more than a day ahead", `m 1 1553036177 source=s`, TimestampWindow},
		{"no source", `m 1 k=v`, SourceMissing},
		{"blank source", `m 1 source=" "`, SourceMissing},
		{"long source", `m 1 source=` + long(129), SourceLength},
		{"long name", long(257) + ` 1 source=s`, MetricNameLength},
		{"21 tags", `m 1 source=s` + manyTags(21), TagCount},
		{"key and value together", `m 1 source=s ` + long(10) + `=` + long(245), TagLength},
		{"long key", `m 1 source=s ` + long(65) + `=v`, TagKeyLength},
		{"blank in a key", `m 1 source=s "a b"=v`, TagKeyChars},
		{"empty key", `m 1 source=s ""=v`, TagKeyChars},
		{"empty value", `m 1 source=s k=""`, TagValueBlank},
		{"blank value", `m 1 source=s k=" "`, TagValueBlank},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("wavefront", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Zero(t, r.store.Stats().Vendors[Vendor].Points)
		})
	}
}

func TestMetricLinesAtTheirLimits(t *testing.T) {
	for name, line := range map[string]string{
		"source":                      `m 1 source=` + long(128),
		"source in UTF-16 units":      `m 1 source="` + strings.Repeat("😀", 64) + `"`,
		"name":                        long(256) + ` 1 source=s`,
		"tags":                        `m 1 source=s` + manyTags(20),
		"key and value":               `m 1 source=s ` + long(10) + `=` + long(244),
		"key":                         `m 1 source=s ` + long(64) + `=v`,
		"a year old":                  `m 1 1521413776 source=s`,
		"a day ahead":                 `m 1 1553036176 source=s`,
		"delta counter of 15 minutes": `∆m 1 1552948876 source=s`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("wavefront", line)
			assert.Empty(t, r.reasons())
		})
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func manyTags(n int) string {
	var tags strings.Builder
	for i := range n {
		tags.WriteString(" k" + strings.Repeat("i", i) + "=v")
	}
	return tags.String()
}

func TestLibraryLimitsAreWider(t *testing.T) {
	r := newRoom(t, Config{Limits: LibraryLimits})
	r.report("wavefront", long(1023)+` 1 source=s`+manyTags(100), long(1024)+` 1 source=s`)
	assert.Equal(t, []Reason{MetricNameLength}, r.reasons())
}

func TestDeltaCountersAreAddedUpByMinute(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("wavefront", `∆requests 2 source=s`, `"Δrequests" 3 source=s`)
	r.now = r.now.Add(time.Minute)
	r.report("wavefront", `∆requests 4 source=s`, `∆requests 5 1552949765 source=s`)

	series, points := r.only()
	assert.Equal(t, "requests", series.Metric, "queried without the sign")
	assert.Equal(t, typeDelta, series.Type)
	assert.EqualValues(t, 4, series.Received)
	first := arrival - arrival%60_000
	assert.Equal(t, []store.Point{{Timestamp: first, Value: store.Double(10)}, {Timestamp: first + 60_000, Value: store.Double(4)}}, points)
}

func TestDeltaCountersThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"zero", `∆m 0 source=s`, DeltaNotPositive},
		{"negative", `∆m -1 source=s`, DeltaNotPositive},
		{"more than 15 minutes old", `∆m 1 1552948875 source=s`, DeltaTooOld},
		{"not a number", `∆m NaN source=s`, ValueNotFinite},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("wavefront", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
		})
	}
}

func TestDeltaOfTheSDKsOwnMetrics(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("wavefront", `"∆~sdk.python.core.sender.direct.points.valid.count" 2.0 source="s"`)
	series, _ := r.only()
	assert.Equal(t, "~sdk.python.core.sender.direct.points.valid.count", series.Metric)
}

func TestLinesAreRefusedAlone(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("wavefront", `good 1 source=s test_id=run`, ``, `bad`, `good 2 source=s test_id=run`)
	assert.EqualValues(t, 2, r.store.Stats().Vendors[Vendor].Points)
	rejections := r.store.Rejections(0, 0)
	require.Len(t, rejections, 1)
	assert.Equal(t, "bad", rejections[0].Item)
	assert.Equal(t, "/report", rejections[0].Path)
	request := r.store.Requests(0, 1)[0]
	assert.Equal(t, map[string]int{"point": 2}, request.Accepted)
	assert.Equal(t, map[string]int{"point": 1}, request.Rejected)
	assert.EqualValues(t, 2, r.store.Audit("run").Distinct)
}
