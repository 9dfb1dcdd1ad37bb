package signalfxexporter

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
)

// NewFactory returns the factory of the `signalfx` exporter.
func NewFactory() exporter.Factory {
	all := &metadataWriters{writers: make(map[*Config]*metadataWriter)}
	return exporter.NewFactory(metadata.Type, createDefaultConfig,
		exporter.WithMetrics(all.createMetrics, metadata.MetricsStability),
		exporter.WithLogs(all.createLogs, metadata.LogsStability),
		exporter.WithTraces(createTraces, metadata.TracesStability))
}

func createDefaultConfig() component.Config {
	client := exporterconf.DefaultClient()
	client.IdleConnTimeout = 30 * time.Second
	client.HTTP2ReadIdleTimeout = 10 * time.Second
	client.HTTP2PingTimeout = 10 * time.Second
	return &Config{
		ClientConfig:           client,
		QueueConfig:            configoptional.Some(exporterhelper.NewDefaultQueueConfig()),
		RetryConfig:            configretry.NewDefaultBackOffConfig(),
		AccessTokenPassthrough: true,
		Domain:                 signalfx.DefaultDomain,
		MetricsConfig: MetricsConfig{
			NonAlphanumericDimensionChars: "_-.",
			DeltaTranslationTTL:           3600,
		},
		EventsConfig: EventsConfig{EntityEvents: true},
		MetadataConfig: MetadataConfig{DimensionClient: DimensionClientConfig{
			MaxBuffered:         10_000,
			SendDelay:           10 * time.Second,
			MaxIdleConns:        20,
			MaxIdleConnsPerHost: 20,
			MaxConnsPerHost:     20,
			IdleConnTimeout:     30 * time.Second,
			Timeout:             10 * time.Second,
			StripK8sLabelPrefix: true,
			Method:              methodPatch,
		}},
		MaxDatapointsPerRequest: signalfx.DefaultMaxDatapointsPerRequest,
		MaxRequestSize:          signalfx.DefaultMaxRequestBytes,
		MaxParallelRequests:     4,
	}
}

func (all *metadataWriters) createMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	c := cfg.(*Config)
	e, err := newMetricsExporter(c, set)
	if err != nil {
		return nil, err
	}
	helper, err := exporterconf.NewMetrics(ctx, set, cfg, e.push, c.helperOptions(e.service)...)
	if err != nil {
		return nil, err
	}
	return withState(helper, e, all)
}

func (all *metadataWriters) createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	c := cfg.(*Config)
	e, err := newLogsExporter(c, set)
	if err != nil {
		return nil, err
	}
	helper, err := exporterconf.NewLogs(ctx, set, cfg, e.push, c.helperOptions(e.service)...)
	if err != nil {
		return nil, err
	}
	return withEntities(helper, e, all), nil
}

func createTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	c := cfg.(*Config)
	e, err := newTracesExporter(c, set)
	if err != nil {
		return nil, err
	}
	return exporterconf.NewTraces(ctx, set, cfg, e.push, c.helperOptions(e.service)...)
}

// helperOptions are what every signal asks of the collector's helper.
func (c *Config) helperOptions(s *service) []exporterhelper.Option {
	return exporterconf.HelperOptions(s.start, s.shutdown, c.RetryConfig, c.queue())
}

// queue is the configured queue. When it merges batches it must keep apart what came
// with different tokens, or the tokens of requests would be lost.
func (c *Config) queue() configoptional.Optional[exporterhelper.QueueBatchConfig] {
	queue := c.QueueConfig.Get()
	if queue == nil || !queue.Batch.HasValue() || !c.AccessTokenPassthrough {
		return c.QueueConfig
	}
	copied, batch := *queue, *queue.Batch.Get()
	if !slices.Contains(batch.Partition.MetadataKeys, signalfx.TokenHeader) {
		batch.Partition.MetadataKeys = append(slices.Clone(batch.Partition.MetadataKeys), signalfx.TokenHeader)
	}
	copied.Batch = configoptional.Some(batch)
	return configoptional.Some(copied)
}
