package signalflowreceiver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// client is what both transports can do.
type client interface {
	Execute(context.Context, signalflow.Request) (*signalflow.Computation, error)
	Stop(ctx context.Context, handle, reason string) error
	Stats() signalflow.Stats
	CloseIdleConnections()
	Close() error
}

// idleFactor is how many times longer the silence of an SSE stream may be: it promises
// no sign of life, and a program that has no output is silent.
const idleFactor = 5

func (r *signalflowReceiver) newClient(ctx context.Context, host component.Host) (client, error) {
	endpoint, err := r.config.endpoint()
	if err != nil {
		return nil, err
	}
	web := confighttp.NewDefaultClientConfig()
	web.TLS, web.ProxyURL, web.Headers = r.config.TLS, r.config.ProxyURL, r.config.Headers
	web.Auth, web.Middlewares, web.ReadBufferSize = r.config.Auth, r.config.Middlewares, r.config.ReadBufferSize
	httpClient, err := web.ToClient(ctx, host.GetExtensions(), r.settings.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	options := signalflow.Options{
		Endpoint: endpoint, Token: string(r.config.AccessToken), UserAgent: userAgent(r.settings.BuildInfo), HTTPClient: httpClient,
		ConnectTimeout: r.config.ConnectTimeout, KeepAliveTimeout: r.config.KeepaliveTimeout, IdleTimeout: idleFactor * r.config.KeepaliveTimeout,
		MaxMessageSize: r.config.MaxMessageSize, MaxDecompressedSize: r.config.MaxDecompressedSize, MaxQueuedBytes: r.config.MaxQueuedBytes,
		MaxChannelsPerConnection: r.config.MaxChannelsPerConnection, StartsPerMinute: r.config.StartsPerMinute,
		Backoff:      r.config.Retry.backoff(),
		OnDisconnect: r.telemetry.disconnected,
	}
	if r.config.Transport == transportSSE {
		c, err := signalflow.NewSSEClient(options)
		return sseClient{c, httpClient.CloseIdleConnections}, wrap(err)
	}
	c, err := signalflow.NewClient(options)
	return c, wrap(err)
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("making the client: %w", err)
	}
	return nil
}

// sseClient leaves no idle connections behind; WebSockets are none.
type sseClient struct {
	*signalflow.SSEClient
	closeIdle func()
}

func (c sseClient) CloseIdleConnections() { c.closeIdle() }

func (c sseClient) Close() error {
	defer c.closeIdle()
	return c.SSEClient.Close()
}

func (c *RetryConfig) backoff() signalflow.Backoff {
	return signalflow.Backoff{
		Initial: c.InitialInterval, Max: c.MaxInterval, Multiplier: c.Multiplier, Jitter: c.RandomizationFactor,
	}
}

// delay is how long to wait after a number of failures in a row.
func (c *RetryConfig) delay(failures int) time.Duration {
	return c.backoff().Delay(failures, rand.Float64())
}
