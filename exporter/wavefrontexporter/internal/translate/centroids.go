package translate

import (
	"math"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// appendCentroids turns a histogram into centroids, in rising order. The minimum and
// the maximum, where known, are centroids of their own, so that the distribution has
// exactly these. Every other value counts for the middle of its bucket, moved within
// the bucket so that the sum is right, where it is known. It reports false for a
// histogram that does not tell where its values lie.
func appendCentroids(dst []wavefront.Centroid, s *shape) ([]wavefront.Centroid, bool) {
	total, first, last := s.filled()
	if total == 0 { // no buckets, or none that says anything
		return appendPlain(dst, s)
	}
	if len(s.bounds) == 0 || total == 1 { // one bucket without bounds, or one value
		s.count = total
		if s.hasSum || s.hasMin && s.hasMax {
			return appendPlain(dst, s)
		}
		if len(s.bounds) == 0 {
			return dst, false
		}
	}
	rest := s.sum
	if takeMin := s.hasMin && total > 1; takeMin {
		s.counts[first]--
		dst = append(dst, wavefront.Centroid{Mean: s.min, Count: 1})
		rest -= s.min
	}
	takeMax := s.hasMax && total > 1
	if takeMax {
		s.counts[last]--
		rest -= s.max
	}
	dst = appendMiddles(dst, s, rest)
	if takeMax {
		dst = addCentroid(dst, s.max, 1)
	}
	return dst, true
}

// appendMiddles appends a centroid for every bucket that is not empty. All are moved
// by the same share of their way to the upper or lower edge, so that they sum up to
// rest, as far as that is possible.
func appendMiddles(dst []wavefront.Centroid, s *shape, rest float64) []wavefront.Centroid {
	move := 0.0 // -1 is all the way down, 1 all the way up
	if s.hasSum {
		sum, way := 0.0, 0.0
		for i, n := range s.counts {
			lower, upper := s.edges(i)
			sum += float64(n) * middle(lower, upper)
			way += float64(n) * (upper - lower) / 2
		}
		if missing := rest - sum; way > 0 && isFinite(missing) && isFinite(way) {
			move = max(-1, min(1, missing/way))
		}
	}
	for i, n := range s.counts {
		if n == 0 {
			continue
		}
		lower, upper := s.edges(i)
		mean := middle(lower, upper) + move*(upper/2-lower/2)
		dst = addCentroid(dst, max(lower, min(upper, mean)), n)
	}
	return dst
}

// middle does not overflow.
func middle(a, b float64) float64 { return a/2 + b/2 }

// addCentroid appends a centroid or adds to the last one, when it has the same mean.
func addCentroid(dst []wavefront.Centroid, mean float64, count uint64) []wavefront.Centroid {
	if n := len(dst); n > 0 && dst[n-1].Mean == mean {
		dst[n-1].Count += count
		return dst
	}
	return append(dst, wavefront.Centroid{Mean: mean, Count: count})
}

// appendPlain makes centroids of what a histogram without buckets says: minimum,
// maximum, and the mean of the others.
func appendPlain(dst []wavefront.Centroid, s *shape) ([]wavefront.Centroid, bool) {
	n, rest := s.count, s.sum
	switch {
	case n == 0:
		return dst, true
	case !s.hasSum && !(s.hasMin && s.hasMax):
		return dst, false
	case n == 1 && s.hasSum:
		return addCentroid(dst, s.sum, 1), true
	case n == 1:
		return addCentroid(dst, middle(s.min, s.max), 1), true
	}
	if s.hasMin {
		dst = addCentroid(dst, s.min, 1)
		n, rest = n-1, rest-s.min
	}
	if s.hasMax {
		n, rest = n-1, rest-s.max
	}
	if n > 0 {
		mean := rest / float64(n)
		if !s.hasSum || !isFinite(mean) {
			mean = middle(s.min, s.max)
		}
		if s.hasMin {
			mean = max(mean, s.min)
		}
		if s.hasMax {
			mean = min(mean, s.max)
		}
		dst = addCentroid(dst, mean, n)
	}
	if s.hasMax {
		dst = addCentroid(dst, s.max, 1)
	}
	return dst, true
}

// mergeCentroids merges neighbors so that at most limit are left, in place. The outer
// ones, which are the minimum and maximum, stay alone.
func mergeCentroids(c []wavefront.Centroid, limit int) []wavefront.Centroid {
	if limit < 3 || len(c) <= limit {
		return c
	}
	inner, groups := len(c)-2, limit-2
	out := c[:1]
	lastOne := c[len(c)-1]
	for g := range groups {
		from, to := 1+g*inner/groups, 1+(g+1)*inner/groups
		total, mean := uint64(0), 0.0
		for _, x := range c[from:to] {
			if total += x.Count; total < x.Count {
				total = math.MaxUint64 // too large for the format anyway
			}
			share := float64(x.Count) / math.Max(1, float64(total))
			mean = mean*(1-share) + x.Mean*share // no difference, which could overflow
		}
		mean = max(c[from].Mean, min(c[to-1].Mean, mean))
		out = append(out, wavefront.Centroid{Mean: mean, Count: total})
	}
	return append(out, lastOne)
}
