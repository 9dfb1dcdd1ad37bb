package wavefront

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestHistogramLines(t *testing.T) {
	for _, test := range []struct {
		name, line, metric string
		timestamp          int64
		want               string
	}{
		{"by minute", `!M 1552949700 #20 30.0 #10 5.1 "request.latency" source="appServer1" "region"="us-west"`,
			"request.latency.m", 1552949700000, `{"count":30,"sum":651,"min":5.1,"max":30,"bounds":[],"bucket_counts":[],"centroids":[{"value":30,"count":20},{"value":5.1,"count":10}]}`},
		{"by hour", `!H 1552949700 #1 2 m source=s`, "m.h", 1552946400000, `{"count":1,"sum":2,"min":2,"max":2,"bounds":[],"bucket_counts":[],"centroids":[{"value":2,"count":1}]}`},
		{"by day", `!D 1552949700 #1 2 m source=s`, "m.d", 1552867200000, `{"count":1,"sum":2,"min":2,"max":2,"bounds":[],"bucket_counts":[],"centroids":[{"value":2,"count":1}]}`},
		{"without a timestamp", `!M #1 2 m source=s`, "m.m", arrival, `{"count":1,"sum":2,"min":2,"max":2,"bounds":[],"bucket_counts":[],"centroids":[{"value":2,"count":1}]}`},
		{"hash apart from its count", `!M # 1 2 m source=s`, "m.m", arrival, `{"count":1,"sum":2,"min":2,"max":2,"bounds":[],"bucket_counts":[],"centroids":[{"value":2,"count":1}]}`},
		{"an empty centroid among others", `!M #0 9 #1 -2 m source=s`, "m.m", arrival, `{"count":1,"sum":-2,"min":-2,"max":-2,"bounds":[],"bucket_counts":[],"centroids":[{"value":9,"count":0},{"value":-2,"count":1}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("histogram", test.line)
			series, points := r.only()
			assert.Equal(t, test.metric, series.Metric)
			assert.Equal(t, typeHistogram, series.Type)
			assert.Equal(t, test.timestamp, points[0].Timestamp)
			assert.JSONEq(t, test.want, points[0].Value.String())
			assert.Equal(t, map[string]int{"histogram": 1}, r.store.Requests(0, 1)[0].Accepted)
		})
	}
}

func TestHistogramLinesThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"metric", `m 1 source=s`, LineUnparsable},
		{"no centroid", `!M 1552949700 m source=s`, LineUnparsable},
		{"count with a fraction", `!M #2.0 1 m source=s`, LineUnparsable},
		{"count beyond 32 bits", `!M #2147483648 1 m source=s`, LineUnparsable},
		{"negative count", `!M #-1 1 m source=s`, LineUnparsable},
		{"no mean", `!M #1 m source=s`, LineUnparsable},
		{"all counts zero", `!M #0 1 #0 2 m source=s`, HistogramEmpty},
		{"101 centroids", `!M` + strings.Repeat(" #1 2", 101) + ` m source=s`, HistogramCentroids},
		{"mean that is not finite", `!M #1 NaN m source=s`, ValueNotFinite},
		{"sum that is not finite", `!M #1000 1.7e308 m source=s`, ValueNotFinite},
		{"long name", `!M #1 2 ` + long(257) + ` source=s`, HistogramLength},
		{"no source", `!M #1 2 m k=v`, SourceMissing},
		{"too old", `!M 1500000000 #1 2 m source=s`, TimestampWindow},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("histogram", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Equal(t, map[string]int{"histogram": 1}, r.store.Requests(0, 1)[0].Rejected)
		})
	}
}

func TestHistogramAtItsLimits(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("histogram", `!M`+strings.Repeat(" #2147483647 2", 100)+` m source=s`)
	_, points := r.only()
	assert.EqualValues(t, 100*2147483647, points[0].Value.Histogram().Count)
	_, total := r.store.Series(store.Query{Metric: "m.m"})
	assert.Equal(t, 1, total)
}
