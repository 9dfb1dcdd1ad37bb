package translate

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// SentName is a name that a metric's datapoints are sent under.
type SentName struct {
	Name string
	Type signalfx.MetricType
	// InUnit says that its values are in the metric's unit; counts are not.
	InUnit bool
}

// SentNames returns the names that a metric is sent under.
func SentNames(m pmetric.Metric, mode HistogramMode) []SentName {
	name, counter := m.Name(), metricTypeOf(m)
	count := SentName{name + "_count", counter, false}
	sum := SentName{name + "_sum", counter, true}
	switch m.Type() {
	case pmetric.MetricTypeGauge, pmetric.MetricTypeSum:
		return []SentName{{name, counter, true}}
	case pmetric.MetricTypeSummary:
		if mode == HistogramUpperBound {
			sum.Name = name
		}
		return []SentName{count, sum, {name + "_quantile", signalfx.Gauge, true}}
	case pmetric.MetricTypeHistogram, pmetric.MetricTypeExponentialHistogram:
		return histogramNames(name, counter, mode, count, sum)
	}
	return nil
}

func histogramNames(name string, counter signalfx.MetricType, mode HistogramMode, count, sum SentName) []SentName {
	minimum, maximum := SentName{name + "_min", signalfx.Gauge, true}, SentName{name + "_max", signalfx.Gauge, true}
	bucket := SentName{name + "_bucket", counter, false}
	switch mode {
	case HistogramOTLP:
		return nil // the request carries unit and description itself
	case HistogramNoBuckets:
		return []SentName{count, sum, minimum, maximum}
	case HistogramUpperBound:
		return []SentName{count, {name, counter, true}, bucket}
	case HistogramStatistics:
		names := []SentName{{name, counter, false}}
		for s := suffixStatMin; s < suffixes; s++ {
			names = append(names, SentName{name + suffixTexts[s], signalfx.Gauge, true})
		}
		return names
	}
	return []SentName{count, sum, minimum, maximum, bucket}
}
