package signalfxexporter

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
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
		UserAgent: exporterconf.UserAgent(s.settings.BuildInfo),
		GzipLevel: gzipLevel,
		Observe:   func(ctx context.Context, a httpsend.Attempt) { s.telemetry.Attempt(ctx, a) },
	})
	s.telemetry.Start(host)
	return err
}

// clientConfig applies a service's own TLS section.
func clientConfig(c confighttp.ClientConfig, tls configoptional.Optional[configtls.ClientConfig]) (client confighttp.ClientConfig, gzipLevel int) {
	if tls.HasValue() {
		c.TLS = *tls.Get()
	}
	return exporterconf.TakeGzip(c)
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
