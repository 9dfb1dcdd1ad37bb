package red

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// scale is the resolution of durations: eight buckets for every doubling, so that a
// duration is off by 4.5% at most.
const scale = 3

// durations is an exponential histogram of microseconds.
type durations struct {
	count, zero uint64
	sum         float64
	min, max    uint64
	buckets     map[int]uint64
}

func (d *durations) add(micros uint64) {
	if d.count == 0 || micros < d.min {
		d.min = micros
	}
	d.max = max(d.max, micros)
	d.count++
	d.sum += float64(micros)
	if micros == 0 {
		d.zero++
		return
	}
	if d.buckets == nil {
		d.buckets = make(map[int]uint64)
	}
	d.buckets[bucketOf(micros)]++
}

// bucketOf is the index of the bucket (base^i, base^(i+1)] that a value above zero lies in.
func bucketOf(v uint64) int { return int(math.Ceil(math.Log2(float64(v))*(1<<scale))) - 1 }

func (d *durations) merge(more *durations) {
	if more.count == 0 {
		return
	}
	if d.count == 0 {
		*d = *more
		return
	}
	d.count += more.count
	d.zero += more.zero
	d.sum += more.sum
	d.min, d.max = min(d.min, more.min), max(d.max, more.max)
	if d.buckets == nil {
		d.buckets = make(map[int]uint64)
	}
	for i, n := range more.buckets {
		d.buckets[i] += n
	}
}

// writeTo sets a point to the histogram.
func (d *durations) writeTo(p pmetric.ExponentialHistogramDataPoint) {
	p.SetCount(d.count)
	p.SetZeroCount(d.zero)
	p.SetSum(d.sum)
	p.SetMin(float64(d.min))
	p.SetMax(float64(d.max))
	p.SetScale(scale)
	if len(d.buckets) == 0 {
		return
	}
	var indexes []int
	for i := range d.buckets {
		indexes = append(indexes, i)
	}
	first, last := slices.Min(indexes), slices.Max(indexes)
	counts := make([]uint64, last-first+1)
	for i, n := range d.buckets {
		counts[i-first] = n
	}
	p.Positive().SetOffset(int32(first))
	p.Positive().BucketCounts().FromRaw(counts)
}
