package signalflow_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// untilClosed keeps a channel open until the client leaves.
func untilClosed(ch *signalflowtest.Channel) {
	ch.Started()
	<-ch.Done()
}

// next returns the next message of a stream that has one.
func next(t testing.TB, computation *signalflow.Computation) signalflow.Message {
	t.Helper()
	m, err := computation.Next(context.Background())
	require.NoError(t, err)
	return m
}

// endOf reads a stream to its end.
func endOf(t testing.TB, computation *signalflow.Computation) error {
	t.Helper()
	_, _, err := drain(t, computation)
	return err
}

func TestAuthenticateComesFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		client := newClient(t, server, func(o *signalflow.Options) { o.UserAgent = "tester/1" })
		next(t, execute(t, client, signalflow.Request{}))
		requests := server.Requests()
		require.Len(t, requests, 2)
		assert.Equal(t, map[string]any{"type": "authenticate", "token": "token", "userAgent": "tester/1"}, requests[0].Fields)
		assert.Equal(t, map[string]any{"type": "execute", "program": program, "compress": true, "channel": requests[1].Channel}, requests[1].Fields)
		assert.LessOrEqual(t, len(requests[1].Channel), 15)
	})
}

func TestExecuteSendsEveryField(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		next(t, execute(t, newClient(t, server, nil), signalflow.Request{
			Start: t0, Stop: t0.Add(time.Hour), Resolution: time.Second, MaxDelay: 2 * time.Second, Immediate: true, Timezone: "Europe/Berlin",
			Uncompressed: true, Persistent: true, WithDerivedMetadata: true, ResolutionAdjustable: true, DisableAllMetricPublishes: true,
			OffsetByMaxDelay: true, UsedByDetectorUI: true, UseCache: true, Filter: "filter('a', 'b')",
		}))
		fields := server.Requests("execute")[0].Fields
		delete(fields, "channel")
		assert.Equal(t, map[string]any{
			"type": "execute", "program": program, "start": float64(t0.UnixMilli()), "stop": float64(t0.UnixMilli() + 3600_000),
			"resolution": 1000.0, "maxDelay": 2000.0, "immediate": true, "timezone": "Europe/Berlin", "persistent": true,
			"withDerivedMetadata": true, "resolutionAdjustable": true, "disableAllMetricPublishes": true, "offsetByMaxDelay": true,
			"usedByDetectorUI": true, "useCache": true, "filter": "filter('a', 'b')",
		}, fields)
	})
}

func TestRequestsThatAreNotSent(t *testing.T) {
	client, err := signalflow.NewClient(signalflow.Options{Endpoint: mustEndpoint(t, "ws://127.0.0.1:1"), Token: "token"})
	require.NoError(t, err)
	tests := map[string]signalflow.Request{
		"the program is empty":                             {},
		"the program is not valid UTF-8":                   {Program: "\xff"},
		"the program is longer than 50000 characters":      {Program: strings.Repeat("ä", 50_001)},
		"the resolution is not a positive number":          {Program: program, Resolution: time.Microsecond},
		"the maximum delay is not between 0 and 15m0s":     {Program: program, MaxDelay: 16 * time.Minute},
		"the stop time lies before the start time":         {Program: program, Start: t0, Stop: t0.Add(-1)},
		"the resolution is not a positive number of milli": {Program: program, Resolution: -time.Second},
	}
	for want, r := range tests {
		_, err := client.Execute(context.Background(), r)
		assert.ErrorContains(t, err, want)
		assert.Equal(t, signalflow.ClassBadProgram, signalflow.ClassOf(err))
	}
	_, err = client.Preflight(context.Background(), signalflow.Request{Program: program})
	assert.ErrorContains(t, err, "a preflight needs a start and a stop time")
}

func TestManyComputationsShareAConnection(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newClient(t, server, func(o *signalflow.Options) { o.MaxChannelsPerConnection = 10 })
		var running sync.WaitGroup
		began := time.Now()
		for i := range 25 {
			text := fmt.Sprintf("program %d publish()", i)
			replay := cpu(3)
			replay.Blocks[0].Label = text
			server.Handle(text, signalflowtest.Replay(replay))
			running.Go(func() {
				computation, err := client.Execute(context.Background(), signalflow.Request{Program: text, Start: began.Add(-time.Minute), Stop: began.Add(time.Minute)})
				if !assert.NoError(t, err) {
					return
				}
				_, points, err := drain(t, computation)
				assert.Equal(t, io.EOF, err)
				assert.Equal(t, replayed(text, 3, began.Add(-time.Minute), began.Add(time.Minute), 10*time.Second), points)
			})
		}
		running.Wait()
		assert.Equal(t, 3, server.Connections(), "10 on each connection")
	})
}

func TestServiceLimitsChannels(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		server.LimitChannels(2)
		client := newClient(t, server, nil)
		for range 2 {
			next(t, execute(t, client, signalflow.Request{}))
		}
		err := endOf(t, execute(t, client, signalflow.Request{}))
		assert.ErrorContains(t, err, "Too many channels in this connection")
		assert.Equal(t, signalflow.ClassBackoff, signalflow.ClassOf(err))
		next(t, execute(t, client, signalflow.Request{}))
		assert.Equal(t, 2, server.Connections(), "the connection counts as full")
	})
}

func TestRateLimitedStart(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		server.RateLimit(1)
		client := newClient(t, server, nil)
		err := endOf(t, execute(t, client, signalflow.Request{}))
		assert.Equal(t, &signalflow.Error{Code: 429, Message: "Rate limit exceeded"}, err)
		assert.Equal(t, signalflow.ClassBackoff, signalflow.ClassOf(err))
		next(t, execute(t, client, signalflow.Request{}))
		assert.Equal(t, 1, server.Connections())
	})
}

// refusal is an error that does not tell what it is about.
const refusal = `{"type":"error","error":400,"message":"no"}`

// Of two programs that have had no answer one is refused, nobody knows which. Neither
// counts as wrong, and the service is told that neither is wanted.
func TestAnErrorWithoutAChannelBlamesNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		const other = "other publish()"
		both := make(chan struct{})
		server.Handle(program, func(ch *signalflowtest.Channel) { <-both; ch.Raw(false, []byte(refusal)) })
		server.Handle(other, func(ch *signalflowtest.Channel) { close(both); <-ch.Done() })
		client := newClient(t, server, nil)
		for _, one := range []*signalflow.Computation{execute(t, client, signalflow.Request{}), execute(t, client, signalflow.Request{Program: other})} {
			err := endOf(t, one)
			assert.ErrorContains(t, err, "does not tell which of several programs")
			assert.Equal(t, signalflow.ClassBackoff, signalflow.ClassOf(err))
		}
		server.WaitForRequests(t, 2, "detach")
	})
}

// A stop is refused without a channel: that says nothing about programs without an answer.
func TestARefusedStopHarmsNoProgram(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		begin := make(chan struct{})
		server.Handle(program, func(ch *signalflowtest.Channel) {
			<-begin
			ch.Raw(false, []byte(refusal))
			ch.Started()
			ch.End()
		})
		client := newClient(t, server, nil)
		computation := execute(t, client, signalflow.Request{})
		require.NoError(t, client.Stop(context.Background(), "gone", "left over"))
		close(begin)
		assert.Equal(t, io.EOF, endOf(t, computation))
	})
}

func TestStartsAreSpread(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.KeepAlive = 20 * time.Second
		server.Handle(program, untilClosed)
		client := newClient(t, server, func(o *signalflow.Options) { o.StartsPerMinute = 2 })
		began := time.Now()
		var at []time.Duration
		for range 5 {
			next(t, execute(t, client, signalflow.Request{}))
			at = append(at, time.Since(began))
		}
		assert.Equal(t, []time.Duration{0, 0, time.Minute, time.Minute, 2 * time.Minute}, at)
		impatient, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		execute(t, client, signalflow.Request{})
		_, err := client.Execute(impatient, signalflow.Request{Program: program})
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// A lost connection ends its computations after what has arrived, and a new one is
// made when its time has come.
func TestLostConnection(t *testing.T) {
	tests := []struct {
		name  string
		fault func(*signalflowtest.Channel)
		want  string
		class signalflow.Class
	}{
		{"dropped", (*signalflowtest.Channel).Drop, "signalflow: read failed", signalflow.ClassResume},
		{"closed for a restart", func(ch *signalflowtest.Channel) { ch.Close(1012, "restarting") }, "signalflow: read failed (1012): restarting", signalflow.ClassResume},
		{"closed as if all were well", func(ch *signalflowtest.Channel) { ch.Close(1000, "") }, "signalflow: read failed (1000)", signalflow.ClassResume},
		{"token revoked", func(ch *signalflowtest.Channel) { ch.Close(4401, "token token is gone") }, "does not accept the token (4401): [token] [token] is gone", signalflow.ClassBadToken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				server.Handle(program, func(ch *signalflowtest.Channel) { ch.Started(); tt.fault(ch) })
				var events []string
				client := newClient(t, server, func(o *signalflow.Options) {
					o.OnConnect = func() { events = append(events, "connected") }
					o.OnDisconnect = func(err error) { events = append(events, err.Error()) }
				})
				messages, _, err := drain(t, execute(t, client, signalflow.Request{}))
				assert.Equal(t, "STREAM_START; JOB_START", sentence(messages))
				assert.ErrorContains(t, err, tt.want)
				assert.Equal(t, tt.class, signalflow.ClassOf(err))
				assert.NotContains(t, err.Error(), "token token")

				server.Handle(program, untilClosed)
				lost := time.Now()
				next(t, execute(t, client, signalflow.Request{}))
				wait := time.Second
				if tt.class == signalflow.ClassBadToken {
					wait = time.Minute
				}
				assert.Equal(t, wait, time.Since(lost))
				assert.Equal(t, []string{"connected", err.Error(), "connected"}, events)
				assert.Equal(t, uint64(1), client.Stats().Disconnects)
				assert.Equal(t, int64(1), client.Stats().OpenConnections)
			})
		})
	}
}

// A message that is too long costs its own computation that message, and others nothing.
func TestMessageTooLong(t *testing.T) {
	var many []signalflowtest.Point
	for i := range 200 { // whose bits do not repeat, for data is compressed
		many = append(many, signalflowtest.Double(math.MaxUint64/uint64(i+1), math.Sqrt(float64(i+2))))
	}
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, func(ch *signalflowtest.Channel) {
			ch.Started()
			ch.Data(t0, many...)
			ch.Raw(true, make([]byte, 2000))
			ch.Raw(false, bytes.Repeat([]byte("x"), 2000))
			ch.Data(t0.Add(time.Second))
			ch.End()
		})
		server.Handle("other", func(ch *signalflowtest.Channel) { ch.Started(); time.Sleep(time.Second); ch.Data(t0); ch.End() })
		client := newClient(t, server, func(o *signalflow.Options) { o.MaxMessageSize = 1000 })
		other := execute(t, client, signalflow.Request{Program: "other"})
		long := execute(t, client, signalflow.Request{})
		var told error
		for told == nil {
			m, err := long.Next(context.Background())
			require.NoError(t, err)
			if m, ok := m.(*signalflow.Malformed); ok {
				assert.Equal(t, signalflow.TypeData, m.Type)
				told = m.Err
			}
		}
		assert.EqualError(t, told, "signalflow: data message: a message is longer than 1000 bytes: raise MaxMessageSize or narrow the program")
		for _, computation := range []*signalflow.Computation{long, other} {
			messages, _, err := drain(t, computation)
			assert.Contains(t, sentence(messages), "data, empty")
			assert.Equal(t, io.EOF, err)
		}
		assert.Equal(t, uint64(3), client.Stats().Ignored[signalflow.IgnoredMalformed])
		assert.Zero(t, client.Stats().Disconnects)
	})
}

func TestHalfOpenConnection(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.KeepAlive = 20 * time.Second
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		computation := execute(t, client, signalflow.Request{})
		next(t, computation)
		next(t, computation)

		quiet, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		_, err := computation.Next(quiet)
		require.ErrorIs(t, err, context.DeadlineExceeded, "keep-alives prove the connection")
		assert.LessOrEqual(t, client.Stats().KeepAliveAge, server.KeepAlive)

		server.HalfOpen()
		time.Sleep(30 * time.Second)
		assert.GreaterOrEqual(t, client.Stats().KeepAliveAge, 30*time.Second)
		frozen := time.Now()
		_, err = computation.Next(context.Background())
		assert.EqualError(t, err, "signalflow: keep-alive failed: nothing was received for 1m0s")
		assert.LessOrEqual(t, time.Since(frozen), 30*time.Second)
		assert.Zero(t, client.Stats().KeepAliveAge)
		assert.Equal(t, signalflow.ClassResume, signalflow.ClassOf(err))
	})
}

func TestWriteThatHangs(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		computation := execute(t, client, signalflow.Request{})
		next(t, computation)
		server.HalfOpen()
		require.NoError(t, client.KeepAlive(context.Background(), "swallowed by a buffer"))
		began := time.Now()
		_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
		assert.EqualError(t, err, "signalflow: write failed: nothing could be sent for 10s")
		assert.Equal(t, signalflow.ClassResume, signalflow.ClassOf(err))
		assert.Equal(t, 10*time.Second, time.Since(began))
		assert.Equal(t, err, endOf(t, computation), "the connection is lost to all")
	})
}

// However a caller behaves, connections are paced, and more slowly with every failure.
func TestBackoffBetweenConnections(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.RefuseConnections(8, http.StatusServiceUnavailable)
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		began := time.Now()
		var at []float64
		for range 8 {
			_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
			assert.EqualError(t, err, "signalflow: connect failed (503): Service Unavailable")
			at = append(at, time.Since(began).Seconds())
		}
		assert.Equal(t, []float64{0, 1, 3, 7, 15, 31, 63, 123}, at)
		next(t, execute(t, client, signalflow.Request{}))
		assert.Equal(t, uint64(8), client.Stats().ConnectFailures)
	})
}

func TestBackoffIsForgottenWhenHealthy(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.KeepAlive = 20 * time.Second
		server.RefuseConnections(5, http.StatusBadGateway)
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		for range 5 {
			_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
			require.Error(t, err)
		}
		reconnect := func(lived time.Duration) time.Duration {
			computation := execute(t, client, signalflow.Request{})
			time.Sleep(lived)
			server.KillConnections()
			require.Error(t, endOf(t, computation))
			lost := time.Now()
			next(t, execute(t, client, signalflow.Request{}))
			return time.Since(lost)
		}
		assert.Equal(t, 32*time.Second, reconnect(time.Minute), "a connection that lasted a minute proves little")
		assert.Equal(t, time.Second, reconnect(6*time.Minute))
	})
}

func TestConnectionsLostAtOnceCountAsOneFailure(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		var computations []*signalflow.Computation
		for range 5 {
			computations = append(computations, execute(t, client, signalflow.Request{Exclusive: true}))
		}
		server.KillConnections()
		for _, computation := range computations {
			require.Error(t, endOf(t, computation))
		}
		assert.Equal(t, uint64(5), client.Stats().Disconnects)
		lost := time.Now()
		next(t, execute(t, client, signalflow.Request{}))
		assert.Equal(t, time.Second, time.Since(lost))
		server.KillConnections()
		synctest.Wait()
		lost = time.Now()
		next(t, execute(t, client, signalflow.Request{}))
		assert.Equal(t, 2*time.Second, time.Since(lost))
	})
}

func TestTokenThatIsNotAccepted(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newClient(t, server, func(o *signalflow.Options) { o.Token = "wrong" })
		began := time.Now()
		for range 2 {
			_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
			assert.Equal(t, &signalflow.AuthError{Code: 4401, Reason: "Invalid authentication token: invalid token"}, err)
			assert.Equal(t, signalflow.ClassBadToken, signalflow.ClassOf(err))
			assert.NotContains(t, err.Error(), "wrong")
		}
		assert.Equal(t, time.Minute, time.Since(began), "a bad token is not tried in a loop")
	})
}

func TestConnectionsThatAreRefused(t *testing.T) {
	tests := []struct {
		status int
		class  signalflow.Class
		want   string
	}{
		{http.StatusUnauthorized, signalflow.ClassBadToken, "the service does not accept the token (401): Unauthorized"},
		{http.StatusForbidden, signalflow.ClassBadToken, "the service does not accept the token (403): Forbidden"},
		{http.StatusNotFound, signalflow.ClassResume, "connect failed (404)"},
		{http.StatusTooManyRequests, signalflow.ClassResume, "connect failed (429)"},
		{http.StatusFound, signalflow.ClassResume, "connect failed (302): the service redirects to another address, which is not followed"},
	}
	for _, tt := range tests {
		t.Run(http.StatusText(tt.status), func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				server.RefuseConnections(1, tt.status)
				_, err := newClient(t, server, nil).Execute(context.Background(), signalflow.Request{Program: program})
				assert.ErrorContains(t, err, tt.want)
				assert.Equal(t, tt.class, signalflow.ClassOf(err))
			})
		})
	}
}

// scripted serves a WebSocket by hand, for what the test server does not do.
func scripted(t *testing.T, serve func(context.Context, *websocket.Conn)) *http.Client {
	t.Helper()
	return &http.Client{Transport: signalflowtest.HandlerTransport(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		serve(r.Context(), ws)
	}))}
}

func TestAuthenticationThatFails(t *testing.T) {
	answer := func(text string) func(context.Context, *websocket.Conn) {
		return func(ctx context.Context, ws *websocket.Conn) {
			_, _, _ = ws.Read(ctx)
			_ = ws.Write(ctx, websocket.MessageText, []byte(text))
			_, _, _ = ws.Read(ctx)
		}
	}
	tests := []struct {
		name  string
		serve func(context.Context, *websocket.Conn)
		want  string
		class signalflow.Class
	}{
		{"no answer", func(ctx context.Context, ws *websocket.Conn) { _, _, _ = ws.Read(ctx); _, _, _ = ws.Read(ctx) }, "authenticate failed: ", signalflow.ClassResume},
		{"closed at once", func(context.Context, *websocket.Conn) {}, "authenticate failed: ", signalflow.ClassResume},
		{"not JSON", answer("hello"), "authenticate failed: message is not valid JSON", signalflow.ClassResume},
		{"an error", answer(`{"type":"error","error":401,"message":"no"}`), "does not accept the token (401): no", signalflow.ClassBadToken},
		{"an error without anything", answer(`{"error":"bad"}`), "does not accept the token (0)", signalflow.ClassBadToken},
		{"a failure of the service", answer(`{"type":"error","error":503,"message":"later"}`), "authenticate failed (503): later", signalflow.ClassResume},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, err := signalflow.NewClient(signalflow.Options{Endpoint: mustEndpoint(t, "ws://signalflow.test"), Token: "token", HTTPClient: scripted(t, tt.serve)})
				require.NoError(t, err)
				defer client.Close()
				began := time.Now()
				_, err = client.Execute(context.Background(), signalflow.Request{Program: program})
				assert.ErrorContains(t, err, tt.want)
				assert.Equal(t, tt.class, signalflow.ClassOf(err))
				assert.LessOrEqual(t, time.Since(began), 10*time.Second)
			})
		})
	}
}

func TestStartTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.KeepAlive = 10 * time.Second
		server.Handle(program, func(ch *signalflowtest.Channel) { <-ch.Done() })
		computation := execute(t, newClient(t, server, nil), signalflow.Request{})
		began := time.Now()
		err := endOf(t, computation)
		assert.ErrorIs(t, err, signalflow.ErrStartTimeout)
		assert.Equal(t, signalflow.ClassBackoff, signalflow.ClassOf(err))
		assert.Equal(t, 30*time.Second, time.Since(began))
		assert.Equal(t, computation.Handle(), "")
		synctest.Wait()
		require.Len(t, server.Requests("detach"), 1)
	})
}

func TestStopDetachAndClose(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		ctx := context.Background()

		stopped := execute(t, client, signalflow.Request{})
		next(t, stopped)
		next(t, stopped)
		require.NoError(t, stopped.Stop(ctx, "enough"))
		assert.Equal(t, &signalflow.AbortError{State: "STOPPED", Reason: "enough"}, endOf(t, stopped))

		nameless := execute(t, client, signalflow.Request{})
		require.NoError(t, nameless.Stop(ctx, "before it has a handle"))
		assert.ErrorIs(t, endOf(t, nameless), signalflow.ErrClosed)

		detached := execute(t, client, signalflow.Request{})
		synctest.Wait()
		require.NoError(t, detached.Detach(ctx, "enough"))
		messages, _, err := drain(t, detached)
		assert.Equal(t, "STREAM_START; JOB_START", sentence(messages), "what has arrived is returned")
		assert.ErrorIs(t, err, signalflow.ErrClosed)
		assert.Equal(t, signalflow.ClassEnded, signalflow.ClassOf(err))

		closed := execute(t, client, signalflow.Request{})
		synctest.Wait()
		require.NoError(t, closed.Close())
		require.NoError(t, closed.Close())
		messages, _, err = drain(t, closed)
		assert.Empty(t, messages)
		assert.ErrorIs(t, err, signalflow.ErrClosed)

		require.NoError(t, client.Stop(ctx, "old-handle", "orphan"))
		require.NoError(t, client.KeepAlive(ctx, "handle"))
		synctest.Wait()
		var told []string
		for _, r := range server.Requests("stop", "detach", "keepalive") {
			told = append(told, r.Type+" "+r.Handle+" "+r.Reason)
		}
		assert.Equal(t, []string{
			"stop AAAAAAAAAAE enough", "detach  before it has a handle", "detach  enough", "detach  closed by the client",
			"stop old-handle orphan", "keepalive handle ",
		}, told)
	})
}

func TestIdleConnectionsAreClosedOnRequest(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		var lost []error
		client := newClient(t, server, func(o *signalflow.Options) { o.OnDisconnect = func(err error) { lost = append(lost, err) } })
		used, idle := execute(t, client, signalflow.Request{Exclusive: true}), execute(t, client, signalflow.Request{Exclusive: true})
		next(t, used)
		next(t, idle)
		require.NoError(t, idle.Close())
		client.CloseIdleConnections()
		synctest.Wait()
		assert.Equal(t, int64(1), client.Stats().OpenConnections)
		next(t, used)
		next(t, execute(t, client, signalflow.Request{Exclusive: true}))
		assert.Equal(t, 3, server.Connections())
		assert.Empty(t, lost, "nothing was lost, so nothing waits")
		require.NoError(t, client.Close())
		client.CloseIdleConnections()
	})
}

func TestAttachStartAndPreflight(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newClient(t, server, nil)
		ctx := context.Background()

		server.Handle("some-handle", untilClosed)
		attached, err := client.Attach(ctx, signalflow.AttachRequest{Handle: "some-handle", Filters: "filter('a', 'b')", Resolution: time.Second})
		require.NoError(t, err)
		next(t, attached)
		fields := server.Requests("attach")[0].Fields
		delete(fields, "channel")
		assert.Equal(t, map[string]any{"type": "attach", "handle": "some-handle", "filters": "filter('a', 'b')", "resolution": 1000.0, "compress": true}, fields)

		server.Handle("detect()", func(ch *signalflowtest.Channel) {
			ch.Started()
			ch.Message("estimation", map[string]any{"result": map[string]any{"alerts": 3}})
		})
		estimation, err := client.Preflight(ctx, signalflow.Request{Program: "detect()", Start: t0, Stop: t0.Add(time.Hour)})
		require.NoError(t, err)
		assert.JSONEq(t, `{"alerts":3}`, string(estimation.Result))

		server.Handle("start()", func(ch *signalflowtest.Channel) {
			ch.Message("computation-started", map[string]any{"computationId": "job"})
		})
		handle, err := client.Start(ctx, signalflow.Request{Program: "start()"})
		require.NoError(t, err)
		assert.Equal(t, "job", handle)
		assert.Empty(t, server.Requests("detach"), "detaching would end the job")

		_, err = client.Start(ctx, signalflow.Request{Program: "unknown()"})
		assert.ErrorContains(t, err, "no script for this program")
	})
}

// Closing must work in every phase, and leave no goroutine (checked by the bubble).
func TestCloseInEveryPhase(t *testing.T) {
	t.Run("before anything", func(t *testing.T) {
		inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
			client := newClient(t, server, nil)
			require.NoError(t, client.Close())
			_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
			assert.ErrorIs(t, err, signalflow.ErrClosed)
		})
	})
	t.Run("while waiting for its turn", func(t *testing.T) {
		inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
			server.RefuseConnections(1, http.StatusBadGateway)
			client := newClient(t, server, nil)
			_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
			require.Error(t, err)
			closeWhileExecuting(t, client)
		})
	})
	t.Run("while connecting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, err := signalflow.NewClient(signalflow.Options{Endpoint: mustEndpoint(t, "ws://signalflow.test"), Token: "token", HTTPClient: &http.Client{Transport: nowhere{}}})
			require.NoError(t, err)
			closeWhileExecuting(t, client)
		})
	})
	t.Run("while authenticating", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			silent := scripted(t, func(ctx context.Context, ws *websocket.Conn) { _, _, _ = ws.Read(ctx); _, _, _ = ws.Read(ctx) })
			client, err := signalflow.NewClient(signalflow.Options{Endpoint: mustEndpoint(t, "ws://signalflow.test"), Token: "token", HTTPClient: silent})
			require.NoError(t, err)
			closeWhileExecuting(t, client)
		})
	})
	t.Run("while reading", func(t *testing.T) {
		inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
			server.Handle(program, untilClosed)
			client := newClient(t, server, nil)
			computation := execute(t, client, signalflow.Request{})
			next(t, computation)
			next(t, computation)
			time.AfterFunc(time.Second, func() { assert.NoError(t, client.Close()) })
			_, err := computation.Next(context.Background())
			assert.ErrorIs(t, err, signalflow.ErrClosed)
			synctest.Wait()
			require.Len(t, server.Requests("detach"), 1, "the service is told")
			assert.Zero(t, client.Stats().Disconnects)
		})
	})
	t.Run("with messages that nobody reads", func(t *testing.T) {
		inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
			server.Handle(program, flood)
			client := newClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 1000 })
			execute(t, client, signalflow.Request{})
			synctest.Wait()
			require.NoError(t, client.Close())
		})
	})
	t.Run("while the connection is half-open", func(t *testing.T) {
		inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
			server.Handle(program, untilClosed)
			client := newClient(t, server, nil)
			next(t, execute(t, client, signalflow.Request{}))
			server.HalfOpen()
			began := time.Now()
			require.NoError(t, client.Close())
			assert.LessOrEqual(t, time.Since(began), 2*time.Second)
		})
	})
}

// nowhere is a network that never answers.
type nowhere struct{}

func (nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func closeWhileExecuting(t *testing.T, client *signalflow.Client) {
	t.Helper()
	time.AfterFunc(time.Millisecond, func() { assert.NoError(t, client.Close()) })
	_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
	assert.ErrorIs(t, err, signalflow.ErrClosed)
}

// flood sends data without an end.
func flood(ch *signalflowtest.Channel) {
	ch.Metadata(1, labeled("flood"))
	for i := 0; ; i++ {
		select {
		case <-ch.Done():
			return
		default:
			ch.Data(t0.Add(time.Duration(i)*time.Second), signalflowtest.Double(1, float64(i)))
		}
	}
}
