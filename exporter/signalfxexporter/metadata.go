package signalfxexporter

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/hostmeta"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// metadataWriter writes properties of dimensions and of metrics. It has its own HTTP
// client, since the metadata API is another service than ingest. The pipelines of a
// component share it.
type metadataWriter struct {
	config   *Config
	settings exporter.Settings
	shares   int // guarded by metadataWriters

	telemetry *telemetry
	http      *http.Client
	updater   *dimensions.Updater
	names     *dimensions.MetricUpdater // nil when switched off
	host      *hostmeta.Syncer          // nil when switched off
}

func (w *metadataWriter) start(ctx context.Context, host component.Host) error {
	var err error
	if w.telemetry, err = newTelemetry(w.settings, "metadata"); err != nil {
		return err
	}
	api, err := w.newAPI(ctx, host)
	if err != nil {
		return err
	}
	w.updater = dimensions.New(w.options(api))
	w.updater.Start()
	if w.config.MetadataConfig.SyncMetricMetadata {
		filter, err := w.config.MetricsConfig.filter()
		if err != nil {
			return err
		}
		w.names = dimensions.NewMetrics(dimensions.MetricOptions{
			API: api, Token: string(w.config.AccessToken), Queue: w.queueOptions(), Exclude: filter.Excludes,
			Logger: w.settings.Logger, Observer: w.observer(),
		})
		w.names.Start()
	}
	if w.config.MetadataConfig.SyncHostMetadata {
		w.host = hostmeta.New(hostmeta.Options{
			RootPath: w.config.MetadataConfig.RootPath, Add: w.updater.Add, Logger: w.settings.Logger,
		})
		w.host.Start(ctx)
	}
	return w.observeQueue()
}

func (w *metadataWriter) newAPI(ctx context.Context, host component.Host) (*signalfx.API, error) {
	text, err := w.config.apiURL()
	if err != nil {
		return nil, err
	}
	base, err := signalfx.ParseBaseURL(text)
	if err != nil {
		return nil, fmt.Errorf("`api_url`: %w", err)
	}
	client, _ := clientConfig(w.config.ClientConfig, w.config.APITLS)
	d := w.config.MetadataConfig.DimensionClient
	client.Timeout = d.Timeout
	client.MaxIdleConns, client.MaxIdleConnsPerHost = d.MaxIdleConns, d.MaxIdleConnsPerHost
	client.MaxConnsPerHost, client.IdleConnTimeout = d.MaxConnsPerHost, d.IdleConnTimeout
	client.Compression = ""
	if w.http, err = client.ToClient(ctx, host.GetExtensions(), w.settings.TelemetrySettings); err != nil {
		return nil, err
	}
	return signalfx.NewAPI(w.http, base, signalfx.APIOptions{
		UserAgent: exporterconf.UserAgent(w.settings.BuildInfo),
		// The component's status is about ingest: many tokens may not write metadata.
		Observe: func(ctx context.Context, a httpsend.Attempt) { w.telemetry.Request(ctx, a) },
	}), nil
}

func (w *metadataWriter) queueOptions() dimensions.QueueOptions {
	o := dimensions.DefaultQueueOptions()
	o.Delay = w.config.MetadataConfig.DimensionClient.SendDelay
	o.Capacity = w.config.MetadataConfig.DimensionClient.MaxBuffered
	return o
}

func (w *metadataWriter) options(api *signalfx.API) dimensions.Options {
	c := &w.config.MetadataConfig
	rules := translate.NewDimensionRules(w.config.MetricsConfig.NonAlphanumericDimensionChars, nil)
	exclude, _ := c.propertyFilter() // checked by Validate
	return dimensions.Options{
		API:                 api,
		Token:               string(w.config.AccessToken),
		Queue:               w.queueOptions(),
		Put:                 c.DimensionClient.Method == methodPut,
		DropTags:            c.DimensionClient.DropTags,
		StripK8sLabelPrefix: c.DimensionClient.StripK8sLabelPrefix,
		ClearDeleted:        c.DimensionClient.ClearDeleted,
		Rename:              rules.Rename,
		DefaultProperties:   c.DefaultProperties,
		Exclude:             exclude,
		LogUpdates:          c.LogDimensionUpdates,
		Logger:              w.settings.Logger,
		Observer:            w.observer(),
	}
}

// shutdown ends what was started, even if that was not all.
func (w *metadataWriter) shutdown(ctx context.Context) error {
	if w.host != nil {
		w.host.Shutdown()
	}
	if w.updater != nil {
		w.updater.Shutdown(ctx)
	}
	if w.names != nil {
		w.names.Shutdown(ctx)
	}
	if w.http != nil {
		w.http.CloseIdleConnections()
	}
	if w.telemetry == nil {
		return nil
	}
	return w.telemetry.builder.Shutdown()
}

// waiting is how many updates wait or are being sent.
func (w *metadataWriter) waiting() int {
	n := w.updater.Len()
	if w.names != nil {
		n += w.names.Len()
	}
	return n
}

// observer counts what becomes of updates.
func (w *metadataWriter) observer() dimensions.Observer {
	return dimensions.Observer{
		Outcome: func(o dimensions.Outcome) {
			w.telemetry.builder.ExporterSignalfxMetadataUpdates.Add(context.Background(), 1, w.telemetry.Attributes, metric.WithAttributes(attribute.Stringer("outcome", o)))
		},
		Change: func(c dimensions.Change, n int) {
			w.telemetry.builder.ExporterSignalfxMetadataChanges.Add(context.Background(), int64(n), w.telemetry.Attributes, metric.WithAttributes(attribute.Stringer("change", c)))
		},
	}
}

// observeQueue reports how many updates wait.
func (w *metadataWriter) observeQueue() error {
	return w.telemetry.builder.RegisterMetadataCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(w.telemetry.builder.ExporterSignalfxMetadataQueue, int64(w.waiting()), w.telemetry.Attributes)
		return nil
	})
}

// metrics looks at a batch for this host, and for units and descriptions.
func (w *metadataWriter) metrics(ctx context.Context, md pmetric.Metrics) {
	if w.host != nil {
		w.host.Metrics(md)
	}
	if w.names == nil {
		return
	}
	for _, t := range tenantsOf(ctx, w.config, md.ResourceMetrics().Len(), func(i int) pcommon.Map {
		return md.ResourceMetrics().At(i).Resource().Attributes()
	}) {
		for _, r := range t.resources {
			scopes := md.ResourceMetrics().At(r).ScopeMetrics()
			for i := range scopes.Len() {
				metrics := scopes.At(i).Metrics()
				for j := range metrics.Len() {
					w.describe(t.token, metrics.At(j))
				}
			}
		}
	}
}

// describe writes a metric's unit and description under the names that it is sent by.
func (w *metadataWriter) describe(token string, m pmetric.Metric) {
	if m.Unit() == "" && m.Description() == "" {
		return
	}
	for _, name := range translate.SentNames(m, w.config.MetricsConfig.mode()) {
		about := dimensions.Metric{Type: name.Type.String(), Description: m.Description()}
		if name.InUnit {
			about.Unit = strings.TrimSpace(m.Unit())
		}
		if about.Description != "" || about.Unit != "" {
			w.names.Add(token, name.Name, about)
		}
	}
}
