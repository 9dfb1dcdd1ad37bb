package translate

import "github.com/otelcol-custom/otelcol-custom/client/signalfx"

// percentiles are those of the vendor's Python reporter.
var percentiles = []struct {
	suffix   suffix
	quantile float64
}{
	{suffixP50, 0.5}, {suffixP75, 0.75}, {suffixP95, 0.95}, {suffixP99, 0.99}, {suffixP999, 0.999},
}

// appendStatistics appends the count under the plain name, then gauges: min, max,
// mean, and percentiles estimated from the buckets.
func (e *MetricEncoder) appendStatistics(r *result, d *distribution, a, b []byte) {
	e.appendCount(r, suffixNone, d.timestamp, d.count, a, b)
	e.appendDouble(r, suffixStatMin, d.timestamp, d.min, d.hasMin, signalfx.Gauge, a, b)
	e.appendDouble(r, suffixStatMax, d.timestamp, d.max, d.hasMax, signalfx.Gauge, a, b)
	if d.count == 0 {
		return
	}
	e.appendDouble(r, suffixStatMean, d.timestamp, d.sum/float64(d.count), d.hasSum, signalfx.Gauge, a, b)
	if len(d.counts) > 0 && !d.consistent() {
		e.Counts.Changed[BucketsMismatched]++
		return
	}
	if len(d.bounds) == 0 || d.total() == 0 {
		return // nothing to estimate from
	}
	for _, p := range percentiles {
		e.appendDouble(r, p.suffix, d.timestamp, d.quantile(p.quantile), true, signalfx.Gauge, a, b)
	}
}

// total is how many values the buckets hold.
func (x *explicit) total() uint64 {
	total := uint64(0)
	for _, n := range x.counts {
		total += n
	}
	return total
}

// quantile estimates a quantile by linear interpolation within the bucket that
// holds it. The outer buckets end at the minimum and maximum where these are known,
// else at the nearest bound.
func (d *distribution) quantile(q float64) float64 {
	wanted, below := q*float64(d.total()), 0.0
	for i, n := range d.counts {
		if n == 0 || below+float64(n) < wanted {
			below += float64(n)
			continue
		}
		lower, upper := d.edges(i)
		return lower + (upper-lower)*(wanted-below)/float64(n)
	}
	return d.bounds[len(d.bounds)-1]
}

// edges are the ends of bucket i, narrowed to the known range of the values.
func (d *distribution) edges(i int) (lower, upper float64) {
	switch i {
	case 0:
		lower, upper = d.bounds[0], d.bounds[0]
		if d.hasMin {
			lower = d.min
		} else if upper > 0 {
			lower = 0 // most distributions are of durations and sizes
		}
	case len(d.bounds):
		lower = d.bounds[i-1]
		upper = lower
		if d.hasMax {
			upper = d.max
		}
	default:
		lower, upper = d.bounds[i-1], d.bounds[i]
	}
	if d.hasMin && isFinite(d.min) {
		lower, upper = max(lower, d.min), max(upper, d.min)
	}
	if d.hasMax && isFinite(d.max) {
		lower, upper = min(lower, d.max), min(upper, d.max)
	}
	return lower, upper
}
