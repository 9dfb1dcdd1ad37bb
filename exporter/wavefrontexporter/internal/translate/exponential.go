package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// The buckets that an exponential histogram is taken with: le series cost money each,
// and a distribution has at most 100 centroids, two of them for minimum and maximum.
const (
	maxExponentialSeries    = 32
	maxExponentialCentroids = 96
)

// setExponential converts exponential buckets to at most limit explicit ones. It
// halves the resolution, which merges neighboring pairs exactly, until they fit.
// Bounds are those of the exponential buckets, so that counts stay exact; empty
// buckets at either end are left out.
func (s *shape) setExponential(p pmetric.ExponentialHistogramDataPoint, limit int, counts *Counts) {
	s.resetBuckets()
	positive, negative := spanOf(p.Positive()), spanOf(p.Negative())
	scale := p.Scale()
	merged := false
	for len(negative.counts)+len(positive.counts)+4 > limit {
		positive, negative = positive.halved(), negative.halved()
		scale--
		merged = true
	}
	if merged {
		counts.Changed[BucketsMerged]++
	}
	threshold := p.ZeroThreshold()
	if !(threshold >= 0) || math.IsInf(threshold, 0) {
		threshold = 0
	}
	if n := len(negative.counts); n > 0 {
		s.addBucket(-exponentialBound(negative.first+n, scale), 0) // so that the first bucket has a lower end
	}
	for i := len(negative.counts) - 1; i >= 0; i-- {
		s.addBucket(-exponentialBound(negative.first+i, scale), negative.counts[i])
	}
	if p.ZeroCount() > 0 || len(negative.counts) > 0 {
		before := len(s.counts)
		s.addBucket(threshold, p.ZeroCount())
		if len(s.counts) > before {
			s.zero = before
		}
	}
	if len(positive.counts) > 0 {
		s.addBucket(exponentialBound(positive.first, scale), 0)
	}
	for i, count := range positive.counts {
		s.addBucket(exponentialBound(positive.first+i+1, scale), count)
	}
	s.counts = append(s.counts, 0) // nothing lies above the last bound
}

// exponentialBound is base^index = 2^(index * 2^-scale), kept within the finite doubles.
func exponentialBound(index int, scale int32) float64 {
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

// halved merges the buckets 2k and 2k+1 into k, which is what the next lower scale has there.
func (s span) halved() span {
	if len(s.counts) == 0 {
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
