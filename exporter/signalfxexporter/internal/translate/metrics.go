package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// MetricRules say how metrics become datapoints. They are shared and immutable.
type MetricRules struct {
	DimensionSources
	// Filter decides which datapoints are sent; nil sends all.
	Filter     *Filter
	Histograms HistogramMode
}

// Limits bound one request.
type Limits struct{ Bytes, Datapoints int }

// MetricEncoder appends the datapoints of a walk to parts. It serves one walk at a
// time and may be reused; what it learned of names stays.
type MetricEncoder struct {
	Counts Counts

	builder parts.Builder
	rules   *MetricRules
	otlp    *otlpHistograms // set in the mode HistogramOTLP
	names   names
	dims    itemDimensions

	name       *metricName
	metricType signalfx.MetricType
	explicit   explicit // the current point's buckets, in memory that is used again
	spans      exponentialSpans
	bounds     boundCache
	scratch    []byte
}

// NewMetricEncoder returns an encoder that follows the rules.
func NewMetricEncoder(rules *MetricRules) *MetricEncoder {
	e := &MetricEncoder{rules: rules, names: names{filter: rules.Filter}}
	e.dims.init(&rules.DimensionSources, &e.Counts)
	if rules.Histograms == HistogramOTLP {
		e.otlp = newOTLPHistograms(rules, &e.Counts)
	}
	return e
}

// Begin makes the encoder ready for a walk. Parts of datapoints go to datapoints;
// in the mode HistogramOTLP, parts of an OTLP request go to histograms.
func (e *MetricEncoder) Begin(limits Limits, datapoints, histograms func(*parts.Part)) {
	e.Counts = Counts{}
	e.builder = parts.Builder{MaxBytes: limits.Bytes, MaxUnits: limits.Datapoints, Emit: datapoints}
	if e.otlp != nil {
		e.otlp.builder = parts.Builder{MaxBytes: limits.Bytes, MaxUnits: limits.Datapoints, Emit: histograms}
	}
}

// End closes the walk: it emits what is left and returns how many items were walked.
func (e *MetricEncoder) End() (walked int) {
	e.builder.Flush()
	if e.otlp != nil {
		e.otlp.builder.Flush()
	}
	e.dims.forget()
	return e.builder.Walked()
}

// Resource encodes what the resource adds to every point.
func (e *MetricEncoder) Resource(r pcommon.Resource) {
	e.dims.setResource(r)
	if e.otlp != nil {
		e.otlp.setResource(r)
	}
}

// Scope encodes what the scope adds to every point.
func (e *MetricEncoder) Scope(s pcommon.InstrumentationScope) {
	e.dims.setScope(s)
	if e.otlp != nil {
		e.otlp.setScope(s)
	}
}

// Metric resolves the name and the type.
func (e *MetricEncoder) Metric(m pmetric.Metric) {
	e.name = e.names.get(m.Name())
	if e.name.repaired {
		e.Counts.Changed[InvalidUTF8]++
	}
	e.metricType = metricTypeOf(m)
	if e.otlp != nil {
		e.otlp.setMetric(m)
	}
}

// Number encodes a point of a gauge or sum.
func (e *MetricEncoder) Number(p pmetric.NumberDataPoint) {
	e.begin(p.Attributes())
	e.end(e.number(p))
}

// result is what became of an item: its datapoints, or why there are none.
type result struct {
	units  int
	reason Reason
}

func (e *MetricEncoder) number(p pmetric.NumberDataPoint) result {
	if p.Flags().NoRecordedValue() {
		return result{reason: NoRecordedValue}
	}
	var value signalfx.Value
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		value = signalfx.Int(p.IntValue())
	case pmetric.NumberDataPointValueTypeDouble:
		if !isFinite(p.DoubleValue()) {
			return result{reason: NotFinite}
		}
		value = signalfx.Double(p.DoubleValue())
	default:
		return result{reason: NoValue}
	}
	s := e.series(suffixNone, "", "")
	if s.head == nil {
		return result{reason: s.reason}
	}
	a, b, ok := e.dims.chunks("")
	if !ok {
		return result{reason: TooManyDimensions}
	}
	e.append(s.head, milliseconds(uint64(p.Timestamp())), value, e.metricType, a, b)
	return result{units: 1}
}

// begin opens an item.
func (e *MetricEncoder) begin(attributes pcommon.Map) {
	e.builder.Start()
	if e.otlp != nil {
		e.otlp.builder.Start()
	}
	e.dims.setItem(attributes)
}

// end closes the item and counts it when nothing of it is sent.
func (e *MetricEncoder) end(r result) {
	if e.otlp != nil {
		e.otlp.builder.Finish(0)
	}
	if r.units == 0 {
		e.builder.Finish(0)
		e.Counts.Dropped[r.reason]++
	} else if !e.builder.Finish(r.units) {
		e.Counts.Dropped[TooLarge]++
	}
}

// series returns the name that a datapoint is sent under, headless when it is not sent.
// The key and value are those of the dimension that the datapoint gets besides the attributes.
func (e *MetricEncoder) series(s suffix, key, value string) *seriesName {
	name := e.name.of(s)
	if len(name.verdict.exclude) == 0 {
		return name
	}
	excluded := name.verdict.excludes(func(wanted string) (string, bool) {
		if key != "" && wanted == key {
			return value, true
		}
		return e.dims.attribute(wanted)
	})
	if excluded {
		return &excludedName
	}
	return name
}

var excludedName = seriesName{reason: Excluded}

func (e *MetricEncoder) append(head []byte, ms int64, v signalfx.Value, t signalfx.MetricType, dims ...[]byte) {
	e.builder.Body = signalfx.AppendDatapoint(e.builder.Body, head, ms, v, t, dims...)
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
