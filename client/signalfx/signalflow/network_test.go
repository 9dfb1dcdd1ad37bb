package signalflow_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// The tests of this file use real sockets.

func TestLoopback(t *testing.T) {
	server := signalflowtest.Start(t)
	server.SetTime(t0.Add(time.Hour))
	server.Handle(program, signalflowtest.Replay(cpu(100)))
	want := replayed("cpu", 100, t0, t0.Add(time.Minute), 10*time.Second)
	r := signalflow.Request{Start: t0, Stop: t0.Add(time.Minute)}

	_, points, err := drain(t, execute(t, newClient(t, server, nil), r))
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, want, points)

	_, points, err = drain(t, executeSSE(t, newSSEClient(t, server, nil), r))
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, want, points)
}

// A transport that would speak HTTP/2 must not do so for an upgrade.
func TestTLSWithHTTP2(t *testing.T) {
	server := signalflowtest.Start(t)
	server.SetTime(t0.Add(time.Hour))
	server.Handle(program, signalflowtest.Replay(cpu(1)))
	secure := httptest.NewUnstartedServer(server)
	secure.EnableHTTP2 = true
	secure.StartTLS()
	defer secure.Close()
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}
	defer transport.CloseIdleConnections()
	o := signalflow.Options{
		Endpoint: mustEndpoint(t, strings.Replace(secure.URL, "https", "wss", 1)), Token: "token",
		HTTPClient: &http.Client{Transport: transport, Timeout: 10 * time.Second},
	}
	client, err := signalflow.NewClient(o)
	require.NoError(t, err)
	defer client.Close()
	_, points, err := drain(t, execute(t, client, signalflow.Request{Start: t0, Stop: t0}))
	assert.Equal(t, io.EOF, err)
	assert.Len(t, points, 1)
}

// The client's memory for messages that nobody reads is bounded by its queues, also
// when the service could send much more.
func TestSlowConsumerOverSockets(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(program, counting(20_000))
	client := newClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 64 << 10 })
	computation := execute(t, client, signalflow.Request{})
	_, err := computation.Next(context.Background())
	require.NoError(t, err)
	_, points, err := drain(t, computation)
	assert.Equal(t, io.EOF, err)
	assert.Len(t, points, 20_000)
	wantCount(t, points)
}
