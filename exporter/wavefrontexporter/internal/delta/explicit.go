package delta

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// explicit is the value of an explicit-bucket histogram.
type explicit struct {
	count  uint64
	sum    float64
	hasSum bool
	bounds []float64
	counts []uint64
}

func explicitOf(p pmetric.HistogramDataPoint) value[pmetric.HistogramDataPoint] {
	return &explicit{
		count: p.Count(), sum: p.Sum(), hasSum: p.HasSum(),
		bounds: p.ExplicitBounds().AsRaw(), counts: p.BucketCounts().AsRaw(),
	}
}

func (h *explicit) fell(earlier any) bool { return h.count < earlier.(*explicit).count }

func (h *explicit) subtract(p pmetric.HistogramDataPoint, earlier any) bool {
	e := earlier.(*explicit)
	if !slices.Equal(h.bounds, e.bounds) || len(h.counts) != len(e.counts) {
		return false
	}
	deltas := make([]uint64, len(h.counts))
	for i, n := range h.counts {
		if n < e.counts[i] {
			return false
		}
		deltas[i] = n - e.counts[i]
	}
	p.BucketCounts().FromRaw(deltas)
	p.SetCount(h.count - e.count)
	setSum(p, h.sum-e.sum, h.hasSum && e.hasSum)
	forgetRange(p)
	return true
}

func (h *explicit) nothing(p pmetric.HistogramDataPoint) bool { return p.Count() == 0 }

// histogramPoint is what the points of both kinds of histograms have in common.
type histogramPoint interface {
	SetSum(float64)
	RemoveSum()
	RemoveMin()
	RemoveMax()
}

func setSum(p histogramPoint, sum float64, has bool) {
	if has {
		p.SetSum(sum)
	} else {
		p.RemoveSum()
	}
}

// forgetRange removes minimum and maximum, which are those of all values since the beginning.
func forgetRange(p histogramPoint) {
	p.RemoveMin()
	p.RemoveMax()
}
