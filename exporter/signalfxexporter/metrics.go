package signalfxexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// metricsExporter turns metrics into datapoints.
type metricsExporter struct {
	*service
	encoders sync.Pool // of *translate.MetricEncoder
}

func newMetricsExporter(config *Config, set exporter.Settings) (*metricsExporter, error) {
	s, err := newService(config, set, "metrics")
	if err != nil {
		return nil, err
	}
	rules := config.metricRules()
	return &metricsExporter{service: s, encoders: sync.Pool{New: func() any {
		return translate.NewMetricEncoder(rules)
	}}}, nil
}

func (c *Config) metricRules() *translate.MetricRules {
	rules := &translate.MetricRules{
		Dimensions: translate.NewDimensionRules(c.NonAlphanumericDimensionChars, nil),
	}
	if c.DropHistogramBuckets {
		rules.Histograms = translate.HistogramSummary
	}
	return rules
}

// push sends one batch. What it returns is the helper's to act on: see delivery.Run.Wait.
func (e *metricsExporter) push(ctx context.Context, md pmetric.Metrics) error {
	run := delivery.NewRun(ctx, e.telemetry, e.config.MaxParallelRequests)
	token := string(e.config.AccessToken)
	resources := make([]int, md.ResourceMetrics().Len())
	for i := range resources {
		resources[i] = i
	}
	lane := run.Lane(func(ctx context.Context, p *parts.Part) error {
		return e.ingest.SendDatapoints(ctx, token, p.Body)
	})
	e.encode(md, resources, lane)
	return run.Wait(delivery.MaxWait(e.config.RetryConfig.MaxElapsedTime), func(cause error) error {
		rest := pmetric.NewMetrics()
		pdatawalk.MetricsSubset(md, resources, lane.Undelivered, rest)
		return consumererror.NewMetrics(cause, rest)
	})
}

// encode walks the resources and feeds the lane.
func (e *metricsExporter) encode(md pmetric.Metrics, resources []int, lane *delivery.Lane) {
	encoder := e.encoders.Get().(*translate.MetricEncoder)
	defer e.encoders.Put(encoder)
	encoder.Begin(translate.Limits{Bytes: e.config.MaxRequestSize, Datapoints: e.config.MaxDatapointsPerRequest}, lane.Emit)
	pdatawalk.Metrics(md, resources, encoder, lane.Stopped)
	encoder.Builder.Flush()
	lane.Walked(encoder.Builder.Walked())
	e.telemetry.encoded(&encoder.Counts)
}
