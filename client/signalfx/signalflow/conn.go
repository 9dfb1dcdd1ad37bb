package signalflow

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// conn is one WebSocket connection that has been authenticated. Its reader, one
// goroutine, ends it; others cancel ctx with the cause. The reader never waits for
// one computation while there is another on the connection.
type conn struct {
	client  *Client
	options *Options
	count   *counters
	ws      *websocket.Conn
	since   time.Time
	scratch []byte // belongs to the reader

	ctx       context.Context
	cancel    context.CancelCauseFunc
	heartbeat *time.Timer
	keptAlive atomic.Int64  // when the latest KEEP_ALIVE came, in ns since 1970; at first, since
	joined    chan struct{} // a token when another computation enrolls

	mu        sync.Mutex
	closed    bool // no more computations
	full      bool // the service has refused one for their number
	exclusive bool
	names     uint64
	told      int // requests without a channel, which may be refused without one
	channels  map[string]*channel
}

type channel struct {
	computation *Computation
	answered    bool
}

// dial makes a connection, says who we are and starts the reader.
func dial(client *Client) (*conn, error) {
	o := client.options
	ctx, cancel := context.WithTimeout(client.ctx, o.ConnectTimeout)
	defer cancel()
	ws, response, err := websocket.Dial(ctx, o.Endpoint.WebSocketURL(), &websocket.DialOptions{HTTPClient: o.HTTPClient, HTTPHeader: o.Header})
	if err != nil {
		return nil, o.connectError(response, err)
	}
	ws.SetReadLimit(-1) // receive has its own, which does not end the connection
	c := &conn{
		client: client, options: o, count: &client.count, ws: ws, since: time.Now(),
		joined: make(chan struct{}, 1), channels: make(map[string]*channel),
	}
	if err := c.authenticate(ctx); err != nil {
		_ = ws.CloseNow()
		return nil, err
	}
	c.ctx, c.cancel = context.WithCancelCause(client.ctx)
	c.keptAlive.Store(c.since.UnixNano())
	c.heartbeat = time.AfterFunc(o.KeepAliveTimeout, func() {
		c.cancel(&ConnectionError{Op: "keep-alive", Reason: "nothing was received for " + o.KeepAliveTimeout.String()})
	})
	client.running.Go(c.read)
	return c, nil
}

// connectError makes sense of a failed upgrade. The response may be nil.
func (o *Options) connectError(response *http.Response, err error) error {
	if response == nil || response.StatusCode == http.StatusSwitchingProtocols {
		return connectionError("connect", err)
	}
	text, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	return o.connectRefusal("connect", o.statusError(response.StatusCode, text))
}

// authenticate sends the token and waits for the answer. The token must be the
// first message, within 5 s (vendor's SignalFlow documentation).
func (c *conn) authenticate(ctx context.Context) error {
	const op = "authenticate"
	text, err := json.Marshal(requestJSON{Type: op, Token: c.options.Token, UserAgent: c.options.UserAgent})
	if err != nil {
		return connectionError(op, err)
	}
	if err := c.ws.Write(ctx, websocket.MessageText, text); err != nil {
		return c.readError(op, err)
	}
	for {
		_, message, tooLong, err := c.receive(ctx)
		if err != nil {
			return c.readError(op, err)
		}
		if tooLong != nil {
			return connectionError(op, tooLong)
		}
		if message, err = checkJSON(message); err != nil {
			return connectionError(op, err)
		}
		switch decodeEnvelope(message).typ {
		case TypeAuthenticated:
			return nil
		case TypeError:
			return c.options.connectRefusal(op, decodeError(message))
		}
	}
}

// read passes messages on until the connection ends.
func (c *conn) read() {
	for c.ctx.Err() == nil {
		t, message, tooLong, err := c.receive(c.ctx)
		if err != nil {
			if err = c.readError("read", err); !c.alive() {
				err = ErrClosed // the answer to our own farewell
			}
			c.cancel(err) // without effect if there was a cause before
			break
		}
		c.heartbeat.Reset(c.options.KeepAliveTimeout)
		c.route(t, message, tooLong)
	}
	c.heartbeat.Stop()
	_ = c.ws.CloseNow()
	c.end(context.Cause(c.ctx))
}

// end ends the computations that are left.
func (c *conn) end(err error) {
	c.mu.Lock()
	c.closed = true
	channels := c.channels
	c.channels = nil
	c.mu.Unlock()
	c.client.lost(c, err)
	for _, ch := range channels {
		ch.computation.queue.end(err, false)
	}
}

// receive returns the next message, which is valid until the next call. Of one that is
// too long it returns the beginning, with the reason, and reads past the rest; the
// heartbeat bounds for how long.
func (c *conn) receive(ctx context.Context) (t websocket.MessageType, message []byte, tooLong, err error) {
	if cap(c.scratch) > keptInflated {
		c.scratch = nil
	}
	t, r, err := c.ws.Reader(ctx)
	if err != nil {
		return 0, nil, nil, err
	}
	b := c.scratch[:0]
	for {
		if len(b) == cap(b) {
			b = slices.Grow(b, 4096)
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		c.scratch = b
		ended := err == io.EOF
		switch {
		case err != nil && !ended:
			return 0, nil, nil, err
		case len(b) > c.options.MaxMessageSize:
			if err = nil; !ended {
				_, err = io.Copy(io.Discard, r)
			}
			return t, b, messageTooLong(c.options.MaxMessageSize), err
		case ended:
			return t, b, nil, nil
		}
	}
}

func (c *conn) readError(op string, err error) error {
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == closeUnauthorized:
		return &AuthError{Code: closeUnauthorized, Reason: c.options.scrub(closed.Reason)}
	case errors.As(err, &closed):
		return &ConnectionError{Op: op, Code: int(closed.Code), Reason: c.options.scrub(closed.Reason)}
	}
	return connectionError(op, err)
}

// send sends a request.
func (c *conn) send(request requestJSON) error {
	text, err := json.Marshal(request)
	if err != nil {
		return invalid(err.Error())
	}
	// Not the caller's context: its end in mid-write would cost all others the connection.
	late := time.AfterFunc(c.options.WriteTimeout, func() {
		c.cancel(&ConnectionError{Op: "write", Reason: "nothing could be sent for " + c.options.WriteTimeout.String()})
	})
	defer late.Stop()
	if err := c.ws.Write(c.ctx, websocket.MessageText, text); err != nil {
		c.cancel(connectionError("write", err))
		return context.Cause(c.ctx)
	}
	return nil
}

// enroll gives a computation a channel, if there is room.
func (c *conn) enroll(computation *Computation, exclusive bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	used := len(c.channels)
	if c.closed || c.exclusive || c.full && used > 0 || exclusive && used > 0 || used >= c.options.MaxChannelsPerConnection {
		return false
	}
	c.names++ // never used twice, so that messages to an earlier computation go nowhere
	computation.source, computation.channel = c, "c"+strconv.FormatUint(c.names, 36)
	c.channels[computation.channel] = &channel{computation: computation}
	c.exclusive = exclusive
	signal(c.joined)
	return true
}

// retire takes no more computations. It reports false if there are any.
func (c *conn) retire() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.channels) > 0 {
		return false
	}
	c.closed = true
	return true
}

// alive reports whether requests can be sent.
func (c *conn) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closed
}

func (c *conn) leave(computation *Computation, err error) { c.forget(computation, err) }

// forget reports whether the computation was still enrolled.
func (c *conn) forget(computation *Computation, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if service := (*Error)(nil); errors.As(err, &service) && service.isTooManyChannels() {
		c.full = true
	}
	_, enrolled := c.channels[computation.channel]
	delete(c.channels, computation.channel)
	if len(c.channels) == 0 {
		c.exclusive, c.full = false, false
	}
	return enrolled
}

func (c *conn) detach(_ context.Context, computation *Computation, reason string) error {
	if !c.forget(computation, nil) {
		return nil
	}
	return c.send(requestJSON{Type: "detach", Channel: computation.channel, Reason: reason})
}

func (c *conn) stop(_ context.Context, handle, reason string) error {
	return c.tell(requestJSON{Type: "stop", Handle: handle, Reason: reason})
}

// tell sends a request that has no channel, and no answer unless it is refused.
func (c *conn) tell(request requestJSON) error {
	c.mu.Lock()
	c.told++
	c.mu.Unlock()
	return c.send(request)
}

// sayGoodbye detaches all computations and closes the connection in good order.
func (c *conn) sayGoodbye() {
	hurry := time.AfterFunc(c.options.CloseTimeout, func() { c.cancel(ErrClosed) })
	defer hurry.Stop()
	c.mu.Lock()
	c.closed = true
	channels := c.channels
	c.channels = nil
	c.mu.Unlock()
	for name, ch := range channels {
		ch.computation.queue.end(ErrClosed, false)
		if c.ctx.Err() == nil {
			_ = c.send(requestJSON{Type: "detach", Channel: name, Reason: defaultReason})
		}
	}
	_ = c.ws.Close(websocket.StatusNormalClosure, "")
	c.cancel(ErrClosed)
}
