// Package testbatch makes the OTLP batches that tests and benchmarks measure with.
package testbatch

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// StandardPoints is the number of points in the standard batch.
const StandardPoints = 10_000

// Start is the time of the first point of every batch made here.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Standard returns the standard batch: 10,000 points, 60% gauges, 30% cumulative
// monotonic sums, 10% explicit histograms of 10 buckets; 100 resources with 100
// points each, 5 resource attributes with a host name and instance id of their
// own, 4 attributes per point. Ten points share a metric.
func Standard() pmetric.Metrics {
	return Mixed(100, 100, 60, 30)
}

// Mixed returns a batch of resources with points each, of which gauges and sums
// are per cent and the rest are histograms.
func Mixed(resources, points, gauges, sums int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	md.ResourceMetrics().EnsureCapacity(resources)
	for r := range resources {
		rm := md.ResourceMetrics().AppendEmpty()
		attrs := rm.Resource().Attributes()
		attrs.PutStr("host.name", fmt.Sprintf("host-%04d.example.com", r))
		attrs.PutStr("service.name", "checkout")
		attrs.PutStr("service.instance.id", fmt.Sprintf("627cc493-f310-47de-96bd-%012d", r))
		attrs.PutStr("deployment.environment.name", "production")
		attrs.PutStr("cloud.region", "eu-central-1")
		sm := rm.ScopeMetrics().AppendEmpty()
		sm.Scope().SetName("github.com/example/checkout")
		perMetric := max(1, min(pointsPerMetric, points/10)) // so that a small resource has every kind too
		for first := 0; first < points; first += perMetric {
			m := sm.Metrics().AppendEmpty()
			share := first * 100 / points
			for p := first; p < min(first+perMetric, points); p++ {
				switch {
				case share < gauges:
					gauge(m, r, p)
				case share < gauges+sums:
					sum(m, r, p)
				default:
					histogram(m, r, p)
				}
			}
		}
	}
	return md
}

const pointsPerMetric = 10

func gauge(m pmetric.Metric, r, p int) {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName(fmt.Sprintf("app.queue.utilization.%d", p/pointsPerMetric))
		m.SetEmptyGauge()
	}
	dp := m.Gauge().DataPoints().AppendEmpty()
	dp.SetDoubleValue(float64(r*7919+p*104729%1000) / 977)
	describe(dp, p)
}

func sum(m pmetric.Metric, r, p int) {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName(fmt.Sprintf("app.requests.%d", p/pointsPerMetric))
		m.SetEmptySum().SetIsMonotonic(true)
		m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	}
	dp := m.Sum().DataPoints().AppendEmpty()
	dp.SetIntValue(int64(r*1_000_003 + p*7919))
	dp.SetStartTimestamp(pcommon.NewTimestampFromTime(Start.Add(-time.Hour)))
	describe(dp, p)
}

var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

func histogram(m pmetric.Metric, r, p int) {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName(fmt.Sprintf("app.request.duration.%d", p/pointsPerMetric))
		m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	}
	dp := m.Histogram().DataPoints().AppendEmpty()
	dp.ExplicitBounds().FromRaw(bounds)
	count := uint64(0)
	for i := range len(bounds) + 1 {
		n := uint64((r + p*31 + i*17) % 97)
		dp.BucketCounts().Append(n)
		count += n
	}
	dp.SetCount(count)
	dp.SetSum(float64(count) * 0.07)
	dp.SetMin(0.001)
	dp.SetMax(2.25)
	dp.SetStartTimestamp(pcommon.NewTimestampFromTime(Start.Add(-time.Hour)))
	describe(dp, p)
}

func describe(dp interface {
	Attributes() pcommon.Map
	SetTimestamp(pcommon.Timestamp)
}, p int) {
	dp.SetTimestamp(pcommon.NewTimestampFromTime(Start))
	attrs := dp.Attributes()
	attrs.EnsureCapacity(4)
	attrs.PutStr("http.route", routes[p%len(routes)])
	attrs.PutStr("http.request.method", methods[p%len(methods)])
	attrs.PutInt("http.response.status_code", int64(200+p%5*100))
	attrs.PutStr("shard", shards[p%len(shards)])
}

var (
	routes  = []string{"/cart", "/cart/{id}", "/checkout", "/products/{id}/reviews", "/health"}
	methods = []string{"GET", "POST", "PUT"}
	shards  = []string{"a", "b", "c", "d", "e", "f", "g"}
)
