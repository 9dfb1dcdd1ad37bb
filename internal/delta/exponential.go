package delta

import "go.opentelemetry.io/collector/pdata/pmetric"

// exponential converts a point, see histogram. Producers halve the resolution when the
// range of their values grows; the last buckets are then merged in the same way.
func (c *conversion) exponential(p pmetric.ExponentialHistogramDataPoint) bool {
	if p.Flags().NoRecordedValue() {
		return false
	}
	if c.untimely(p.Timestamp()) {
		return true
	}
	cur := state{bits: p.Count(), sum: sumOf(p), kind: distribution}
	if c.options.Buckets {
		cur.buckets = &buckets{
			scale: p.Scale(), zero: p.ZeroCount(), threshold: p.ZeroThreshold(),
			positive: span{p.Positive().Offset(), p.Positive().BucketCounts().AsRaw()},
			negative: span{p.Negative().Offset(), p.Negative().BucketCounts().AsRaw()},
		}
	} else {
		clearBuckets(p)
	}
	var before *buckets // the last ones at the point's resolution
	last, verdict := judge(c, p, cur, func(last state) (fell, ok bool) {
		if p.Count() < last.bits {
			return true, true
		}
		if cur.buckets == nil || last.buckets == nil || cur.buckets.threshold != last.buckets.threshold {
			return false, true // a wider zero bucket has swallowed others: only the totals have a difference
		}
		before = last.buckets.atScale(cur.buckets.scale)
		return before == nil || !before.within(cur.buckets), true
	})
	if verdict == difference {
		subtractTotals(p, &last)
		if before != nil {
			p.SetZeroCount(p.ZeroCount() - before.zero)
			subtractSpan(p.Positive(), &before.positive)
			subtractSpan(p.Negative(), &before.negative)
		} else {
			clearBuckets(p)
		}
	}
	return verdict == remove
}

func clearBuckets(p pmetric.ExponentialHistogramDataPoint) {
	p.Positive().BucketCounts().FromRaw(nil)
	p.Negative().BucketCounts().FromRaw(nil)
	p.SetZeroCount(0)
}

func subtractSpan(from pmetric.ExponentialHistogramDataPointBuckets, s *span) {
	counts := from.BucketCounts()
	for i := range counts.Len() {
		counts.SetAt(i, counts.At(i)-s.at(int(from.Offset())+i))
	}
}

// within reports whether no bucket of b is larger than the same of now.
func (b *buckets) within(now *buckets) bool {
	return b.zero <= now.zero && b.positive.within(&now.positive) && b.negative.within(&now.negative)
}

func (s *span) within(now *span) bool {
	for i, n := range s.counts {
		if n > now.at(int(s.offset)+i) {
			return false
		}
	}
	return true
}

// atScale merges buckets until they have a scale; nil when that has a finer resolution,
// which only a producer that began anew can have.
func (b *buckets) atScale(scale int32) *buckets {
	times := int64(b.scale) - int64(scale)
	if times < 0 {
		return nil
	}
	if times == 0 {
		return b
	}
	return &buckets{scale: scale, zero: b.zero, positive: b.positive.halved(times), negative: b.negative.halved(times)}
}

// halved merges the buckets 2k and 2k+1 into k, so many times.
func (s *span) halved(times int64) span {
	if len(s.counts) == 0 {
		return *s
	}
	shift := uint(min(times, 40)) // an index has 32 bits
	first := int64(s.offset) >> shift
	last := (int64(s.offset) + int64(len(s.counts)) - 1) >> shift
	h := span{int32(first), make([]uint64, last-first+1)}
	for i, n := range s.counts {
		h.counts[(int64(s.offset)+int64(i))>>shift-first] += n
	}
	return h
}
