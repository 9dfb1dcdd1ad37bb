package delta

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// buckets are those of a histogram: explicit ones by their bounds, exponential ones by
// scale and index.
type buckets struct {
	bounds             []float64
	counts             []uint64
	scale              int32
	zero               uint64
	threshold          float64
	positive, negative span
}

// span is a run of exponential buckets.
type span struct {
	offset int32
	counts []uint64
}

func (s *span) at(index int) uint64 {
	if i := index - int(s.offset); i >= 0 && i < len(s.counts) {
		return s.counts[i]
	}
	return 0
}

// histogram converts a point. The smallest and largest value are of the whole run, and
// say nothing of the interval.
func (c *conversion) histogram(p pmetric.HistogramDataPoint) bool {
	if p.Flags().NoRecordedValue() {
		return false
	}
	if c.untimely(p.Timestamp()) {
		return true
	}
	cur := state{bits: p.Count(), sum: sumOf(p), kind: distribution}
	if c.options.Buckets {
		cur.buckets = &buckets{bounds: p.ExplicitBounds().AsRaw(), counts: p.BucketCounts().AsRaw()}
	} else {
		p.ExplicitBounds().FromRaw(nil)
		p.BucketCounts().FromRaw(nil)
	}
	last, verdict := judge(c, p, cur, func(last state) (fell, ok bool) {
		if p.Count() < last.bits {
			return true, true
		}
		if cur.buckets == nil || last.buckets == nil {
			return false, true
		}
		if !slices.Equal(cur.buckets.bounds, last.buckets.bounds) || len(cur.buckets.counts) != len(last.buckets.counts) {
			return false, false
		}
		for i, n := range cur.buckets.counts {
			fell = fell || n < last.buckets.counts[i]
		}
		return fell, true
	})
	if verdict == difference {
		subtractTotals(p, &last)
		if cur.buckets != nil && last.buckets != nil {
			for i, n := range last.buckets.counts {
				p.BucketCounts().SetAt(i, p.BucketCounts().At(i)-n)
			}
		}
	}
	return verdict == remove
}

// totals is what the points of both kinds of histograms have in common.
type totals interface {
	Count() uint64
	SetCount(uint64)
	Sum() float64
	SetSum(float64)
	RemoveSum()
	HasSum() bool
	RemoveMin()
	RemoveMax()
}

func sumOf[P totals](p P) float64 {
	if !p.HasSum() {
		return math.NaN()
	}
	return p.Sum()
}

func subtractTotals[P totals](p P, last *state) {
	p.SetCount(p.Count() - last.bits)
	if math.IsNaN(last.sum) { // the last point had none to subtract
		p.RemoveSum()
	} else if p.HasSum() {
		p.SetSum(p.Sum() - last.sum)
	}
	p.RemoveMin()
	p.RemoveMax()
}
