package translate

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/exponential"
)

// explicit is the buckets of a histogram: counts[i] values lie above bounds[i-1]
// and at or below bounds[i]; the last count has no upper bound.
type explicit struct {
	bounds []float64
	counts []uint64
}

// exponentialSpans are the two sides of an exponential histogram, in memory that is used again.
type exponentialSpans struct{ positive, negative exponential.Span }

// setExponential converts an exponential histogram to at most maxBuckets explicit
// buckets, the one up to +Inf included. It halves the resolution, which merges
// neighboring pairs exactly, until they fit. Bounds are those of the exponential
// buckets, so that counts stay exact; empty buckets at either end are left out.
func (x *explicit) setExponential(p pmetric.ExponentialHistogramDataPoint, spans *exponentialSpans, maxBuckets int) {
	x.bounds, x.counts = x.bounds[:0], x.counts[:0]
	positive, negative := &spans.positive, &spans.negative
	positive.Set(p.Positive())
	negative.Set(p.Negative())
	scale := p.Scale()
	zero := 0
	if p.ZeroCount() > 0 || len(negative.Counts) > 0 {
		zero = 1 // with negative buckets the zero bucket also closes the gap up to the positive ones
	}
	for len(negative.Counts)+zero+len(positive.Counts)+2 > maxBuckets {
		positive.Halve()
		negative.Halve()
		scale--
	}
	for i := len(negative.Counts) - 1; i >= 0; i-- {
		x.add(-exponential.Bound(negative.First+i, scale), negative.Counts[i])
	}
	if zero == 1 {
		threshold := p.ZeroThreshold()
		if !isFinite(threshold) {
			threshold = 0
		}
		x.add(threshold, p.ZeroCount())
	}
	if len(positive.Counts) > 0 {
		if lower := exponential.Bound(positive.First, scale); len(x.bounds) == 0 || x.bounds[len(x.bounds)-1] < lower {
			x.add(lower, 0) // so that interpolation knows where the first bucket begins
		}
	}
	for i, count := range positive.Counts {
		x.add(exponential.Bound(positive.First+i+1, scale), count)
	}
	x.counts = append(x.counts, 0) // nothing lies above the last bound
}

// add appends a bucket. Bounds must rise: one that does not (a threshold inside a
// bucket, a bound beyond the range of a double) merges with the bucket before.
func (x *explicit) add(bound float64, count uint64) {
	if n := len(x.bounds); n > 0 && !(bound > x.bounds[n-1]) {
		x.counts[n-1] += count
		return
	}
	x.bounds = append(x.bounds, bound)
	x.counts = append(x.counts, count)
}
