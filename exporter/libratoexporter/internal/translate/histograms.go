package translate

import (
	"math"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// bucketTag is the tag that tells buckets apart: their upper bound.
const bucketTag = "le"

// maxBuckets bounds what one exponential histogram becomes, when buckets are sent.
const maxBuckets = 32

// Histogram encodes a point of an explicit-bucket histogram.
func (e *MetricEncoder) Histogram(p pmetric.HistogramDataPoint) {
	encodeItem(e, p, (*MetricEncoder).histogram)
}

func (e *MetricEncoder) histogram(p pmetric.HistogramDataPoint) result {
	return encodeDistribution(e, p, func(int) {
		e.explicit.copyFrom(p)
		if !e.explicit.valid() {
			e.explicit.reset()
			e.Counts.Changed[BucketsMismatched]++
		}
	})
}

// ExponentialHistogram encodes a point of an exponential histogram.
func (e *MetricEncoder) ExponentialHistogram(p pmetric.ExponentialHistogramDataPoint) {
	encodeItem(e, p, (*MetricEncoder).exponentialHistogram)
}

func (e *MetricEncoder) exponentialHistogram(p pmetric.ExponentialHistogramDataPoint) result {
	return encodeDistribution(e, p, func(buckets int) { e.explicit.convert(p, buckets) })
}

// histogramPoint is what the points of both kinds of histograms have in common.
type histogramPoint interface {
	Attributes() pcommon.Map
	Flags() pmetric.DataPointFlags
	Timestamp() pcommon.Timestamp
	Count() uint64
	Sum() float64
	HasSum() bool
	Min() float64
	HasMin() bool
	Max() float64
	HasMax() bool
}

// encodeDistribution encodes a point; load sets e.explicit to at most so many buckets.
func encodeDistribution[P histogramPoint](e *MetricEncoder, p P, load func(buckets int)) result {
	at, reason, ok := e.time(p.Timestamp())
	switch {
	case p.Flags().NoRecordedValue():
		return result{reason: NoRecordedValue}
	case p.Count() == 0:
		return result{reason: NoSamples}
	case !ok:
		return result{reason: reason}
	}
	c := librato.Complex{Count: p.Count()}
	if p.HasMin() {
		e.setField(&c.Min, &c, librato.HasMin, p.Min())
	}
	if p.HasMax() {
		e.setField(&c.Max, &c, librato.HasMax, p.Max())
	}
	var r result
	e.appendTotals(&r, &c, p.HasSum(), p.Sum(), at)
	if len(e.rules.Percentiles) > 0 {
		load(math.MaxInt32)
		e.appendPercentiles(&r, &c, at)
	}
	if e.rules.Buckets {
		load(maxBuckets)
		e.appendBuckets(&r, at)
	}
	return r
}

// setField sets a member that may be left out when it cannot be sent.
func (e *MetricEncoder) setField(to *librato.Number, c *librato.Complex, has librato.Has, v float64) {
	if n := librato.Float(v); n.Check() == nil {
		*to = n
		c.Has |= has
		return
	}
	e.Counts.Changed[FieldLeftOut]++
}

// appendTotals appends the complex measurement; without a sum, which that needs, the count alone.
func (e *MetricEncoder) appendTotals(r *result, c *librato.Complex, hasSum bool, sum float64, at int64) {
	if hasSum {
		if c.Sum = librato.Float(sum); c.Sum.Check() == nil {
			e.appendComplex(r, c, at)
			return
		}
		e.Counts.Changed[FieldLeftOut]++
	}
	e.appendValue(r, countSuffix, librato.Uint(c.Count), at)
}

func (e *MetricEncoder) appendPercentiles(r *result, c *librato.Complex, at int64) {
	low, high := math.Inf(-1), math.Inf(1)
	if c.Has&librato.HasMin != 0 {
		low = c.Min.Float64()
	}
	if c.Has&librato.HasMax != 0 {
		high = c.Max.Float64()
	}
	for i := range e.rules.Percentiles {
		p := &e.rules.Percentiles[i]
		if v, ok := e.explicit.percentile(p.Rank, low, high); ok {
			e.appendValue(r, p.suffix, librato.Float(v), at)
		}
	}
}

// appendBuckets appends one measurement per bucket: the running total up to its upper
// bound. The bound is the tag "le"; sources have no place for it, so there it ends the name.
func (e *MetricEncoder) appendBuckets(r *result, at int64) {
	if len(e.explicit.counts) == 0 {
		return
	}
	tagged := e.rules.Dialect == librato.TagDialect
	var tags []byte
	if tagged {
		tags = e.origins.chunksWith(bucketTag)
	}
	total := uint64(0)
	for i, n := range e.explicit.counts {
		total += n
		bound := math.Inf(1)
		if i < len(e.explicit.bounds) {
			bound = e.explicit.bounds[i]
		}
		label := e.labels.at(i, bound)
		if tagged {
			e.appendValueWith(r, bucketSuffix, librato.Uint(total), at, tags, label.tag)
		} else {
			e.appendValue(r, label.suffix, librato.Uint(total), at)
		}
	}
}

// bucketLabel is how an upper bound is written.
type bucketLabel struct {
	bound  float64
	tag    []byte // encoded
	suffix string // of a name
}

// bucketLabels keeps the last one of each bucket: histograms mostly share their bounds.
type bucketLabels [32]bucketLabel

func (l *bucketLabels) at(i int, bound float64) *bucketLabel {
	label := &l[i%len(l)]
	if label.tag == nil || label.bound != bound {
		text := numberText(bound)
		if bound > 0 && math.IsInf(bound, 1) {
			text = "inf"
		}
		*label = bucketLabel{bound, librato.AppendTag(label.tag[:0], bucketTag, text), bucketSuffix + "." + text}
	}
	return label
}

// Summary encodes a point of a summary: count and sum, then its quantiles.
func (e *MetricEncoder) Summary(p pmetric.SummaryDataPoint) {
	encodeItem(e, p, (*MetricEncoder).summary)
}

func (e *MetricEncoder) summary(p pmetric.SummaryDataPoint) result {
	at, reason, ok := e.time(p.Timestamp())
	switch {
	case p.Flags().NoRecordedValue():
		return result{reason: NoRecordedValue}
	case !ok:
		return result{reason: reason}
	}
	r := result{reason: NoSamples}
	if p.Count() > 0 {
		e.appendTotals(&r, &librato.Complex{Count: p.Count()}, true, p.Sum(), at)
	}
	for i := range p.QuantileValues().Len() {
		q := p.QuantileValues().At(i)
		value := librato.Float(q.Value())
		if !(q.Quantile() >= 0 && q.Quantile() <= 1) || value.Check() != nil {
			e.Counts.Changed[FieldLeftOut]++
			continue
		}
		e.appendValue(&r, quantileSuffix(q.Quantile()), value, at)
	}
	return r
}

// quantileSuffix is the ending of the percentile that a quantile, 0 to 1, is.
func quantileSuffix(q float64) string {
	switch q { // what the conventions and libraries use
	case 0.5:
		return ".p50"
	case 0.9:
		return ".p90"
	case 0.95:
		return ".p95"
	case 0.99:
		return ".p99"
	}
	// Seven digits take the error out of the multiplication: 0.999 is p99.9.
	rank, _ := strconv.ParseFloat(strconv.FormatFloat(q*100, 'g', 7, 64), 64)
	if rank == 100 && q < 1 {
		rank = q * 100
	}
	return PercentileOf(rank).suffix
}
