package wavefront

import (
	"net/http"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
)

// NewQuota returns a quota in points per second.
func NewQuota() *quota.Quota {
	return quota.New("points per second", time.Second, http.StatusNotAcceptable)
}

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
