package signalfxexporter

import (
	"context"
	"fmt"
	"net/http"
	"runtime"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
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

func (s *service) start(ctx context.Context, host component.Host) error {
	text, err := s.config.ingestURL()
	if err != nil {
		return err
	}
	base, err := signalfx.ParseBaseURL(text)
	if err != nil {
		return fmt.Errorf("`ingest_url`: %w", err)
	}
	client := s.config.ClientConfig
	gzipLevel := 0
	if client.Compression == configcompression.TypeGzip {
		// Compressed here: small bodies stay as they are, and the buffers are pooled.
		client.Compression = ""
		gzipLevel = max(1, int(s.config.ClientConfig.CompressionParams.Level))
	}
	if s.http, err = client.ToClient(ctx, host.GetExtensions(), s.settings.TelemetrySettings); err != nil {
		return err
	}
	s.ingest, err = signalfx.NewIngest(s.http, base, signalfx.IngestOptions{
		UserAgent: userAgent(s.settings.BuildInfo),
		GzipLevel: gzipLevel,
		Observe:   s.telemetry.attempt,
	})
	return err
}

func (s *service) shutdown(context.Context) error {
	if s.http != nil {
		s.http.CloseIdleConnections()
	}
	return nil
}

// userAgent has the form that the collector's own exporters use.
func userAgent(info component.BuildInfo) string {
	return fmt.Sprintf("%s/%s (%s/%s)", info.Description, info.Version, runtime.GOOS, runtime.GOARCH)
}
