package signalflow

import (
	"net/http"
	"strings"
)

// maxErrorBody is how much of the body of a refusal is read.
const maxErrorBody = 4096

// statusError makes sense of an HTTP answer that is no success. Bodies are JSON
// with "message", "code" and "errorType", or plain text.
func (o *Options) statusError(status int, body []byte) *Error {
	e := &Error{Message: strings.TrimSpace(strings.ToValidUTF8(string(body), ""))}
	if checked, err := checkJSON(body); err == nil {
		if decoded := decodeError(checked); decoded.Message != "" || decoded.Type != "" {
			e = decoded
		}
	}
	if status/100 == 3 {
		e.Message = "the service redirects to another address, which is not followed; check the stream URL"
	}
	e.Code = status
	e.Message = o.scrub(e.Message)
	return e
}

// connectRefusal tells a token that is not accepted from a service that is not there.
func (o *Options) connectRefusal(op string, e *Error) error {
	switch e.Code {
	case 0, http.StatusBadRequest: // in answer to the token; an upgrade is never answered so
		if op == "connect" {
			break
		}
		fallthrough
	case http.StatusUnauthorized, http.StatusForbidden:
		return &AuthError{Code: e.Code, Reason: o.scrub(e.Message)}
	}
	return &ConnectionError{Op: op, Code: e.Code, Reason: o.scrub(e.Message)}
}
