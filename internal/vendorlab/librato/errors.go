package librato

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// apiError is a request that is answered with an error status.
type apiError struct {
	status int
	reason Reason
	// errors is the member of that name: an object with params or request, or a list.
	errors any
	// limit takes the place of errors when a rate limit is hit.
	limit string
	text  string
}

func (e *apiError) Error() string { return e.text }

// body is the vendor's JSON: {"errors": …}, or {"error": …} for rate limits.
func (e *apiError) body(now int64) []byte {
	members := map[string]any{"request_time": now}
	if e.limit != "" {
		members["error"] = e.limit
	} else {
		members["errors"] = e.errors
	}
	body, _ := json.Marshal(members) // of texts only
	return body
}

// requestError is about the request as a whole.
func requestError(status int, format string, args ...any) *apiError {
	text := fmt.Sprintf(format, args...)
	return &apiError{status: status, reason: RequestRefused, text: text, errors: map[string]any{"request": []string{text}}}
}

// listError has the plain list as its errors.
func listError(status int, reason Reason, text string) *apiError {
	return &apiError{status: status, reason: reason, text: text, errors: []string{text}}
}

func notFound() *apiError { return requestError(http.StatusNotFound, "Not Found") }

// broken is a rule that a member of an item breaks.
type broken struct {
	reason Reason
	member string
	text   string
}

func breaks(reason Reason, member, format string, args ...any) *broken {
	return &broken{reason: reason, member: member, text: fmt.Sprintf(format, args...)}
}

// paramsError names the member, and the metric if that helps to find it.
func (b *broken) paramsError(status int, name string) *apiError {
	params := map[string][]string{b.member: {b.text}}
	text := b.member + " " + b.text
	if name != "" && b.member != "name" && b.member != "type" {
		params["name"] = []string{name}
		text = name + ": " + text
	}
	return &apiError{status: status, reason: b.reason, text: text, errors: map[string]any{"params": params}}
}

// fromExchange puts an error about the body into the vendor's form.
func fromExchange(err *exchange.Error) *apiError {
	if err == nil {
		return nil
	}
	return requestError(err.Status, "%s", err.Message)
}

const maxQuotedInErrors = 60

func shorten(text string) string {
	if len(text) <= maxQuotedInErrors {
		return text
	}
	return strings.ToValidUTF8(text[:maxQuotedInErrors], "") + "…"
}

func oneOf(text string, allowed ...string) bool { return slices.Contains(allowed, text) }
