package signalfx

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func text(key, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

// otlpMetric wraps one metric into a request of a resource with host=r and zone=z.
func otlpMetric(t *testing.T, metric *metricspb.Metric) []byte {
	return marshal(t, &metricspb.MetricsData{ResourceMetrics: []*metricspb.ResourceMetrics{{
		Resource:     &resourcepb.Resource{Attributes: []*commonpb.KeyValue{text("host", "r"), text("zone", "z")}},
		ScopeMetrics: []*metricspb.ScopeMetrics{{Metrics: []*metricspb.Metric{metric}}},
	}}})
}

func sum(monotonic bool, temporality metricspb.AggregationTemporality, points ...*metricspb.NumberDataPoint) *metricspb.Metric {
	return &metricspb.Metric{Name: "m", Data: &metricspb.Metric_Sum{Sum: &metricspb.Sum{
		IsMonotonic: monotonic, AggregationTemporality: temporality, DataPoints: points,
	}}}
}

func histogram(point *metricspb.HistogramDataPoint) *metricspb.Metric {
	return &metricspb.Metric{Name: "m", Data: &metricspb.Metric_Histogram{Histogram: &metricspb.Histogram{
		DataPoints: []*metricspb.HistogramDataPoint{point},
	}}}
}

func TestOTLPMetrics(t *testing.T) {
	const (
		delta      = metricspb.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA
		cumulative = metricspb.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE
	)
	point := &metricspb.NumberDataPoint{
		TimeUnixNano: 5_999_999, Value: &metricspb.NumberDataPoint_AsInt{AsInt: 3},
		Attributes: []*commonpb.KeyValue{text("host", "p")},
	}
	want := store.Sample{
		Metric: "m", Timestamp: 5, Value: store.Int(3),
		Dimensions: store.Dimensions{{Key: "host", Value: "p"}, {Key: "zone", Value: "z"}},
	}
	for _, test := range []struct {
		name   string
		metric *metricspb.Metric
		want   string
	}{
		{"gauge", &metricspb.Metric{Name: "m", Data: &metricspb.Metric_Gauge{Gauge: &metricspb.Gauge{DataPoints: []*metricspb.NumberDataPoint{point}}}}, "gauge"},
		{"monotonic cumulative sum", sum(true, cumulative, point), "cumulative_counter"},
		{"monotonic delta sum", sum(true, delta, point), "counter"},
		{"sum that may fall", sum(false, cumulative, point), "gauge"},
	} {
		t.Run(test.name, func(t *testing.T) {
			want.Type = test.want
			for path, contentType := range map[string]string{
				"/v2/datapoint":      "application/x-protobuf;format=otlp",
				"/v2/datapoint/otlp": "application/x-protobuf",
			} {
				r := newRoom(Config{})
				answer := r.post(path, contentType, otlpMetric(t, test.metric))
				require.Equal(t, 200, answer.Code)
				assert.Equal(t, `"OK"`, answer.Body.String())
				assertOnly(t, r, want)
			}
		})
	}
}

func TestOTLPHistogramIsKeptWhole(t *testing.T) {
	r := newRoom(Config{})
	body := otlpMetric(t, histogram(&metricspb.HistogramDataPoint{
		TimeUnixNano: 7e6, Count: 3, Sum: proto.Float64(6), ExplicitBounds: []float64{1, 2}, BucketCounts: []uint64{1, 1, 1},
	}))
	require.Equal(t, 200, r.post("/v2/datapoint/otlp", "application/x-protobuf", body).Code)
	page, _ := r.store.Series(allSeries)
	require.Len(t, page, 1)
	assert.Equal(t, "histogram", page[0].Type)
	assert.JSONEq(t, `{"count":3,"sum":6,"bounds":[1,2],"bucket_counts":[1,1,1]}`, page[0].Last.Value.String())
}

func TestOTLPMetricRejections(t *testing.T) {
	noValue := uint32(metricspb.DataPointFlags_DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK)
	increasing := func(n int) (bounds []float64) {
		for i := range n {
			bounds = append(bounds, float64(i))
		}
		return bounds
	}
	for _, test := range []struct {
		name   string
		metric *metricspb.Metric
		want   []Reason
	}{
		{"32 buckets", histogram(&metricspb.HistogramDataPoint{ExplicitBounds: increasing(31), BucketCounts: make([]uint64, 32)}), nil},
		{"33 buckets", histogram(&metricspb.HistogramDataPoint{ExplicitBounds: increasing(32), BucketCounts: make([]uint64, 33)}), []Reason{HistogramBuckets}},
		{"histogram without buckets", histogram(&metricspb.HistogramDataPoint{Count: 1}), nil},
		{"as many bounds as buckets", histogram(&metricspb.HistogramDataPoint{ExplicitBounds: increasing(2), BucketCounts: make([]uint64, 2)}), []Reason{HistogramShape}},
		{"bounds that fall", histogram(&metricspb.HistogramDataPoint{ExplicitBounds: []float64{2, 1}, BucketCounts: make([]uint64, 3)}), []Reason{HistogramShape}},
		{"NaN bound", histogram(&metricspb.HistogramDataPoint{ExplicitBounds: []float64{1, math.NaN()}, BucketCounts: make([]uint64, 3)}), []Reason{HistogramShape}},
		{"histogram without a recorded value", histogram(&metricspb.HistogramDataPoint{Flags: noValue}), []Reason{ValueMissing}},
		{"number without a recorded value", sum(true, 2, &metricspb.NumberDataPoint{Flags: noValue, Value: &metricspb.NumberDataPoint_AsInt{}}), []Reason{ValueMissing}},
		{"number without a value", sum(true, 2, &metricspb.NumberDataPoint{}), []Reason{ValueMissing}},
		{"NaN", sum(true, 2, &metricspb.NumberDataPoint{Value: &metricspb.NumberDataPoint_AsDouble{AsDouble: math.NaN()}}), []Reason{ValueNotFinite}},
		{"summary", &metricspb.Metric{Name: "m", Data: &metricspb.Metric_Summary{Summary: &metricspb.Summary{}}}, []Reason{OTLPTypeUnsupported}},
		{"exponential histogram", &metricspb.Metric{Name: "m", Data: &metricspb.Metric_ExponentialHistogram{ExponentialHistogram: &metricspb.ExponentialHistogram{}}}, []Reason{OTLPTypeUnsupported}},
		{"no data", &metricspb.Metric{Name: "m"}, []Reason{OTLPTypeUnsupported}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			require.Equal(t, 200, r.post("/v2/datapoint/otlp", "application/x-protobuf", otlpMetric(t, test.metric)).Code)
			assert.Equal(t, test.want, r.reasons())
		})
	}
}

func TestOTLPMetricWithoutANameRefusesTheRequest(t *testing.T) {
	r := newRoom(Config{})
	assert.Equal(t, 400, r.post("/v2/datapoint/otlp", "application/x-protobuf", otlpMetric(t, &metricspb.Metric{})).Code)
}

func TestAttributeText(t *testing.T) {
	list := &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: []*commonpb.AnyValue{text("", "a").Value, {Value: &commonpb.AnyValue_IntValue{IntValue: 1}}}}}
	object := &commonpb.AnyValue_KvlistValue{KvlistValue: &commonpb.KeyValueList{Values: []*commonpb.KeyValue{text("k", "v")}}}
	for want, value := range map[string]*commonpb.AnyValue{
		"":          nil,
		"text":      text("", "text").Value,
		"true":      {Value: &commonpb.AnyValue_BoolValue{BoolValue: true}},
		"-5":        {Value: &commonpb.AnyValue_IntValue{IntValue: -5}},
		"0.5":       {Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.5}},
		"NaN":       {Value: &commonpb.AnyValue_DoubleValue{DoubleValue: math.NaN()}},
		"AQI=":      {Value: &commonpb.AnyValue_BytesValue{BytesValue: []byte{1, 2}}},
		`["a",1]`:   {Value: list},
		`{"k":"v"}`: {Value: object},
	} {
		assert.Equal(t, want, attributeText(value))
	}
}

func TestOTLPTraces(t *testing.T) {
	trace, parent, child := make([]byte, 16), make([]byte, 8), make([]byte, 8)
	trace[15], parent[7], child[7] = 1, 2, 3
	good := []*tracepb.Span{
		{TraceId: trace, SpanId: parent, Name: "GET /", Kind: tracepb.Span_SPAN_KIND_SERVER, StartTimeUnixNano: 1000, EndTimeUnixNano: 5000},
		{TraceId: trace, SpanId: child, ParentSpanId: parent, Name: "query", StartTimeUnixNano: 2000, EndTimeUnixNano: 3000},
	}
	body := func(spans ...*tracepb.Span) []byte {
		return marshal(t, &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{
			Resource:   &resourcepb.Resource{Attributes: []*commonpb.KeyValue{text("service.name", "shop")}},
			ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}},
		}}})
	}

	t.Run("valid spans are counted in the answer", func(t *testing.T) {
		r := newRoom(Config{})
		answer := r.post("/v2/trace/otlp", "application/x-protobuf", body(good...))
		assert.Equal(t, "2", answer.Body.String())
		traces := r.store.Traces(0, 0)
		require.Len(t, traces, 1)
		assert.Equal(t, "GET /", traces[0].Root)
		assert.Equal(t, []string{"shop"}, traces[0].Services)
		assert.EqualValues(t, 4000, traces[0].Duration)
		assert.Equal(t, "server", traces[0].Spans[0].Kind)
	})
	t.Run("invalid ids are listed by reason", func(t *testing.T) {
		r := newRoom(Config{})
		answer := r.post("/v2/trace/otlp", "application/x-protobuf", body(good[0],
			&tracepb.Span{TraceId: make([]byte, 16), SpanId: child},
			&tracepb.Span{TraceId: trace, SpanId: []byte{9}}))
		assert.Equal(t, 200, answer.Code)
		assert.JSONEq(t, `{"trace_id_invalid":["0000000000000003"],"span_id_invalid":["09"]}`, answer.Body.String())
		assert.Equal(t, []Reason{TraceIDInvalid, SpanIDInvalid}, r.reasons())
		assert.Len(t, r.store.Spans(0, 0), 1)
	})
}

func TestEventsOfASpanAreShownAsItsLogs(t *testing.T) {
	r := newRoom(Config{})
	span := &tracepb.Span{TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567"), Name: "n"}
	for range maxSpanEvents + 1 {
		span.Events = append(span.Events, &tracepb.Span_Event{Name: "cache.miss", TimeUnixNano: 5_000})
	}
	data := &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{span}}}}}}
	assert.Equal(t, 200, r.post("/v2/trace/otlp", typeProtobuf, marshal(t, data)).Code)
	held := r.store.Traces(0, 1)[0].Spans[0]
	assert.Equal(t, maxSpanEvents+1, held.Events)
	assert.Len(t, held.Logs, maxSpanEvents)
	assert.EqualValues(t, 5, held.Logs[0].Timestamp)
	assert.Equal(t, map[string]any{"event": "cache.miss"}, held.Logs[0].Fields)
}
