package delta

import (
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

// Options say what is converted and bound the memory for it.
type Options struct {
	Sums, Histograms bool
	// MaxSeries is the number of series that are remembered; points of others are dropped.
	MaxSeries int
	// MaxIdle is how long a series is remembered after its last point.
	MaxIdle time.Duration
}

// Converter converts batches. It is safe for concurrent use.
type Converter struct {
	options Options
	now     func() time.Time
	born    pcommon.Timestamp

	mu     sync.Mutex // guards what follows
	ids    identities
	series map[identity]*last
	swept  time.Time
}

// last is the last point of a series. It does not change once it is in the map.
type last struct {
	start, time pcommon.Timestamp
	arrived     time.Time
	value       any // *number, *explicit or *exponential
}

// New returns a converter with a clock.
func New(o Options, now func() time.Time) *Converter {
	t := now()
	return &Converter{
		options: o, now: now, born: pcommon.NewTimestampFromTime(t),
		ids: newIdentities(), series: make(map[identity]*last), swept: t,
	}
}

// Series is the number of series that are remembered.
func (c *Converter) Series() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.series)
}

// Conversion is what was done for one batch.
type Conversion struct {
	Counts translate.Counts

	converter *Converter
	at        time.Time
	steps     []step
}

type step struct {
	id       identity
	old, new *last // old is nil for a series that was not known
}

// Convert converts the monotonic cumulative sums and the cumulative histograms of a
// batch in place. A point with nothing before it is left out, unless its series began
// after the converter did, and so is one that adds nothing.
func (c *Converter) Convert(md pmetric.Metrics) *Conversion {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &Conversion{converter: c, at: c.now()}
	c.sweep(b.at)
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		c.ids.setResource(rm.Resource())
		for j := range rm.ScopeMetrics().Len() {
			sm := rm.ScopeMetrics().At(j)
			c.ids.setScope(sm.Scope())
			for k := range sm.Metrics().Len() {
				b.metric(sm.Metrics().At(k))
			}
			sm.Metrics().RemoveIf(isEmpty)
		}
	}
	return b
}

// Undo forgets a batch that went nowhere, so that it can come again. Series that other
// batches have moved on since stay as they are.
func (b *Conversion) Undo() {
	c := b.converter
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(b.steps) - 1; i >= 0; i-- {
		switch s := b.steps[i]; {
		case c.series[s.id] != s.new:
		case s.old == nil:
			delete(c.series, s.id)
		default:
			c.series[s.id] = s.old
		}
	}
}

// sweep forgets series that are idle for too long. It looks at them a few times per MaxIdle.
func (c *Converter) sweep(now time.Time) {
	if now.Sub(c.swept) < c.options.MaxIdle/4 {
		return
	}
	c.swept = now
	for id, l := range c.series {
		if now.Sub(l.arrived) > c.options.MaxIdle {
			delete(c.series, id)
		}
	}
}

// metric converts a metric, when it is one to convert.
func (b *Conversion) metric(m pmetric.Metric) {
	o := &b.converter.options
	const cumulative, delta = pmetric.AggregationTemporalityCumulative, pmetric.AggregationTemporalityDelta
	switch m.Type() {
	case pmetric.MetricTypeSum:
		if s := m.Sum(); o.Sums && s.IsMonotonic() && s.AggregationTemporality() == cumulative {
			b.converter.ids.setMetric(m)
			s.SetAggregationTemporality(delta)
			s.DataPoints().RemoveIf(func(p pmetric.NumberDataPoint) bool { return drop(b, p, numberOf(p)) })
		}
	case pmetric.MetricTypeHistogram:
		if h := m.Histogram(); o.Histograms && h.AggregationTemporality() == cumulative {
			b.converter.ids.setMetric(m)
			h.SetAggregationTemporality(delta)
			h.DataPoints().RemoveIf(func(p pmetric.HistogramDataPoint) bool { return drop(b, p, explicitOf(p)) })
		}
	case pmetric.MetricTypeExponentialHistogram:
		if h := m.ExponentialHistogram(); o.Histograms && h.AggregationTemporality() == cumulative {
			b.converter.ids.setMetric(m)
			h.SetAggregationTemporality(delta)
			h.DataPoints().RemoveIf(func(p pmetric.ExponentialHistogramDataPoint) bool { return drop(b, p, exponentialOf(p)) })
		}
	}
}

// isEmpty reports whether all points of a converted metric were left out.
func isEmpty(m pmetric.Metric) bool {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().Len() == 0
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().Len() == 0
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().Len() == 0
	}
	return false
}

// point is what the points of all kinds have in common.
type point interface {
	Attributes() pcommon.Map
	Flags() pmetric.DataPointFlags
	StartTimestamp() pcommon.Timestamp
	SetStartTimestamp(pcommon.Timestamp)
	Timestamp() pcommon.Timestamp
}

// value is the value of a cumulative point of type P.
type value[P any] interface {
	// fell reports whether it is below an earlier one, so that the series must have begun anew.
	fell(earlier any) bool
	// subtract writes the difference to an earlier one into the point. It reports false
	// when the two cannot be compared; the point is as it was then.
	subtract(p P, earlier any) bool
	// nothing reports whether the point, now a delta, adds nothing.
	nothing(P) bool
}

// drop converts a point and reports whether it is left out.
func drop[P point](b *Conversion, p P, v value[P]) bool {
	if v == nil || p.Flags().NoRecordedValue() {
		return false // behind the queue it is dropped and counted for what it is
	}
	c := b.converter
	id := c.ids.of(p.Attributes())
	old := c.series[id]
	now := &last{start: p.StartTimestamp(), time: p.Timestamp(), arrived: b.at, value: v}
	if now.time == 0 {
		now.time = pcommon.NewTimestampFromTime(b.at)
	}
	switch {
	case old == nil && len(c.series) >= c.options.MaxSeries:
		return b.leave(translate.TooManySeries)
	case old != nil && now.time <= old.time:
		return b.leave(translate.OutOfOrder)
	}
	b.steps = append(b.steps, step{id, old, now})
	c.series[id] = now
	switch {
	case old == nil && (now.start == 0 || now.start < c.born):
		return b.leave(translate.FirstValue)
	case old == nil, now.start > old.start && now.start >= old.time, v.fell(old.value):
		// All of it is new.
	case v.subtract(p, old.value):
		p.SetStartTimestamp(old.time)
	default:
		return b.leave(translate.FirstValue)
	}
	if v.nothing(p) {
		return b.leave(translate.NothingToAdd)
	}
	return false
}

func (b *Conversion) leave(r translate.Reason) bool {
	b.Counts.Dropped[r]++
	return true
}
