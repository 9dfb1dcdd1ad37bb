package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// HistogramMode says what becomes of explicit and exponential histograms.
type HistogramMode uint8

const (
	// HistogramBuckets sends count, sum, min, max and cumulative buckets with a dimension "le".
	HistogramBuckets HistogramMode = iota
	// HistogramSummary is HistogramBuckets without the buckets.
	HistogramSummary
)

// MetricRules say how metrics become datapoints. They are shared and immutable.
type MetricRules struct {
	Dimensions *DimensionRules
	// Filter decides which datapoints are sent; nil sends all.
	Filter     *Filter
	Histograms HistogramMode
}

// MetricEncoder appends the datapoints of a walk to the parts of its Builder. It
// serves one walk at a time and may be reused; what it learned of names stays.
type MetricEncoder struct {
	Builder parts.Builder
	Counts  Counts

	rules *MetricRules
	names names
	// Resources and points have an encoder each, since each remembers the keys it saw.
	resourceAttrs, pointAttrs dimensionEncoder
	dims                      pointDimensions

	resource     pcommon.Resource
	resourceDims dimensionSet
	point        pcommon.Map // the attributes of the current point
	name         *metricName
	metricType   signalfx.MetricType
	explicit     explicit // the current point's buckets, in memory that is used again
	bounds       boundCache
}

// NewMetricEncoder returns an encoder that follows the rules.
func NewMetricEncoder(rules *MetricRules) *MetricEncoder {
	e := &MetricEncoder{rules: rules, names: names{filter: rules.Filter}}
	e.resourceAttrs = dimensionEncoder{rules: rules.Dimensions, counts: &e.Counts}
	e.pointAttrs = dimensionEncoder{rules: rules.Dimensions, counts: &e.Counts}
	return e
}

// Begin makes the encoder ready for a walk whose parts go to emit.
func (e *MetricEncoder) Begin(limits Limits, emit func(*parts.Part)) {
	e.Counts = Counts{}
	e.Builder = parts.Builder{MaxBytes: limits.Bytes, MaxUnits: limits.Datapoints, Emit: emit}
}

// Limits bound one request.
type Limits struct{ Bytes, Datapoints int }

// AccessTokenAttribute on a resource names the token it is sent with. It is never a dimension.
const AccessTokenAttribute = "com.splunk.signalfx.access_token"

// Resource encodes what the resource adds to every point.
func (e *MetricEncoder) Resource(r pcommon.Resource) {
	e.resource = r
	e.resourceDims.reset()
	position := 0
	for key, value := range r.Attributes().All() {
		if key != AccessTokenAttribute {
			e.resourceAttrs.add(&e.resourceDims, position, key, value, rankResource)
		}
		position++
	}
}

// Scope resolves what scope and resource add together.
func (e *MetricEncoder) Scope(pcommon.InstrumentationScope) {
	base := &e.resourceDims
	if len(base.entries) > signalfx.MaxDimensions && trim(&e.dims.spare, base, signalfx.MaxDimensions, &e.Counts) {
		base = &e.dims.spare
	}
	e.dims.base.reset()
	for i := range base.entries {
		e.dims.base.copyEntry(base, i)
	}
}

// Metric resolves the name and the type.
func (e *MetricEncoder) Metric(m pmetric.Metric) {
	e.name = e.names.get(m.Name())
	if e.name.repaired {
		e.Counts.Changed[InvalidUTF8]++
	}
	e.metricType = metricTypeOf(m)
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
	a, b, ok := e.dimensions("")
	if !ok {
		return result{reason: TooManyDimensions}
	}
	e.append(s.head, milliseconds(uint64(p.Timestamp())), value, e.metricType, a, b)
	return result{units: 1}
}

// begin opens an item.
func (e *MetricEncoder) begin(attributes pcommon.Map) {
	e.Builder.Start()
	e.point = attributes
	e.dims.point.reset()
	e.dims.encoded = false
}

// end closes the item and counts it when nothing of it is sent.
func (e *MetricEncoder) end(r result) {
	if r.units == 0 {
		e.Builder.Finish(0)
		e.Counts.Dropped[r.reason]++
	} else if !e.Builder.Finish(r.units) {
		e.Counts.Dropped[TooLarge]++
	}
}

// series returns the name that a datapoint is sent under, headless when it is not sent.
// The key and value are those of the dimension that the datapoint gets besides the attributes.
func (e *MetricEncoder) series(s suffix, key, value string) *seriesName {
	name := &e.name.series[s]
	if len(name.verdict.exclude) == 0 {
		return name
	}
	excluded := name.verdict.excludes(func(wanted string) (string, bool) {
		if key != "" && wanted == key {
			return value, true
		}
		return e.attribute(wanted)
	})
	if excluded {
		return &excludedName
	}
	return name
}

var excludedName = seriesName{reason: Excluded}

// attribute looks a dimension up by its key as received.
func (e *MetricEncoder) attribute(key string) (string, bool) {
	if v, ok := e.point.Get(key); ok {
		return v.AsString(), true
	}
	if v, ok := e.resource.Attributes().Get(key); ok && key != AccessTokenAttribute {
		return v.AsString(), true
	}
	return "", false
}

// dimensions returns the encoded dimensions of the current point, which are
// encoded when they are first asked for: a point that is dropped needs none.
func (e *MetricEncoder) dimensions(reserved string) (a, b []byte, ok bool) {
	if !e.dims.encoded {
		e.dims.encoded = true
		position := 0
		for key, value := range e.point.All() {
			e.pointAttrs.add(&e.dims.point, position, key, value, rankPoint)
			position++
		}
	}
	return e.dims.chunks(reserved, &e.Counts)
}

func (e *MetricEncoder) append(head []byte, ms int64, v signalfx.Value, t signalfx.MetricType, dims ...[]byte) {
	e.Builder.Body = signalfx.AppendDatapoint(e.Builder.Body, head, ms, v, t, dims...)
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
