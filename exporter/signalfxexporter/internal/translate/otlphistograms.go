package translate

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// otlpHistograms encodes histograms as OTLP requests for the vendor's datapoint
// endpoint. Every item is one ResourceMetrics with one point, so that a request is
// items one after the other, and can be cut between any two of them. What resource,
// scope and metric contribute is encoded once and copied.
type otlpHistograms struct {
	builder parts.Builder
	counts  *Counts

	priority    []string // keys of the resource that are kept first, sorted
	static      otlpAttributes
	resource    otlpAttributes // of the current one, static ones included
	point       otlpAttributes
	scope       []byte // the field of ScopeMetrics
	metric      []byte // the fields of Metric besides its points
	temporality pmetric.AggregationTemporality
}

func newOTLPHistograms(rules *MetricRules, counts *Counts) *otlpHistograms {
	o := &otlpHistograms{
		counts:   counts,
		priority: slices.Sorted(maps.Keys(rules.Dimensions.priority)),
		static:   otlpAttributes{tag: 0x0a}, resource: otlpAttributes{tag: 0x0a}, // Resource.attributes = 1
		point: otlpAttributes{tag: 0x4a}, // HistogramDataPoint.attributes = 9
	}
	for _, key := range slices.Sorted(maps.Keys(rules.Static)) {
		o.take(&o.static, key, pcommon.NewValueStr(rules.Static[key]))
	}
	return o
}

// setResource encodes a resource: without the token, with the host's id and the static dimensions.
func (o *otlpHistograms) setResource(r pcommon.Resource) {
	o.resource.setTo(&o.static)
	if id, ok := cloudIDOf(r.Attributes()); ok {
		o.take(&o.resource, id.Key, pcommon.NewValueStr(id.Value))
	}
	for _, key := range o.priority {
		if value, ok := r.Attributes().Get(key); ok {
			o.take(&o.resource, key, value)
		}
	}
	for key, value := range r.Attributes().All() {
		o.take(&o.resource, key, value)
	}
}

// take adds an attribute that is not there yet, if the service takes it. It reports
// false when another one of its key is there.
func (o *otlpHistograms) take(to *otlpAttributes, key string, value pcommon.Value) bool {
	if isControl(key) || !o.fits(key, value) {
		return true
	}
	valid := repaired(key, nil)
	if has(to, valid) {
		return false
	}
	if valid != key {
		o.counts.Changed[InvalidUTF8]++
	}
	to.add(valid, value, o.counts)
	return true
}

// fits reports whether an attribute keeps the limits of dimensions, and counts it if not.
func (o *otlpHistograms) fits(key string, value pcommon.Value) bool {
	switch {
	case key == "" || value.Type() == pcommon.ValueTypeEmpty || value.Type() == pcommon.ValueTypeStr && value.Str() == "":
		o.counts.Changed[DimensionEmpty]++
	case longer(key, signalfx.MaxDimensionKeyLength):
		o.counts.Changed[KeyTooLong]++
	case value.Type() == pcommon.ValueTypeStr && longer(value.Str(), signalfx.MaxDimensionValueLength):
		o.counts.Changed[ValueTooLong]++
	default:
		return true
	}
	return false
}

// setScope encodes a scope.
//
//	ScopeMetrics.scope = 1 (InstrumentationScope)
//	InstrumentationScope.name = 1, .version = 2 (string), .attributes = 3 (KeyValue), .dropped_attributes_count = 4 (uint32)
func (o *otlpHistograms) setScope(s pcommon.InstrumentationScope) {
	o.scope = append(o.scope[:0], 0x0a)
	o.scope = appendOptional(o.scope, 0x0a, s.Name(), o.counts)
	o.scope = appendOptional(o.scope, 0x12, s.Version(), o.counts)
	for key, value := range s.Attributes().All() {
		o.scope = appendAttribute(o.scope, 0x1a, key, value, o.counts)
	}
	if n := s.DroppedAttributesCount(); n > 0 {
		o.scope = protowire.AppendVarint(append(o.scope, 0x20), uint64(n))
	}
	o.scope = seal(o.scope, 1)
}

// setMetric encodes what the points of a metric share, if it has histograms.
//
//	Metric.name = 1, .description = 2, .unit = 3 (string)
func (o *otlpHistograms) setMetric(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeHistogram:
		o.temporality = m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		o.temporality = m.ExponentialHistogram().AggregationTemporality()
	default:
		return
	}
	o.metric = appendOptional(o.metric[:0], 0x0a, m.Name(), nil) // counted when the name was resolved
	o.metric = appendOptional(o.metric, 0x12, m.Description(), o.counts)
	o.metric = appendOptional(o.metric, 0x1a, m.Unit(), o.counts)
}

// append encodes a point whose histogram is d.
//
//	MetricsData.resource_metrics = 1 (ResourceMetrics)
//	ResourceMetrics.resource = 1 (Resource), .scope_metrics = 2 (ScopeMetrics)
//	ScopeMetrics.metrics = 2 (Metric), Metric.histogram = 9 (Histogram)
//	Histogram.data_points = 1 (HistogramDataPoint), .aggregation_temporality = 2 (enum)
func (o *otlpHistograms) append(attributes pcommon.Map, start, at pcommon.Timestamp, d *distribution) (Reason, bool) {
	o.point.reset()
	for key, value := range attributes.All() {
		if has(&o.static, repaired(key, nil)) || !o.take(&o.point, key, value) {
			o.counts.Changed[DimensionRepeated]++
		}
	}
	if len(o.point.entries) > signalfx.MaxDimensions {
		return TooManyDimensions, false
	}
	b := append(o.builder.Body, 0x0a)
	resourceMetrics := len(b)
	b = o.appendResource(append(b, 0x0a))
	b = append(b, 0x12)
	scopeMetrics := len(b)
	b = append(append(b, o.scope...), 0x12)
	metric := len(b)
	b = append(append(b, o.metric...), 0x4a)
	histogram := len(b)
	b = append(b, 0x0a)
	point := len(b)
	b = seal(o.appendPoint(b, start, at, d), point)
	b = protowire.AppendVarint(append(b, 0x10), uint64(o.temporality))
	b = seal(seal(b, histogram), metric)
	o.builder.Body = seal(seal(b, scopeMetrics), resourceMetrics)
	return 0, true
}

// appendResource appends, behind its tag, of the resource what the point leaves room for
// and does not override.
func (o *otlpHistograms) appendResource(b []byte) []byte {
	start := len(b)
	if o.resource.mask&o.point.mask == 0 && len(o.resource.entries)+len(o.point.entries) <= signalfx.MaxDimensions {
		return seal(append(b, o.resource.wire...), start)
	}
	room := signalfx.MaxDimensions - len(o.point.entries)
	o.resource.each(func(key, encoded []byte) {
		switch {
		case has(&o.point, key):
			o.counts.Changed[DimensionRepeated]++
		case room == 0:
			o.counts.Changed[DimensionOverflow]++
		default:
			b = append(b, encoded...)
			room--
		}
	})
	return seal(b, start)
}

// appendPoint appends the fields of a point.
//
//	HistogramDataPoint.start_time_unix_nano = 2, .time_unix_nano = 3, .count = 4 (fixed64), .sum = 5 (double),
//	.bucket_counts = 6 (packed fixed64), .explicit_bounds = 7 (packed double), .attributes = 9 (KeyValue), .min = 11, .max = 12 (double)
func (o *otlpHistograms) appendPoint(b []byte, start, at pcommon.Timestamp, d *distribution) []byte {
	b = binary.LittleEndian.AppendUint64(append(b, 0x11), uint64(start))
	b = binary.LittleEndian.AppendUint64(append(b, 0x19), uint64(at))
	b = binary.LittleEndian.AppendUint64(append(b, 0x21), d.count)
	b = o.appendField(b, 0x29, d.hasSum, d.sum)
	b = o.appendBuckets(b, d)
	b = append(b, o.point.wire...)
	b = o.appendField(b, 0x59, d.hasMin, d.min)
	return o.appendField(b, 0x61, d.hasMax, d.max)
}

func (o *otlpHistograms) appendField(b []byte, tag byte, has bool, v float64) []byte {
	if !has {
		return b
	}
	if !isFinite(v) {
		o.counts.Changed[FieldNotFinite]++
		return b
	}
	return appendDouble(b, tag, v)
}

func (o *otlpHistograms) appendBuckets(b []byte, d *distribution) []byte {
	if len(d.counts) == 0 {
		return b
	}
	if !d.consistent() {
		o.counts.Changed[BucketsMismatched]++
		return b
	}
	x := *d.explicit
	if len(x.counts) > signalfx.MaxHistogramBuckets {
		o.counts.Changed[BucketsMerged]++
		x = x.limited(signalfx.MaxHistogramBuckets)
	}
	b = protowire.AppendVarint(append(b, 0x32), uint64(8*len(x.counts)))
	for _, n := range x.counts {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	b = protowire.AppendVarint(append(b, 0x3a), uint64(8*len(x.bounds)))
	for _, bound := range x.bounds {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(bound))
	}
	return b
}

// limited merges neighboring buckets, as evenly as possible, so that at most n are left.
func (x explicit) limited(n int) explicit {
	var out explicit
	have := len(x.counts)
	next := 0
	for i := range n {
		end := (i + 1) * have / n // buckets up to here go into bucket i
		sum := uint64(0)
		for ; next < end; next++ {
			sum += x.counts[next]
		}
		out.counts = append(out.counts, sum)
		if end < have {
			out.bounds = append(out.bounds, x.bounds[end-1])
		}
	}
	return out
}
