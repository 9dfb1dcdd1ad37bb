package translate

import (
	"math"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// Keys of the dimensions that buckets and quantiles get.
const (
	bucketKey     = "le"
	upperBoundKey = "upper_bound"
	quantileKey   = "quantile"
)

// Histogram encodes a point of an explicit-bucket histogram.
func (e *MetricEncoder) Histogram(p pmetric.HistogramDataPoint) {
	e.explicit.bounds = copyOf(e.explicit.bounds, p.ExplicitBounds())
	e.explicit.counts = copyOf(e.explicit.counts, p.BucketCounts())
	encodeDistribution(e, p, &e.explicit)
}

// ExponentialHistogram encodes a point of an exponential histogram, converted to
// at most 32 explicit buckets.
func (e *MetricEncoder) ExponentialHistogram(p pmetric.ExponentialHistogramDataPoint) {
	e.explicit.setExponential(p, &e.spans, signalfx.MaxHistogramBuckets)
	encodeDistribution(e, p, &e.explicit)
}

// histogramPoint is what the points of both kinds of histograms have in common.
type histogramPoint interface {
	Attributes() pcommon.Map
	Flags() pmetric.DataPointFlags
	StartTimestamp() pcommon.Timestamp
	Timestamp() pcommon.Timestamp
	Count() uint64
	Sum() float64
	HasSum() bool
	Min() float64
	HasMin() bool
	Max() float64
	HasMax() bool
}

func encodeDistribution[P histogramPoint](e *MetricEncoder, p P, x *explicit) {
	e.begin(p.Attributes())
	if p.Flags().NoRecordedValue() {
		e.end(result{reason: NoRecordedValue})
		return
	}
	d := distribution{
		timestamp: milliseconds(uint64(p.Timestamp())), count: p.Count(),
		sum: p.Sum(), hasSum: p.HasSum(), min: p.Min(), hasMin: p.HasMin(), max: p.Max(), hasMax: p.HasMax(),
		explicit: x,
	}
	if e.otlp != nil {
		e.endOTLP(p.StartTimestamp(), p.Timestamp(), &d)
		return
	}
	e.end(e.distribution(&d))
}

// endOTLP closes the item as one of the OTLP request.
func (e *MetricEncoder) endOTLP(start, at pcommon.Timestamp, d *distribution) {
	name := e.series(suffixNone, "", "")
	reason, ok := name.reason, name.head != nil
	if ok {
		reason, ok = e.otlp.append(e.dims.item, start, at, d)
	}
	e.builder.Finish(0)
	if !ok {
		e.otlp.builder.Finish(0)
		e.Counts.Dropped[reason]++
	} else if !e.otlp.builder.Finish(1) {
		e.Counts.Dropped[TooLarge]++
	}
}

// distribution is a histogram point in the form that both kinds share.
type distribution struct {
	timestamp              int64
	count                  uint64
	sum, min, max          float64
	hasSum, hasMin, hasMax bool
	*explicit
}

// consistent reports whether the buckets can be sent: one more of them than bounds,
// and bounds that are finite and rise.
func (x *explicit) consistent() bool {
	if len(x.counts) != len(x.bounds)+1 {
		return false
	}
	for i, b := range x.bounds {
		if !isFinite(b) || i > 0 && !(b > x.bounds[i-1]) {
			return false
		}
	}
	return true
}

// copyOf copies a list of pdata into memory that is used again.
func copyOf[T any, L interface {
	Len() int
	At(int) T
}](to []T, from L) []T {
	to = to[:0]
	for i := range from.Len() {
		to = append(to, from.At(i))
	}
	return to
}

// distribution appends what the mode asks for.
func (e *MetricEncoder) distribution(d *distribution) result {
	a, b, ok := e.dims.chunks("")
	if !ok {
		return result{reason: TooManyDimensions}
	}
	r := result{reason: Excluded}
	switch e.rules.Histograms {
	case HistogramStatistics:
		e.appendStatistics(&r, d, a, b)
	case HistogramUpperBound:
		e.appendCount(&r, suffixCount, d.timestamp, d.count, a, b)
		e.appendDouble(&r, suffixNone, d.timestamp, d.sum, d.hasSum, e.metricType, a, b)
		e.appendBuckets(&r, d)
	default:
		e.appendCount(&r, suffixCount, d.timestamp, d.count, a, b)
		e.appendDouble(&r, suffixSum, d.timestamp, d.sum, d.hasSum, e.metricType, a, b)
		e.appendDouble(&r, suffixMin, d.timestamp, d.min, d.hasMin, signalfx.Gauge, a, b)
		e.appendDouble(&r, suffixMax, d.timestamp, d.max, d.hasMax, signalfx.Gauge, a, b)
		if e.rules.Histograms == HistogramBuckets {
			e.appendBuckets(&r, d)
		}
	}
	return r
}

func (e *MetricEncoder) appendCount(r *result, s suffix, ms int64, v uint64, a, b []byte) {
	name := e.series(s, "", "")
	if e.leftOut(r, name) {
		return
	}
	e.append(name.head, ms, e.count(v), e.metricType, a, b)
	r.units++
}

// leftOut reports whether a datapoint of several is not sent for its name, and
// remembers why, should it turn out that none is.
func (e *MetricEncoder) leftOut(r *result, name *seriesName) bool {
	if name.head != nil {
		return false
	}
	r.reason = name.reason
	if name.reason == MetricNameTooLong {
		e.Counts.Changed[FieldNameTooLong]++
	}
	return true
}

// count is the vendor's form of a count; its integers end at 2^63-1.
func (e *MetricEncoder) count(v uint64) signalfx.Value {
	if v > math.MaxInt64 {
		e.Counts.Changed[CountAsDouble]++
	}
	return signalfx.Count(v)
}

func (e *MetricEncoder) appendDouble(r *result, s suffix, ms int64, v float64, has bool, t signalfx.MetricType, a, b []byte) {
	if !has {
		return
	}
	if !isFinite(v) {
		e.Counts.Changed[FieldNotFinite]++
		return
	}
	if name := e.series(s, "", ""); !e.leftOut(r, name) {
		e.append(name.head, ms, signalfx.Double(v), t, a, b)
		r.units++
	}
}

// appendBuckets appends one datapoint per bucket: the running total up to its upper
// bound with the dimension "le", as Prometheus does; or, in the old form, its own
// count with the dimension "upper_bound".
func (e *MetricEncoder) appendBuckets(r *result, d *distribution) {
	if len(d.counts) == 0 || e.leftOut(r, e.name.of(suffixBucket)) {
		return
	}
	if !d.consistent() {
		e.Counts.Changed[BucketsMismatched]++
		return
	}
	key, cumulative := bucketKey, true
	if e.rules.Histograms == HistogramUpperBound {
		key, cumulative = upperBoundKey, false
	}
	a, b, ok := e.dims.chunks(key)
	if !ok {
		e.Counts.Changed[BucketsLeftOut]++
		return
	}
	e.bounds.update(key, d.bounds)
	value := uint64(0)
	for i, n := range d.counts {
		if !cumulative {
			value = 0
		}
		value += n
		name := e.series(suffixBucket, key, e.bounds.texts[i])
		if name.head == nil {
			continue
		}
		e.append(name.head, d.timestamp, e.count(value), e.metricType, a, b, e.bounds.dims[i])
		r.units++
	}
}

// Summary encodes a point of a summary: count, sum, then its quantiles.
func (e *MetricEncoder) Summary(p pmetric.SummaryDataPoint) {
	e.begin(p.Attributes())
	if p.Flags().NoRecordedValue() {
		e.end(result{reason: NoRecordedValue})
		return
	}
	e.end(e.summary(p))
}

func (e *MetricEncoder) summary(p pmetric.SummaryDataPoint) result {
	a, b, ok := e.dims.chunks("")
	if !ok {
		return result{reason: TooManyDimensions}
	}
	r := result{reason: Excluded}
	ms := milliseconds(uint64(p.Timestamp()))
	e.appendCount(&r, suffixCount, ms, p.Count(), a, b)
	sum := suffixSum
	if e.rules.Histograms == HistogramUpperBound {
		sum = suffixNone // the old form has the sum under the plain name
	}
	e.appendDouble(&r, sum, ms, p.Sum(), true, e.metricType, a, b)
	if p.QuantileValues().Len() == 0 || e.leftOut(&r, e.name.of(suffixQuantile)) {
		return r
	}
	if a, b, ok = e.dims.chunks(quantileKey); !ok {
		e.Counts.Changed[BucketsLeftOut]++
		return r
	}
	for i := range p.QuantileValues().Len() {
		q := p.QuantileValues().At(i)
		if !isFinite(q.Value()) {
			e.Counts.Changed[FieldNotFinite]++
			continue
		}
		text := strconv.FormatFloat(q.Quantile(), 'f', -1, 64)
		if name := e.series(suffixQuantile, quantileKey, text); name.head != nil {
			e.scratch = signalfx.AppendDimension(e.scratch[:0], quantileKey, text)
			e.append(name.head, ms, signalfx.Double(q.Value()), signalfx.Gauge, a, b, e.scratch)
			r.units++
		}
	}
	return r
}

// boundCache holds the encoded dimensions of the last bounds: the points of a metric
// usually share them.
type boundCache struct {
	key    string
	bounds []float64
	texts  []string
	dims   [][]byte
}

func (c *boundCache) update(key string, bounds []float64) {
	if c.key == key && slices.Equal(c.bounds, bounds) {
		return
	}
	c.key = key
	c.bounds = append(c.bounds[:0], bounds...)
	c.texts, c.dims = c.texts[:0], c.dims[:0]
	for _, b := range bounds {
		c.add(strconv.FormatFloat(b, 'g', -1, 64))
	}
	c.add("+Inf")
}

func (c *boundCache) add(text string) {
	c.texts = append(c.texts, text)
	c.dims = append(c.dims, signalfx.AppendDimension(nil, c.key, text))
}
