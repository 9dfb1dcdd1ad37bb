package signalflowtest

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Wire is how messages are written.
type Wire struct {
	// Form of binary headers: 1, 2 or 3.
	Form byte
	// Compression of binary messages if the client asks for compression. Data of few
	// points stays as it is, as captured streams show.
	Compression string
}

// Request is what a client sent.
type Request struct {
	Type       string `json:"type"`
	Token      string `json:"token"`
	UserAgent  string `json:"userAgent"`
	Channel    string `json:"channel"`
	Program    string `json:"program"`
	Handle     string `json:"handle"`
	Reason     string `json:"reason"`
	Filters    string `json:"filters"`
	Compress   bool   `json:"compress"`
	Start      int64  `json:"start"`
	Stop       int64  `json:"stop"`
	Resolution int64  `json:"resolution"`
	MaxDelay   int64  `json:"maxDelay"`
	// Fields is the whole request.
	Fields map[string]any `json:"-"`
}

// Script plays the service's part on the channel of one request. It ends when it
// has nothing more to say; the channel stays open.
type Script func(*Channel)

// Server is the service. Its fields must be set before the first client connects.
type Server struct {
	Token string
	Wire  Wire
	// KeepAlive is how often connections get a KEEP_ALIVE; never if 0.
	KeepAlive time.Duration
	// AuthTimeout is how long the server waits for the token.
	AuthTimeout time.Duration

	url      string
	http     *http.Client
	ctx      context.Context
	cancel   context.CancelFunc
	handlers sync.WaitGroup

	mu       sync.Mutex
	scripts  map[string]Script
	requests []Request
	arrived  chan struct{} // closed and replaced with every request
	conns    map[*connection]struct{}
	accepted int
	jobs     int
	faults   faults
	clock    clock
}

// Start serves on a loopback port until the test ends.
func Start(tb testing.TB) *Server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	return start(tb, listener, "ws://"+listener.Addr().String(), &http.Transport{})
}

// StartInMemory serves without a network until the test ends; only the HTTP client
// of the server reaches it.
func StartInMemory(tb testing.TB) *Server {
	listener := newPipeListener()
	return start(tb, listener, "ws://signalflow.test", &http.Transport{DialContext: listener.dial})
}

func start(tb testing.TB, listener net.Listener, url string, transport *http.Transport) *Server {
	s := &Server{
		Token: "token", Wire: Wire{Form: 1, Compression: Gzip}, AuthTimeout: 5 * time.Second,
		url: url, http: &http.Client{Transport: transport},
		scripts: make(map[string]Script), conns: make(map[*connection]struct{}), arrived: make(chan struct{}),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	stop := serve(s, listener)
	tb.Cleanup(func() {
		s.cancel()
		s.KillConnections()
		stop()
		s.handlers.Wait()
		transport.CloseIdleConnections()
	})
	return s
}

func serve(handler http.Handler, listener net.Listener) (stop func()) {
	server := &http.Server{Handler: handler}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	return func() {
		_ = server.Close()
		serving.Wait()
	}
}

// HandlerTransport reaches any handler without a network until the test ends.
func HandlerTransport(tb testing.TB, handler http.Handler) *http.Transport {
	listener := newPipeListener()
	transport := &http.Transport{DialContext: listener.dial}
	stop := serve(handler, listener)
	tb.Cleanup(func() {
		stop()
		transport.CloseIdleConnections()
	})
	return transport
}

// URL is the base of the service, without "/connect".
func (s *Server) URL() string { return s.url + "/v2/signalflow" }

// HTTPClient reaches the server.
func (s *Server) HTTPClient() *http.Client { return s.http }

// Handle sets what happens to requests for a program, or for a handle if they have none.
func (s *Server) Handle(program string, script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[program] = script
}

// Requests returns what clients have sent, without keep-alives of the protocol below.
func (s *Server) Requests(types ...string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.matching(types)
}

// WaitForRequests returns when clients have sent n requests of some types.
func (s *Server) WaitForRequests(tb testing.TB, n int, types ...string) []Request {
	tb.Helper()
	for {
		s.mu.Lock()
		found, arrived := s.matching(types), s.arrived
		s.mu.Unlock()
		if len(found) >= n {
			return found
		}
		select {
		case <-arrived:
		case <-s.ctx.Done():
			tb.Fatalf("%d requests of %v, want %d", len(found), types, n)
		case <-tb.Context().Done():
			tb.Fatalf("%d requests of %v, want %d", len(found), types, n)
		}
	}
}

func (s *Server) matching(types []string) []Request {
	var found []Request
	for _, r := range s.requests {
		if len(types) == 0 || slices.Contains(types, r.Type) {
			found = append(found, r)
		}
	}
	return found
}

// Connections is how many WebSocket connections were accepted so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// ServeHTTP serves both transports.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handlers.Add(1)
	defer s.handlers.Done()
	if status := s.refusedStatus(); status != 0 {
		if status/100 == 3 {
			w.Header().Set("Location", "http://elsewhere.test/v2/signalflow/"+path.Base(r.URL.Path))
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	operation := strings.TrimPrefix(r.URL.Path, "/v2/signalflow/")
	if operation == "connect" {
		s.serveWebSocket(w, r)
		return
	}
	s.serveHTTP(w, r, operation)
}

// record notes a request and returns the script for it.
func (s *Server) record(r Request) Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	close(s.arrived)
	s.arrived = make(chan struct{})
	if r.Program == "" {
		return s.scripts[r.Handle]
	}
	return s.scripts[r.Program]
}

func parseRequest(message []byte) (Request, error) {
	var r Request
	if err := json.Unmarshal(message, &r); err != nil {
		return r, err
	}
	return r, json.Unmarshal(message, &r.Fields)
}

// handle numbers jobs in the form of the service's ids.
func (s *Server) nextHandle() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs++
	return ID(uint64(s.jobs))
}
