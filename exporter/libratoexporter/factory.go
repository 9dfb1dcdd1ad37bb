package libratoexporter

import (
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// NewFactory returns the factory of the `librato` exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(metadata.Type, createDefaultConfig,
		exporter.WithMetrics(newMetrics, metadata.MetricsStability),
		exporter.WithLogs(newLogs, metadata.LogsStability),
		exporter.WithTraces(newTraces, metadata.TracesStability))
}

func createDefaultConfig() component.Config {
	return &Config{
		ClientConfig: exporterconf.DefaultClient(),
		QueueConfig:  configoptional.Some(exporterhelper.NewDefaultQueueConfig()),
		RetryConfig:  configretry.NewDefaultBackOffConfig(),
		API:          APIAppOptics,
		MetricsConfig: MetricsConfig{
			Temporality: TemporalityDelta,
			MaxSeries:   100_000,
			SeriesTTL:   time.Hour,
			ResourceAttributes: []string{
				"service.name", "host.name", "deployment.environment", "deployment.environment.name", "k8s.*",
			},
			FallbackTag:       FallbackTag{Name: "source", Value: "otelcol"},
			Buckets:           BucketsNone,
			SummarizeFunction: translate.SummarizeAuto,
			MaxAge:            librato.ReportedMaxAge * time.Second,
			MaxFuture:         10 * time.Minute,
		},
		Annotations: AnnotationsConfig{
			Stream:       "otel-events",
			MaxPerSecond: 10,
			MaxOpen:      10_000,
			OpenTTL:      24 * time.Hour,
		},
		Spans: SpansConfig{
			Period:         time.Minute,
			DurationMetric: "span.duration",
			ErrorMetric:    "span.errors",
			MaxSeries:      10_000,
		},
		MaxRequestSize:      1 << 20,
		MaxParallelRequests: 4,
	}
}

// helperOptions are what every signal asks of the collector's helper.
func (c *Config) helperOptions(s *service) []exporterhelper.Option {
	return exporterconf.HelperOptions(s.start, s.shutdown, c.RetryConfig, c.QueueConfig)
}
