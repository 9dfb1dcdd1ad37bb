// Package exchange is the part of answering HTTP that all vendor rooms share:
// recording each request with its secrets masked, and reading a bounded body.
package exchange

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Exchange is one request being answered. A handler notes on it what it found;
// it belongs to the goroutine that serves the request.
type Exchange struct {
	request  store.Request
	started  time.Time
	encoding string // Content-Encoding of the body
	// Partial is the share of the items to accept, from 0 to 1. Faults set it.
	Partial float64
	// TokenRevoked makes the room refuse whatever credentials came. Faults set it.
	TokenRevoked bool
	// Override answers a request whose items are stored already, in place of the room. Faults set it.
	Override func(w http.ResponseWriter, status int, body []byte)
}

// Bounds of what is kept of a request's body and of its answer, in bytes.
const (
	KeptBody   = 256 << 10
	keptAnswer = 4 << 10
)

type contextKey struct{}

// From returns the exchange that Record put into the request's context.
func From(r *http.Request) *Exchange {
	return r.Context().Value(contextKey{}).(*Exchange)
}

// Record runs next and stores what it answered. Of the secret paths it keeps no body: they exchange passwords and tokens.
func Record(vendor string, st *store.Store, next http.Handler, secret ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ex := &Exchange{started: st.Now(), encoding: r.Header.Get("Content-Encoding"), Partial: 1}
		ex.request = store.Request{
			Vendor:   vendor,
			Received: ex.started.UnixMilli(),
			Method:   r.Method,
			Path:     r.URL.Path,
			Remote:   r.RemoteAddr,
			Accepted: map[string]int{},
			Rejected: map[string]int{},
		}
		body := &countingBody{ReadCloser: r.Body, request: &ex.request, keep: KeptBody}
		if ex.request.Content.Hidden = slices.Contains(secret, r.URL.Path); ex.request.Content.Hidden || st.Discarding() {
			body.keep = 0
		}
		if !st.Discarding() {
			ex.request.Headers, ex.request.Query = maskedHeaders(r.Header), maskedQuery(r.URL.RawQuery)
		}
		r = r.WithContext(context.WithValue(r.Context(), contextKey{}, ex))
		r.Body = body
		answer := &statusWriter{ResponseWriter: w, exchange: ex}
		// Deferred: a fault cuts the connection by panicking with http.ErrAbortHandler.
		defer func() {
			ex.request.Duration = st.Now().Sub(ex.started).Microseconds()
			st.AddRequest(ex.request)
		}()
		next.ServeHTTP(answer, r)
	})
}

// Count notes items of a kind that were accepted and refused.
func (ex *Exchange) Count(kind string, accepted, rejected int) {
	if accepted > 0 {
		ex.request.Accepted[kind] += accepted
	}
	if rejected > 0 {
		ex.request.Rejected[kind] += rejected
	}
}

// Accepts tells how many of n items to accept under a partial-acceptance fault.
func (ex *Exchange) Accepts(n int) int { return Share(n, ex.Partial) }

// Share returns how many of n items a share from 0 to 1 is.
func Share(n int, share float64) int { return int(float64(n) * share) }

// NoteFault notes the fault that acted on this exchange.
func (ex *Exchange) NoteFault(name string) { ex.request.Fault = name }

// NoteError notes why the request is answered with an error.
func (ex *Exchange) NoteError(reason string) { ex.request.Error = reason }

// NoteCut notes that the connection is cut without an answer.
func (ex *Exchange) NoteCut() { ex.request.Status = 0 }

type statusWriter struct {
	http.ResponseWriter
	exchange *Exchange
}

func (w *statusWriter) WriteHeader(status int) {
	if w.exchange.request.Status == 0 {
		w.exchange.request.Status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(body []byte) (int, error) {
	if w.exchange.request.Status == 0 {
		w.exchange.request.Status = http.StatusOK
	}
	if kept := &w.exchange.request.Content; !kept.Hidden {
		kept.Answer = append(kept.Answer, body[:min(len(body), keptAnswer-len(kept.Answer))]...)
	}
	return w.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Answer writes a JSON body, unless a fault wants another answer once the items are stored.
func (ex *Exchange) Answer(w http.ResponseWriter, status int, body []byte) {
	if ex.Override != nil && status < http.StatusBadRequest {
		ex.Override(w, status, body)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left is no concern of the room
}
