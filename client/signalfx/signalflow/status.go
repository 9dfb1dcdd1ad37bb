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
	// ClassResume: execute again, from the last time that was read. The client paces
	// new connections by itself.
	ClassResume Class = iota
	// ClassEnded: the computation came to its end, or its user ended it.
	ClassEnded
	// ClassBackoff: the service refuses, for its load or a limit; wait before executing again.
	ClassBackoff
	// ClassBadProgram: the same request will be refused again, unless the account's limits change.
	ClassBadProgram
	// ClassBadToken: nothing will work with this token.
	ClassBadToken
)

// String returns the name of the class in lower case.
func (c Class) String() string {
	return [...]string{ClassResume: "resume", ClassEnded: "ended", ClassBackoff: "backoff", ClassBadProgram: "bad_program", ClassBadToken: "bad_token"}[c]
}

// statusClasses is what the codes of errors mean (vendor's SignalFlow API, where
// they behave like HTTP statuses). All others mean ClassBackoff.
var statusClasses = map[int]Class{
	http.StatusBadRequest:            ClassBadProgram,
	http.StatusUnauthorized:          ClassBadToken,
	http.StatusForbidden:             ClassBadToken,
	http.StatusNotFound:              ClassBadProgram,
	http.StatusMethodNotAllowed:      ClassBadProgram,
	http.StatusRequestEntityTooLarge: ClassBadProgram,
	http.StatusUnprocessableEntity:   ClassBadProgram,
}

// closeUnauthorized is the close code for a token that is not accepted. All other
// codes mean ClassResume: 1000, 1001, 1006, 1011, 1012 and 1013 come with restarts and load.
const closeUnauthorized = 4401

// tooManyChannels is the text of the error on a connection that has no room for
// another computation, whatever its code (vendor's SignalFlow documentation).
const tooManyChannels = "Too many channels in this connection"

// ClassOf tells what can be done after an error of Next, Execute or another request.
func ClassOf(err error) Class {
	var (
		auth    *AuthError
		lost    *ConnectionError
		abort   *AbortError
		service *Error
	)
	switch {
	case errors.As(err, &auth):
		return ClassBadToken
	case errors.As(err, &lost):
		return ClassResume
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, ErrClosed), errors.Is(err, context.Canceled):
		return ClassEnded
	case errors.Is(err, errInvalidRequest):
		return ClassBadProgram
	case errors.As(err, &abort), errors.Is(err, ErrStartTimeout):
		return ClassBackoff
	case errors.As(err, &service):
		return service.class()
	}
	return ClassResume
}

func (e *Error) class() Class {
	if class, ok := statusClasses[e.Code]; ok && !e.isTooManyChannels() && !e.Ambiguous {
		return class
	}
	return ClassBackoff
}

func (e *Error) isTooManyChannels() bool { return strings.Contains(e.Message, tooManyChannels) }
