package wavefront

import (
	"fmt"
	"strconv"
)

// A histogram line, which the vendor also calls a distribution:
//
//	gran [timestamp] #count mean {#count mean} "name" source="src" {"key"="value"} LF
//	gran := !M | !H | !D
//
// The count is a signed 32-bit integer, the mean a number. The service cuts the
// timestamp down to the minute, hour or day, and adds up what arrives for it.

// Granularity is the time over which the service merges distributions.
type Granularity byte

const (
	Minute Granularity = 'M'
	Hour   Granularity = 'H'
	Day    Granularity = 'D'
)

// Centroid stands for Count values around Mean.
type Centroid struct {
	Mean  float64
	Count uint64
}

// Histogram is a distribution.
type Histogram struct {
	Name string
	// Granularities gives a line each, and a series each at the service.
	Granularities []Granularity
	Centroids     []Centroid
	Timestamp     int64 // Unix seconds; see Metric
	Source        string
	Tags          []Tag
}

// AppendHistogram appends a line for every granularity; more where a count is above MaxCentroidCount.
func (e *Encoder) AppendHistogram(dst []byte, h *Histogram) ([]byte, Change, error) {
	begin := len(dst)
	dst, change, err := e.appendHistogram(dst, h)
	if err != nil {
		return dst[:begin], 0, fmt.Errorf("histogram %q: %w", h.Name, err)
	}
	return dst, change, nil
}

func (e *Encoder) appendHistogram(dst []byte, h *Histogram) ([]byte, Change, error) {
	// The end of the line comes first, because all lines share it.
	tail, change, err := e.AppendName([]byte{' '}, h.Name)
	if err != nil {
		return dst, 0, err
	}
	tail, more, err := e.appendSourceAndTags(tail, h.Source, h.Tags)
	if err != nil {
		return dst, 0, err
	}
	if len(h.Granularities) == 0 {
		return dst, 0, BadGranularity
	}
	for _, g := range h.Granularities {
		if dst, err = e.AppendHistogramLines(dst, g, h.Timestamp, h.Centroids, tail); err != nil {
			return dst, 0, err
		}
	}
	return dst, change | more, nil
}

// AppendHistogramLines appends the lines of one distribution: one, or as many as
// its largest count needs. Tail is the rest of the line from the space before the
// name, without the newline.
func (e *Encoder) AppendHistogramLines(dst []byte, g Granularity, timestamp int64, centroids []Centroid, tail []byte) ([]byte, error) {
	lines, err := e.histogramLines(g, timestamp, centroids)
	if err != nil {
		return dst, err
	}
	for line := range lines {
		dst = append(dst, '!', byte(g))
		dst = AppendTimestamp(dst, timestamp)
		for _, c := range centroids {
			count, ok := share(c.Count, line)
			if !ok {
				continue
			}
			dst = strconv.AppendUint(append(dst, " #"...), count, 10)
			dst = AppendFloat(append(dst, ' '), c.Mean)
		}
		dst = append(append(dst, tail...), '\n')
	}
	return dst, nil
}

// histogramLines returns how many lines a distribution takes, or why it takes none.
func (e *Encoder) histogramLines(g Granularity, timestamp int64, centroids []Centroid) (int, error) {
	if g != Minute && g != Hour && g != Day {
		return 0, BadGranularity
	}
	if timestamp < 0 {
		return 0, BadTime
	}
	if e.Limits.Centroids > 0 && len(centroids) > e.Limits.Centroids {
		return 0, TooManyCentroids
	}
	var largest uint64
	for _, c := range centroids {
		if !finite(c.Mean) {
			return 0, NotFinite
		}
		largest = max(largest, c.Count)
	}
	if largest == 0 {
		return 0, NoCentroids
	}
	lines := (largest-1)/MaxCentroidCount + 1
	if lines > MaxHistogramLines {
		return 0, CountTooLarge
	}
	return int(lines), nil
}

// share is what a line, counted from 0, holds of a count. A count of zero is written once.
func share(count uint64, line int) (uint64, bool) {
	before := uint64(line) * MaxCentroidCount
	if line > 0 && before >= count {
		return 0, false
	}
	return min(count-before, MaxCentroidCount), true
}
