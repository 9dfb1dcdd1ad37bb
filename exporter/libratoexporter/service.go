package libratoexporter

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
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
	// Gzip is done by the client package and not by the HTTP client: small bodies stay
	// as they are, and buffers are pooled.
	client, gzipLevel := s.config.ClientConfig, 0
	if client.Compression == configcompression.TypeGzip {
		gzipLevel = max(1, int(client.CompressionParams.Level))
		client.Compression = ""
	}
	if s.http, err = client.ToClient(ctx, host.GetExtensions(), s.settings.TelemetrySettings); err != nil {
		return err
	}
	s.telemetry.host = host
	s.client, err = librato.NewClient(s.http, base, librato.Options{
		API:         s.config.API.service(),
		Credentials: credentials,
		UserAgent:   userAgent(s.settings.BuildInfo),
		GzipLevel:   gzipLevel,
		Observe:     s.telemetry.attempt,
	})
	return err
}

func (s *service) shutdown(context.Context) error {
	if s.http != nil {
		s.http.CloseIdleConnections()
	}
	return nil
}

func (s *service) limits() translate.Limits {
	return translate.Limits{Bytes: s.config.MaxRequestSize, Measurements: s.config.maxMeasurements()}
}

func (s *service) maxWait() time.Duration {
	return delivery.MaxWait(s.config.RetryConfig.MaxElapsedTime)
}

// userAgent has the form that the collector's own exporters use. The service shows it
// as the creator of metrics.
func userAgent(info component.BuildInfo) string {
	return fmt.Sprintf("%s/%s (%s/%s)", info.Description, info.Version, runtime.GOOS, runtime.GOARCH)
}
