// Package batch makes the OTLP data that benchmarks send.
package batch

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// Batch is a shape of OTLP data. All have testbatch.StandardPoints datapoints.
type Batch struct {
	Name string
	Make func() pmetric.Metrics
}

// All are the shapes that are measured.
var All = []Batch{
	{"standard", testbatch.Standard},
	{"few resources, many points", testbatch.FewResources},
	{"many resources, few points", testbatch.ManyResources},
	{"histograms only", testbatch.Histograms},
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
