package librato

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// rollup is what the vendor keeps of all samples within one stretch of time.
type rollup struct {
	time       int64 // its beginning, in seconds
	count      float64
	sum, last  float64
	min, max   float64
	sumSquares float64 // of single values
}

func (r *rollup) add(v store.Value) {
	part := rollup{count: 1, sum: v.Float(), last: v.Float(), min: v.Float(), max: v.Float()}
	part.sumSquares = part.sum * part.sum
	if h := v.Histogram(); h != nil {
		part = summaryOf(h)
	}
	r.merge(part)
}

// summaryOf puts the mean where a minimum, maximum or last value was not sent.
func summaryOf(h *store.Histogram) rollup {
	count := float64(h.Count)
	mean := *h.Sum / count
	r := rollup{count: count, sum: *h.Sum, last: mean, min: mean, max: mean, sumSquares: mean * mean * count}
	for sent, into := range map[*float64]*float64{h.Min: &r.min, h.Max: &r.max, h.Last: &r.last} {
		if sent != nil {
			*into = *sent
		}
	}
	if h.StdDev != nil {
		r.sumSquares += *h.StdDev * *h.StdDev * count
	}
	return r
}

func (r *rollup) merge(part rollup) {
	if r.count == 0 {
		r.min, r.max = part.min, part.max
	}
	r.min, r.max = min(r.min, part.min), max(r.max, part.max)
	r.count += part.count
	r.sum += part.sum
	r.sumSquares += part.sumSquares
	r.last = part.last
}

// number is null in JSON where it left the range of doubles.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if !store.Double(float64(n)).IsFinite() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

func (r *rollup) mean() float64 { return r.sum / r.count }

func (r *rollup) stddev() float64 {
	return math.Sqrt(max(0, r.sumSquares/r.count-r.mean()*r.mean()))
}

// value is one number of a rollup. Both dialects' words for it are known.
func (r *rollup) value(function string) (float64, bool) {
	switch function {
	case "", "mean", "average":
		return r.mean(), true
	case "sum":
		return r.sum, true
	case "count":
		return r.count, true
	case "min":
		return r.min, true
	case "max":
		return r.max, true
	case "last":
		return r.last, true
	case "stddev":
		return r.stddev(), true
	}
	return 0, false
}

// stream is the rolled-up data of one series, in order of time.
type stream struct {
	dimensions store.Dimensions
	rollups    []rollup
}

// interval is which data is asked for, in seconds; both ends belong to it.
type interval struct{ start, end, resolution int64 }

// streams reads the data of a metric.
func (s *server) streams(metric string, within interval, match func(store.Dimensions) bool) []stream {
	all, _ := s.Store.Series(store.Query{Vendor: Vendor, Metric: metric})
	var found []stream
	for _, series := range all {
		if !match(series.Dimensions) {
			continue
		}
		_, points, _ := s.Store.Points(series.ID)
		if rollups := rollUp(points, within); len(rollups) > 0 {
			found = append(found, stream{series.Dimensions, rollups})
		}
	}
	return found
}

func rollUp(points []store.Point, within interval) []rollup {
	slices.SortStableFunc(points, func(a, b store.Point) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	var rollups []rollup
	for _, p := range points {
		second := p.Timestamp / 1000
		if second < within.start || second > within.end {
			continue
		}
		begin := second - second%within.resolution
		if n := len(rollups); n == 0 || rollups[n-1].time != begin {
			rollups = append(rollups, rollup{time: begin})
		}
		rollups[len(rollups)-1].add(p.Value)
	}
	return rollups
}

// combine makes one stream of several: at each time, function over the value of each.
func combine(streams []stream, function string) stream {
	byTime := map[int64]*rollup{}
	for _, from := range streams {
		for _, r := range from.rollups {
			if byTime[r.time] == nil {
				byTime[r.time] = &rollup{time: r.time}
			}
			byTime[r.time].add(store.Double(r.mean()))
		}
	}
	var combined stream
	for _, r := range byTime {
		value, _ := r.value(function)
		one := rollup{time: r.time}
		one.add(store.Double(value))
		combined.rollups = append(combined.rollups, one)
	}
	slices.SortFunc(combined.rollups, func(a, b rollup) int { return cmp.Compare(a.time, b.time) })
	return combined
}
