package translate

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// metricTypeOf is the vendor's type of a metric's counting values: the numbers of
// gauges and sums, the count, sum and buckets of histograms. An unspecified
// temporality counts as cumulative, as in the upstream exporter.
func metricTypeOf(m pmetric.Metric) signalfx.MetricType {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		if !m.Sum().IsMonotonic() {
			return signalfx.Gauge
		}
		return counterOf(m.Sum().AggregationTemporality())
	case pmetric.MetricTypeHistogram:
		return counterOf(m.Histogram().AggregationTemporality())
	case pmetric.MetricTypeExponentialHistogram:
		return counterOf(m.ExponentialHistogram().AggregationTemporality())
	case pmetric.MetricTypeSummary:
		return signalfx.CumulativeCounter
	}
	return signalfx.Gauge
}

func counterOf(t pmetric.AggregationTemporality) signalfx.MetricType {
	if t == pmetric.AggregationTemporalityDelta {
		return signalfx.Counter
	}
	return signalfx.CumulativeCounter
}

// milliseconds is the vendor's resolution; 0 stays 0, and the service then stamps the arrival.
func milliseconds(t uint64) int64 { return int64(t / 1_000_000) }
