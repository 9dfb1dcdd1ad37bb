package signalfxexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/metadata"
)

// NewFactory returns the factory of the `signalfx` exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(metadata.Type, createDefaultConfig,
		exporter.WithMetrics(createMetrics, metadata.MetricsStability))
}

func createDefaultConfig() component.Config {
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = 10 * time.Second
	client.Compression = configcompression.TypeGzip
	client.CompressionParams.Level = 1
	client.MaxIdleConnsPerHost = 100
	client.IdleConnTimeout = 30 * time.Second
	client.HTTP2ReadIdleTimeout = 10 * time.Second
	client.HTTP2PingTimeout = 10 * time.Second
	return &Config{
		ClientConfig:                  client,
		QueueConfig:                   configoptional.Some(exporterhelper.NewDefaultQueueConfig()),
		RetryConfig:                   configretry.NewDefaultBackOffConfig(),
		NonAlphanumericDimensionChars: "_-.",
		MaxDatapointsPerRequest:       signalfx.DefaultMaxDatapointsPerRequest,
		MaxRequestSize:                signalfx.DefaultMaxRequestBytes,
		MaxParallelRequests:           4,
	}
}

func createMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	c := cfg.(*Config)
	e, err := newMetricsExporter(c, set)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewMetrics(ctx, set, cfg, e.push,
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		// One clock only: the HTTP client's `timeout`.
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
		exporterhelper.WithRetry(c.RetryConfig),
		exporterhelper.WithQueue(c.QueueConfig),
	)
}
