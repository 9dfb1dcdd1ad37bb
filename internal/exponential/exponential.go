// Package exponential is what exporters to vendors without exponential histograms need
// of them: their buckets in fewer, with the bounds between them.
package exponential

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Span is a run of exponential buckets without empty ones at its ends. Its memory is
// used again.
type Span struct {
	// First is the index of the first bucket, which covers (base^First, base^(First+1)].
	First  int
	Counts []uint64
}

// Set makes s what a point has on one side of zero.
func (s *Span) Set(b pmetric.ExponentialHistogramDataPointBuckets) {
	counts := b.BucketCounts()
	from, to := 0, counts.Len()
	for from < to && counts.At(from) == 0 {
		from++
	}
	for from < to && counts.At(to-1) == 0 {
		to--
	}
	s.First, s.Counts = int(b.Offset())+from, s.Counts[:0]
	for i := from; i < to; i++ {
		s.Counts = append(s.Counts, counts.At(i))
	}
}

// Halve merges the buckets 2k and 2k+1 into k, which is what the next lower scale has
// there: counts stay exact.
func (s *Span) Halve() {
	if len(s.Counts) == 0 {
		return
	}
	first := s.First >> 1 // rounds down, as the scales do
	last := -1
	for i, count := range s.Counts {
		to := (s.First+i)>>1 - first // never ahead of i
		if to > last {
			s.Counts[to], last = 0, to
		}
		s.Counts[to] += count
	}
	s.First, s.Counts = first, s.Counts[:last+1]
}

// Bound is base^index = 2^(index * 2^-scale), kept within the finite doubles.
func Bound(index int, scale int32) float64 {
	return math.Min(math.Exp2(math.Ldexp(float64(index), -int(scale))), math.MaxFloat64)
}
