package wavefront

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const (
	// defaultStall is the default of TCPOptions.Stall.
	defaultStall = 30 * time.Second
	// defaultMaxIdle stays below the 300 seconds after which a proxy closes an idle
	// connection (vendor proxy, listenerIdleConnectionTimeout): lines written while
	// it does are lost.
	defaultMaxIdle = 4 * time.Minute
	// tcpChunk is how much is written under one deadline.
	tcpChunk = 64 << 10
)

var (
	// errLeft: the proxy closed the connection while it was written to, and may have read some.
	errLeft = errors.New("closed by the proxy")
	// errNotRead: the proxy did not close the connection in time after its end was written.
	errNotRead = errors.New("the proxy has not read it to its end in time")
)

// TCPOptions configure a TCP.
type TCPOptions struct {
	// Dial connects, over TLS for example; nil dials TCP with keep-alive probes.
	Dial func(ctx context.Context) (net.Conn, error)
	// Stall is the longest time in which the proxy may take nothing; 0 is 30 s. One that
	// stops in the middle of a piece is given up after twice that time.
	Stall time.Duration
	// MaxIdle is the longest time that a connection may be left unused and still be used again; 0 is 4 minutes.
	MaxIdle time.Duration
	// Confirm makes every Send a connection of its own, which counts only once the proxy has
	// closed it too: it does so when it has read it to its end, and that is the only answer
	// there is over TCP. Without it, what was handed over counts.
	Confirm bool
	// OnConnect, when set, is told of every connection, and whether it replaces one that broke.
	OnConnect func(again bool)
}

// TCP writes lines to a proxy's port over one connection, which it makes when it
// is needed. It is safe for concurrent use: senders take turns. It holds no
// buffer of its own, so that a slow proxy slows its senders down.
type TCP struct {
	address string
	options TCPOptions

	turn chan struct{} // held by who uses the fields below
	conn *tcpConn      // nil when there is none
	ever bool          // there was a connection
	shut bool
}

// NewTCP returns a sender to host:port. It does not connect yet.
func NewTCP(address string, o TCPOptions) *TCP {
	if o.Stall == 0 {
		o.Stall = defaultStall
	}
	if o.MaxIdle == 0 {
		o.MaxIdle = defaultMaxIdle
	}
	if o.Dial == nil {
		// The timeout is long enough for two lost packets. Probes find a peer that vanished while nothing is sent.
		dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3,
		}}
		o.Dial = func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", address) }
	}
	return &TCP{address: address, options: o, turn: make(chan struct{}, 1)}
}

// Send writes lines, the last of which ends in a newline too. It blocks until all
// are handed to the operating system, the proxy takes nothing for the time of
// Stall, or ctx is done.
//
// A proxy does not answer, so without Confirm "handed over" is as much as can be known;
// with it, Send succeeds when the proxy has read everything. When Send fails it returns how many bytes of whole lines were: the proxy may or may not
// have read them. The line behind them was torn, which the proxy drops; to lose
// nothing the caller sends everything again, to send nothing twice it goes on with
// lines[n:]. The next Send uses a new connection. Errors are *httpsend.Error.
func (t *TCP) Send(ctx context.Context, lines []byte) (n int, err error) {
	if len(lines) == 0 {
		return 0, nil
	}
	if lines[len(lines)-1] != '\n' {
		return 0, &httpsend.Error{Class: httpsend.Rejected, Target: "tcp " + t.address, Meaning: "the last line has no newline"}
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return 0, t.failed("gave up waiting for the connection", ctx.Err())
	}
	for {
		reused := t.usable()
		if err := t.connect(ctx); err != nil {
			return 0, err
		}
		n, err := t.conn.write(ctx, lines, t.options.Stall)
		if err == nil && t.options.Confirm {
			err = t.conn.finish(ctx, t.options.Stall)
		}
		if err == nil {
			if t.options.Confirm {
				t.drop()
				t.ever = false // the next connection replaces none that broke
			}
			return n, nil
		}
		t.drop()
		if n == 0 && reused && !errors.Is(err, os.ErrDeadlineExceeded) {
			continue // the connection had broken since it was used last; it took nothing of this
		}
		return bytes.LastIndexByte(lines[:n], '\n') + 1, t.failed("the connection broke", err)
	}
}

// Close closes the connection, after the Send that uses it. A closed TCP sends nothing.
func (t *TCP) Close() error {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	t.shut = true
	t.drop()
	return nil
}

// usable reports whether the connection can be used again. The caller has the turn.
func (t *TCP) usable() bool {
	return t.conn != nil && !t.conn.gone() && time.Since(t.conn.used) < t.options.MaxIdle
}

// connect makes sure that there is a usable connection. The caller has the turn.
func (t *TCP) connect(ctx context.Context) error {
	if t.shut {
		return t.failed("the sender is closed", net.ErrClosed)
	}
	if t.usable() {
		return nil
	}
	t.drop()
	conn, err := t.options.Dial(ctx)
	if err != nil {
		return t.failed("cannot connect", err)
	}
	limitUnacknowledged(conn, t.options.Stall)
	t.conn = watch(conn)
	if t.options.OnConnect != nil {
		t.options.OnConnect(t.ever)
	}
	t.ever = true
	return nil
}

// drop closes the connection, when there is one. The caller has the turn.
func (t *TCP) drop() {
	if t.conn != nil {
		t.conn.close()
		t.conn = nil
	}
}

func (t *TCP) failed(meaning string, cause error) error {
	return &httpsend.Error{Class: httpsend.Retry, Target: "tcp " + t.address, Meaning: meaning, Cause: cause}
}

// tcpConn is a connection to a proxy, which never says anything: a read returns
// when the proxy has left, and that is how we learn of it before we write.
type tcpConn struct {
	net.Conn
	left chan struct{} // closed when the proxy has left or the connection is closed
	end  error         // how it left, nil in good order; read only after left
	used time.Time     // of the last write, or of the beginning
}

func watch(conn net.Conn) *tcpConn {
	c := &tcpConn{Conn: conn, left: make(chan struct{}), used: time.Now()}
	go func() {
		defer close(c.left)
		_, c.end = io.Copy(io.Discard, conn)
	}()
	return c
}

// gone reports whether the proxy has left.
func (c *tcpConn) gone() bool {
	select {
	case <-c.left:
		return true
	default:
		return false
	}
}

// finish ends our side and waits until the proxy has ended its own, which says that it has
// read everything. A proxy that has left before says nothing.
func (c *tcpConn) finish(ctx context.Context, stall time.Duration) error {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.New("this kind of connection cannot be ended on one side")
	}
	if c.gone() {
		return errLeft
	}
	if err := half.CloseWrite(); err != nil {
		return err
	}
	timeout := time.NewTimer(stall)
	defer timeout.Stop()
	select {
	case <-c.left:
		if c.end == nil && !acknowledged(c.Conn) {
			return errLeft
		}
		return c.end
	case <-ctx.Done():
		return ctx.Err()
	case <-timeout.C:
		return errNotRead
	}
}

// close closes the connection and waits for its reader.
func (c *tcpConn) close() {
	_ = c.Conn.Close()
	<-c.left
}

// write writes all of b. Of every piece, something must be taken within stall.
func (c *tcpConn) write(ctx context.Context, b []byte, stall time.Duration) (n int, err error) {
	stop := context.AfterFunc(ctx, func() { _ = c.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	for n < len(b) {
		_ = c.SetWriteDeadline(time.Now().Add(stall))
		if err := ctx.Err(); err != nil { // the deadline may have replaced that of AfterFunc
			return n, err
		}
		wrote, err := c.Write(b[n:min(n+tcpChunk, len(b))])
		n += wrote
		if wrote > 0 && errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
			continue // slow, but not stuck
		}
		if err != nil {
			return n, errors.Join(ctx.Err(), err)
		}
	}
	if c.gone() {
		return n, errLeft
	}
	c.used = time.Now()
	return n, nil
}
