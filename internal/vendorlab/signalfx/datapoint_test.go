package signalfx

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

var allSeries = store.Query{}

// Wire bytes computed by hand from the vendor's field numbers.
func TestProtobufDatapoints(t *testing.T) {
	host := store.Dimensions{{Key: "host", Value: "a"}}
	for _, test := range []struct {
		name, hex string
		want      store.Sample
	}{
		{"gauge with an empty source", "0a240a0012016d18988e9eb9ff29220911000000000000e03f280032090a04686f7374120161",
			store.Sample{Metric: "m", Type: "gauge", Dimensions: host, Timestamp: 1442960607000, Value: store.Double(0.5)}},
		{"gauge without a source", "0a2212016d18988e9eb9ff29220911000000000000e03f280032090a04686f7374120161",
			store.Sample{Metric: "m", Type: "gauge", Dimensions: host, Timestamp: 1442960607000, Value: store.Double(0.5)}},
		{"negative cumulative counter without a timestamp", "0a160a001201631800220b18ffffffffffffffffff012803",
			store.Sample{Metric: "c", Type: "cumulative_counter", Timestamp: arrival, Value: store.Int(-1)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			answer := r.post("/v2/datapoint", "application/x-protobuf", unhex(t, test.hex))
			require.Equal(t, 200, answer.Code)
			assert.Equal(t, `"OK"`, answer.Body.String())
			assertOnly(t, r, test.want)
		})
	}
}

// assertOnly checks that the room holds one series with this one point.
func assertOnly(t *testing.T, r *room, want store.Sample) {
	t.Helper()
	require.Empty(t, r.reasons())
	page, _ := r.store.Series(allSeries)
	require.Len(t, page, 1)
	got := page[0]
	assert.Equal(t, want.Metric, got.Metric)
	assert.Equal(t, want.Type, got.Type)
	assert.ElementsMatch(t, want.Dimensions, got.Dimensions)
	assert.Equal(t, store.Point{Timestamp: want.Timestamp, Value: want.Value}, got.Last)
}

func TestEmptyDatumIsRefused(t *testing.T) {
	r := newRoom(Config{})
	assert.Equal(t, 200, r.post("/v2/datapoint", "application/x-protobuf", unhex(t, "0a0b0a0012016e180122002800")).Code)
	assert.Equal(t, []Reason{ValueMissing}, r.reasons())
}

func TestDatapointLimits(t *testing.T) {
	dimensions := func(n int) (list []*sfxpb.Dimension) {
		for i := range n {
			list = append(list, dimension(fmt.Sprint("k", i), "v"))
		}
		return list
	}
	one := func(key, value string) []*sfxpb.Dimension { return []*sfxpb.Dimension{dimension(key, value)} }
	for _, test := range []struct {
		name       string
		metric     string
		dimensions []*sfxpb.Dimension
		value      *sfxpb.Datum
		metricType sfxpb.MetricType
		want       Reason // empty: accepted
	}{
		{name: "metric name of 256 characters in 512 bytes", metric: letters(256)},
		{name: "metric name of 257 characters", metric: letters(257), want: MetricNameLength},
		{name: "metric name that is not UTF-8", metric: "m\xff", want: InvalidUTF8},
		{name: "metric name of the vendor", metric: "sf.org.numDatapoints", want: MetricNameReserved},
		{name: "sf_metric", metric: "sf_metric", want: MetricNameReserved},
		{name: "36 dimensions", dimensions: dimensions(36)},
		{name: "37 dimensions", dimensions: dimensions(37), want: DimensionCount},
		{name: "dimension name of 128 characters", dimensions: one(letters(128), "v")},
		{name: "dimension name of 129 characters", dimensions: one(letters(129), "v"), want: DimensionNameLength},
		{name: "dimension value of 256 characters in 512 bytes", dimensions: one("k", letters(256))},
		{name: "dimension value of 257 characters", dimensions: one("k", letters(257)), want: DimensionValue},
		{name: "dimension value that is not UTF-8", dimensions: one("k", "\xff"), want: InvalidUTF8},
		{name: "dots, dashes and underscores in a name", dimensions: one("k8s.pod-name_1", "v")},
		{name: "high resolution", dimensions: one("sf_hires", "1")},
		{name: "empty dimension name", dimensions: one("", "v"), want: DimensionName},
		{name: "name that starts with an underscore", dimensions: one("_k", "v"), want: DimensionName},
		{name: "name that starts with a digit", dimensions: one("1k", "v"), want: DimensionName},
		{name: "name with a slash", dimensions: one("a/b", "v"), want: DimensionName},
		{name: "name with a blank", dimensions: one("a b", "v"), want: DimensionName},
		{name: "name of the vendor", dimensions: one("sf_metric", "v"), want: DimensionName},
		{name: "the same dimension twice", dimensions: append(one("k", "v"), dimension("k", "v")), want: DimensionDuplicate},
		{name: "the same dimension with two values", dimensions: []*sfxpb.Dimension{dimension("k", "b"), dimension("j", "x"), dimension("k", "a")}, want: DimensionDuplicate},
		{name: "no value", value: &sfxpb.Datum{}, want: ValueMissing},
		{name: "NaN", value: &sfxpb.Datum{DoubleValue: proto.Float64(math.NaN())}, want: ValueNotFinite},
		{name: "infinity", value: &sfxpb.Datum{DoubleValue: proto.Float64(math.Inf(-1))}, want: ValueNotFinite},
		{name: "numeric text", value: &sfxpb.Datum{StrValue: proto.String("12.5")}},
		{name: "text that is no number", value: &sfxpb.Datum{StrValue: proto.String("on")}, want: ValueNotNumeric},
		{name: "least integer", value: &sfxpb.Datum{IntValue: proto.Int64(math.MinInt64)}},
		{name: "type ENUM", metricType: sfxpb.MetricType_ENUM, want: MetricTypeUnknown},
		{name: "unknown type", metricType: 9, want: MetricTypeUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			point := &sfxpb.DataPoint{Metric: proto.String("m"), Dimensions: test.dimensions, MetricType: test.metricType.Enum()}
			if test.metric != "" {
				point.Metric = proto.String(test.metric)
			}
			if point.Value = test.value; point.Value == nil {
				point.Value = &sfxpb.Datum{IntValue: proto.Int64(1)}
			}
			good := &sfxpb.DataPoint{Metric: proto.String("good"), Value: &sfxpb.Datum{IntValue: proto.Int64(1)}}
			body := marshal(t, &sfxpb.DataPointUploadMessage{Datapoints: []*sfxpb.DataPoint{point, good}})

			r := newRoom(Config{})
			assert.Equal(t, 200, r.post("/v2/datapoint", "application/x-protobuf", body).Code)
			_, accepted := r.store.Series(allSeries)
			if test.want == "" {
				assert.Empty(t, r.reasons())
				assert.Equal(t, 2, accepted)
				return
			}
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Equal(t, 1, accepted, "the other point of the request must stay")
			rejection := r.store.Rejections(0, 1)[0]
			assert.Equal(t, "/v2/datapoint", rejection.Path)
			assert.NotEmpty(t, rejection.Detail)
			assert.NotEmpty(t, rejection.Item)
		})
	}
}

func dimension(key, value string) *sfxpb.Dimension {
	return &sfxpb.Dimension{Key: proto.String(key), Value: proto.String(value)}
}

func TestJSONDatapoints(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       store.Sample
	}{
		{"gauge", `{"gauge":[{"metric":"m","value":0.5,"timestamp":1442960607000,"dimensions":{"host":"a"}}]}`,
			store.Sample{Metric: "m", Type: "gauge", Dimensions: store.Dimensions{{Key: "host", Value: "a"}}, Timestamp: 1442960607000, Value: store.Double(0.5)}},
		{"counter without a timestamp", `{"counter":[{"metric":"m","value":3}]}`,
			store.Sample{Metric: "m", Type: "counter", Timestamp: arrival, Value: store.Int(3)}},
		{"numeric text", `{"cumulative_counter":[{"metric":"m","value":"-7","timestamp":5}]}`,
			store.Sample{Metric: "m", Type: "cumulative_counter", Timestamp: 5, Value: store.Int(-7)}},
		{"integer beyond the doubles", `{"gauge":[{"metric":"m","value":9223372036854775807,"timestamp":5}]}`,
			store.Sample{Metric: "m", Type: "gauge", Timestamp: 5, Value: store.Int(math.MaxInt64)}},
		{"fraction of a millisecond", `{"gauge":[{"metric":"m","value":1,"timestamp":1442960607000.9}]}`,
			store.Sample{Metric: "m", Type: "gauge", Timestamp: 1442960607000, Value: store.Int(1)}},
		{"dimension that is a number", `{"gauge":[{"metric":"m","value":1,"timestamp":5,"dimensions":{"n":12,"b":true}}]}`,
			store.Sample{Metric: "m", Type: "gauge", Timestamp: 5, Value: store.Int(1), Dimensions: store.Dimensions{{Key: "b", Value: "true"}, {Key: "n", Value: "12"}}}},
		{"nulls where members are optional", `{"counter":null,"gauge":[{"metric":"m","value":1,"timestamp":null,"dimensions":null}]}`,
			store.Sample{Metric: "m", Type: "gauge", Timestamp: arrival, Value: store.Int(1)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			answer := r.post("/v2/datapoint", "application/json", []byte(test.body))
			require.Equal(t, 200, answer.Code, answer.Body.String())
			assertOnly(t, r, test.want)
		})
	}
}

func TestJSONDatapointRejections(t *testing.T) {
	for _, test := range []struct {
		name, point string
		want        Reason
	}{
		{"no value", `{"metric":"m"}`, ValueMissing},
		{"text", `{"metric":"m","value":"on"}`, ValueNotNumeric},
		{"bool", `{"metric":"m","value":true}`, ValueNotNumeric},
		{"object", `{"metric":"m","value":{}}`, ValueNotNumeric},
		{"NaN as text", `{"metric":"m","value":"NaN"}`, ValueNotFinite},
		{"number out of range", `{"metric":"m","value":1e999}`, ValueNotFinite},
		{"value in capitals is another member", `{"metric":"m","VALUE":1}`, ValueMissing},
		{"the same dimension twice", `{"metric":"m","value":1,"dimensions":{"a":"1","a":"2"}}`, DimensionDuplicate},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			answer := r.post("/v2/datapoint", "application/json", []byte(`{"gauge":[`+test.point+`]}`))
			assert.Equal(t, 200, answer.Code)
			assert.Equal(t, `"OK"`, answer.Body.String())
			assert.Equal(t, []Reason{test.want}, r.reasons())
		})
	}
}

func TestHugeOffendingItemIsCut(t *testing.T) {
	r := newRoom(Config{})
	r.post("/v2/datapoint", "application/json", []byte(`{"gauge":[{"metric":"`+strings.Repeat("x", 10_000)+`","value":1}]}`))
	assert.Len(t, r.store.Rejections(0, 1)[0].Item, intake.MaxShown)
}

func TestDiscardCountsWithoutKeeping(t *testing.T) {
	discarding := store.New(store.Options{Discard: true, Now: time.Now})
	r := newRoom(Config{Store: discarding})
	body := marshal(t, &sfxpb.DataPointUploadMessage{Datapoints: []*sfxpb.DataPoint{{Metric: proto.String("a")}, {Metric: proto.String("b")}}})

	assert.Equal(t, 200, r.post("/v2/datapoint", "application/x-protobuf", body).Code)
	assert.Equal(t, 200, r.post("/v2/datapoint", "application/json", []byte(jsonGauge)).Code)
	assert.Equal(t, 400, r.post("/v2/datapoint", "application/x-protobuf", body[:3]).Code)
	stats := discarding.Stats()
	assert.EqualValues(t, 3, stats.Vendors[Vendor].Points)
	assert.Zero(t, stats.Series.Held)
}
