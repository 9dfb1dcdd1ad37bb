package translate

import (
	"math"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// Keys of the tags that buckets and quantiles get.
const (
	leKey       = "le"
	quantileKey = "quantile"
)

// Histogram encodes a point of an explicit-bucket histogram.
func (e *MetricEncoder) Histogram(p pmetric.HistogramDataPoint) {
	if e.beginHistogram(p.Attributes(), p.Timestamp(), p.Flags()) {
		setFields(&e.shape, p, &e.Counts)
		e.shape.setExplicit(p, &e.Counts)
		e.endHistogram()
	}
}

// ExponentialHistogram encodes a point of an exponential histogram by explicit buckets.
func (e *MetricEncoder) ExponentialHistogram(p pmetric.ExponentialHistogramDataPoint) {
	if e.beginHistogram(p.Attributes(), p.Timestamp(), p.Flags()) {
		setFields(&e.shape, p, &e.Counts)
		limit := maxExponentialSeries
		if e.kind == kindDistribution {
			limit = maxExponentialCentroids
		}
		e.shape.setExponential(p, limit, &e.Counts)
		e.endHistogram()
	}
}

// beginHistogram begins a point, and ends it when none of it can be sent.
func (e *MetricEncoder) beginHistogram(attributes pcommon.Map, at pcommon.Timestamp, flags pmetric.DataPointFlags) bool {
	e.tags.setItem(attributes)
	e.shape.time = int64(at / 1e9)
	switch {
	case flags.NoRecordedValue():
		e.end(&e.points, result{reason: NoRecordedValue})
	case !e.rules.Times.takes(e.shape.time, e.now):
		e.end(&e.points, result{reason: TimeOutOfRange})
	default:
		return true
	}
	return false
}

func (e *MetricEncoder) endHistogram() {
	if e.kind == kindDistribution {
		e.end(&e.dists, e.distribution())
	} else {
		e.end(&e.points, e.series())
	}
}

// distribution appends a line for every granularity.
func (e *MetricEncoder) distribution() result {
	name := &e.name.series[suffixNone]
	if name.quoted == nil {
		return result{reason: name.reason}
	}
	centroids, ok := appendCentroids(e.centroids[:0], &e.shape)
	e.centroids = centroids[:0]
	switch {
	case !ok:
		return result{reason: NoBuckets}
	case len(centroids) == 0:
		return result{reason: NothingToAdd}
	}
	if limit := e.rules.Encode.Limits.Centroids; limit > 0 && len(centroids) > limit {
		centroids = mergeCentroids(centroids, limit)
		e.Counts.Changed[CentroidsMerged]++
	}
	tail, reason, ok := e.tags.append(append(append(e.tail[:0], ' '), name.quoted...), e.unit, "")
	e.tail = tail
	if !ok {
		return result{reason: reason}
	}
	e.dists.start(e.next)
	lines := 0
	for _, g := range e.rules.Granularities {
		before := len(e.dists.Body)
		body, err := e.rules.Encode.AppendHistogramLines(e.dists.Body, g, e.shape.time, centroids, tail)
		if err != nil { // means and time are known to be right
			return result{reason: CountTooLarge}
		}
		e.dists.Body = body
		lines += linesOf(body[before:], centroids)
	}
	return result{lines: lines}
}

// linesOf counts the lines of a distribution: one, unless a count was too large for it.
func linesOf(body []byte, centroids []wavefront.Centroid) int {
	for _, c := range centroids {
		if c.Count > wavefront.MaxCentroidCount {
			lines := 0
			for _, b := range body {
				if b == '\n' {
					lines++
				}
			}
			return lines
		}
	}
	return 1
}

// series appends count, sum, minimum and maximum as configured, and the running totals
// of the buckets with the tag le.
func (e *MetricEncoder) series() result {
	s := &e.shape
	r := result{reason: NoBuckets}
	if !e.setTail(&r, s.time, "") {
		return r
	}
	e.points.start(e.next)
	if e.rules.Count {
		e.appendCount(&r, suffixCount, s.count)
	}
	if e.rules.Sum && s.hasSum {
		e.appendDouble(&r, suffixSum, s.sum)
	}
	if e.rules.Min && s.hasMin {
		e.appendDouble(&r, suffixMin, s.min)
	}
	if e.rules.Max && s.hasMax {
		e.appendDouble(&r, suffixMax, s.max)
	}
	e.appendBuckets(&r)
	return r
}

// setTail encodes what all lines of a point have behind their value.
func (e *MetricEncoder) setTail(r *result, t int64, reserved string) bool {
	tail, reason, ok := e.tags.append(append(e.tail[:0], e.timestamp(t)...), e.unit, reserved)
	e.tail = tail
	if !ok {
		r.reason = reason
	}
	return ok
}

// line appends the beginning of a line; it reports false for a series without a name, and remembers why.
func (e *MetricEncoder) line(r *result, s suffix) bool {
	name := &e.name.series[s]
	if name.quoted == nil {
		e.fieldLeftOut(r, name)
		return false
	}
	e.points.Body = append(append(e.points.Body, name.quoted...), ' ')
	r.lines++
	return true
}

// fieldLeftOut remembers why a series cannot be sent. A name that is blank is so for
// all, and the point is dropped for it.
func (e *MetricEncoder) fieldLeftOut(r *result, name *seriesName) {
	r.reason = name.reason
	if name.reason == NameTooLong {
		e.Counts.Changed[FieldNameTooLong]++
	}
}

func (e *MetricEncoder) appendCount(r *result, s suffix, v uint64) {
	if e.line(r, s) {
		e.points.Body = append(append(appendCount(e.points.Body, v), e.tail...), '\n')
	}
}

func (e *MetricEncoder) appendDouble(r *result, s suffix, v float64) {
	if e.line(r, s) {
		e.points.Body = append(append(wavefront.AppendFloat(e.points.Body, v), e.tail...), '\n')
	}
}

func appendCount(dst []byte, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }

// appendBuckets appends a line per bucket: the running total up to its upper bound.
func (e *MetricEncoder) appendBuckets(r *result) {
	s := &e.shape
	if len(s.counts) == 0 {
		return
	}
	name := &e.name.series[suffixNone]
	if name.quoted == nil {
		e.fieldLeftOut(r, name)
		return
	}
	if !e.setTail(r, s.time, leKey) {
		e.Counts.Changed[BucketsLeftOut]++
		return
	}
	e.le.update(e.rules.Encode, s.bounds)
	body, total := e.points.Body, uint64(0)
	for i, n := range s.counts {
		total += n
		body = append(append(body, name.quoted...), ' ')
		body = append(appendCount(body, total), e.tail...)
		body = append(body, e.le.tags[i]...)
	}
	e.points.Body = body
	r.lines += len(s.counts)
}

// Summary encodes a point of a summary: count, sum, then its quantiles.
func (e *MetricEncoder) Summary(p pmetric.SummaryDataPoint) {
	if e.beginHistogram(p.Attributes(), p.Timestamp(), p.Flags()) {
		e.end(&e.points, e.summary(p))
	}
}

func (e *MetricEncoder) summary(p pmetric.SummaryDataPoint) result {
	r := result{reason: NotFinite}
	if !e.setTail(&r, e.shape.time, "") {
		return r
	}
	e.points.start(e.next)
	e.appendCount(&r, suffixCount, p.Count())
	if sum, ok := finiteField(p.Sum(), true, &e.Counts); ok {
		e.appendDouble(&r, suffixSum, sum)
	}
	if p.QuantileValues().Len() == 0 {
		return r
	}
	if !e.setTail(&r, e.shape.time, quantileKey) {
		e.Counts.Changed[BucketsLeftOut]++
		return r
	}
	for i := range p.QuantileValues().Len() {
		q := p.QuantileValues().At(i)
		_, ok := finiteField(q.Quantile(), true, &e.Counts)
		value, finite := finiteField(q.Value(), ok, &e.Counts)
		if finite && e.line(&r, suffixNone) {
			body := append(wavefront.AppendFloat(e.points.Body, value), e.tail...)
			e.points.Body = appendBoundTag(e.rules.Encode, body, quantileKey, q.Quantile())
		}
	}
	return r
}

// leCache holds the encoded tags of the last bounds: the points of a metric usually share them.
type leCache struct {
	bounds []float64
	tags   [][]byte // with the line's end
}

func (c *leCache) update(encode *wavefront.Encoder, bounds []float64) {
	if len(c.tags) > 0 && slices.Equal(c.bounds, bounds) {
		return
	}
	c.bounds = append(c.bounds[:0], bounds...)
	c.tags = c.tags[:0]
	for _, b := range bounds {
		c.tags = append(c.tags, appendBoundTag(encode, nil, leKey, b))
	}
	c.tags = append(c.tags, appendBoundTag(encode, nil, leKey, math.Inf(1)))
}

// appendBoundTag appends the tag of a bucket or quantile and the line's end. The text
// of a number is the shortest, without a point for whole ones: 1, 0.5, 100, +Inf, as in the
// exporter that the vendor had for the collector.
func appendBoundTag(encode *wavefront.Encoder, dst []byte, key string, v float64) []byte {
	if encode.BareKeys {
		dst = append(append(append(dst, ' '), key...), `="`...)
	} else {
		dst = append(append(append(dst, ` "`...), key...), `"="`...)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return append(strconv.AppendFloat(dst, v, format, -1, 64), "\"\n"...)
}
