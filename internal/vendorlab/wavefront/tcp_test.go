package wavefront

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// proxyPort is a proxy on a port of its own.
type proxyPort struct {
	*room
	listener net.Listener
}

func listenProxy(t *testing.T, c Config) *proxyPort {
	t.Helper()
	c.Store = store.New(store.Options{})
	r := newRoom(t, c)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	proxy := NewProxy(r.config, r.faults)
	p := &proxyPort{room: r, listener: proxy.Listen(inner)}
	server := &http.Server{Handler: exchange.Record(Vendor, r.store, proxy)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(p.listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = p.listener.Close()
		<-served
	})
	return p
}

func (p *proxyPort) dial() net.Conn {
	p.t.Helper()
	conn, err := net.Dial("tcp", p.listener.Addr().String())
	require.NoError(p.t, err)
	p.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func (p *proxyPort) write(conn net.Conn, text string) {
	p.t.Helper()
	_, err := io.WriteString(conn, text)
	require.NoError(p.t, err)
}

func (p *proxyPort) wait(done func(store.Traffic) bool) {
	p.t.Helper()
	err := p.store.Wait(p.t.Context(), func() bool { return done(p.store.Stats().Vendors[Vendor]) })
	require.NoError(p.t, err)
}

// request waits for the record of a connection that ended.
func (p *proxyPort) request() store.Request {
	p.wait(func(t store.Traffic) bool { return t.Requests > 0 })
	return p.store.Requests(0, 1)[0]
}

func TestLinesOverTCP(t *testing.T) {
	p := listenProxy(t, Config{})
	conn := p.dial()
	p.write(conn, "m 1 source=s test_id=run\r\n\n@Event 1552949776 deploy\n")
	p.wait(func(t store.Traffic) bool { return t.Points == 1 && t.Events == 1 })
	p.write(conn, "m 2 sou")
	p.write(conn, "rce=s test_id=run\nnonsense\n")
	p.wait(func(t store.Traffic) bool { return t.Points == 2 && t.Rejected == 1 })
	require.NoError(t, conn.Close())

	request := p.request()
	assert.Equal(t, "TCP", request.Method)
	assert.Equal(t, 200, request.Status)
	assert.Equal(t, map[string]int{"point": 2, "event": 1}, request.Accepted)
	assert.Equal(t, map[string]int{"point": 1}, request.Rejected)
	assert.EqualValues(t, len("m 1 source=s test_id=run\r\n\n@Event 1552949776 deploy\nm 2 source=s test_id=run\nnonsense\n"), request.WireBytes)
	assert.Equal(t, "tcp", p.store.Rejections(0, 1)[0].Path)
	assert.Equal(t, 2, p.store.Audit("run").Distinct)
}

func TestLinesThatTCPDrops(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []Reason
		points     int
	}{
		{"a longest line", "m 1 source=s k=" + long(32768-len("m 1 source=s k=")) + "\n", []Reason{TagLength}, 0},
		{"one byte longer", "m 1 source=s k=" + long(32769-len("m 1 source=s k=")) + "\ngood 1\n", []Reason{LineLength}, 1},
		{"much longer", "m 1 source=s k=" + long(200_000) + "\ngood 1\n", []Reason{LineLength}, 1},
		{"unterminated", "good 1\nlost 1", []Reason{LineUnterminated}, 1},
		{"unterminated and long", "good 1\n" + long(40_000), []Reason{LineUnterminated}, 1},
		{"end of transmission", "good 1 k=\x04\n", []Reason{EndOfTransmission}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := listenProxy(t, Config{})
			conn := p.dial()
			p.write(conn, test.text)
			require.NoError(t, conn.Close())
			p.request()
			assert.Equal(t, test.want, p.reasons())
			assert.EqualValues(t, test.points, p.store.Stats().Vendors[Vendor].Points)
		})
	}
}

func TestOnePortForEverything(t *testing.T) {
	const line = "m 1 source=s\n"
	post := fmt.Sprintf("POST / HTTP/1.1\r\nHost: proxy\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(line), line)
	for _, test := range []struct {
		name, sent, answer string
	}{
		{"lines", line, ""},
		{"HTTP", post, "HTTP/1.1 202 Accepted"},
		{"lines in gzip", string(zipped(t, []byte(line))), ""},
		{"HTTP in gzip", string(zipped(t, []byte(post))), "HTTP/1.1 202 Accepted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := listenProxy(t, Config{})
			conn := p.dial()
			p.write(conn, test.sent)
			require.NoError(t, conn.(*net.TCPConn).CloseWrite()) // ends the last piece of gzip
			p.wait(func(t store.Traffic) bool { return t.Points == 1 })
			if test.answer != "" {
				answer, err := bufio.NewReader(conn).ReadString('\r')
				require.NoError(t, err)
				assert.Equal(t, test.answer, strings.TrimSpace(answer))
			}
		})
	}
}

func TestLineThatBeginsLikeHTTPIsTakenForIt(t *testing.T) {
	p := listenProxy(t, Config{})
	conn := p.dial()
	p.write(conn, "POWER 1 source=s\n")
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Contains(t, string(answer), "400 Bad Request")
	assert.Zero(t, p.store.Stats().Vendors[Vendor].Points)
}

func TestTCPIsOffWhereATokenIsAskedFor(t *testing.T) {
	p := listenProxy(t, Config{ProxyTokens: []string{"secret"}})
	conn := p.dial()
	p.write(conn, "m 1 source=s\n")
	request := p.request()
	assert.Zero(t, request.Status)
	assert.Contains(t, request.Error, "TCP is off")
	assert.Zero(t, p.store.Stats().Vendors[Vendor].Points)
}

func TestFaultsOverTCP(t *testing.T) {
	half := 0.5
	for _, test := range []struct {
		name   string
		fault  faults.Fault
		points int
		cut    bool
	}{
		{"another vendor's", faults.Fault{Vendor: "signalfx", Status: 500}, 2, false},
		{"another path", faults.Fault{Path: "/report", Status: 500}, 2, false},
		{"latency", faults.Fault{Latency: faults.Duration(time.Millisecond)}, 2, false},
		{"a status can only cut", faults.Fault{Vendor: Vendor, Path: "tcp", Status: 503}, 0, true},
		{"reset before anything is stored", faults.Fault{Vendor: ProxyService, Reset: faults.ResetRequest}, 0, true},
		{"reset afterwards", faults.Fault{Reset: faults.ResetResponse}, 2, true},
		{"a half", faults.Fault{Partial: &half}, 1, false},
		{"a half, and cut", faults.Fault{Partial: &half, Status: 500}, 1, true},
		{"stall", faults.Fault{Stall: faults.Duration(time.Millisecond)}, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := listenProxy(t, Config{})
			_, err := p.faults.Add(test.fault)
			require.NoError(t, err)
			conn := p.dial()
			p.write(conn, "a 1 source=s\nb 1 source=s\n")
			if test.cut {
				_, err := io.ReadAll(conn)
				assert.Error(t, err, "reset, not closed in order")
			} else {
				p.wait(func(t store.Traffic) bool { return t.Points+t.Rejected == 2 })
				require.NoError(t, conn.Close())
			}
			request := p.request()
			assert.EqualValues(t, test.points, p.store.Stats().Vendors[Vendor].Points)
			assert.Equal(t, test.cut, request.Status == 0)
		})
	}
}

func TestClosingTheProxyEndsConnections(t *testing.T) {
	p := listenProxy(t, Config{})
	_, err := p.faults.Add(faults.Fault{Stall: faults.Duration(time.Minute)})
	require.NoError(t, err)
	silent, idle, stalled := p.dial(), p.dial(), p.dial()
	p.write(idle, "m 1 sour")
	p.write(stalled, "m 1 source=s\n")
	require.Eventually(t, func() bool { return p.faults.List()[0].Hits == 1 }, 10*time.Second, time.Millisecond)
	require.NoError(t, p.listener.Close())
	for _, conn := range []net.Conn{silent, idle, stalled} {
		_, err := io.ReadAll(conn)
		_ = err // a reset or an end, both will do
	}
	_, err = p.listener.Accept()
	assert.ErrorIs(t, err, net.ErrClosed)
	_, err = net.Dial("tcp", p.listener.Addr().String())
	assert.Error(t, err)
}
