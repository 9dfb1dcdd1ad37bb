package dimensions

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is a metadata API without a network, so that it works under a fake clock.
type service struct {
	// answer decides on the status of the nth request, counted from 0; nil: always 200.
	answer func(n int, r request) answer
	// latency is how long every request takes.
	latency time.Duration

	mu       sync.Mutex
	requests []request
	inFlight int
	most     int // requests in flight at once
}

type request struct {
	at    time.Duration // since the first use of the clock
	line  string        // method and path
	token string
	body  string
}

type answer struct {
	status     int
	retryAfter string
	body       string
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where synctest's clock starts

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		body = string(text)
	}
	seen := request{time.Since(epoch), r.Method + " " + r.URL.EscapedPath(), r.Header.Get(signalfx.TokenHeader), body}
	s.mu.Lock()
	n := len(s.requests)
	s.requests = append(s.requests, seen)
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(s.latency):
	}
	a := answer{status: 200}
	if s.answer != nil {
		a = s.answer(n, seen)
	}
	header := http.Header{}
	if a.retryAfter != "" {
		header.Set("Retry-After", a.retryAfter)
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// bodies are what was sent, in order.
func (s *service) bodies() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	bodies := make([]string, len(s.requests))
	for i, r := range s.requests {
		bodies[i] = r.body
	}
	return bodies
}

func (s *service) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *service) api() *signalfx.API {
	base, _ := url.Parse("https://api.example.com")
	return signalfx.NewAPI(&http.Client{Transport: s}, base, signalfx.APIOptions{})
}

// counter collects what an observer learns.
type counter struct {
	mu       sync.Mutex
	outcomes map[string]int
	changes  map[string]int
}

func (c *counter) observer() Observer {
	c.outcomes, c.changes = make(map[string]int), make(map[string]int)
	return Observer{
		Outcome: func(o Outcome) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.outcomes[o.String()]++
		},
		Change: func(ch Change, n int) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.changes[ch.String()] += n
		},
	}
}

func (c *counter) counts() (outcomes, changes map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.outcomes), maps.Clone(c.changes)
}

// world is an updater with its service, under a fake clock.
type world struct {
	*Updater
	t       *testing.T
	service *service
	counter *counter
}

// inWorld runs a test under a fake clock with a started updater, and ends it.
func inWorld(t *testing.T, service *service, change func(*Options), test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, service: service, counter: new(counter)}
		o := Options{API: service.api(), Token: "default", Queue: DefaultQueueOptions(), Observer: w.counter.observer()}
		if change != nil {
			change(&o)
		}
		w.Updater = New(o)
		w.Start()
		defer w.Shutdown(context.Background()) // also when the test fails
		test(w)
	})
}

// after lets time pass, and what then happens happen.
func (w *world) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) expectOutcomes(want map[string]int) {
	w.t.Helper()
	outcomes, _ := w.counter.counts()
	require.Equal(w.t, want, outcomes)
}

func (w *world) expectChanges(want map[string]int) {
	w.t.Helper()
	_, changes := w.counter.counts()
	require.Equal(w.t, want, changes)
}

// properties is an update of the dimension k=v that sets pairs of names and texts.
func properties(pairs ...string) Update { return propertiesOf("v", pairs...) }

func propertiesOf(dimension string, pairs ...string) Update {
	u := Update{Key: "k", Value: dimension}
	for i := 0; i < len(pairs); i += 2 {
		u.Set(pairs[i], pairs[i+1])
	}
	return u
}
