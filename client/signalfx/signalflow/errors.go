package signalflow

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Reasons why a stream ends that need no details.
var (
	// ErrClosed: the computation or the client was closed by its user.
	ErrClosed = errors.New("signalflow: closed")
	// ErrSlowConsumer: more messages arrived than MaxQueuedBytes holds, so the
	// computation was detached. What had arrived before was delivered; execute it
	// again from the last delivered time.
	ErrSlowConsumer = errors.New("signalflow: messages were not read as fast as they arrived; execute again from the last time that was read, or raise MaxQueuedBytes")
	// ErrStartTimeout: nothing was heard of a computation for StartTimeout.
	ErrStartTimeout = errors.New("signalflow: the service did not start the computation in time")
)

// Error is an error that the service reports.
type Error struct {
	// Code is like an HTTP status, 0 if the service gives none.
	Code int
	// Type is such as "ANALYTICS_PROGRAM_NAME_ERROR"; may be empty.
	Type string
	// Message is the service's text; may be empty.
	Message string
	// Codes are given by some errors in place of a message.
	Codes []string
	// Line and Column in the program; 0 if unknown.
	Line, Column int
	// Ambiguous: the error names no channel and several computations had no answer yet,
	// so that it may be about another one. They all end with it.
	Ambiguous bool
}

// maxErrorText is how much of a message goes into an error's text: the service may
// quote the program in it.
const maxErrorText = 300

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("signalflow: the service answered with error")
	if e.Code != 0 {
		fmt.Fprintf(&b, " %d", e.Code)
	}
	if e.Type != "" {
		b.WriteString(" " + e.Type)
	}
	if len(e.Codes) > 0 {
		b.WriteString(" " + strings.Join(e.Codes, ", "))
	}
	if e.Message != "" {
		b.WriteString(": " + shorten(e.Message))
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, " (line %d, column %d)", e.Line, e.Column)
	}
	if e.Ambiguous {
		b.WriteString("; it does not tell which of several programs it is about")
	}
	return b.String()
}

// AuthError tells that the service does not accept the token.
type AuthError struct {
	// Code is a WebSocket close code (4401) or an HTTP status.
	Code int
	// Reason is the service's text; may be empty.
	Reason string
}

func (e *AuthError) Error() string {
	text := fmt.Sprintf("signalflow: the service does not accept the token (%d)", e.Code)
	if e.Reason != "" {
		text += ": " + shorten(e.Reason)
	}
	return text + "; check that it belongs to this realm and has the API scope"
}

// AbortError tells that the service ended a computation before its time.
type AbortError struct {
	State  string // such as "ABORTED"; may be empty
	Reason string // may be empty
}

func (e *AbortError) Error() string {
	text := "signalflow: the service aborted the computation"
	for _, part := range []string{e.State, e.Reason} {
		if part != "" {
			text += ": " + shorten(part)
		}
	}
	return text
}

// ConnectionError tells that the connection could not be made or was lost.
type ConnectionError struct {
	// Op is what failed: "connect", "authenticate", "read", "write" or "keep-alive".
	Op string
	// Code is the WebSocket close code, or the HTTP status of a refused upgrade; 0 without one.
	Code int
	// Reason is the server's text; may be empty.
	Reason string
	Err    error
}

func (e *ConnectionError) Error() string {
	text := "signalflow: " + e.Op + " failed"
	if e.Code != 0 {
		text += fmt.Sprintf(" (%d)", e.Code)
	}
	if e.Reason != "" {
		text += ": " + shorten(e.Reason)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// connectionError wraps an error, but for io.EOF: to callers that means a job that
// has come to its end.
func connectionError(op string, err error) *ConnectionError {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &ConnectionError{Op: op, Err: err}
}

func (e *ConnectionError) Unwrap() error { return e.Err }

func shorten(text string) string {
	if len(text) <= maxErrorText {
		return text
	}
	return strings.ToValidUTF8(text[:maxErrorText], "") + "..."
}
