package faults

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// maxDrained bounds the body that is read before a fault's status is answered, in
// bytes. Without reading it, a client that is still sending would see a broken
// connection in place of the status.
const maxDrained = 64 << 20

// Inject applies the set to requests of a vendor. It must run inside exchange.Record.
func (s *Set) Inject(vendor string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, ok := s.take(vendor, r.URL.Path)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		exchange.From(r).NoteFault(fault.String())
		fault.apply(w, r, next)
	})
}

func (f *Fault) apply(w http.ResponseWriter, r *http.Request, next http.Handler) {
	ex := exchange.From(r)
	if !wait(r, f.Latency) {
		cut(w, ex) // returning would answer 200
		return
	}
	switch {
	case f.Stall > 0:
		wait(r, f.Stall)
		cut(w, ex)
	case f.Reset == ResetRequest:
		_, _ = io.CopyN(io.Discard, r.Body, max(r.ContentLength/2, 1))
		cut(w, ex)
	case f.RevokedToken:
		ex.TokenRevoked = true
		next.ServeHTTP(w, r)
	case f.Reset == ResetResponse || f.Partial != nil:
		f.arm(ex)
		next.ServeHTTP(w, r)
	case f.Status != 0:
		_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
		f.answer(w)
	default:
		next.ServeHTTP(w, r)
	}
}

// arm makes the room store a share of the items and then answer as the fault wants.
func (f *Fault) arm(ex *exchange.Exchange) {
	if f.Partial != nil {
		ex.Partial = *f.Partial
	}
	switch {
	case f.Reset == ResetResponse:
		ex.Override = func(w http.ResponseWriter, status int, body []byte) {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(status)
			_, _ = w.Write(body[:len(body)/2])
			_ = http.NewResponseController(w).Flush()
			cut(w, ex)
		}
	case f.Status != 0:
		ex.Override = func(w http.ResponseWriter, _ int, _ []byte) { f.answer(w) }
	}
}

func (f *Fault) answer(w http.ResponseWriter) {
	if value := f.retryAfter(time.Now()); value != "" {
		w.Header().Set("Retry-After", value)
	}
	body := []byte(f.Body)
	if len(body) == 0 {
		body, _ = json.Marshal(map[string]any{"code": f.Status, "message": "switched on as a fault"})
	}
	w.Header().Set("Content-Type", contentTypeOf(body[0]))
	w.WriteHeader(f.Status)
	_, _ = w.Write(body) // bodyless statuses refuse it, which is right
}

func contentTypeOf(first byte) string {
	switch first {
	case '{', '[', '"':
		return "application/json"
	case '<':
		return "text/html"
	}
	return "text/plain"
}

// wait reports false when the client left or the lab is closing.
func wait(r *http.Request, d Duration) bool { return pause(r.Context(), d) }

// cut closes the connection with a TCP reset, so that the client gets no answer.
func cut(w http.ResponseWriter, ex *exchange.Exchange) {
	ex.NoteCut()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // not HTTP/1: the server ends the stream
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
