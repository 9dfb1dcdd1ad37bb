package librato

import (
	"encoding/json"
	"errors"
	"math"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

var errNoObject = errors.New("not a JSON object")

// Receipt is what the service says about a request that it took.
type Receipt struct {
	// Rejected is how many of the request's measurements the service refused all
	// the same. Sending them again would not help.
	Rejected int
	// Fault holds the service's words on them, nil when Rejected is 0.
	Fault *Fault
	// RateLimit is what the answer's headers said.
	RateLimit RateLimit
}

// readReceipt looks for refused measurements in a 2xx answer. The vendor documents
// no body; its Java client takes a non-empty list "errors" as a failure, and
// micrometer a "failed" that is not 0. Both are looked for at any depth.
func readReceipt(answer *httpsend.Answer) Receipt {
	var receipt Receipt
	receipt.RateLimit, _ = RateLimitOf(answer.Header)
	if len(answer.Body) == 0 {
		return receipt
	}
	var body any
	if json.Unmarshal(answer.Body, &body) != nil {
		return receipt
	}
	failed, complaints := findRejected(body)
	if receipt.Rejected = failed; failed == 0 {
		receipt.Rejected = complaints
	}
	if receipt.Rejected > 0 {
		receipt.Fault = parseFault(answer.Body)
		receipt.Fault.RateLimit = receipt.RateLimit
	}
	return receipt
}

// findRejected returns the largest count "failed" and the number of "errors". A
// total may stand beside the counts it sums up, so counts are not added.
func findRejected(value any) (failed, complaints int) {
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			n, c := findRejected(child)
			if number, ok := child.(float64); ok && key == "failed" {
				n = max(n, int(min(number, math.MaxInt32)))
			}
			if key == "errors" {
				c = max(c, countErrors(child))
			}
			failed, complaints = max(failed, n), max(complaints, c)
		}
	case []any:
		for _, child := range value {
			n, c := findRejected(child)
			failed, complaints = max(failed, n), max(complaints, c)
		}
	}
	return failed, complaints
}

func countErrors(value any) int {
	switch value := value.(type) {
	case []any:
		return len(value)
	case map[string]any:
		return len(value)
	case string:
		return min(1, len(value))
	}
	return 0
}
