package translate

import "go.opentelemetry.io/collector/pdata/pmetric"

// kind is what the points of a metric become.
type kind uint8

const (
	// kindMetric: the value as it is.
	kindMetric kind = iota
	// kindDelta: a delta counter, which the service adds up.
	kindDelta
	// kindDistribution: one line with the shape of the values.
	kindDistribution
	// kindSeries: the running totals of the buckets.
	kindSeries
)

// kindOf decides by type and temporality. An unspecified temporality counts as
// cumulative, as in the exporter that the vendor had for the collector. A delta sum
// that may fall is a metric: a delta counter below zero would be thrown away. A gauge
// whose name begins with a delta sign comes from a reader of this format, and was a
// delta counter there.
func kindOf(m pmetric.Metric, signed bool) kind {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		if signed {
			return kindDelta
		}
	case pmetric.MetricTypeSum:
		if m.Sum().IsMonotonic() && m.Sum().AggregationTemporality() == pmetric.AggregationTemporalityDelta {
			return kindDelta
		}
	case pmetric.MetricTypeHistogram:
		return histogramKind(m.Histogram().AggregationTemporality())
	case pmetric.MetricTypeExponentialHistogram:
		return histogramKind(m.ExponentialHistogram().AggregationTemporality())
	}
	return kindMetric
}

func histogramKind(t pmetric.AggregationTemporality) kind {
	if t == pmetric.AggregationTemporalityDelta {
		return kindDistribution
	}
	return kindSeries
}
