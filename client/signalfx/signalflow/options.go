package signalflow

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// Options configure a client. Endpoint and Token are required; every other field
// left zero takes the default it names.
type Options struct {
	Endpoint Endpoint
	// Token is an organization access token with API scope, or a user session token.
	Token string
	// UserAgent tells the service who connects.
	UserAgent string
	// HTTPClient makes the connections, with its proxy and TLS settings; by default a
	// plain one. Its Timeout is not used, and redirects are refused so that the token
	// goes nowhere else.
	HTTPClient *http.Client
	// Header is added to the requests that HTTPClient makes.
	Header http.Header

	// ConnectTimeout bounds connecting up to the service's word that the token is
	// good; 10 s. The service itself waits 5 s for the token.
	ConnectTimeout time.Duration
	// WriteTimeout bounds the sending of one request; 10 s.
	WriteTimeout time.Duration
	// KeepAliveTimeout is the silence after which a WebSocket connection counts as
	// dead; 1 min. The service sends a sign of life more often than that.
	KeepAliveTimeout time.Duration
	// IdleTimeout is the same for a stream of the HTTP transport; none, since that
	// transport promises no sign of life.
	IdleTimeout time.Duration
	// StartTimeout is how long to wait for the first message of a computation; 30 s.
	StartTimeout time.Duration
	// MetadataTimeout is how long to hold data whose metadata has not come; 5 s.
	// A negative value means not at all.
	MetadataTimeout time.Duration
	// CloseTimeout bounds the farewell when the client is closed; 2 s.
	CloseTimeout time.Duration

	// MaxMessageSize in bytes, before decompression; 16 MiB. In place of a longer message
	// its computation gets a Malformed; text on a WebSocket does not tell whose it is.
	MaxMessageSize int
	// MaxDecompressedSize in bytes; 64 MiB.
	MaxDecompressedSize int
	// MaxQueuedBytes of messages wait for Next, per computation; 4 MiB.
	MaxQueuedBytes int
	// MaxSeries whose metadata is kept, per computation; the constant of this name.
	MaxSeries int
	// MaxChannelsPerConnection is how many computations share a connection; 100, at
	// most MaxChannels. If there are more another connection is made.
	MaxChannelsPerConnection int
	// StartsPerMinute bounds how many jobs are started in any minute; 0 for no bound.
	// An organization may limit a token to as little as 1.
	StartsPerMinute int
	// Backoff paces new connections after one failed or was lost.
	Backoff Backoff
	// Random returns numbers in [0, 1) for the jitter; rand.Float64.
	Random func() float64

	// OnConnect and OnDisconnect, if set, are told of each connection that was
	// authenticated, or lost, or could not be made. They are called from goroutines of
	// the client and must return soon. The error is a *ConnectionError or *AuthError.
	OnConnect    func()
	OnDisconnect func(error)
}

// withDefaults returns a copy that is complete.
func (o Options) withDefaults() (*Options, error) {
	if o.Endpoint.base == nil {
		return nil, errors.New("signalflow: the endpoint is missing")
	}
	if o.Token == "" {
		return nil, errors.New("signalflow: the token is missing")
	}
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 10*time.Second)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, 10*time.Second)
	o.KeepAliveTimeout = cmp.Or(o.KeepAliveTimeout, defaultKeepAliveTimeout)
	o.StartTimeout = cmp.Or(o.StartTimeout, defaultStartTimeout)
	o.MetadataTimeout = cmp.Or(o.MetadataTimeout, 5*time.Second)
	o.CloseTimeout = cmp.Or(o.CloseTimeout, 2*time.Second)
	o.MaxMessageSize = cmp.Or(o.MaxMessageSize, defaultMaxMessageSize)
	o.MaxDecompressedSize = cmp.Or(o.MaxDecompressedSize, defaultMaxDecompressedSize)
	o.MaxQueuedBytes = cmp.Or(o.MaxQueuedBytes, defaultMaxQueuedBytes)
	o.MaxSeries = cmp.Or(o.MaxSeries, MaxSeries)
	o.MaxChannelsPerConnection = min(cmp.Or(o.MaxChannelsPerConnection, 100), MaxChannels)
	o.Backoff = o.Backoff.withDefaults()
	if o.Random == nil {
		o.Random = rand.Float64
	}
	o.HTTPClient = streaming(o.HTTPClient)
	return &o, nil
}

// streaming returns a copy of a client that is fit for responses without an end.
func streaming(client *http.Client) *http.Client {
	c := &http.Client{}
	if client != nil {
		*c = *client
	}
	c.Timeout = 0
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// scrub takes the token out of a text of the server.
func (o *Options) scrub(text string) string {
	return strings.ReplaceAll(text, o.Token, "[token]")
}

func (o *Options) connected() {
	if o.OnConnect != nil {
		o.OnConnect()
	}
}

func (o *Options) disconnected(err error) {
	if o.OnDisconnect != nil {
		o.OnDisconnect(err)
	}
}
