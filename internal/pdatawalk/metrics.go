// Package pdatawalk visits the items of OTLP batches in one fixed order and
// copies those that a predicate picks. An item's place in that order, its
// ordinal, is how the exporters remember what was delivered.
package pdatawalk

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// All are the indexes of n resources: what to visit when nothing is left out.
func All(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// Never is for visits that nothing stops.
func Never() bool { return false }

// MetricsVisitor is told of everything in a batch, from the outside in. Each
// datapoint is one item.
type MetricsVisitor interface {
	Resource(pcommon.Resource)
	Scope(pcommon.InstrumentationScope)
	Metric(pmetric.Metric)
	Number(pmetric.NumberDataPoint)
	Histogram(pmetric.HistogramDataPoint)
	ExponentialHistogram(pmetric.ExponentialHistogramDataPoint)
	Summary(pmetric.SummaryDataPoint)
}

// Metrics visits the given resources of md, in order, until stop reports true
// at a metric's beginning. Metrics of no type hold no items.
func Metrics(md pmetric.Metrics, resources []int, v MetricsVisitor, stop func() bool) {
	for _, r := range resources {
		rm := md.ResourceMetrics().At(r)
		v.Resource(rm.Resource())
		for i := range rm.ScopeMetrics().Len() {
			sm := rm.ScopeMetrics().At(i)
			v.Scope(sm.Scope())
			for j := range sm.Metrics().Len() {
				if stop() {
					return
				}
				visitMetric(sm.Metrics().At(j), v)
			}
		}
	}
}

func visitMetric(m pmetric.Metric, v MetricsVisitor) {
	v.Metric(m)
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		visitNumbers(m.Gauge().DataPoints(), v)
	case pmetric.MetricTypeSum:
		visitNumbers(m.Sum().DataPoints(), v)
	case pmetric.MetricTypeHistogram:
		points := m.Histogram().DataPoints()
		for i := range points.Len() {
			v.Histogram(points.At(i))
		}
	case pmetric.MetricTypeExponentialHistogram:
		points := m.ExponentialHistogram().DataPoints()
		for i := range points.Len() {
			v.ExponentialHistogram(points.At(i))
		}
	case pmetric.MetricTypeSummary:
		points := m.Summary().DataPoints()
		for i := range points.Len() {
			v.Summary(points.At(i))
		}
	}
}

func visitNumbers(points pmetric.NumberDataPointSlice, v MetricsVisitor) {
	for i := range points.Len() {
		v.Number(points.At(i))
	}
}

// MetricsSubset copies the items of the given resources for which keep reports
// true, with everything they hang on; keep is called once per item, in order.
// Nothing without items is copied.
func MetricsSubset(md pmetric.Metrics, resources []int, keep func(ordinal int) bool, to pmetric.Metrics) {
	s := metricsSubset{keep: keep}
	for _, r := range resources {
		from := md.ResourceMetrics().At(r)
		rm := to.ResourceMetrics().AppendEmpty()
		from.Resource().CopyTo(rm.Resource())
		rm.SetSchemaUrl(from.SchemaUrl())
		for i := range from.ScopeMetrics().Len() {
			s.scope(from.ScopeMetrics().At(i), rm.ScopeMetrics().AppendEmpty())
		}
		rm.ScopeMetrics().RemoveIf(func(sm pmetric.ScopeMetrics) bool { return sm.Metrics().Len() == 0 })
	}
	to.ResourceMetrics().RemoveIf(func(rm pmetric.ResourceMetrics) bool { return rm.ScopeMetrics().Len() == 0 })
}

type metricsSubset struct {
	keep func(int) bool
	next int
}

func (s *metricsSubset) scope(from, to pmetric.ScopeMetrics) {
	from.Scope().CopyTo(to.Scope())
	to.SetSchemaUrl(from.SchemaUrl())
	for i := range from.Metrics().Len() {
		m := to.Metrics().AppendEmpty()
		s.metric(from.Metrics().At(i), m)
	}
	to.Metrics().RemoveIf(func(m pmetric.Metric) bool { return itemsOf(m) == 0 })
}

func (s *metricsSubset) metric(from, to pmetric.Metric) {
	to.SetName(from.Name())
	to.SetUnit(from.Unit())
	to.SetDescription(from.Description())
	from.Metadata().CopyTo(to.Metadata())
	switch from.Type() {
	case pmetric.MetricTypeGauge:
		copyKept(s, from.Gauge().DataPoints(), to.SetEmptyGauge().DataPoints())
	case pmetric.MetricTypeSum:
		sum := to.SetEmptySum()
		sum.SetAggregationTemporality(from.Sum().AggregationTemporality())
		sum.SetIsMonotonic(from.Sum().IsMonotonic())
		copyKept(s, from.Sum().DataPoints(), sum.DataPoints())
	case pmetric.MetricTypeHistogram:
		h := to.SetEmptyHistogram()
		h.SetAggregationTemporality(from.Histogram().AggregationTemporality())
		copyKept(s, from.Histogram().DataPoints(), h.DataPoints())
	case pmetric.MetricTypeExponentialHistogram:
		h := to.SetEmptyExponentialHistogram()
		h.SetAggregationTemporality(from.ExponentialHistogram().AggregationTemporality())
		copyKept(s, from.ExponentialHistogram().DataPoints(), h.DataPoints())
	case pmetric.MetricTypeSummary:
		copyKept(s, from.Summary().DataPoints(), to.SetEmptySummary().DataPoints())
	}
}

func (s *metricsSubset) Keep() bool {
	s.next++
	return s.keep(s.next - 1)
}

type slice[P any] interface {
	Len() int
	At(int) P
	AppendEmpty() P
}

type point[P any] interface{ CopyTo(P) }

func copyKept[P point[P]](s interface{ Keep() bool }, from, to slice[P]) {
	for i := range from.Len() {
		if s.Keep() {
			from.At(i).CopyTo(to.AppendEmpty())
		}
	}
}

func itemsOf(m pmetric.Metric) int {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return m.Gauge().DataPoints().Len()
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().Len()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().Len()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().Len()
	case pmetric.MetricTypeSummary:
		return m.Summary().DataPoints().Len()
	}
	return 0
}
