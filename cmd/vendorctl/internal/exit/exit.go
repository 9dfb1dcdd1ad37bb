// Package exit is what the command's exit status means.
package exit

import (
	"context"
	"errors"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// The exit codes. They are documented in the README of the command.
const (
	OK          = 0
	Failed      = 1   // anything else
	Usage       = 2   // flags, arguments, or a file that cannot be read
	Credentials = 3   // none, or the vendor refuses them
	NotFound    = 4   // the vendor has no such object
	TryAgain    = 5   // an outage or a rate limit: the same command may succeed later
	Refused     = 6   // the vendor, or a check before sending, refuses the request
	Partly      = 7   // some of the input was sent, or is as it should be; the rest was reported
	Interrupted = 130 // by the user
)

// Error is an error with its exit code.
type Error struct {
	Code int
	Err  error
}

// Error returns the text of the error inside.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error inside.
func (e *Error) Unwrap() error { return e.Err }

// With gives an error a code; nil stays nil.
func With(code int, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Err: err}
}

// CodeOf returns the exit code of an error.
func CodeOf(err error) int {
	if err == nil {
		return OK
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	if errors.Is(err, context.Canceled) {
		return Interrupted
	}
	if errors.Is(err, librato.ErrNotFound) {
		return NotFound
	}
	if failed, ok := errors.AsType[*httpsend.Error](err); ok {
		return ofClass(failed)
	}
	if isOfFlow(err) {
		return ofFlow(err)
	}
	return Failed
}

func ofClass(failed *httpsend.Error) int {
	switch {
	case failed.Class == httpsend.Unauthorized:
		return Credentials
	case failed.Status == http.StatusNotFound:
		return NotFound
	case failed.Class.Transient():
		return TryAgain
	}
	return Refused
}

// isOfFlow reports whether an error comes from a SignalFlow stream.
func isOfFlow(err error) bool {
	var program *signalflow.Error
	var token *signalflow.AuthError
	var connection *signalflow.ConnectionError
	var aborted *signalflow.AbortError
	return errors.As(err, &program) || errors.As(err, &token) || errors.As(err, &connection) || errors.As(err, &aborted)
}

func ofFlow(err error) int {
	if program, ok := errors.AsType[*signalflow.Error](err); ok && program.Code == http.StatusNotFound {
		return NotFound
	}
	switch signalflow.ClassOf(err) {
	case signalflow.ClassBadToken:
		return Credentials
	case signalflow.ClassBadProgram:
		return Refused
	}
	return TryAgain
}
