package httpsend

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Class says what a caller should do after an attempt.
type Class uint8

const (
	// Delivered: the vendor took the request.
	Delivered Class = iota
	// Retry: an outage; the same request may succeed later.
	Retry
	// Throttled: the vendor asked to slow down; the same request may succeed after RetryAfter.
	Throttled
	// TooLarge: the same items may succeed in smaller requests.
	TooLarge
	// Unauthorized: the credentials were refused; no request with them can succeed.
	Unauthorized
	// Rejected: the vendor will never take this request.
	Rejected
)

var classNames = [...]string{"delivered", "retry", "throttled", "too_large", "unauthorized", "rejected"}

// String returns the spelling that telemetry uses.
func (c Class) String() string { return classNames[c] }

// Transient reports whether the same request may succeed later, unchanged.
func (c Class) Transient() bool { return c == Retry || c == Throttled }

// Rule is one row of a vendor's status table.
type Rule struct {
	// First and Last bound the status codes of the row; Last 0 means First alone.
	First, Last int
	Class       Class
	// Meaning is the vendor's reading of the status, and what to do about it.
	Meaning string
}

// Table is a vendor's status table; the first row that matches wins.
type Table []Rule

// Find returns the row for a status. A status that no row covers will not get
// better by repeating it: it is Rejected.
func (t Table) Find(status int) Rule {
	for _, r := range t {
		if status == r.First || (status > r.First && status <= r.Last) {
			return r
		}
	}
	if status >= 300 && status < 400 {
		return Rule{First: status, Class: Rejected, Meaning: "redirects are not followed, so that credentials reach no other host; configure the final URL"}
	}
	return Rule{First: status, Class: Rejected, Meaning: "unexpected status"}
}

// Error is a failed attempt. It holds neither credentials nor the payload.
type Error struct {
	Class Class
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// RetryAfter is how long the vendor asked to wait, 0 when it did not say.
	RetryAfter time.Duration
	// Target is the method, host and path of the request.
	Target string
	// Meaning is the table's word on the status.
	Meaning string
	// Message is the beginning of what the vendor answered.
	Message string
	// Cause is the transport's error when there was no answer.
	Cause error
}

// Error says what was asked, what came back and what it means.
func (e *Error) Error() string {
	text := e.Target
	if e.Status != 0 {
		text += ": status " + strconv.Itoa(e.Status)
	}
	if e.Meaning != "" {
		text += ": " + e.Meaning
	}
	if e.Message != "" {
		text += fmt.Sprintf(" (answer: %q)", e.Message)
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the transport's error.
func (e *Error) Unwrap() error { return e.Cause }

// ClassOf returns the class of an error from Send; any other error is Rejected.
func ClassOf(err error) Class {
	if err == nil {
		return Delivered
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Rejected
}
