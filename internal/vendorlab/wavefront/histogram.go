package wavefront

import (
	"errors"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// granularities are the bins of distributions. The service appends the letter to the name.
var granularities = map[string]struct {
	suffix string
	bin    int64 // milliseconds
}{
	"!M": {".m", 60_000},
	"!H": {".h", 3_600_000},
	"!D": {".d", 86_400_000},
}

// histogram reads a distribution:
//
//	!M|!H|!D [timestamp] #count mean {#count mean} name {key=value}
func (d *decoder) histogram(line string) *refusal {
	p := newParser(line)
	first := p.text("!M, !H or !D")
	granularity, ok := granularities[first]
	if !ok {
		p.fail("%q stands where !M, !H or !D is expected", shorten(first))
	}
	millis := p.timestamp()
	distribution := p.centroids()
	name := p.text("the name")
	source, tags := d.sourceOf(p.tags())
	if r := p.refusal(); r != nil {
		return r
	}
	if r := d.checkPoint(name, source, tags, true); r != nil {
		return r
	}
	if r := checkDistribution(distribution); r != nil {
		return r
	}
	if r := d.checkTime(millis); r != nil {
		return r
	}
	d.Samples = append(d.Samples, store.Sample{
		Metric: name + granularity.suffix, Type: typeHistogram, Dimensions: dimensions(source, tags),
		Timestamp: floored(millis, granularity.bin), Value: store.Distribution(distribution),
	})
	return nil
}

func (p *parser) centroids() *store.Histogram {
	h := &store.Histogram{Bounds: []float64{}, Counts: []uint64{}}
	for token, more := p.peek(); more && token == "#"; token, more = p.peek() {
		p.literal("#")
		text := p.text("the count of a centroid")
		count, err := javaInt(text)
		if err != nil {
			p.fail("%q is no 32-bit count of a centroid", shorten(text))
		}
		mean := p.double("the mean of a centroid")
		if p.err == nil {
			h.Centroids = append(h.Centroids, store.Centroid{Value: mean, Count: count})
		}
	}
	if len(h.Centroids) == 0 {
		p.fail("there is no centroid")
	}
	return h
}

// checkDistribution also fills in the summary.
func checkDistribution(h *store.Histogram) *refusal {
	var sum, least, most float64
	for _, c := range h.Centroids {
		if !isFinite(c.Value) {
			return refuse(ValueNotFinite, "the mean of a centroid is %g", c.Value)
		}
		if c.Count == 0 {
			continue
		}
		if h.Count == 0 || c.Value < least {
			least = c.Value
		}
		if h.Count == 0 || c.Value > most {
			most = c.Value
		}
		h.Count += c.Count
		sum += c.Value * float64(c.Count)
	}
	if h.Count == 0 {
		return refuse(HistogramEmpty, "all counts of the distribution are 0")
	}
	if n := len(h.Centroids); n > maxCentroids {
		return refuse(HistogramCentroids, "%d centroids, the limit is %d", n, maxCentroids)
	}
	if !isFinite(sum) {
		return refuse(ValueNotFinite, "the sum of the distribution is %g", sum)
	}
	h.Sum, h.Min, h.Max = &sum, &least, &most
	return nil
}

// javaInt reads what Java's Integer.parseInt reads, except negative counts, which
// the vendor's parser lets pass although no distribution can hold them.
func javaInt(text string) (uint64, error) {
	if strings.ContainsRune(text, '_') {
		return 0, errNoNumber
	}
	count, err := strconv.ParseInt(text, 10, 32)
	if err == nil && count < 0 {
		err = errors.New("negative")
	}
	return uint64(count), err
}
