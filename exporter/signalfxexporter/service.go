package signalfxexporter

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// service is the connection to the ingest service that every signal has.
type service struct {
	config    *Config
	settings  exporter.Settings
	telemetry *telemetry

	http   *http.Client
	ingest *signalfx.Ingest
}

func newService(config *Config, set exporter.Settings, signal string) (*service, error) {
	t, err := newTelemetry(set, signal)
	if err != nil {
		return nil, err
	}
	return &service{config: config, settings: set, telemetry: t}, nil
}

// start connects to nothing yet: it makes the client, which needs the host's extensions.
func (s *service) start(ctx context.Context, host component.Host) error {
	text, err := s.config.ingestURL()
	if err != nil {
		return err
	}
	base, err := signalfx.ParseBaseURL(text)
	if err != nil {
		return fmt.Errorf("`ingest_url`: %w", err)
	}
	client, gzipLevel := clientConfig(s.config.ClientConfig, s.config.IngestTLS)
	if s.http, err = client.ToClient(ctx, host.GetExtensions(), s.settings.TelemetrySettings); err != nil {
		return err
	}
	s.ingest, err = signalfx.NewIngest(s.http, base, signalfx.IngestOptions{
		UserAgent: userAgent(s.settings.BuildInfo),
		GzipLevel: gzipLevel,
		Observe:   s.telemetry.attempt,
	})
	s.telemetry.host = host
	return err
}

// clientConfig applies a service's own TLS section. Gzip is done by the client package
// and not by the HTTP client: small bodies stay as they are, and buffers are pooled.
func clientConfig(c confighttp.ClientConfig, tls configoptional.Optional[configtls.ClientConfig]) (client confighttp.ClientConfig, gzipLevel int) {
	if tls.HasValue() {
		c.TLS = *tls.Get()
	}
	if c.Compression == configcompression.TypeGzip {
		switch gzipLevel = int(c.CompressionParams.Level); gzipLevel {
		case -1: // the library's default
			gzipLevel = 6
		case 0:
			gzipLevel = 1
		}
		c.Compression = ""
	}
	return c, gzipLevel
}

func (s *service) shutdown(context.Context) error {
	if s.http != nil {
		s.http.CloseIdleConnections()
	}
	return s.telemetry.builder.Shutdown()
}

func (s *service) newRun(ctx context.Context) *delivery.Run {
	return delivery.NewRun(ctx, s.telemetry, s.config.MaxParallelRequests)
}

// lane sends parts with a token.
func (s *service) lane(run *delivery.Run, token string, send func(ctx context.Context, token string, body []byte) error) *delivery.Lane {
	return run.Lane(func(ctx context.Context, p *parts.Part) error { return send(ctx, token, p.Body) })
}

func (s *service) limits() translate.Limits {
	return translate.Limits{Bytes: s.config.MaxRequestSize, Datapoints: s.config.MaxDatapointsPerRequest}
}

func (s *service) maxWait() time.Duration {
	return delivery.MaxWait(s.config.RetryConfig.MaxElapsedTime)
}

// userAgent has the form that the collector's own exporters use.
func userAgent(info component.BuildInfo) string {
	return fmt.Sprintf("%s/%s (%s/%s)", info.Description, info.Version, runtime.GOOS, runtime.GOARCH)
}
