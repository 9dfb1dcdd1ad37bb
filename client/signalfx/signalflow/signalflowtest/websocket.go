package signalflowtest

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// connection is one WebSocket connection.
type connection struct {
	server *Server
	ws     *websocket.Conn
	ctx    context.Context
	drop   context.CancelFunc // ends everything without a closing handshake
	frozen chan struct{}
	once   sync.Once

	scripts  sync.WaitGroup
	mu       sync.Mutex
	channels map[string]*Channel
}

func (c *connection) freeze() { c.once.Do(func() { close(c.frozen) }) }

func (s *Server) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	ws.SetReadLimit(1 << 20)
	c := &connection{server: s, ws: ws, frozen: make(chan struct{}), channels: make(map[string]*Channel)}
	c.ctx, c.drop = context.WithCancel(s.ctx)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.accepted++
	s.mu.Unlock()

	c.serve()
	c.drop()
	_ = ws.CloseNow()
	c.scripts.Wait()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

func (c *connection) serve() {
	if !c.authenticate() {
		return
	}
	if c.server.KeepAlive > 0 {
		c.scripts.Go(c.keepAlive)
	}
	for {
		r, err := c.receive(c.ctx)
		if err != nil {
			return
		}
		c.dispatch(r)
	}
}

func (c *connection) receive(ctx context.Context) (Request, error) {
	_, message, err := c.ws.Read(ctx)
	if err != nil {
		return Request{}, err
	}
	select {
	case <-c.frozen: // from now on nothing is taken from the network
		<-c.ctx.Done()
		return Request{}, c.ctx.Err()
	default:
	}
	return parseRequest(message)
}

func (c *connection) authenticate() bool {
	ctx, cancel := context.WithTimeout(c.ctx, c.server.AuthTimeout)
	defer cancel()
	r, err := c.receive(ctx)
	if err != nil {
		return false
	}
	c.server.record(r)
	if r.Type != "authenticate" || r.Token != c.server.Token {
		_ = c.ws.Close(4401, "Invalid authentication token: invalid token")
		return false
	}
	c.sendText(map[string]any{"type": "authenticated", "userId": "user", "orgId": "org"})
	return true
}

func (c *connection) keepAlive() {
	for waitReal(c.ctx, time.Now().Add(c.server.KeepAlive)) {
		c.sendText(map[string]any{"type": "control-message", "event": "KEEP_ALIVE", "timestampMs": time.Now().UnixMilli()})
	}
}

func (c *connection) sendText(fields map[string]any) {
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err) // a test's mistake
	}
	c.write(websocket.MessageText, text)
}

func (c *connection) write(t websocket.MessageType, message []byte) {
	select {
	case <-c.frozen:
		return
	default:
		_ = c.ws.Write(c.ctx, t, message)
	}
}

func (c *connection) dispatch(r Request) {
	script := c.server.record(r)
	switch r.Type {
	case "execute", "attach", "preflight", "start":
		c.open(r, script)
	case "detach":
		c.mu.Lock()
		ch := c.channels[r.Channel]
		c.mu.Unlock()
		if ch != nil {
			ch.cancel()
		}
	case "stop":
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, ch := range c.channels {
			if ch.Handle == r.Handle {
				c.scripts.Go(func() { ch.stopped(r.Reason) })
			}
		}
	}
}

func (c *connection) open(r Request, script Script) {
	ch := &Channel{Request: r, Handle: c.server.nextHandle(), server: c.server, sink: c, wire: c.server.Wire}
	ch.ctx, ch.cancel = context.WithCancel(c.ctx)
	c.mu.Lock()
	limit := c.server.channelLimit()
	full := limit > 0 && len(c.channels) >= limit
	if !full {
		c.channels[r.Channel] = ch
		context.AfterFunc(ch.ctx, func() { c.remove(ch) })
	}
	c.mu.Unlock()
	switch {
	case full:
		c.scripts.Go(func() { ch.Error(400, "", "Too many channels in this connection") })
	case c.server.isRateLimited():
		c.scripts.Go(func() { ch.Error(429, "", "Rate limit exceeded") })
	case script == nil:
		c.scripts.Go(func() { ch.Error(400, "ANALYTICS_PROGRAM_NAME_ERROR", "no script for this program") })
	default:
		c.scripts.Go(func() { script(ch) })
	}
}

func (c *connection) remove(ch *Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.channels[ch.Request.Channel] == ch {
		delete(c.channels, ch.Request.Channel)
	}
}

// send implements sink.
func (c *connection) send(ch *Channel, name string, fields map[string]any) {
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err) // a test's mistake
	}
	if !ch.Request.Compress {
		c.raw(ch, false, body)
		return
	}
	c.raw(ch, true, Frame(ch.wire.Form, codes[name], true, ch.wire.Compression, ch.Request.Channel, body))
}

// plainPoints is how few points are not worth compressing.
const plainPoints = 10

func (c *connection) data(ch *Channel, timestampMs, maxDelayMs int64, points []Point) {
	compression := ch.wire.Compression
	if !ch.Request.Compress || len(points) < plainPoints {
		compression = Plain
	}
	c.raw(ch, true, DataFrame(ch.wire.Form, compression, ch.Request.Channel, timestampMs, maxDelayMs, points...))
}

func (c *connection) raw(ch *Channel, binary bool, message []byte) {
	if ch.ctx.Err() != nil {
		return
	}
	t := websocket.MessageText
	if binary {
		t = websocket.MessageBinary
	}
	c.write(t, message)
	if c.server.countMessage() {
		c.drop()
	}
}

func (c *connection) close(code int, reason string) {
	_ = c.ws.Close(websocket.StatusCode(code), reason)
	c.drop()
}

func (c *connection) kill() { c.drop() }
