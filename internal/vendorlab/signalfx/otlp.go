package signalfx

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// decodeOTLPMetrics reads an ExportMetricsServiceRequest. MetricsData has the same
// wire form and does not pull in gRPC.
func decodeOTLPMetrics(body []byte) (*batch, *exchange.Error) {
	var data metricspb.MetricsData
	if err := proto.Unmarshal(body, &data); err != nil {
		return nil, exchange.Errorf(http.StatusBadRequest, "the body is no ExportMetricsServiceRequest: %v", err)
	}
	b := &batch{}
	for _, resource := range data.GetResourceMetrics() {
		attributes := resource.GetResource().GetAttributes()
		for _, scope := range resource.GetScopeMetrics() {
			for i, metric := range scope.GetMetrics() {
				if metric.GetName() == "" {
					return nil, missingMetric(i)
				}
				b.addOTLPMetric(attributes, metric)
			}
		}
	}
	return b, nil
}

func (b *batch) addOTLPMetric(resource []*commonpb.KeyValue, metric *metricspb.Metric) {
	name := metric.GetName()
	switch {
	case metric.GetGauge() != nil:
		b.addOTLPNumbers(resource, metric, typeGauge, metric.GetGauge().GetDataPoints())
	case metric.GetSum() != nil:
		b.addOTLPNumbers(resource, metric, sumType(metric.GetSum()), metric.GetSum().GetDataPoints())
	case metric.GetHistogram() != nil:
		b.addOTLPHistograms(resource, metric, metric.GetHistogram().GetDataPoints())
	default: // the vendor takes explicit-bucket histograms only
		r := refuse(OTLPTypeUnsupported, "only gauges, sums and histograms with explicit buckets are stored")
		b.refuse(kindDatapoint, r, map[string]string{"metric": name, "otlp_type": fmt.Sprintf("%T", metric.GetData())})
	}
}

func sumType(sum *metricspb.Sum) string {
	switch {
	case !sum.GetIsMonotonic():
		return typeGauge
	case sum.GetAggregationTemporality() == metricspb.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA:
		return typeCounter
	default:
		return typeCumulative
	}
}

func (b *batch) addOTLPNumbers(resource []*commonpb.KeyValue, metric *metricspb.Metric, metricType string, points []*metricspb.NumberDataPoint) {
	for _, point := range points {
		sample := otlpSample(resource, point.GetAttributes(), metric, metricType, point.GetTimeUnixNano())
		switch v := point.GetValue().(type) {
		case *metricspb.NumberDataPoint_AsInt:
			sample.Value = store.Int(v.AsInt)
		case *metricspb.NumberDataPoint_AsDouble:
			sample.Value = store.Double(v.AsDouble)
		}
		b.addOTLPSample(sample, point.GetFlags())
	}
}

func (b *batch) addOTLPHistograms(resource []*commonpb.KeyValue, metric *metricspb.Metric, points []*metricspb.HistogramDataPoint) {
	for _, point := range points {
		sample := otlpSample(resource, point.GetAttributes(), metric, typeHistogram, point.GetTimeUnixNano())
		sample.Value = store.Distribution(&store.Histogram{
			Count: point.GetCount(), Sum: point.Sum, Min: point.Min, Max: point.Max,
			Bounds: point.GetExplicitBounds(), Counts: point.GetBucketCounts(),
		})
		b.addOTLPSample(sample, point.GetFlags())
	}
}

func (b *batch) addOTLPSample(sample store.Sample, flags uint32) {
	if flags&uint32(metricspb.DataPointFlags_DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK) != 0 {
		sample.Value = store.Value{}
	}
	b.addSample(sample)
}

func otlpSample(resource, point []*commonpb.KeyValue, metric *metricspb.Metric, metricType string, nanos uint64) store.Sample {
	return store.Sample{
		Metric: metric.GetName(), Type: metricType, Unit: metric.GetUnit(),
		Dimensions: otlpDimensions(resource, point),
		Timestamp:  int64(nanos / 1e6),
	}
}

// otlpDimensions lets a point's attribute win over the resource's.
func otlpDimensions(resource, point []*commonpb.KeyValue) store.Dimensions {
	dimensions := make(store.Dimensions, 0, len(resource)+len(point))
	for _, attribute := range point {
		dimensions = append(dimensions, store.Dimension{Key: attribute.GetKey(), Value: attributeText(attribute.GetValue())})
	}
	own := dimensions
	for _, attribute := range resource {
		if _, overridden := own.Get(attribute.GetKey()); !overridden {
			dimensions = append(dimensions, store.Dimension{Key: attribute.GetKey(), Value: attributeText(attribute.GetValue())})
		}
	}
	return dimensions
}

// attributeText is the collector's string form of an attribute.
func attributeText(v *commonpb.AnyValue) string {
	switch value := attributeValue(v).(type) {
	case nil:
		return ""
	case string:
		return value
	case int64:
		return strconv.FormatInt(value, 10)
	case bool:
		return strconv.FormatBool(value)
	default:
		text, _ := json.Marshal(value) // attributeValue returns nothing that cannot be marshaled
		return string(text)
	}
}

// attributeValue turns an attribute into a plain value; bytes become base64.
func attributeValue(v *commonpb.AnyValue) any {
	switch value := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return value.StringValue
	case *commonpb.AnyValue_BoolValue:
		return value.BoolValue
	case *commonpb.AnyValue_IntValue:
		return value.IntValue
	case *commonpb.AnyValue_DoubleValue:
		if number := store.Double(value.DoubleValue); !number.IsFinite() {
			return number.String() // JSON has no such number
		}
		return value.DoubleValue
	case *commonpb.AnyValue_BytesValue:
		return base64.StdEncoding.EncodeToString(value.BytesValue)
	case *commonpb.AnyValue_ArrayValue:
		list := []any{}
		for _, item := range value.ArrayValue.GetValues() {
			list = append(list, attributeValue(item))
		}
		return list
	case *commonpb.AnyValue_KvlistValue:
		return attributeMap(value.KvlistValue.GetValues())
	}
	return nil
}

func attributeMap(attributes []*commonpb.KeyValue) map[string]any {
	m := make(map[string]any, len(attributes))
	for _, attribute := range attributes {
		m[attribute.GetKey()] = attributeValue(attribute.GetValue())
	}
	return m
}
