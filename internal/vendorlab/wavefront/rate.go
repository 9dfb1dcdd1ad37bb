package wavefront

import (
	"sync"
	"time"
)

// pointsPerDistribution is how the vendor bills a distribution by default.
const pointsPerDistribution = 7

// points counts what a batch costs.
func (d *decoder) points() int {
	n := 0
	for i := range d.Samples {
		n++
		if d.Samples[i].Value.Histogram() != nil {
			n += pointsPerDistribution - 1
		}
	}
	return n
}

// rate counts points per second. A request is taken whole as long as the second has
// not had its points yet, so that no size of request is refused for ever.
type rate struct {
	mu     sync.Mutex
	second int64
	used   int
}

func (r *rate) allow(limit, points int, now time.Time) bool {
	if limit <= 0 {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if second := now.Unix(); second != r.second {
		r.second, r.used = second, 0
	}
	if r.used >= limit {
		return false
	}
	r.used += points
	return true
}
