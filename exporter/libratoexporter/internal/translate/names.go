package translate

import (
	"strconv"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// Endings of the names of what one OTLP metric becomes.
const (
	noSuffix     = ""
	countSuffix  = ".count"
	bucketSuffix = ".bucket"
	minSuffix    = ".min"
	maxSuffix    = ".max"
)

// Percentile is a percentile, 0 to 100, and the ending of its metric.
type Percentile struct {
	Rank   float64
	suffix string
}

// PercentileOf returns the percentile of a rank, 0 to 100: p50, p99.9; min for 0, max for 100.
func PercentileOf(rank float64) Percentile {
	switch rank {
	case 0:
		return Percentile{0, minSuffix}
	case 100:
		return Percentile{100, maxSuffix}
	}
	return Percentile{rank, ".p" + strconv.FormatFloat(rank, 'f', -1, 64)}
}

// head is what begins the measurements under one name.
type head struct {
	suffix string
	// plain has the name alone, full the properties as well. Full is sent first in
	// every request: it may be the one that creates the metric.
	plain, full []byte
	sentIn      int // the number of the request that full was last sent in
	stopped     bool
}

// heads holds the encoded names of the current metric.
type heads struct {
	name  []byte
	list  []head
	clean []byte // scratch
}

// setName begins a metric and reports whether its name had to be changed.
func (h *heads) setName(name string) (changed bool) {
	h.list = h.list[:0]
	h.name, changed = librato.AppendSanitizedName(h.name[:0], name)
	return changed
}

// find returns the head of a suffix that was added, or nil.
func (h *heads) find(suffix string) *head {
	for i := range h.list {
		if h.list[i].suffix == suffix {
			return &h.list[i]
		}
	}
	return nil
}

// unsend forgets that full heads were sent: the item that had them was dropped.
func (h *heads) unsend() {
	for i := range h.list {
		h.list[i].sentIn = -1
	}
}

// add encodes the head of a suffix. A suffix is kept whole, since it tells metrics apart.
func (h *heads) add(suffix string, p *librato.Properties, stopped map[string]struct{}) *head {
	h.clean = append(h.clean[:0], h.name[:min(len(h.name), librato.MaxNameLength-len(suffix))]...)
	h.clean = append(h.clean, suffix...)
	if len(h.list) < cap(h.list) {
		h.list = h.list[:len(h.list)+1] // memory that is used again
	} else {
		h.list = append(h.list, head{})
	}
	to := &h.list[len(h.list)-1]
	to.suffix, to.sentIn, to.stopped = suffix, -1, false
	to.plain = librato.AppendHead(to.plain[:0], h.clean, nil)
	to.full = librato.AppendHead(to.full[:0], h.clean, p)
	if len(stopped) > 0 {
		_, to.stopped = stopped[FoldName(string(h.clean))]
	}
	return to
}
