package librato

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Statuses is what the answers of both services mean (vendor API docs). The body
// decides more than the status for two of them: see reread.
var Statuses = httpsend.Table{
	{First: 400, Class: httpsend.Rejected, Meaning: "the service refuses the request"},
	{First: 401, Class: httpsend.Unauthorized, Meaning: "the token is not valid or not active; check the token and, for Librato, the e-mail address"},
	{First: 403, Class: httpsend.Unauthorized, Meaning: "not allowed: no TLS, a token without the recorder role, or an account without tags"},
	{First: 404, Class: httpsend.Rejected, Meaning: "no such resource, or not visible with this token; check the path of the endpoint"},
	{First: 408, Class: httpsend.Retry, Meaning: "the service timed out"},
	{First: 413, Class: httpsend.TooLarge, Meaning: "the request is too large"},
	{First: 415, Class: httpsend.Rejected, Meaning: "the service does not take JSON here; check the path of the endpoint"},
	{First: 422, Class: httpsend.Rejected, Meaning: "the resource exists already; update it"},
	{First: 429, Class: httpsend.Throttled, Meaning: "the account's rate limit is reached; part of the request may have been stored"},
	{First: 503, Class: httpsend.Retry, Meaning: "maintenance"},
	{First: 500, Last: 599, Class: httpsend.Retry, Meaning: "the service failed"},
}

// reread corrects what the status table says of a failed answer by its body.
func reread(failed *httpsend.Error, fault *Fault, now time.Time) {
	if failed.Status == http.StatusForbidden && fault.rateLimited() {
		failed.Class, failed.Meaning = httpsend.Throttled, "the account's rate limit is reached"
	}
	if failed.Class == httpsend.Throttled && failed.RetryAfter == 0 {
		failed.RetryAfter = fault.RateLimit.wait(now)
	}
	if fault.FromBalancer {
		failed.Meaning = "a load balancer in front of the service refuses the request"
	}
}

// isFromBalancer reports whether a 400 comes as HTML. The service answers in JSON:
// its load balancer was seen, by users of the provider in heroku/x, to refuse sound
// requests now and then. One more attempt is worth it, and only one.
func isFromBalancer(a *httpsend.Answer) bool {
	return a.Status == http.StatusBadRequest &&
		(strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimSpace(a.Body), []byte("<")))
}
