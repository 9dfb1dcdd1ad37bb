package testbatch

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Builder builds metrics under one resource and scope, point by point.
type Builder struct {
	pmetric.Metrics
	Resource pcommon.Map
	Scope    pmetric.ScopeMetrics
	// At is the time of every point.
	At pcommon.Timestamp
}

// NewBuilder returns a builder of points of a time.
func NewBuilder(at pcommon.Timestamp) *Builder {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	return &Builder{Metrics: md, Resource: rm.Resource().Attributes(), Scope: rm.ScopeMetrics().AppendEmpty(), At: at}
}

// Metric adds a metric of no type yet.
func (b *Builder) Metric(name string) pmetric.Metric {
	m := b.Scope.Metrics().AppendEmpty()
	m.SetName(name)
	return m
}

// Gauge adds a gauge of the integer 1.
func (b *Builder) Gauge(name string) pmetric.NumberDataPoint {
	p := b.Metric(name).SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetTimestamp(b.At)
	p.SetIntValue(1)
	return p
}

// Sum adds a sum.
func (b *Builder) Sum(name string, monotonic bool, t pmetric.AggregationTemporality, value int64) pmetric.NumberDataPoint {
	s := b.Metric(name).SetEmptySum()
	s.SetIsMonotonic(monotonic)
	s.SetAggregationTemporality(t)
	p := s.DataPoints().AppendEmpty()
	p.SetTimestamp(b.At)
	p.SetIntValue(value)
	return p
}

// Histogram adds an explicit histogram without sum, minimum and maximum; its count is that of the buckets.
func (b *Builder) Histogram(name string, t pmetric.AggregationTemporality, bounds []float64, counts ...uint64) pmetric.HistogramDataPoint {
	h := b.Metric(name).SetEmptyHistogram()
	h.SetAggregationTemporality(t)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(b.At)
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	p.SetCount(total(counts))
	return p
}

// Exponential adds an exponential histogram of positive buckets, without sum, minimum and maximum.
func (b *Builder) Exponential(name string, t pmetric.AggregationTemporality, scale int32, zeros uint64, offset int32, counts ...uint64) pmetric.ExponentialHistogramDataPoint {
	h := b.Metric(name).SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(t)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(b.At)
	p.SetScale(scale)
	p.SetZeroCount(zeros)
	p.Positive().SetOffset(offset)
	p.Positive().BucketCounts().FromRaw(counts)
	p.SetCount(zeros + total(counts))
	return p
}

// Summary adds a summary without quantiles.
func (b *Builder) Summary(name string, count uint64, sum float64) pmetric.SummaryDataPoint {
	p := b.Metric(name).SetEmptySummary().DataPoints().AppendEmpty()
	p.SetTimestamp(b.At)
	p.SetCount(count)
	p.SetSum(sum)
	return p
}

func total(counts []uint64) uint64 {
	sum := uint64(0)
	for _, n := range counts {
		sum += n
	}
	return sum
}
