package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/exponential"
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
	positive, negative := &s.positive, &s.negative
	positive.Set(p.Positive())
	negative.Set(p.Negative())
	scale := p.Scale()
	merged := false
	for len(negative.Counts)+len(positive.Counts)+4 > limit {
		positive.Halve()
		negative.Halve()
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
	if n := len(negative.Counts); n > 0 {
		s.addBucket(-exponential.Bound(negative.First+n, scale), 0) // so that the first bucket has a lower end
	}
	for i := len(negative.Counts) - 1; i >= 0; i-- {
		s.addBucket(-exponential.Bound(negative.First+i, scale), negative.Counts[i])
	}
	if p.ZeroCount() > 0 || len(negative.Counts) > 0 {
		before := len(s.counts)
		s.addBucket(threshold, p.ZeroCount())
		if len(s.counts) > before {
			s.zero = before
		}
	}
	if len(positive.Counts) > 0 {
		s.addBucket(exponential.Bound(positive.First, scale), 0)
	}
	for i, count := range positive.Counts {
		s.addBucket(exponential.Bound(positive.First+i+1, scale), count)
	}
	s.counts = append(s.counts, 0) // nothing lies above the last bound
}
