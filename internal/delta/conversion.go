package delta

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// conversion is the walk over one batch.
type conversion struct {
	*Tracker
	outcome                  *Outcome
	now                      int64
	resource, parent, metric uint64 // hashes of what the current point is in
}

const delta = pmetric.AggregationTemporalityDelta

func (c *conversion) scope(sm pmetric.ScopeMetrics) {
	s := sm.Scope()
	c.parent = mix(mix(c.resource, c.ids.ofText(s.Name())), mix(c.ids.ofText(s.Version()), c.ids.ofMap(s.Attributes())))
	sm.Metrics().RemoveIf(c.convert)
}

// convert converts a metric, and reports whether that left it without points.
func (c *conversion) convert(m pmetric.Metric) (empty bool) {
	c.metric = mix(mix(c.parent, c.ids.ofText(m.Name())), mix(c.ids.ofText(m.Unit()), uint64(m.Type())))
	switch m.Type() {
	case pmetric.MetricTypeSum:
		if s := m.Sum(); c.options.Sums && s.IsMonotonic() && s.AggregationTemporality() != delta {
			s.SetAggregationTemporality(delta)
			s.DataPoints().RemoveIf(c.number)
			return s.DataPoints().Len() == 0
		}
	case pmetric.MetricTypeHistogram:
		if h := m.Histogram(); c.options.Histograms && h.AggregationTemporality() != delta {
			h.SetAggregationTemporality(delta)
			h.DataPoints().RemoveIf(c.histogram)
			return h.DataPoints().Len() == 0
		}
	case pmetric.MetricTypeExponentialHistogram:
		if h := m.ExponentialHistogram(); c.options.Histograms && h.AggregationTemporality() != delta {
			h.SetAggregationTemporality(delta)
			h.DataPoints().RemoveIf(c.exponential)
			return h.DataPoints().Len() == 0
		}
	case pmetric.MetricTypeSummary:
		if c.options.Summaries {
			m.Summary().DataPoints().RemoveIf(c.summary)
			return m.Summary().DataPoints().Len() == 0
		}
	}
	return false
}

// point is what the points of every type have in common.
type point interface {
	Attributes() pcommon.Map
	StartTimestamp() pcommon.Timestamp
	SetStartTimestamp(pcommon.Timestamp)
	Timestamp() pcommon.Timestamp
}

// verdict is what a point's total is worth.
type verdict uint8

const (
	remove     verdict = iota // it has no difference, and has been counted
	difference                // its total less that of the last point
	whole                     // all of it: its run began after the last point
)

// judge compares a point with the last of its series and puts cur in its place. The
// value fell when fell reports so; what cannot be subtracted, for which it reports
// false in ok, begins anew.
func judge[P point](c *conversion, p P, cur state, compare func(last state) (fell, ok bool)) (state, verdict) {
	id := mix(c.metric, c.ids.ofMap(p.Attributes()))
	last, known := c.series[id]
	cur.at, cur.seen, cur.batch = p.Timestamp(), c.now, c.batch
	switch {
	case known && cur.at != 0 && cur.at <= last.at:
		c.drop(OutOfOrder)
		return last, remove
	case !known && len(c.series) >= c.options.MaxSeries:
		c.drop(TooManySeries)
		return last, remove
	}
	if c.outcome.journal != nil {
		*c.outcome.journal = append(*c.outcome.journal, entry{id, last, known})
	}
	c.series[id] = cur
	if !known {
		if p.StartTimestamp() >= c.horizon && p.StartTimestamp() > 0 {
			return last, whole // a run that began while we looked on
		}
		c.drop(FirstPoint)
		return last, remove
	}
	fell, ok := compare(last)
	switch {
	case fell || last.at > 0 && p.StartTimestamp() >= last.at:
		return last, whole // the producer began anew
	case !ok:
		c.drop(FirstPoint)
		return last, remove
	}
	p.SetStartTimestamp(last.at)
	return last, difference
}

// untimely reports whether a point is outside the times that are sent, and counts it.
func (c *conversion) untimely(t pcommon.Timestamp) bool {
	if c.options.Check == nil {
		return false
	}
	reason, ok := c.options.Check(t, c.now)
	if !ok {
		c.drop(reason)
	}
	return !ok
}

func (c *conversion) drop(r Reason) { c.outcome.Dropped[r]++ }

// number converts a point of a sum, and reports whether it must be removed. A value that
// is no number stays, and is dropped where every value of the kind is.
func (c *conversion) number(p pmetric.NumberDataPoint) bool {
	if p.Flags().NoRecordedValue() {
		return false
	}
	if c.untimely(p.Timestamp()) {
		return true
	}
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		return c.integer(p, p.IntValue())
	case pmetric.NumberDataPointValueTypeDouble:
		if v := p.DoubleValue(); !math.IsNaN(v) && !math.IsInf(v, 0) {
			return c.double(p, v)
		}
	}
	return false
}

func (c *conversion) integer(p pmetric.NumberDataPoint, v int64) bool {
	last, verdict := judge(c, p, state{bits: uint64(v), kind: integer}, func(last state) (bool, bool) {
		if last.kind != integer {
			return float64(v) < last.number(), true
		}
		return v < int64(last.bits), true
	})
	if verdict == difference && last.kind == integer {
		p.SetIntValue(v - int64(last.bits))
	} else if verdict == difference {
		p.SetDoubleValue(float64(v) - last.number())
	}
	return verdict == remove
}

func (c *conversion) double(p pmetric.NumberDataPoint, v float64) bool {
	last, verdict := judge(c, p, state{bits: math.Float64bits(v), kind: double}, func(last state) (bool, bool) {
		return v < last.number(), true
	})
	if verdict == difference {
		p.SetDoubleValue(v - last.number())
	}
	return verdict == remove
}

// number is the total of a sum.
func (s state) number() float64 {
	if s.kind == integer {
		return float64(int64(s.bits))
	}
	return math.Float64frombits(s.bits)
}

// summary converts count and sum. The quantiles are of now, so a point that has any
// stays: without samples of its own when there is no difference yet.
func (c *conversion) summary(p pmetric.SummaryDataPoint) bool {
	if p.Flags().NoRecordedValue() {
		return false
	}
	if c.untimely(p.Timestamp()) {
		return true
	}
	dropped := c.outcome.Dropped
	cur := state{bits: p.Count(), sum: p.Sum(), kind: distribution}
	last, verdict := judge(c, p, cur, func(last state) (bool, bool) { return p.Count() < last.bits, true })
	switch verdict {
	case difference:
		p.SetCount(p.Count() - last.bits)
		p.SetSum(p.Sum() - last.sum)
	case remove:
		if p.QuantileValues().Len() == 0 {
			return true
		}
		c.outcome.Dropped = dropped
		c.outcome.Kept++
		p.SetCount(0)
		p.SetSum(0)
	}
	return false
}
