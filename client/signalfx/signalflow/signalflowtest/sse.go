package signalflowtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// serveHTTP serves the HTTP transport.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request, path string) {
	program, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	request := Request{Type: path, Token: r.Header.Get("X-SF-TOKEN"), UserAgent: r.UserAgent(), Program: string(program), Fields: make(map[string]any)}
	if handle, operation, ok := strings.Cut(path, "/"); ok {
		request.Type, request.Handle = operation, handle
	}
	for key := range r.URL.Query() {
		request.Fields[key] = r.URL.Query().Get(key)
	}
	for key, field := range map[string]*int64{"start": &request.Start, "stop": &request.Stop, "resolution": &request.Resolution, "maxDelay": &request.MaxDelay} {
		*field, _ = strconv.ParseInt(r.URL.Query().Get(key), 10, 64)
	}
	script := s.record(request)
	switch {
	case request.Token != s.Token:
		httpError(w, http.StatusUnauthorized, "You must use your user session")
	case request.Type == "start":
		fmt.Fprintf(w, "%q", s.nextHandle())
	case request.Type == "stop", request.Type == "keepalive":
	case s.isRateLimited():
		httpError(w, http.StatusTooManyRequests, "Rate limit exceeded")
	case script == nil:
		httpError(w, http.StatusBadRequest, "no script for this program")
	default:
		s.stream(w, r, request, script)
	}
}

func httpError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": status, "message": message})
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, request Request, script Script) {
	e := &eventSink{server: s, w: w}
	ch := &Channel{Request: request, Handle: s.nextHandle(), server: s, sink: e}
	e.ctx, e.kill_ = context.WithCancel(s.ctx)
	defer e.kill_()
	defer context.AfterFunc(r.Context(), e.kill_)()
	ch.ctx, ch.cancel = context.WithCancel(e.ctx)
	defer ch.cancel()
	w.Header().Set("Content-Type", "text/event-stream;charset=UTF-8")
	e.flush()
	script(ch)
	if e.ctx.Err() == nil && ch.ctx.Err() == nil {
		<-ch.ctx.Done() // an unfinished stream stays open
	}
	if e.dropped {
		panic(http.ErrAbortHandler)
	}
}

// eventSink writes a stream of server-sent events.
type eventSink struct {
	server  *Server
	mu      sync.Mutex
	w       http.ResponseWriter
	ctx     context.Context
	kill_   context.CancelFunc
	dropped bool
}

func (e *eventSink) send(ch *Channel, name string, fields map[string]any) {
	delete(fields, "type")
	delete(fields, "channel")
	body, err := json.MarshalIndent(fields, "", " ") // over several lines, as the format allows
	if err != nil {
		panic(err) // a test's mistake
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, ": comment\nevent: %s\n", name)
	for line := range bytes.Lines(append(body, '\n')) {
		fmt.Fprintf(&b, "data: %s", line)
	}
	b.WriteByte('\n')
	e.raw(ch, false, b.Bytes())
}

func (e *eventSink) data(ch *Channel, timestampMs, _ int64, points []Point) {
	list := make([]map[string]any, len(points))
	for i, p := range points {
		list[i] = map[string]any{"tsId": ID(p.TSID), "value": p.value()}
	}
	e.send(ch, "data", map[string]any{"logicalTimestampMs": timestampMs, "data": list})
}

func (e *eventSink) raw(ch *Channel, _ bool, message []byte) {
	if ch.ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	_, _ = e.w.Write(message)
	e.mu.Unlock()
	e.flush()
	if e.server.countMessage() {
		e.kill()
	}
}

func (e *eventSink) flush() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.w.(http.Flusher).Flush()
}

func (e *eventSink) close(int, string) { e.kill_() }

func (e *eventSink) kill() {
	e.dropped = true
	e.kill_()
}
