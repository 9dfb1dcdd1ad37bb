package signalfxexporter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// logPoints logs every point of a batch, for `log_data_points`, at debug level only.
func (e *metricsExporter) logPoints(md pmetric.Metrics) {
	if e.config.MetricsConfig.LogDataPoints && e.settings.Logger.Core().Enabled(zap.DebugLevel) {
		pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), &pointLogger{logger: e.settings.Logger}, pdatawalk.Never)
	}
}

// pointLogger is a visitor that logs. It never logs a token.
type pointLogger struct {
	logger   *zap.Logger
	resource map[string]any
	metric   pmetric.Metric
}

func (l *pointLogger) Resource(r pcommon.Resource) {
	l.resource = r.Attributes().AsRaw()
	delete(l.resource, translate.AccessTokenAttribute)
}
func (l *pointLogger) Scope(pcommon.InstrumentationScope) {}
func (l *pointLogger) Metric(m pmetric.Metric)            { l.metric = m }

func (l *pointLogger) Number(p pmetric.NumberDataPoint) {
	if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
		l.log(p.Attributes(), p.Timestamp(), zap.Int64("value", p.IntValue()))
		return
	}
	l.log(p.Attributes(), p.Timestamp(), zap.Float64("value", p.DoubleValue()))
}

func (l *pointLogger) Histogram(p pmetric.HistogramDataPoint) {
	l.log(p.Attributes(), p.Timestamp(), zap.Uint64("count", p.Count()), zap.Float64("sum", p.Sum()))
}

func (l *pointLogger) ExponentialHistogram(p pmetric.ExponentialHistogramDataPoint) {
	l.log(p.Attributes(), p.Timestamp(), zap.Uint64("count", p.Count()), zap.Float64("sum", p.Sum()))
}

func (l *pointLogger) Summary(p pmetric.SummaryDataPoint) {
	l.log(p.Attributes(), p.Timestamp(), zap.Uint64("count", p.Count()), zap.Float64("sum", p.Sum()))
}

func (l *pointLogger) log(attributes pcommon.Map, at pcommon.Timestamp, values ...zap.Field) {
	point := attributes.AsRaw()
	delete(point, translate.AccessTokenAttribute)
	l.logger.Debug("Datapoint", append(values,
		zap.String("metric", l.metric.Name()), zap.Stringer("type", l.metric.Type()),
		zap.Time("time", at.AsTime()), zap.Any("resource", l.resource), zap.Any("attributes", point))...)
}
