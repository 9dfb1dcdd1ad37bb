package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/exponential"
)

// shape is what a histogram says of its values, in the form that both kinds share.
type shape struct {
	time                   int64 // Unix seconds
	count                  uint64
	sum, min, max          float64
	hasSum, hasMin, hasMax bool

	// counts[i] values lie above bounds[i-1] and at or below bounds[i]; the last
	// count has no upper bound. Without counts there are no buckets.
	bounds []float64
	counts []uint64

	zero               int              // the bucket whose values count as zero, -1 for none
	positive, negative exponential.Span // exponential buckets, in memory that is used again
}

// histogramPoint is what the points of both kinds of histograms have in common.
type histogramPoint interface {
	Count() uint64
	Sum() float64
	HasSum() bool
	Min() float64
	HasMin() bool
	Max() float64
	HasMax() bool
}

// setFields takes over all but the buckets.
func setFields[P histogramPoint](s *shape, p P, counts *Counts) {
	s.count = p.Count()
	s.sum, s.hasSum = finiteField(p.Sum(), p.HasSum(), counts)
	s.min, s.hasMin = finiteField(p.Min(), p.HasMin(), counts)
	s.max, s.hasMax = finiteField(p.Max(), p.HasMax(), counts)
	if s.hasMin && s.hasMax && s.min > s.max {
		s.hasMin, s.hasMax = false, false
	}
}

func finiteField(v float64, has bool, counts *Counts) (float64, bool) {
	if has && !isFinite(v) {
		counts.Changed[FieldNotFinite]++
		return 0, false
	}
	return v, has
}

// setExplicit takes over explicit buckets, when they fit their bounds.
func (s *shape) setExplicit(p pmetric.HistogramDataPoint, counts *Counts) {
	s.resetBuckets()
	n := p.BucketCounts().Len()
	if n == 0 {
		return
	}
	if n != p.ExplicitBounds().Len()+1 {
		counts.Changed[BucketsMismatched]++
		return
	}
	last := math.Inf(-1)
	for i := range n {
		s.counts = append(s.counts, p.BucketCounts().At(i))
		if i == n-1 {
			break
		}
		bound := p.ExplicitBounds().At(i)
		if !(bound > last) || math.IsInf(bound, 0) {
			counts.Changed[BucketsMismatched]++
			s.resetBuckets()
			return
		}
		s.bounds = append(s.bounds, bound)
		last = bound
	}
}

func (s *shape) resetBuckets() { s.bounds, s.counts, s.zero = s.bounds[:0], s.counts[:0], -1 }

// addBucket appends a bucket. Bounds must rise: one that does not (a threshold inside
// a bucket, a bound beyond the range of a double) merges with the bucket before.
func (s *shape) addBucket(bound float64, count uint64) {
	if n := len(s.bounds); n > 0 && !(bound > s.bounds[n-1]) {
		s.counts[n-1] += count
		return
	}
	s.bounds = append(s.bounds, bound)
	s.counts = append(s.counts, count)
}

// filled returns how many values the buckets hold, and the first and last bucket that
// holds any.
func (s *shape) filled() (total uint64, first, last int) {
	first = -1
	for i, n := range s.counts {
		if n == 0 {
			continue
		}
		if total += n; total < n {
			total = math.MaxUint64 // too large for the format anyway
		}
		if last = i; first < 0 {
			first = i
		}
	}
	return total, first, last
}

// edges are the ends of bucket i, narrowed to the known range of the values. An outer
// bucket whose far end is not known is taken to lie at its bound; one above zero
// begins at zero, as durations and sizes do.
func (s *shape) edges(i int) (lower, upper float64) {
	switch {
	case i == s.zero:
		lower, upper = 0, 0
	case len(s.bounds) == 0:
		lower, upper = s.min, s.max // if they are not known, the caller has no use for edges
	case i == 0:
		lower, upper = min(0, s.bounds[0]), s.bounds[0]
		if s.hasMin {
			lower = min(s.min, upper)
		}
	case i == len(s.bounds):
		lower, upper = s.bounds[i-1], s.bounds[i-1]
		if s.hasMax {
			upper = max(s.max, lower)
		}
	default:
		lower, upper = s.bounds[i-1], s.bounds[i]
	}
	if s.hasMin {
		lower, upper = max(lower, s.min), max(upper, s.min)
	}
	if s.hasMax {
		lower, upper = min(lower, s.max), min(upper, s.max)
	}
	return lower, upper
}
