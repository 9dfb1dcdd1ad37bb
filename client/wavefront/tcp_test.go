package wavefront

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// listen returns a loopback listener and a sender to it.
func listen(t *testing.T, o TCPOptions) (net.Listener, *TCP) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	sender := NewTCP(l.Addr().String(), o)
	t.Cleanup(func() {
		require.NoError(t, sender.Close())
		l.Close()
	})
	return l, sender
}

func accept(t *testing.T, l net.Listener) *net.TCPConn {
	conn, err := l.Accept()
	require.NoError(t, err)
	_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10) // however much the system would take for us
	return conn.(*net.TCPConn)
}

// numbered returns lines of about 100 bytes that say where they belong.
func numbered(from, to int) []byte {
	var b bytes.Buffer
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "line %07d %s\n", i, strings.Repeat("x", 80))
	}
	return b.Bytes()
}

func TestTCPSendersTakeTurns(t *testing.T) {
	var connects []bool
	l, sender := listen(t, TCPOptions{OnConnect: func(again bool) { connects = append(connects, again) }})
	const senders, sends, linesEach = 8, 20, 50
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range sends {
				block := strings.Repeat(fmt.Sprintf("%d.%d ", s, i), 20) + "\n"
				n, err := sender.Send(t.Context(), []byte(strings.Repeat(block, linesEach)))
				assert.NoError(t, err)
				assert.Equal(t, linesEach*len(block), n)
			}
		})
	}
	server := accept(t, l)
	defer server.Close()
	lines := bufio.NewReader(server)
	next := [senders]int{}
	for range senders * sends {
		first, err := lines.ReadString('\n')
		require.NoError(t, err)
		for range linesEach - 1 {
			line, err := lines.ReadString('\n')
			require.NoError(t, err)
			assert.Equal(t, first, line, "a block in one piece")
		}
		var s, i int
		_, err = fmt.Sscanf(first, "%d.%d", &s, &i)
		require.NoError(t, err)
		assert.Equal(t, next[s], i, "in order")
		next[s]++
	}
	wg.Wait()
	assert.Equal(t, []bool{false}, connects)
}

func TestTCPProxyThatLeftBetweenSends(t *testing.T) {
	var connects []bool
	l, sender := listen(t, TCPOptions{OnConnect: func(again bool) { connects = append(connects, again) }})
	for i, reset := range []bool{false, true, false} {
		_, err := sender.Send(t.Context(), numbered(i, i+1))
		require.NoError(t, err)
		server := accept(t, l)
		got, err := bufio.NewReader(server).ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, string(numbered(i, i+1)), got)
		if reset {
			require.NoError(t, server.SetLinger(0))
		}
		server.Close()
		<-sender.conn.left
	}
	assert.Equal(t, []bool{false, true, true}, connects)
}

func TestTCPProxyKilledInTheMiddleOfALine(t *testing.T) {
	l, sender := listen(t, TCPOptions{})
	all := numbered(0, 120_000) // more than the kernel's buffers hold
	const readBefore = 1_000_050
	require.NotEqual(t, byte('\n'), all[readBefore-1])

	go func() {
		server := accept(t, l)
		_, _ = io.CopyN(io.Discard, server, readBefore)
		_ = server.SetLinger(0)
		server.Close()
	}()
	n, err := sender.Send(t.Context(), all)
	require.Error(t, err)
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
	require.Positive(t, n)
	require.Less(t, n, len(all))
	assert.Equal(t, byte('\n'), all[n-1], "whole lines")

	// Who goes on where it broke sends whole lines from the first byte of the new connection.
	received := make(chan []byte)
	go func() {
		server := accept(t, l)
		defer server.Close()
		got, _ := io.ReadAll(io.LimitReader(server, int64(len(all)-n)))
		received <- got
	}()
	rest, err := sender.Send(t.Context(), all[n:])
	require.NoError(t, err)
	assert.Equal(t, len(all)-n, rest)
	assert.True(t, bytes.Equal(all[n:], <-received))
}

func TestTCPConfirmed(t *testing.T) {
	lines := numbered(0, 3)
	for name, c := range map[string]struct {
		proxy  func(*net.TCPConn)
		failed string
	}{
		"by a proxy that reads to the end and closes": {
			proxy: func(server *net.TCPConn) { _, _ = io.Copy(io.Discard, server); _ = server.Close() },
		},
		"not by one that dies before it has read": {
			proxy: func(server *net.TCPConn) { _ = server.SetLinger(0); _ = server.Close() }, failed: "connection",
		},
		"not by one that leaves before it has read": {
			proxy: func(server *net.TCPConn) { _ = server.Close() }, failed: "connection",
		},
		"not by one that does not read": {
			proxy: func(*net.TCPConn) {}, failed: errNotRead.Error(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, sender := listen(t, TCPOptions{Confirm: true, Stall: 100 * time.Millisecond})
			if c.failed == "" {
				sender.options.Stall = time.Minute
			}
			served := make(chan *net.TCPConn, 1)
			go func() {
				server := accept(t, l)
				c.proxy(server)
				served <- server
			}()
			n, err := sender.Send(t.Context(), lines)
			defer func() { (<-served).Close() }()
			if c.failed == "" {
				require.NoError(t, err)
				assert.Equal(t, len(lines), n)
				return
			}
			assert.ErrorContains(t, err, c.failed)
			assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
		})
	}
}

func TestTCPConfirmedConnectionsReplaceNothing(t *testing.T) {
	var connects []bool
	l, sender := listen(t, TCPOptions{Confirm: true, OnConnect: func(again bool) { connects = append(connects, again) }})
	received := make(chan string, 3)
	go func() {
		for range 3 {
			server := accept(t, l)
			got, _ := io.ReadAll(server)
			server.Close()
			received <- string(got)
		}
	}()
	for i := range 3 {
		_, err := sender.Send(t.Context(), numbered(i, i+1))
		require.NoError(t, err)
		assert.Equal(t, string(numbered(i, i+1)), <-received)
	}
	assert.Equal(t, []bool{false, false, false}, connects)
}

func TestTCPSlowProxySlowsTheSenderDown(t *testing.T) {
	l, sender := listen(t, TCPOptions{})
	all := numbered(0, 120_000)
	done := make(chan error, 1)
	go func() {
		_, err := sender.Send(t.Context(), all)
		done <- err
	}()
	server := accept(t, l)
	defer server.Close()

	// The connection is busy, so a second sender waits, but not longer than it wants to.
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := sender.Send(ctx, numbered(0, 1))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	select {
	case err := <-done:
		t.Fatal("Send returned although nobody reads:", err)
	default:
	}

	got, err := io.ReadAll(io.LimitReader(server, int64(len(all))))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(all, got))
	assert.NoError(t, <-done)
}

// pipe returns a sender whose connections are pipes, which hold nothing, and the proxy's ends of them.
func pipe(o TCPOptions) (*TCP, <-chan net.Conn) {
	ends := make(chan net.Conn, 10)
	o.Dial = func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		ends <- server
		return client, nil
	}
	return NewTCP("proxy:2878", o), ends
}

func TestTCPHalfOpenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, ends := pipe(TCPOptions{Stall: 5 * time.Second})
		defer sender.Close()
		begin := time.Now()
		go func() { // the proxy takes one line and then vanishes without a word
			_, _ = io.ReadFull(<-ends, make([]byte, len(numbered(0, 1))+10))
		}()
		n, err := sender.Send(t.Context(), numbered(0, 3))
		assert.Equal(t, len(numbered(0, 1)), n)
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.ErrorContains(t, err, "tcp proxy:2878: the connection broke")
		assert.Equal(t, 10*time.Second, time.Since(begin), "5 in which it took some, 5 in which it took nothing")
		assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
	})
}

func TestTCPCrawlingProxyIsNotAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, ends := pipe(TCPOptions{Stall: 5 * time.Second})
		defer sender.Close()
		all := numbered(0, 20)
		got := make(chan []byte)
		go func() {
			end := <-ends
			var read []byte
			for piece := make([]byte, len(all)/20); len(read) < len(all); {
				time.Sleep(3 * time.Second)
				n, err := io.ReadFull(end, piece)
				if read = append(read, piece[:n]...); err != nil {
					break
				}
			}
			got <- read
		}()
		n, err := sender.Send(t.Context(), all) // takes a minute
		assert.NoError(t, err)
		assert.Equal(t, len(all), n)
		assert.Equal(t, string(all), string(<-got))
	})
}

func TestTCPStallIsNotTriedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, ends := pipe(TCPOptions{Stall: 5 * time.Second})
		defer sender.Close()
		go func() { _, _ = io.CopyN(io.Discard, <-ends, int64(len(numbered(0, 1)))) }()
		_, err := sender.Send(t.Context(), numbered(0, 1))
		require.NoError(t, err)
		begin := time.Now()
		_, err = sender.Send(t.Context(), numbered(0, 1))
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, 5*time.Second, time.Since(begin))
		assert.Empty(t, ends, "no second connection")
	})
}

func TestTCPProgressIsNotAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, ends := pipe(TCPOptions{Stall: 5 * time.Second})
		defer sender.Close()
		all := numbered(0, 10_000)
		go func() {
			end := <-ends
			for piece := make([]byte, tcpChunk/2); ; {
				time.Sleep(2 * time.Second)
				if _, err := io.ReadFull(end, piece); err != nil {
					return
				}
			}
		}()
		n, err := sender.Send(t.Context(), all[:bytes.LastIndexByte(all[:tcpChunk*10], '\n')+1])
		assert.NoError(t, err)
		assert.Greater(t, n, tcpChunk*9)
	})
}

func TestTCPCanceledSendTearsNoLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, ends := pipe(TCPOptions{})
		defer sender.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { _, _ = io.ReadFull(<-ends, make([]byte, 10)) }()
		n, err := sender.Send(ctx, numbered(0, 1))
		assert.Zero(t, n)
		assert.ErrorIs(t, err, context.DeadlineExceeded)

		got := make(chan string)
		go func() {
			line, _ := bufio.NewReader(<-ends).ReadString('\n')
			got <- line
		}()
		_, err = sender.Send(t.Context(), numbered(1, 2))
		require.NoError(t, err)
		assert.Equal(t, string(numbered(1, 2)), <-got, "on a connection of its own")
	})
}

func TestTCPSendThatBrokeHalfwayIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, ends := pipe(TCPOptions{})
		defer sender.Close()
		go func() {
			end := <-ends
			_, _ = io.CopyN(io.Discard, end, int64(2*len(numbered(0, 1))+10))
			end.Close()
		}()
		_, err := sender.Send(t.Context(), numbered(0, 1))
		require.NoError(t, err)
		n, err := sender.Send(t.Context(), numbered(1, 4))
		assert.ErrorIs(t, err, io.ErrClosedPipe)
		assert.Equal(t, len(numbered(1, 2)), n)
		assert.Empty(t, ends, "what to do about the first line is for the caller to say")
	})
}

// hasty is a connection on which the end of a context comes before any other deadline.
type hasty struct {
	deaf
}

func (c *hasty) SetWriteDeadline(d time.Time) error {
	if d.After(time.Now()) {
		synctest.Wait()
	}
	return nil
}
func (c *hasty) Write(b []byte) (int, error) { return len(b), nil }

func TestTCPContextThatIsDoneSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := NewTCP("proxy:2878", TCPOptions{Dial: func(context.Context) (net.Conn, error) {
			return &hasty{deaf{closed: make(chan struct{})}}, nil
		}})
		defer sender.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 8 { // a free turn and a done context are chosen between at random
			n, err := sender.Send(ctx, numbered(0, 1))
			assert.ErrorIs(t, err, context.Canceled)
			assert.Zero(t, n)
		}
	})
}

func TestTCPIdleConnectionIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var connects []bool
		sender, ends := pipe(TCPOptions{OnConnect: func(again bool) { connects = append(connects, again) }})
		defer sender.Close()
		go func() {
			for range 2 {
				end := <-ends
				go func() { _, _ = io.Copy(io.Discard, end) }()
			}
		}()
		for _, idle := range []time.Duration{0, 239 * time.Second, 240 * time.Second} {
			time.Sleep(idle)
			_, err := sender.Send(t.Context(), numbered(0, 1))
			require.NoError(t, err)
		}
		assert.Equal(t, []bool{false, true}, connects)
	})
}

// leaving is a connection whose peer closes it after every write.
type leaving struct {
	net.Conn
	left chan struct{}
}

func (c *leaving) Read([]byte) (int, error)         { <-c.left; return 0, io.EOF }
func (c *leaving) SetWriteDeadline(time.Time) error { return nil }
func (c *leaving) Close() error                     { return nil }
func (c *leaving) Write(b []byte) (int, error) {
	close(c.left)
	synctest.Wait()
	return len(b), nil
}

func TestTCPProxyThatLeavesDuringASend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := NewTCP("proxy:2878", TCPOptions{Dial: func(context.Context) (net.Conn, error) {
			return &leaving{left: make(chan struct{})}, nil
		}})
		n, err := sender.Send(t.Context(), numbered(0, 2))
		assert.ErrorIs(t, err, errLeft)
		assert.Equal(t, len(numbered(0, 2)), n, "all handed over, who knows what was read")
	})
}

// deaf is a connection that breaks at its second write.
type deaf struct {
	net.Conn
	writes int
	closed chan struct{}
}

func (c *deaf) Read([]byte) (int, error)         { <-c.closed; return 0, io.EOF }
func (c *deaf) SetWriteDeadline(time.Time) error { return nil }
func (c *deaf) Close() error                     { close(c.closed); return nil }
func (c *deaf) Write(b []byte) (int, error) {
	if c.writes++; c.writes > 1 {
		return 0, errors.New("broken pipe")
	}
	return len(b), nil
}

func TestTCPConnectionThatBrokeUnnoticedIsReplacedAtOnce(t *testing.T) {
	dials := 0
	sender := NewTCP("proxy:2878", TCPOptions{Dial: func(context.Context) (net.Conn, error) {
		dials++
		return &deaf{closed: make(chan struct{})}, nil
	}})
	defer sender.Close()
	for range 3 {
		n, err := sender.Send(t.Context(), numbered(0, 1))
		require.NoError(t, err, "nothing was handed over, so nothing can be sent twice")
		assert.Equal(t, len(numbered(0, 1)), n)
	}
	assert.Equal(t, 3, dials)
}

func TestTCPRefusals(t *testing.T) {
	l, sender := listen(t, TCPOptions{})
	n, err := sender.Send(t.Context(), nil)
	assert.NoError(t, err)
	assert.Zero(t, n)

	_, err = sender.Send(t.Context(), []byte("no newline"))
	assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(err))

	l.Close()
	_, err = sender.Send(t.Context(), numbered(0, 1))
	assert.ErrorContains(t, err, "cannot connect")
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))

	require.NoError(t, sender.Close())
	_, err = sender.Send(t.Context(), numbered(0, 1))
	assert.ErrorIs(t, err, net.ErrClosed)
}
