package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/exponential"
)

// explicit is the buckets of a histogram: counts[i] values lie above bounds[i-1]
// and at or below bounds[i]; the last count has no upper bound.
type explicit struct {
	bounds []float64
	counts []uint64

	positive, negative exponential.Span // memory for convert
}

func (x *explicit) reset() { x.bounds, x.counts = x.bounds[:0], x.counts[:0] }

func (x *explicit) copyFrom(p pmetric.HistogramDataPoint) {
	x.reset()
	for i := range p.ExplicitBounds().Len() {
		x.bounds = append(x.bounds, p.ExplicitBounds().At(i))
	}
	for i := range p.BucketCounts().Len() {
		x.counts = append(x.counts, p.BucketCounts().At(i))
	}
}

// valid reports whether counts fit bounds and bounds rise. A histogram may have neither.
func (x *explicit) valid() bool {
	if len(x.counts) != len(x.bounds)+1 && len(x.counts)+len(x.bounds) > 0 {
		return false
	}
	for i, b := range x.bounds {
		if math.IsNaN(b) || math.IsInf(b, 0) || i > 0 && b <= x.bounds[i-1] {
			return false
		}
	}
	return true
}

// percentile interpolates linearly in the bucket that the rank, 0 to 100, lies in. Low
// and high are the smallest and largest value, infinite when they are not known: then
// a bucket that is open there is worth its one bound.
func (x *explicit) percentile(rank, low, high float64) (float64, bool) {
	total := uint64(0)
	for _, n := range x.counts {
		total += n
	}
	if total == 0 || len(x.bounds) == 0 {
		return 0, false
	}
	target := rank / 100 * float64(total)
	below := 0.0
	for i, n := range x.counts {
		if n == 0 || below+float64(n) < target && i < len(x.counts)-1 {
			below += float64(n)
			continue
		}
		from, to := x.edges(i, low, high)
		share := min(max((target-below)/float64(n), 0), 1)
		return from + share*(to-from), true
	}
	return x.bounds[len(x.bounds)-1], true // rounding left the target above the last value
}

// edges are the bounds of bucket i, within low and high. What lies below the first
// bound is taken to begin at 0, unless that bound is not above 0.
func (x *explicit) edges(i int, low, high float64) (from, to float64) {
	from, to = math.Inf(-1), math.Inf(1)
	if i > 0 {
		from = x.bounds[i-1]
	}
	if i < len(x.bounds) {
		to = x.bounds[i]
	}
	from, to = min(max(from, low), high), max(min(to, high), low)
	if math.IsInf(from, -1) {
		from = min(0, to)
	}
	if math.IsInf(to, 1) {
		to = from
	}
	return from, max(from, to)
}

// convert makes explicit buckets of an exponential histogram: at most limit of them, the
// one up to infinity included, and those next to 0. It halves the resolution, which
// merges neighboring pairs exactly, until they fit. Bounds are those of the exponential
// buckets, so that counts stay exact; empty buckets at either end are left out.
func (x *explicit) convert(p pmetric.ExponentialHistogramDataPoint, limit int) {
	positive, negative, scale := &x.positive, &x.negative, p.Scale()
	positive.Set(p.Positive())
	negative.Set(p.Negative())
	for len(positive.Counts)+len(negative.Counts)+4 > limit {
		positive.Halve()
		negative.Halve()
		scale--
	}
	x.reset()
	for i := len(negative.Counts) - 1; i >= 0; i-- {
		if i == len(negative.Counts)-1 {
			x.add(-bound(negative.First+i+1, scale), 0) // where the first bucket begins
		}
		x.add(-bound(negative.First+i, scale), negative.Counts[i])
	}
	if p.ZeroCount() > 0 || len(negative.Counts) > 0 {
		x.add(thresholdOf(p), p.ZeroCount())
	}
	for i, n := range positive.Counts {
		if i == 0 {
			x.add(bound(positive.First, scale), 0)
		}
		x.add(bound(positive.First+i+1, scale), n)
	}
	x.counts = append(x.counts, 0) // nothing lies above the last bound
}

func thresholdOf(p pmetric.ExponentialHistogramDataPoint) float64 {
	if t := p.ZeroThreshold(); t > 0 && t <= maxBound {
		return t
	}
	return 0
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

// maxBound keeps bounds, and so percentiles, within what the service takes.
const maxBound = 1e126

func bound(index int, scale int32) float64 { return min(exponential.Bound(index, scale), maxBound) }
