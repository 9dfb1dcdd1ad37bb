package testbatch

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Shape is a kind of batch. All have StandardPoints datapoints.
type Shape struct {
	Name string
	Make func() pmetric.Metrics
}

// Shapes are what is measured: the kinds of the standard batch from 2 and from 1,000
// resources too, and histograms only.
var Shapes = []Shape{
	{"standard", Standard},
	{"few resources, many points", func() pmetric.Metrics { return Mixed(2, StandardPoints/2, 60, 30) }},
	{"many resources, few points", func() pmetric.Metrics { return Mixed(StandardPoints/10, 10, 60, 30) }},
	{"histograms only", func() pmetric.Metrics { return Mixed(100, 100, 0, 0) }},
}

// At gives every datapoint a time, in whole seconds, for vendors refuse old ones. It
// returns the data, which is read-only from then on.
func At(md pmetric.Metrics, when time.Time) pmetric.Metrics {
	now := pcommon.NewTimestampFromTime(when.Truncate(time.Second))
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				setTime(m, now)
			}
		}
	}
	md.MarkReadOnly()
	return md
}

func setTime(m pmetric.Metric, now pcommon.Timestamp) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		for _, p := range m.Gauge().DataPoints().All() {
			p.SetTimestamp(now)
		}
	case pmetric.MetricTypeSum:
		for _, p := range m.Sum().DataPoints().All() {
			p.SetTimestamp(now)
		}
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			p.SetTimestamp(now)
		}
	}
}
