package signalflow

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Class tells what can be done after the error that ended a stream or a request.
type Class uint8

const (
	// Resume: execute again, from the last time that was read. The client paces
	// new connections by itself.
	Resume Class = iota
	// Ended: the computation came to its end, or its user ended it.
	Ended
	// Backoff: the service refuses, for its load or a limit; wait before executing again.
	Backoff
	// BadProgram: the same request will be refused again, unless the account's limits change.
	BadProgram
	// BadToken: nothing will work with this token.
	BadToken
)

// String returns the name of the class in lower case.
func (c Class) String() string {
	return [...]string{Resume: "resume", Ended: "ended", Backoff: "backoff", BadProgram: "bad_program", BadToken: "bad_token"}[c]
}

// statusClasses is what the codes of errors mean (vendor's SignalFlow API, where
// they behave like HTTP statuses). All others mean Backoff.
var statusClasses = map[int]Class{
	http.StatusBadRequest:            BadProgram,
	http.StatusUnauthorized:          BadToken,
	http.StatusForbidden:             BadToken,
	http.StatusNotFound:              BadProgram,
	http.StatusMethodNotAllowed:      BadProgram,
	http.StatusRequestEntityTooLarge: BadProgram,
	http.StatusUnprocessableEntity:   BadProgram,
}

// closeUnauthorized is the close code for a token that is not accepted. All other
// codes mean Resume: 1000, 1001, 1006, 1011, 1012 and 1013 come with restarts and load.
const closeUnauthorized = 4401

// tooManyChannels is the text of the error on a connection that has no room for
// another computation, whatever its code (vendor's SignalFlow documentation).
const tooManyChannels = "Too many channels in this connection"

// ClassOf tells what can be done after an error of Next, Execute or another request.
func ClassOf(err error) Class {
	var (
		auth    *AuthError
		abort   *AbortError
		service *Error
	)
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, ErrClosed), errors.Is(err, context.Canceled):
		return Ended
	case errors.As(err, &auth):
		return BadToken
	case errors.Is(err, errInvalidRequest):
		return BadProgram
	case errors.As(err, &abort), errors.Is(err, ErrStartTimeout):
		return Backoff
	case errors.As(err, &service):
		return service.class()
	}
	return Resume
}

func (e *Error) class() Class {
	if class, ok := statusClasses[e.Code]; ok && !e.isTooManyChannels() {
		return class
	}
	return Backoff
}

func (e *Error) isTooManyChannels() bool { return strings.Contains(e.Message, tooManyChannels) }
