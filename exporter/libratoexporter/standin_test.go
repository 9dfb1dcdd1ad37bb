package libratoexporter

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
)

// request is what the stand-in was asked.
type request struct {
	method, path string
	header       http.Header
	body         []byte
	measurements []wiretest.Measurement
}

// standin is a strict service that keeps what it takes. What answer returns for a
// request, if not nil, goes back in place of success.
type standin struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex // guards what follows
	requests []request
	taken    []wiretest.Measurement
	answers  []*answer
	refuse   func(wiretest.Measurement) string // what is wrong with a measurement; a blank is a refusal without a body
	ids      int
}

type answer struct {
	status int
	header map[string]string
	body   string
	// also: the request is taken all the same.
	also bool
}

func newStandin(t *testing.T) *standin {
	s := &standin{t: t}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// next sets the answers to the next requests; nil stands for success.
func (s *standin) next(answers ...*answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answers...)
}

func (s *standin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	req := request{method: r.Method, path: r.URL.EscapedPath(), header: r.Header, body: text}
	status, reply := s.handle(&req)
	s.requests = append(s.requests, req)
	w.Header().Set("Content-Type", "application/json")
	var a *answer
	if len(s.answers) > 0 {
		a, s.answers = s.answers[0], s.answers[1:]
	}
	if a != nil {
		for key, value := range a.header {
			w.Header().Set(key, value)
		}
		status, reply = a.status, a.body
	}
	if a == nil && status < 300 || a != nil && a.also {
		s.taken = append(s.taken, req.measurements...)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, reply)
}

// handle answers as the vendor does.
func (s *standin) handle(r *request) (status int, reply string) {
	assert.Equal(s.t, "application/json", r.header.Get("Content-Type"))
	assert.True(s.t, json.Valid(r.body), "%s", r.body)
	path := r.path[strings.Index(r.path, "/v1/")+len("/v1/"):]
	switch {
	case r.method == http.MethodPost && (path == "measurements" || path == "metrics"):
		return s.measurements(r, path == "measurements")
	case r.method == http.MethodPost && strings.HasPrefix(path, "annotations/"):
		s.ids++
		return http.StatusCreated, fmt.Sprintf(`{"id":%d}`, s.ids)
	case r.method == http.MethodPut:
		return http.StatusNoContent, ""
	}
	return http.StatusNotFound, `{"errors":{"request":["Not Found"]}}`
}

func (s *standin) measurements(r *request, tagged bool) (int, string) {
	list, err := wiretest.Decode(tagged, r.body)
	if err != nil {
		s.t.Errorf("%v in %s", err, r.body)
		return http.StatusBadRequest, fmt.Sprintf(`{"errors":{"params":{"name":[%q]}}}`, err)
	}
	r.measurements = list
	for _, m := range list {
		if s.refuse == nil {
			break
		}
		if wrong := s.refuse(m); wrong != "" {
			return http.StatusBadRequest, strings.TrimSpace(wrong)
		}
	}
	if tagged {
		return http.StatusAccepted, fmt.Sprintf(`{"measurements":{"summary":{"total":%d,"accepted":%d,"failed":0,"filtered":0}}}`, len(list), len(list))
	}
	return http.StatusOK, ""
}

func (s *standin) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.requests...)
}

// arrivals returns how often each value of the tag test_id and i arrived, or of a source.
func (s *standin) arrivals() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := map[string]int{}
	for _, m := range s.taken {
		key := m.Name + "|" + m.Source + "|" + m.Tags["test_id"] + "|" + m.Tags["i"]
		if m.Source != "" && m.Value != nil {
			key += string(*m.Value) // sources have no room for what tells our points apart
		}
		count[key]++
	}
	return count
}

// exactlyOnce fails unless n different measurements arrived, each once.
func (s *standin) exactlyOnce(n int) {
	s.t.Helper()
	all := s.arrivals()
	assert.Len(s.t, all, n)
	for key, times := range all {
		if times != 1 {
			s.t.Errorf("%s arrived %d times", key, times)
		}
	}
}

// wait blocks until done holds.
func wait(t *testing.T, done func() bool) {
	t.Helper()
	assert.Eventually(t, done, waitFor, tick)
}

// newSink is a service that reads and drops what it is sent.
func newSink(tb testing.TB) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	tb.Cleanup(s.Close)
	return s
}
