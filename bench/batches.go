package main

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// batch is a shape of OTLP data. All have 10,000 points.
type batch struct {
	name string
	make func() pmetric.Metrics
}

var batches = []batch{
	{"standard", testbatch.Standard},
	{"few resources, many points", testbatch.FewResources},
	{"many resources, few points", testbatch.ManyResources},
	{"histograms only", testbatch.Histograms},
}

// current gives every point the present time: vendors refuse old ones.
func current(md pmetric.Metrics) pmetric.Metrics {
	now := pcommon.NewTimestampFromTime(time.Now().Truncate(time.Second))
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
