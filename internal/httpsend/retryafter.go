package httpsend

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads both forms of the header (RFC 9110 section 10.2.3): whole
// seconds, or an HTTP date. Anything else, and a time that has passed, is 0.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}
