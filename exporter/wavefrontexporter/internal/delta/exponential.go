package delta

import "go.opentelemetry.io/collector/pdata/pmetric"

// exponential is the value of an exponential histogram.
type exponential struct {
	count, zero        uint64
	threshold          float64
	sum                float64
	hasSum             bool
	scale              int32
	positive, negative buckets
}

// buckets is a run of exponential buckets; the first has the index first.
type buckets struct {
	first  int
	counts []uint64
}

func exponentialOf(p pmetric.ExponentialHistogramDataPoint) value[pmetric.ExponentialHistogramDataPoint] {
	return &exponential{
		count: p.Count(), zero: p.ZeroCount(), threshold: p.ZeroThreshold(), sum: p.Sum(), hasSum: p.HasSum(), scale: p.Scale(),
		positive: buckets{int(p.Positive().Offset()), p.Positive().BucketCounts().AsRaw()},
		negative: buckets{int(p.Negative().Offset()), p.Negative().BucketCounts().AsRaw()},
	}
}

func (h *exponential) fell(earlier any) bool { return h.count < earlier.(*exponential).count }

// subtract can compare with an earlier value of the same or a finer resolution: a
// histogram that grows gets coarser, never finer.
func (h *exponential) subtract(p pmetric.ExponentialHistogramDataPoint, earlier any) bool {
	e := earlier.(*exponential)
	if h.scale > e.scale || h.threshold != e.threshold || h.zero < e.zero {
		return false
	}
	shift := min(uint(e.scale-h.scale), 63)
	positive, ok := h.positive.minus(e.positive, shift)
	negative, okToo := h.negative.minus(e.negative, shift)
	if !ok || !okToo {
		return false
	}
	p.Positive().BucketCounts().FromRaw(positive)
	p.Negative().BucketCounts().FromRaw(negative)
	p.SetZeroCount(h.zero - e.zero)
	p.SetCount(h.count - e.count)
	setSum(p, h.sum-e.sum, h.hasSum && e.hasSum)
	forgetRange(p)
	return true
}

// minus subtracts earlier buckets, 2^shift of which make one of b. It reports false
// when these hold what b does not.
func (b buckets) minus(earlier buckets, shift uint) ([]uint64, bool) {
	left := make([]uint64, len(b.counts))
	copy(left, b.counts)
	for i, n := range earlier.counts {
		if n == 0 {
			continue
		}
		at := (earlier.first+i)>>shift - b.first
		if at < 0 || at >= len(left) || left[at] < n {
			return nil, false
		}
		left[at] -= n
	}
	return left, true
}

func (h *exponential) nothing(p pmetric.ExponentialHistogramDataPoint) bool { return p.Count() == 0 }
