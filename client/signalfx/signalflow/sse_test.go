package signalflow_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

func newSSEClient(t testing.TB, server *signalflowtest.Server, change func(*signalflow.Options)) *signalflow.SSEClient {
	t.Helper()
	client, err := signalflow.NewSSEClient(options(t, server, change))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

func executeSSE(t testing.TB, client *signalflow.SSEClient, r signalflow.Request) *signalflow.Computation {
	t.Helper()
	if r.Program == "" {
		r.Program = program
	}
	computation, err := client.Execute(context.Background(), r)
	require.NoError(t, err)
	return computation
}

func TestSSEBoundedJob(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, signalflowtest.Replay(cpu(20)))
		client := newSSEClient(t, server, func(o *signalflow.Options) {
			o.UserAgent = "tester/1"
			o.Header = http.Header{"X-Extra": {"yes"}}
		})
		computation := executeSSE(t, client, signalflow.Request{
			Start: t0, Stop: t0.Add(30 * time.Second), Resolution: time.Second, MaxDelay: time.Minute, Immediate: true, Timezone: "Europe/Berlin", WithDerivedMetadata: true,
		})
		messages, points, err := drain(t, computation)
		require.Equal(t, io.EOF, err)
		assert.Equal(t, replayed("cpu", 20, t0, t0.Add(30*time.Second), 10*time.Second), points)
		assert.Equal(t, []string{"STREAM_START", "JOB_START"}, messages[:2])
		assert.Equal(t, "AAAAAAAAAAE", computation.Handle())

		request := server.Requests("execute")[0]
		assert.Equal(t, program, request.Program)
		assert.Equal(t, "tester/1", request.UserAgent)
		assert.Equal(t, map[string]any{
			"start": fmt.Sprint(t0.UnixMilli()), "stop": fmt.Sprint(t0.UnixMilli() + 30_000), "resolution": "1000", "maxDelay": "60000",
			"immediate": "true", "timezone": "Europe/Berlin", "withDerivedMetadata": "true",
		}, request.Fields)
		synctest.Wait()
		stats := client.Stats()
		assert.Zero(t, stats.OpenConnections)
		assert.Zero(t, stats.Disconnects, "a job that ends is no lost connection")
		assert.Equal(t, uint64(4), stats.Messages[signalflow.TypeData])
	})
}

func TestSSERefused(t *testing.T) {
	tests := []struct {
		name  string
		fault func(*signalflowtest.Server)
		token string
		want  string
		class signalflow.Class
		wait  time.Duration // until the next request
	}{
		{"bad token", func(*signalflowtest.Server) {}, "wrong", "the service does not accept the token (401): You must use your user session", signalflow.ClassBadToken, time.Minute},
		{"bad program", func(*signalflowtest.Server) {}, "token", "error 400: no script for this program", signalflow.ClassBadProgram, 0},
		{"rate limit", func(s *signalflowtest.Server) { s.RateLimit(1) }, "token", "error 429: Rate limit exceeded", signalflow.ClassBackoff, time.Second},
		{"unavailable", func(s *signalflowtest.Server) { s.RefuseConnections(1, 503) }, "token", "error 503: Service Unavailable", signalflow.ClassBackoff, time.Second},
		{"redirect", func(s *signalflowtest.Server) { s.RefuseConnections(1, 307) }, "token", "the service redirects to another address, which is not followed", signalflow.ClassBackoff, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				tt.fault(server)
				client := newSSEClient(t, server, func(o *signalflow.Options) { o.Token = tt.token })
				_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
				assert.ErrorContains(t, err, tt.want)
				assert.Equal(t, tt.class, signalflow.ClassOf(err))
				refused := time.Now()
				_, _ = client.Execute(context.Background(), signalflow.Request{Program: program})
				assert.Equal(t, tt.wait, time.Since(refused))
			})
		})
	}
}

func TestSSELostConnection(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, signalflowtest.Replay(cpu(1)))
		var lost []error
		client := newSSEClient(t, server, func(o *signalflow.Options) { o.OnDisconnect = func(err error) { lost = append(lost, err) } })
		server.DropAfter(5)
		computation := executeSSE(t, client, signalflow.Request{Start: t0})
		messages, _, err := drain(t, computation)
		assert.Equal(t, "STREAM_START; JOB_START; metadata cpu; data cpu; JOB_RUNNING_RESOLUTION", sentence(messages))
		assert.Equal(t, signalflow.ClassResume, signalflow.ClassOf(err))
		assert.NotErrorIs(t, err, io.EOF)
		assert.Equal(t, []error{err}, lost)
		began := time.Now()
		next(t, executeSSE(t, client, signalflow.Request{Start: t0}))
		assert.Equal(t, time.Second, time.Since(began), "new streams are paced")
	})
}

func TestSSEIdleTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, func(ch *signalflowtest.Channel) {
			for range 3 {
				ch.Control("JOB_PROGRESS", nil)
				time.Sleep(50 * time.Second)
			}
			<-ch.Done()
		})
		computation := executeSSE(t, newSSEClient(t, server, func(o *signalflow.Options) {
			o.IdleTimeout = time.Minute
			o.HTTPClient = &http.Client{Transport: o.HTTPClient.Transport, Timeout: 5 * time.Second} // which a stream must outlive
		}), signalflow.Request{})
		began := time.Now()
		messages, _, err := drain(t, computation)
		assert.Len(t, messages, 3)
		assert.EqualError(t, err, "signalflow: keep-alive failed: nothing was received for 1m0s")
		assert.Equal(t, 160*time.Second, time.Since(began))
	})
}

func TestSSEBackpressure(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, counting(1000))
		computation := executeSSE(t, newSSEClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 10_000 }), signalflow.Request{})
		synctest.Wait()
		_, points, err := drain(t, computation)
		assert.Equal(t, io.EOF, err)
		assert.Len(t, points, 1000)
		wantCount(t, points)
	})
}

func TestSSEClose(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, flood)
		client := newSSEClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 10_000 })
		closed := executeSSE(t, client, signalflow.Request{})
		synctest.Wait()
		require.NoError(t, closed.Close())
		assert.ErrorIs(t, endOf(t, closed), signalflow.ErrClosed)
		left := executeSSE(t, client, signalflow.Request{})
		synctest.Wait()
		require.NoError(t, client.Close())
		assert.ErrorIs(t, endOf(t, left), signalflow.ErrClosed)
		_, err := client.Execute(context.Background(), signalflow.Request{Program: program})
		assert.ErrorIs(t, err, signalflow.ErrClosed)
		assert.Zero(t, client.Stats().Disconnects)
	})
	t.Run("while connecting", func(t *testing.T) {
		for name, end := range map[string]func(*signalflow.SSEClient, context.CancelFunc){
			"client": func(c *signalflow.SSEClient, _ context.CancelFunc) { _ = c.Close() },
			"caller": func(_ *signalflow.SSEClient, cancel context.CancelFunc) { cancel() },
			"time":   func(*signalflow.SSEClient, context.CancelFunc) {},
		} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client, err := signalflow.NewSSEClient(signalflow.Options{Endpoint: mustEndpoint(t, "http://signalflow.test"), Token: "token", HTTPClient: &http.Client{Transport: nowhere{}}})
					require.NoError(t, err)
					defer client.Close()
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					time.AfterFunc(time.Second, func() { end(client, cancel) })
					_, err = client.Execute(ctx, signalflow.Request{Program: program})
					assert.ErrorIs(t, err, map[string]error{"client": signalflow.ErrClosed, "caller": context.Canceled, "time": signalflow.ErrStartTimeout}[name])
				})
			})
		}
	})
}

func TestSSEStartStopAndPreflight(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newSSEClient(t, server, nil)
		ctx := context.Background()
		handle, err := client.Start(ctx, signalflow.Request{Program: program, Start: t0})
		require.NoError(t, err)
		assert.Equal(t, "AAAAAAAAAAE", handle)
		require.NoError(t, client.KeepAlive(ctx, handle))
		require.NoError(t, client.Stop(ctx, handle, "enough"))
		server.Handle("detect()", func(ch *signalflowtest.Channel) {
			ch.Message("estimation", map[string]any{"result": map[string]any{"alerts": 3}})
		})
		estimation, err := client.Preflight(ctx, signalflow.Request{Program: "detect()", Start: t0, Stop: t0.Add(time.Hour)})
		require.NoError(t, err)
		assert.JSONEq(t, `{"alerts":3}`, string(estimation.Result))
		var paths []string
		for _, r := range server.Requests() {
			paths = append(paths, r.Handle+"/"+r.Type)
		}
		assert.Equal(t, []string{"/start", "AAAAAAAAAAE/keepalive", "AAAAAAAAAAE/stop", "/preflight"}, paths)

		server.RefuseConnections(1, http.StatusNotFound)
		err = client.Stop(ctx, "gone", "")
		assert.Equal(t, &signalflow.Error{Code: 404, Message: "Not Found"}, err)
	})
}

func TestSSEFormat(t *testing.T) {
	data := `{"event":"JOB_PROGRESS","progress":`
	progress := "event: control-message\ndata: " + data + "1}\n\n"
	tests := []struct {
		name string
		body string
		want string
		end  string
	}{
		{"two events", progress + progress, "JOB_PROGRESS; JOB_PROGRESS", "unexpected EOF"},
		{"CR LF, no space, unknown fields, comments", ": hello\r\nid:7\r\nevent:control-message\r\nretry: 5\r\ndata:" + data + "1}\r\n\r\n", "JOB_PROGRESS", "unexpected EOF"},
		{"several lines of data", "event: control-message\ndata: " + data + "\ndata: 1}\n\n", "JOB_PROGRESS", "unexpected EOF"},
		{"no name means an info message", "data: {\"message\":{\"messageCode\":\"X\"}}\n\n", "X", "unexpected EOF"},
		{"events without data", "event: control-message\n\n\n\ndata: {\"message\":{\"messageCode\":\"X\"}}\n\n", "X", "unexpected EOF"},
		{"cut off in an event", "event: control-message\ndata: " + data + "1}\n", "", "unexpected EOF"},
		{"the end", "event: control-message\ndata: {\"event\":\"END_OF_CHANNEL\"}\n\n", "", "EOF"},
		{"an error", "event: error\ndata: {\"error\":500,\"errorType\":null,\"message\":null}\n\n", "", "the service answered with error 500"},
		{"not JSON", "event: data\ndata: {\n\n", "malformed data", "unexpected EOF"},
		{"a long line", "event: control-message\ndata: {\"pad\":\"" + strings.Repeat("x", 70_000) + "\",\"event\":\"JOB_PROGRESS\"}\n\n", "JOB_PROGRESS", "unexpected EOF"},
		{"a line beyond the limit", "event: data\ndata: " + strings.Repeat("x", 200_000) + "\n\n" + progress, "malformed data; JOB_PROGRESS", "unexpected EOF"},
		{"data beyond the limit", "event: data\n" + strings.Repeat("data: "+strings.Repeat("x", 1000)+"\n", 200) + "\n" + progress, "malformed data; JOB_PROGRESS", "unexpected EOF"},
		{"a comment beyond the limit", ": " + strings.Repeat("x", 200_000) + "\n" + progress, "JOB_PROGRESS", "unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := signalflowtest.HandlerTransport(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					_, _ = io.WriteString(w, tt.body)
				}))
				client, err := signalflow.NewSSEClient(signalflow.Options{Endpoint: mustEndpoint(t, "http://signalflow.test"), Token: "token", HTTPClient: &http.Client{Transport: transport}, MaxMessageSize: 100_000})
				require.NoError(t, err)
				defer client.Close()
				messages, _, err := drain(t, executeSSE(t, client, signalflow.Request{}))
				assert.Equal(t, tt.want, sentence(messages))
				assert.ErrorContains(t, err, tt.end)
				assert.Equal(t, tt.end == "EOF", err == io.EOF)
			})
		})
	}
	t.Run("an answer of something in between", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			transport := signalflowtest.HandlerTransport(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "<html>please log in</html>")
			}))
			client, err := signalflow.NewSSEClient(signalflow.Options{Endpoint: mustEndpoint(t, "http://signalflow.test"), Token: "token", HTTPClient: &http.Client{Transport: transport}})
			require.NoError(t, err)
			defer client.Close()
			_, err = client.Execute(context.Background(), signalflow.Request{Program: program})
			assert.ErrorContains(t, err, "the answer is not an event stream")
		})
	})
}
