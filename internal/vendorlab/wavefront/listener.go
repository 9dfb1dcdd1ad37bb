package wavefront

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// idleTimeout ends connections that say nothing (proxy: listenerIdleConnectionTimeout).
const idleTimeout = 300 * time.Second

// httpBeginnings are the first two bytes of HTTP methods. A line over TCP that
// begins with one of them as the first on its connection is taken for HTTP.
var httpBeginnings = map[string]bool{
	"GE": true, "PO": true, "PU": true, "HE": true, "OP": true, "PA": true, "DE": true, "TR": true, "CO": true,
}

// listener hands connections that begin like HTTP to Accept and reads the others as lines.
type listener struct {
	net.Listener
	proxy *Proxy
	http  chan net.Conn
	ctx   context.Context // ends at Close
	end   context.CancelFunc

	mu   sync.Mutex
	open map[net.Conn]bool // not yet, or never, handed to Accept
	wait sync.WaitGroup
}

// Listen returns a listener for an HTTP server. Closing it ends all TCP connections.
func (p *Proxy) Listen(inner net.Listener) net.Listener {
	ctx, end := context.WithCancel(context.Background())
	l := &listener{Listener: inner, proxy: p, http: make(chan net.Conn), ctx: ctx, end: end, open: map[net.Conn]bool{}}
	l.wait.Go(l.acceptAll)
	return l
}

// Accept returns the next HTTP connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.http:
		return conn, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close returns when nothing is read any more.
func (l *listener) Close() error {
	l.mu.Lock()
	l.end() // first, so that the failing Accept knows why
	err := l.Listener.Close()
	for conn := range l.open {
		_ = conn.Close()
	}
	l.mu.Unlock()
	l.wait.Wait()
	return err
}

func (l *listener) acceptAll() {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			if l.ctx.Err() != nil {
				return
			}
			time.Sleep(acceptPause) // out of file descriptors, say
			continue
		}
		if !l.track(conn) {
			_ = conn.Close()
			return
		}
		l.wait.Go(func() { l.serve(conn) })
	}
}

// acceptPause keeps a failing Accept from taking a whole processor.
const acceptPause = 10 * time.Millisecond

func (l *listener) track(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return false
	}
	l.open[conn] = true
	return true
}

func (l *listener) untrack(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, conn)
}

// serve looks at the first two bytes of a connection, and of what is in it if they are gzip's.
func (l *listener) serve(conn net.Conn) {
	defer l.untrack(conn)
	_ = conn.SetReadDeadline(time.Now().Add(idleTimeout))
	reader := bufio.NewReaderSize(conn, lineBuffer)
	beginning, _ := reader.Peek(2)
	if string(beginning) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(reader)
		if err != nil {
			_ = conn.Close()
			return
		}
		reader = bufio.NewReaderSize(unzipped, lineBuffer)
		beginning, _ = reader.Peek(2)
	}
	if !httpBeginnings[string(beginning)] {
		l.proxy.readLines(l.ctx, conn, reader)
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	select {
	case l.http <- &peekedConn{conn, reader}:
	case <-l.ctx.Done():
		_ = conn.Close()
	}
}

// peekedConn reads what was peeked at first.
type peekedConn struct {
	net.Conn
	reader io.Reader
}

func (c *peekedConn) Read(p []byte) (int, error) { return c.reader.Read(p) }

// SetLinger lets a fault reset the connection.
func (c *peekedConn) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}
