package librato

import (
	"fmt"
	"net/http"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
)

// NewQuota returns a quota in measurements per minute, above which the answer is 403
// as at Librato, or 429.
func NewQuota() *quota.Quota {
	return quota.New("measurements per minute", time.Minute, http.StatusForbidden, http.StatusTooManyRequests)
}

// rateHeaders carry a list of key=value. Both were seen at Librato, with the key remaining.
var rateHeaders = []string{"X-Librato-RateLimit-Agg", "X-Librato-RateLimit-Std"}

// limit refuses the whole request once the minute has had its measurements.
func (s *server) limit(c *call, measurements int) *apiError {
	grant := s.Quota.Take(measurements, s.Store.Now())
	if grant.Limit > 0 {
		for _, name := range rateHeaders {
			c.header.Set(name, fmt.Sprintf("limit=%d,remaining=%d,reset=%d", grant.Limit, grant.Remaining, grant.Reset))
		}
	}
	if grant.Status == 0 {
		return nil
	}
	const text = "You have hit the API limit for measurements [measure:raw_rate]. Contact the support to adjust this limit."
	return &apiError{status: grant.Status, reason: RateLimited, limit: text, text: text}
}
