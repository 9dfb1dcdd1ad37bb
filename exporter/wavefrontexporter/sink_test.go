package wavefrontexporter

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// sink stands in for the service and for a proxy. It answers what a test scripts, and
// otherwise takes every line that the vendor's lexer takes.
type sink struct {
	*httptest.Server
	mu      sync.Mutex
	answers []func(http.ResponseWriter, *http.Request) bool // used up in order; false takes the request
	lines   map[string][]string                             // by format
	bodies  []string
	headers []http.Header
	failed  []error
}

func newSink(t testing.TB) *sink {
	s := &sink{lines: make(map[string][]string)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		for _, err := range s.failed {
			t.Error(err)
		}
	})
	return s
}

// status answers the next n requests with a status.
func (s *sink) status(code, n int, header ...string) {
	for range n {
		s.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			return true
		})
	}
}

func (s *sink) answer(a func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, a)
}

// refuse answers all requests of a format with a status, as long as it is not 0.
func (s *sink) refuse(format string, status *atomic.Int32) {
	var again func(w http.ResponseWriter, r *http.Request) bool
	again = func(w http.ResponseWriter, r *http.Request) bool {
		s.answers = append(s.answers, again) // the caller holds the lock
		code := int(status.Load())
		if code == 0 || r.URL.Query().Get("f") != format {
			return false
		}
		w.WriteHeader(code)
		return true
	}
	s.answer(again)
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(r.Body)
	}
	payload, err := io.ReadAll(body)
	if err != nil {
		s.failed = append(s.failed, err)
	}
	s.headers = append(s.headers, r.Header)
	s.bodies = append(s.bodies, string(payload))
	if len(s.answers) > 0 {
		answer := s.answers[0]
		s.answers = s.answers[1:]
		if answer(w, r) {
			return
		}
	}
	s.take(r.URL.Path, r.URL.Query().Get("f"), string(payload))
	w.WriteHeader(http.StatusAccepted)
}

func (s *sink) take(path, format, payload string) {
	if path == "/api/v2/event" {
		if !json.Valid([]byte(payload)) {
			s.failed = append(s.failed, fmt.Errorf("no JSON: %q", payload))
		}
		s.lines[path] = append(s.lines[path], payload)
		return
	}
	for line := range strings.Lines(payload) {
		if err := readLine(format, strings.TrimSuffix(line, "\n")); err != nil {
			s.failed = append(s.failed, fmt.Errorf("%s: %w: %q", format, err, line))
		}
		s.lines[format] = append(s.lines[format], line)
	}
}

// readLine reads a line as the proxy does.
func readLine(format, line string) (err error) {
	switch format {
	case "wavefront":
		_, err = linetest.ParseMetric(line)
	case "histogram":
		_, err = linetest.ParseHistogram(line)
	case "trace":
		_, err = linetest.ParseSpan(line)
	case "spanLogs":
		_, err = linetest.ParseSpanLogs(line)
	case "event":
		_, err = linetest.ParseEvent(line)
	case "sourceTag":
		if _, err = linetest.ParseSourceTag(line); err != nil {
			_, err = linetest.ParseSourceDescription(line)
		}
	default:
		err = fmt.Errorf("unknown format")
	}
	return err
}

// of returns the lines of a format.
func (s *sink) of(format string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines[format]...)
}
