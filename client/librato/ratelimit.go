package librato

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RateLimit is what an answer says about the account's limit. Its members are -1
// when the answer did not say.
type RateLimit struct {
	Limit, Remaining int64
	// Reset is as it came: a number of seconds or a Unix time; the vendor does not say which.
	Reset int64
}

// rateLimitHeaders hold a comma list of key=value each. Seen at Librato by
// heroku/x, which reads the key "remaining"; those of AppOptics are not known.
var rateLimitHeaders = [...]string{"X-Librato-RateLimit-Agg", "X-Librato-RateLimit-Std"}

// RateLimitOf reads an answer's rate limit headers; the tightest one counts. It
// reports false when there are none.
func RateLimitOf(h http.Header) (RateLimit, bool) {
	tightest, found := RateLimit{-1, -1, -1}, false
	for _, name := range rateLimitHeaders {
		value := h.Get(name)
		if value == "" {
			continue
		}
		limit := parseRateLimit(value)
		if !found || (limit.Remaining >= 0 && (tightest.Remaining < 0 || limit.Remaining < tightest.Remaining)) {
			tightest = limit
		}
		found = true
	}
	return tightest, found
}

func parseRateLimit(value string) RateLimit {
	limit := RateLimit{-1, -1, -1}
	for pair := range strings.SplitSeq(value, ",") {
		key, text, _ := strings.Cut(pair, "=")
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || n < 0 {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "limit":
			limit.Limit = n
		case "remaining":
			limit.Remaining = n
		case "reset":
			limit.Reset = n
		}
	}
	return limit
}

// maxReset tells a number of seconds from a Unix time, and bounds the wait for either.
const maxReset = 24 * time.Hour

// wait is how long a throttled caller should wait, 0 when the answer did not say.
func (r RateLimit) wait(now time.Time) time.Duration {
	reset := time.Duration(max(0, r.Reset)) * time.Second
	if r.Reset > int64(maxReset/time.Second) {
		reset = time.Unix(r.Reset, 0).Sub(now)
	}
	if reset < 0 || reset > maxReset {
		return 0
	}
	return reset
}
