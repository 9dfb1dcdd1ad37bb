package libratoexporter

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// service is the connection to the service that every signal has.
type service struct {
	config    *Config
	settings  exporter.Settings
	telemetry *telemetry
	now       func() time.Time

	http   *http.Client
	client *librato.Client
}

func newService(config *Config, set exporter.Settings, signal string) (*service, error) {
	t, err := newTelemetry(set, signal)
	if err != nil {
		return nil, err
	}
	return &service{config: config, settings: set, telemetry: t, now: time.Now}, nil
}

// start connects to nothing yet: it makes the client, which needs the host's extensions.
func (s *service) start(ctx context.Context, host component.Host) error {
	base, err := librato.ParseBaseURL(s.config.ClientConfig.Endpoint)
	if err != nil {
		return fmt.Errorf("`endpoint`: %w", err)
	}
	credentials, err := s.config.credentials()
	if err != nil {
		return fmt.Errorf("`token`: %w", err)
	}
	client, gzipLevel := exporterconf.TakeGzip(s.config.ClientConfig)
	if s.http, err = client.ToClient(ctx, host.GetExtensions(), s.settings.TelemetrySettings); err != nil {
		return err
	}
	s.telemetry.Start(host)
	s.client, err = librato.NewClient(s.http, base, librato.Options{
		API:         s.config.API.service(),
		Credentials: credentials,
		UserAgent:   exporterconf.UserAgent(s.settings.BuildInfo),
		GzipLevel:   gzipLevel,
		Observe:     func(ctx context.Context, a httpsend.Attempt) { s.telemetry.Attempt(ctx, a) },
	})
	return err
}

func (s *service) shutdown(context.Context) error {
	if s.http != nil {
		s.http.CloseIdleConnections()
	}
	return nil
}

// limits leave room for the frame of a request.
func (s *service) limits(frame int) translate.Limits {
	return translate.Limits{Bytes: s.config.MaxRequestSize - frame, Measurements: s.config.maxMeasurements()}
}

func (s *service) maxWait() time.Duration {
	return delivery.MaxWait(s.config.RetryConfig.MaxElapsedTime)
}
