package main

import (
	"context"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter"
)

// settings are an exporter's configuration, as in YAML.
type settings = map[string]any

// subject is an exporter with a configuration for a server.
type subject struct {
	name    string
	factory func() exporter.Factory
	config  func(url string) settings
}

// ours are the exporters of this project, with their defaults but for what the
// benchmark needs: a batch that is sent again and again has no differences, so Librato
// sends values as they are.
var ours = []subject{
	{"signalfx", signalfxexporter.NewFactory, func(url string) settings {
		return settings{"access_token": "bench", "ingest_url": url, "api_url": url}
	}},
	{"wavefront", wavefrontexporter.NewFactory, func(url string) settings {
		return settings{"endpoint": url, "token": "bench", "mode": "direct"}
	}},
	{"librato (tags)", libratoexporter.NewFactory, func(url string) settings {
		return settings{"api": "appoptics", "endpoint": url, "token": "bench", "temporality": "cumulative"}
	}},
	{"librato (sources)", libratoexporter.NewFactory, func(url string) settings {
		return settings{"api": "librato", "endpoint": url, "email": "bench@example.com", "token": "bench", "temporality": "cumulative"}
	}},
}

// otlpHTTP is the collector's own exporter: as it comes, which is gzip at the library's
// default level, and last at level 1, which is ours, so that only the exporters differ.
var otlpHTTP = []subject{
	{"otlp_http as it comes", otlphttpexporter.NewFactory, func(url string) settings {
		return settings{"endpoint": url}
	}},
	{"otlp_http, level 1", otlphttpexporter.NewFactory, func(url string) settings {
		return settings{"endpoint": url, "compression_params": settings{"level": 1}}
	}},
}

// start makes an exporter without a queue: a batch is sent before push returns.
func (s subject) start(url string) (push func(pmetric.Metrics) error, stop func(), err error) {
	f := s.factory()
	config := f.CreateDefaultConfig()
	values := s.config(url)
	values["sending_queue"] = settings{"enabled": false}
	values["retry_on_failure"] = settings{"enabled": false}
	if err := confmap.NewFromStringMap(values).Unmarshal(config); err != nil {
		return nil, nil, err
	}
	ctx := context.Background()
	e, err := f.CreateMetrics(ctx, exportertest.NewNopSettings(f.Type()), config)
	if err != nil {
		return nil, nil, err
	}
	if err := e.Start(ctx, componenttest.NewNopHost()); err != nil {
		return nil, nil, err
	}
	return func(md pmetric.Metrics) error { return e.ConsumeMetrics(ctx, md) }, func() { _ = e.Shutdown(ctx) }, nil
}
