package signalfx

import (
	"net/http"
	"strconv"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
)

// SeriesQuota is the name of the quota of new series in the API.
const SeriesQuota = Vendor + "-series"

// NewQuota returns a quota of a token's datapoints without a limit. Above it the vendor answers 429.
func NewQuota() *quota.Quota {
	return quota.New("datapoints per minute", time.Minute, http.StatusTooManyRequests)
}

// NewSeriesQuota returns a quota of new series without a limit; the vendor's is 6,000. Datapoints of series above it
// are dropped without a word, those of series that are known go on.
func NewSeriesQuota() *quota.Quota {
	return quota.New("new series per minute", time.Minute, http.StatusOK)
}

// limit refuses the whole request once the minute has had its datapoints.
func (s *Server) limit(w http.ResponseWriter, b *batch) *exchange.Error {
	grant := s.quota.Take(len(b.samples), s.store.Now())
	if grant.Status == 0 {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(grant.Reset))
	return exchange.Errorf(grant.Status, "more than the token's %d datapoints per minute", grant.Limit)
}

// limitSeries drops the datapoints of new series above the quota.
func (s *Server) limitSeries(b *batch) {
	limit := s.seriesQuota.State().Limit
	if limit == 0 {
		return
	}
	over := map[string]bool{} // of the new series in this batch
	kept := b.samples[:0]
	for i := range b.samples {
		sample := b.samples[i]
		key, known := s.store.SeriesKey(Vendor, &sample)
		refused, seen := over[key]
		if !known && !seen {
			refused = s.seriesQuota.Take(1, s.store.Now()).Status != 0
			over[key] = refused
		}
		if refused {
			b.refuse(kindDatapoint, refuse(SeriesCount, "a new series, above the limit of %d per minute", limit), sample)
			continue
		}
		kept = append(kept, sample)
	}
	b.samples = kept
}
