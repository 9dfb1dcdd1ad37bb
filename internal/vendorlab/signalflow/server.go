package signalflow

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/clock"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Vendor is this service's name in the store, in faults and in the API.
const Vendor = "signalflow"

// Paths of the service. ConnectPath is the WebSocket's. Faults with a status at the
// two others also refuse the messages of the same name on a WebSocket.
const (
	ConnectPath      = "/v2/signalflow/connect"
	ExecutePath      = "/v2/signalflow/execute"
	AuthenticatePath = "/v2/signalflow/authenticate"
)

// Config configures a Server. Zero values mean the defaults.
type Config struct {
	Store   *store.Store      // required
	Tokens  *signalfx.Tokens  // nil: any token that is not empty is good
	Catalog *signalfx.Catalog // nil: dimensions have no properties
	Faults  *faults.Set       // nil: none
	Clock   clock.Clock       // nil: the system's
	Quota   *quota.Quota      // of started jobs; nil: none

	// MinResolution is the finest step that jobs run at; default 1s, as the vendor's.
	MinResolution time.Duration
	// AutoMaxDelay is how long jobs wait for late data that do not say; default 1s.
	AutoMaxDelay time.Duration
	// KeepAlive is the time between two signs of life; default 20s.
	KeepAlive time.Duration
	// Expiry is how long a series may have no value before it has ended; default 15m.
	Expiry time.Duration
	// MaxChannels bounds the channels of a connection; default 300, as the vendor's.
	MaxChannels int
	// MaxSeries bounds the series of each data(); default 10,000, as the vendor's.
	MaxSeries int
}

// maxDerived bounds the series that a program makes. Source: the vendor's page of
// SignalFlow limits.
const maxDerived = 500_000

// NewQuota returns a quota of jobs without a limit.
func NewQuota() *quota.Quota {
	return quota.New("jobs per minute", time.Minute, http.StatusTooManyRequests)
}

func (c Config) withDefaults() Config {
	if c.Tokens == nil {
		c.Tokens = signalfx.NewTokens()
	}
	if c.Catalog == nil {
		c.Catalog = signalfx.NewCatalog()
	}
	if c.Faults == nil {
		c.Faults = faults.NewSet()
	}
	if c.Clock == nil {
		c.Clock = clock.Real{}
	}
	if c.Quota == nil {
		c.Quota = NewQuota()
	}
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{{&c.MinResolution, time.Second}, {&c.AutoMaxDelay, time.Second}, {&c.KeepAlive, 20 * time.Second}, {&c.Expiry, 15 * time.Minute}} {
		if *d.value <= 0 {
			*d.value = d.fallback
		}
	}
	if c.MaxChannels <= 0 {
		c.MaxChannels = 300
	}
	if c.MaxSeries <= 0 {
		c.MaxSeries = 10_000
	}
	return c
}

// Server answers SignalFlow requests. It must run inside exchange.Record.
type Server struct {
	Config
	wire    atomic.Pointer[Wire]
	handler http.Handler

	sockets sync.WaitGroup

	mu   sync.Mutex
	jobs map[string]*job
}

// New returns a server.
func New(c Config) *Server {
	s := &Server{Config: c.withDefaults(), jobs: map[string]*job{}}
	s.wire.Store(&Wire{Version: 1})
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ConnectPath, s.connect)
	mux.HandleFunc("POST "+ExecutePath, s.authorized(s.execute))
	mux.HandleFunc("POST /v2/signalflow/preflight", s.authorized(s.preflight))
	mux.HandleFunc("POST /v2/signalflow/start", s.authorized(s.start))
	mux.HandleFunc("POST /v2/signalflow/{id}/stop", s.authorized(s.stopJob))
	mux.HandleFunc("POST /v2/signalflow/{id}/keepalive", s.authorized(s.keepJob))
	mux.HandleFunc("POST /v2/signalflow/{id}/attach", s.authorized(s.attach))
	mux.HandleFunc("GET /v2/signalflow/{id}/feedback", s.authorized(s.feedback))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, refuse(http.StatusNotFound, "there is nothing at this path, or not with this method"))
	})
	s.handler = mux
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Wait returns once all WebSockets are closed, which the end of their requests' context causes.
func (s *Server) Wait() { s.sockets.Wait() }

// keepAlive sends signs of life, the first one a pause after begun, until the context ends or
// sending fails. Each pause counts from ahead of the sign before it: a client that has read
// that, or the first answer, finds the clock's next pause begun.
func (s *Server) keepAlive(ctx context.Context, begun time.Time, send func() error) {
	for {
		if clock.Wait(ctx, s.Clock, begun.Add(s.KeepAlive)) != nil {
			return
		}
		begun = s.Clock.Now()
		if send() != nil {
			return
		}
	}
}

// Wire returns the binary forms in use.
func (s *Server) Wire() Wire { return *s.wire.Load() }

// SetWire changes the binary forms from the next frame on.
func (s *Server) SetWire(w Wire) error {
	if err := w.Validate(); err != nil {
		return err
	}
	s.wire.Store(&w)
	return nil
}

func (s *Server) now() int64 { return s.Clock.Now().UnixMilli() }

func (s *Server) source() compute.Source {
	return compute.Source{
		Store: s.Store, Vendor: signalfx.Vendor, Properties: s.properties,
		MaxSeries: s.MaxSeries, MaxDerived: maxDerived, Expiry: s.Expiry.Milliseconds(),
	}
}

// properties are the custom properties of a dimension.
func (s *Server) properties(key, value string) map[string]string {
	d, _ := s.Catalog.Dimension(key, value)
	return d.CustomProperties
}

// CheckProgram says what is wrong with a program, or returns nil.
func CheckProgram(program string) error {
	if _, err := compute.Compile(program); err != nil {
		return err
	}
	return nil
}
