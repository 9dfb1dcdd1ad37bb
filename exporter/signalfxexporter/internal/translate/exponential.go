package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// explicit is the buckets of a histogram: counts[i] values lie above bounds[i-1]
// and at or below bounds[i]; the last count has no upper bound.
type explicit struct {
	bounds []float64
	counts []uint64
}

// explicitOf converts an exponential histogram to at most maxBuckets explicit
// buckets, the one up to +Inf included. It halves the resolution, which merges
// neighboring pairs exactly, until they fit. Bounds are those of the exponential
// buckets, so that counts stay exact; empty buckets at either end are left out.
func explicitOf(p pmetric.ExponentialHistogramDataPoint, maxBuckets int) explicit {
	positive := spanOf(p.Positive())
	negative := spanOf(p.Negative())
	scale := p.Scale()
	zero := 0
	if p.ZeroCount() > 0 || !negative.empty() {
		zero = 1 // with negative buckets the zero bucket also closes the gap up to the positive ones
	}
	for negative.buckets()+zero+positive.buckets()+2 > maxBuckets {
		positive, negative = positive.halved(), negative.halved()
		scale--
	}
	var x explicit
	for i := len(negative.counts) - 1; i >= 0; i-- {
		x.add(-bound(negative.first+i, scale), negative.counts[i])
	}
	if zero == 1 {
		threshold := p.ZeroThreshold()
		if !isFinite(threshold) {
			threshold = 0
		}
		x.add(threshold, p.ZeroCount())
	}
	if !positive.empty() {
		if lower := bound(positive.first, scale); len(x.bounds) == 0 || x.bounds[len(x.bounds)-1] < lower {
			x.add(lower, 0) // so that interpolation knows where the first bucket begins
		}
	}
	for i, count := range positive.counts {
		x.add(bound(positive.first+i+1, scale), count)
	}
	x.counts = append(x.counts, 0) // nothing lies above the last bound
	return x
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

// bound is base^index = 2^(index * 2^-scale), kept within the finite doubles.
func bound(index int, scale int32) float64 {
	return math.Min(math.Exp2(math.Ldexp(float64(index), -int(scale))), math.MaxFloat64)
}

// span is a run of exponential buckets without empty ones at its ends.
type span struct {
	first  int // index of the first bucket, which covers (base^first, base^(first+1)]
	counts []uint64
}

func spanOf(b pmetric.ExponentialHistogramDataPointBuckets) span {
	counts := b.BucketCounts()
	from, to := 0, counts.Len()
	for from < to && counts.At(from) == 0 {
		from++
	}
	for from < to && counts.At(to-1) == 0 {
		to--
	}
	s := span{first: int(b.Offset()) + from}
	for i := from; i < to; i++ {
		s.counts = append(s.counts, counts.At(i))
	}
	return s
}

func (s span) empty() bool  { return len(s.counts) == 0 }
func (s span) buckets() int { return len(s.counts) }

// halved merges the buckets 2k and 2k+1 into k, which is what the next lower scale has there.
func (s span) halved() span {
	if s.empty() {
		return s
	}
	h := span{first: s.first >> 1}
	last := (s.first + len(s.counts) - 1) >> 1
	h.counts = make([]uint64, last-h.first+1)
	for i, count := range s.counts {
		h.counts[(s.first+i)>>1-h.first] += count
	}
	return h
}
