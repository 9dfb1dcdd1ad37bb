package wavefrontexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// NewFactory returns the factory of the `wavefront` exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(metadata.Type, createDefaultConfig,
		exporter.WithMetrics(createMetrics, metadata.MetricsStability),
		exporter.WithLogs(createLogs, metadata.LogsStability),
		exporter.WithTraces(createTraces, metadata.TracesStability))
}

func createDefaultConfig() component.Config {
	return &Config{
		ClientConfig: defaultClient(),
		QueueConfig:  configoptional.Some(exporterhelper.NewDefaultQueueConfig()),
		RetryConfig:  configretry.NewDefaultBackOffConfig(),
		CSP:          configoptional.Default(CSPConfig{ClientConfig: defaultCSPClient()}),
		Source: SourceConfig{
			Attributes:     []string{"source", "host.name", "hostname", "host.id"},
			ItemAttributes: []string{"source"},
		},
		Tags: TagsConfig{Priority: []string{"application", "service", "cluster", "shard"}},
		Metrics: MetricsConfig{
			Granularities:        []string{"minute"},
			HistogramSeries:      []string{"count", "sum"},
			CumulativeSums:       sumsAsMetric,
			CumulativeHistograms: histogramsAsSeries,
			Conversion:           ConversionConfig{MaxSeries: 100_000, MaxIdle: time.Hour},
		},
		Traces: TracesConfig{
			DefaultApplication: "defaultApplication",
			DefaultService:     "defaultService",
			MapTags:            true,
			RED:                configoptional.Default(REDConfig{Interval: time.Minute, MaxSeries: 10_000}),
		},
		Limits:              defaultLimits(),
		MaxLinesPerRequest:  10_000,
		MaxRequestSize:      1 << 20,
		MaxParallelRequests: 4,
		TCPConfirm:          true,
	}
}

func defaultClient() confighttp.ClientConfig {
	client := exporterconf.DefaultClient()
	client.IdleConnTimeout = 30 * time.Second
	client.HTTP2ReadIdleTimeout = 10 * time.Second
	client.HTTP2PingTimeout = 10 * time.Second
	return client
}

func defaultCSPClient() confighttp.ClientConfig {
	client := confighttp.NewDefaultClientConfig()
	client.Endpoint = wavefront.DefaultCSPURL
	client.Timeout = 10 * time.Second
	return client
}

func createMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	c := cfg.(*Config)
	e, err := newMetricsExporter(c, set)
	if err != nil {
		return nil, err
	}
	next, err := exporterconf.NewMetrics(ctx, set, cfg, e.push, c.helperOptions(e.start, e.shutdown)...)
	if err != nil {
		return nil, err
	}
	return withConversion(next, e), nil
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	c := cfg.(*Config)
	e, err := newLogsExporter(c, set)
	if err != nil {
		return nil, err
	}
	return exporterconf.NewLogs(ctx, set, cfg, e.push, c.helperOptions(e.start, e.shutdown)...)
}

func createTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	c := cfg.(*Config)
	e, err := newTracesExporter(c, set)
	if err != nil {
		return nil, err
	}
	next, err := exporterconf.NewTraces(ctx, set, cfg, e.push, c.helperOptions(e.start, e.shutdown)...)
	if err != nil {
		return nil, err
	}
	return withRED(ctx, set, next, e)
}

// helperOptions are what every signal asks of the collector's helper.
func (c *Config) helperOptions(start component.StartFunc, shutdown component.ShutdownFunc) []exporterhelper.Option {
	return exporterconf.HelperOptions(start, shutdown, c.RetryConfig, c.QueueConfig)
}
