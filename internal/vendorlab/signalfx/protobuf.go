package signalfx

import (
	"net/http"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Metric types as the JSON form names them. Histograms exist in the OTLP form only.
const (
	typeGauge      = "gauge"
	typeCounter    = "counter"
	typeCumulative = "cumulative_counter"
	typeHistogram  = "histogram"
)

var metricTypes = map[sfxpb.MetricType]string{
	sfxpb.MetricType_GAUGE:              typeGauge,
	sfxpb.MetricType_COUNTER:            typeCounter,
	sfxpb.MetricType_CUMULATIVE_COUNTER: typeCumulative,
}

func decodeDatapoints(body []byte) (*batch, *exchange.Error) {
	var message sfxpb.DataPointUploadMessage
	if err := proto.Unmarshal(body, &message); err != nil {
		return nil, exchange.Errorf(http.StatusBadRequest, "the body is no DataPointUploadMessage: %v", err)
	}
	b := &batch{samples: make([]store.Sample, 0, len(message.GetDatapoints()))}
	for i, point := range message.GetDatapoints() {
		if point.GetMetric() == "" {
			return nil, missingMetric(i)
		}
		b.addDatapoint(point)
	}
	return b, nil
}

// missingMetric refuses the whole request, as the vendor does.
func missingMetric(i int) *exchange.Error {
	return exchange.Errorf(http.StatusBadRequest, "datapoint %d has no metric name", i)
}

func (b *batch) addDatapoint(point *sfxpb.DataPoint) {
	sample := store.Sample{
		Metric:     point.GetMetric(),
		Dimensions: dimensionsOf(point.GetDimensions()),
		Timestamp:  point.GetTimestamp(),
	}
	var known, numeric bool
	sample.Value, numeric = valueOf(point.GetValue())
	if sample.Type, known = metricTypes[point.GetMetricType()]; !known {
		sample.Type = point.GetMetricType().String()
		b.refuse(kindDatapoint, refuse(MetricTypeUnknown, "metric type %s is not stored", sample.Type), sample)
		return
	}
	if !numeric {
		b.refuse(kindDatapoint, refuse(ValueNotNumeric, "the value is text that is no number"), sample)
		return
	}
	b.addSample(sample)
}

func dimensionsOf(from []*sfxpb.Dimension) store.Dimensions {
	dimensions := make(store.Dimensions, len(from))
	for i, d := range from {
		dimensions[i] = store.Dimension{Key: d.GetKey(), Value: d.GetValue()}
	}
	return dimensions
}

// valueOf returns no value for an empty datum, and false for text that is no number.
func valueOf(d *sfxpb.Datum) (value store.Value, numeric bool) {
	switch {
	case d == nil:
		return store.Value{}, true
	case d.IntValue != nil:
		return store.Int(d.GetIntValue()), true
	case d.DoubleValue != nil:
		return store.Double(d.GetDoubleValue()), true
	case d.StrValue != nil:
		return parseNumber(d.GetStrValue())
	}
	return store.Value{}, true
}

// parseNumber reads the numeric strings the vendor takes as values.
func parseNumber(text string) (store.Value, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return store.Int(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && f == 0 { // a number out of range parses as an infinity
		return store.Value{}, false
	}
	return store.Double(f), true
}

func decodeEvents(body []byte) (*batch, *exchange.Error) {
	var message sfxpb.EventUploadMessage
	if err := proto.Unmarshal(body, &message); err != nil {
		return nil, exchange.Errorf(http.StatusBadRequest, "the body is no EventUploadMessage: %v", err)
	}
	b := &batch{}
	for _, from := range message.GetEvents() {
		event := store.Event{
			Type:       from.GetEventType(),
			Category:   sfxpb.EventCategory_USER_DEFINED.String(),
			Dimensions: dimensionsOf(from.GetDimensions()),
			Properties: propertiesOf(from.GetProperties()),
			Timestamp:  from.GetTimestamp(),
		}
		if from.Category != nil {
			event.Category = from.GetCategory().String()
		}
		if !eventCategories[event.Category] && from.GetCategory() != sfxpb.EventCategory_AGENT {
			b.refuse(kindEvent, refuse(EventCategory, "category %s is not known", event.Category), shownEvent(event))
			continue
		}
		b.addEvent(event)
	}
	return b, nil
}

func propertiesOf(from []*sfxpb.Property) map[string]any {
	properties := make(map[string]any, len(from))
	for _, p := range from {
		properties[p.GetKey()] = propertyValue(p.GetValue())
	}
	return properties
}

func propertyValue(v *sfxpb.PropertyValue) any {
	switch {
	case v == nil:
		return nil
	case v.StrValue != nil:
		return v.GetStrValue()
	case v.DoubleValue != nil:
		return v.GetDoubleValue()
	case v.IntValue != nil:
		return v.GetIntValue()
	case v.BoolValue != nil:
		return v.GetBoolValue()
	}
	return nil
}
