package signalflow

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
)

const (
	// authTime is how long a client may take to say who it is. Source: the vendor's
	// WebSocket documentation.
	authTime = 5 * time.Second
	// statusBadToken closes connections with a bad token, as the vendor does.
	statusBadToken = websocket.StatusCode(4401)
	badToken       = "Invalid authentication token: invalid token"
	// maxRequest bounds messages of clients, in bytes.
	maxRequest = 1 << 20
)

// socket is one WebSocket connection.
type socket struct {
	server *Server
	conn   *websocket.Conn
	ctx    context.Context
	cancel context.CancelFunc // ends everything on the connection
	tasks  sync.WaitGroup
	writer writer

	mu       sync.Mutex
	channels map[string]*channel

	revoked          bool // a fault refuses every token
	started, refused int  // jobs; they belong to the reading goroutine
}

// connect serves a WebSocket until it closes.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	s.sockets.Add(1)
	defer s.sockets.Done()
	ctx, cancel := context.WithCancel(r.Context())
	c := &socket{server: s, ctx: ctx, cancel: cancel, channels: map[string]*channel{}}
	defer cancel()
	var err error
	c.conn, err = websocket.Accept(w, r, &websocket.AcceptOptions{
		OnPingReceived: func(context.Context, []byte) bool { return !c.writer.isSilent() },
	})
	ex := exchange.From(r)
	c.revoked = ex.TokenRevoked
	if err != nil {
		ex.NoteError(err.Error())
		return
	}
	c.conn.SetReadLimit(maxRequest)
	c.writer = writer{ctx: ctx, conn: c.conn, faults: s.Faults, cut: cancel}
	c.serve()
	ex.Count("job", c.started, c.refused)
	ex.Count("message", c.writer.sent, 0)
	if c.writer.acted != "" {
		ex.NoteFault(c.writer.acted)
	}
}

// serve reads requests until the connection ends, and ends everything it started.
func (c *socket) serve() {
	defer c.tasks.Wait()
	defer context.AfterFunc(c.ctx, func() { _ = c.conn.CloseNow() })()
	defer c.cancel()
	begun := c.server.Clock.Now()
	if !c.authenticate() {
		return
	}
	c.tasks.Go(func() { c.server.keepAlive(c.ctx, begun, c.signOfLife) })
	for {
		_, text, err := c.conn.Read(c.ctx)
		if err != nil {
			return
		}
		if !c.writer.isSilent() && !c.handle(text) {
			return
		}
	}
}

// authenticate waits for the first message, which must carry a good token.
func (c *socket) authenticate() bool {
	arrived := make(chan struct{})
	late, stop := c.server.Clock.At(c.server.Clock.Now().Add(authTime))
	c.tasks.Go(func() {
		select {
		case <-late:
			_ = c.conn.Close(websocket.StatusPolicyViolation, "no authentication within 5 seconds")
		case <-arrived:
		case <-c.ctx.Done():
		}
	})
	_, text, err := c.conn.Read(c.ctx)
	stop() // ahead of the answer, so that who has read it is not late any more
	close(arrived)
	if err != nil {
		return false
	}
	r, err := parseRequest(text)
	if err != nil || r.Type != "authenticate" {
		_ = c.conn.Close(websocket.StatusPolicyViolation, "the first message must be authenticate")
		return false
	}
	return c.checkToken(r)
}

// checkToken answers authenticated, or closes the connection and so ends its jobs.
func (c *socket) checkToken(r request) bool {
	refused := c.revoked || c.server.Faults.TakeStatus(Vendor, AuthenticatePath) != 0
	if refused || c.server.Tokens.Check(r.Token, signalfx.ScopeAPI) != nil {
		_ = c.conn.Close(statusBadToken, badToken)
		return false
	}
	answer := message{"authenticated", map[string]any{"userId": signalfx.UserID, "orgId": signalfx.OrganizationID}}
	return c.writer.aside(answer.text("")) == nil
}

func (c *socket) signOfLife() error {
	return c.writer.aside(control("KEEP_ALIVE", c.server.now(), nil).text(""))
}

// handle carries out a request and reports whether the connection goes on.
func (c *socket) handle(text []byte) bool {
	r, err := parseRequest(text)
	failed := refuse(http.StatusBadRequest, "the message is not the JSON expected here")
	if err == nil {
		if r.Type == "authenticate" {
			return c.checkToken(r)
		}
		failed = c.carryOut(r)
	}
	if failed == nil {
		return true
	}
	return c.answer(r, failed.message()) == nil
}

// answer goes to the channel that a request names, in the form it asks for, or to none.
func (c *socket) answer(r request, m message) error {
	if isChannel(r.Channel) {
		return (&channel{socket: c, name: r.Channel, compress: bool(r.Compress)}).message(m)
	}
	return c.writer.onChannel(websocket.MessageText, m.text(""))
}

func (c *socket) carryOut(r request) *failure {
	switch r.Type {
	case "execute", "preflight", "attach":
		failed := c.openChannel(r)
		if failed == nil {
			c.started++
		} else {
			c.refused++
		}
		return failed
	case "start":
		return c.startJob(r)
	case "stop":
		return c.server.stop(r.Handle, r.Reason)
	case "keepalive":
		return c.server.keep(r.Handle)
	case "detach":
		c.detach(r.Channel)
		return nil
	}
	return refuse(http.StatusBadRequest, "there is no message of this type")
}

// startJob starts a job that streams nothing until something is attached to it.
func (c *socket) startJob(r request) *failure {
	j, failed := c.server.newJob(r)
	if failed != nil {
		return failed
	}
	_ = c.answer(r, message{"computation-started", map[string]any{"computationId": j.handle}}) // the reader notices
	return nil
}
