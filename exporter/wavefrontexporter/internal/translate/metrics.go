package translate

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// MetricRules say how metrics become lines. They are shared and immutable.
type MetricRules struct {
	TagRules
	Times TimeRules
	// Granularities are the distributions that a delta histogram becomes.
	Granularities []wavefront.Granularity
	// Count, Sum, Min and Max are sent for a histogram that becomes le series.
	Count, Sum, Min, Max bool
}

// TimeRules bound the time of points and spans around now, in seconds; 0 does not.
type TimeRules struct{ MaxAge, MaxFuture int64 }

// takes reports whether a time, 0 for none, is within the bounds.
func (r TimeRules) takes(t, now int64) bool {
	return t == 0 || (r.MaxAge == 0 || t >= now-r.MaxAge) && (r.MaxFuture == 0 || t <= now+r.MaxFuture)
}

// readAsMillis reports whether readers take a number for Unix milliseconds: one with
// fewer digits is seconds to them, one with more microseconds. That is 2001 to 2286.
func readAsMillis(t int64) bool { return t >= 1e12 && t < 1e13 }

// MetricOutputs are the outputs of a walk over metrics.
type MetricOutputs struct{ Points, Deltas, Histograms Output }

// MetricEncoder appends the lines of a walk to parts. It serves one walk at a time
// and may be reused; what it learned of names stays.
type MetricEncoder struct {
	Counts Counts

	rules                 *MetricRules
	points, deltas, dists lane
	next                  int   // ordinal of the next item
	now                   int64 // Unix seconds

	names names
	tags  pointTags
	name  *metricName
	kind  kind
	unit  string

	shape     shape // the current histogram, in memory that is used again
	le        leCache
	centroids []wavefront.Centroid
	tail      []byte

	time     int64 // the last one, which most points of a batch share
	timeText []byte
}

// NewMetricEncoder returns an encoder that follows the rules.
func NewMetricEncoder(rules *MetricRules) *MetricEncoder {
	e := &MetricEncoder{rules: rules, names: names{encode: rules.Encode}}
	e.tags.init(&rules.TagRules, &e.Counts)
	return e
}

// Begin makes the encoder ready for a walk at a Unix time in seconds.
func (e *MetricEncoder) Begin(now int64, to MetricOutputs) {
	e.Counts = Counts{}
	e.now, e.next = now, 0
	e.points, e.deltas, e.dists = to.Points.lane(), to.Deltas.lane(), to.Histograms.lane()
}

// End closes the walk: it emits what is left and returns how many items were walked.
func (e *MetricEncoder) End() (walked int) {
	e.points.Flush()
	e.deltas.Flush()
	e.dists.Flush()
	e.tags.forget()
	e.unit = ""
	return e.next
}

// Resource encodes what the resource adds to every point.
func (e *MetricEncoder) Resource(r pcommon.Resource) { e.tags.setResource(r) }

// Scope encodes what the scope adds to every point.
func (e *MetricEncoder) Scope(s pcommon.InstrumentationScope) { e.tags.setScope(s) }

// Metric resolves the name and what its points become.
func (e *MetricEncoder) Metric(m pmetric.Metric) {
	e.name = e.names.get(m.Name())
	e.kind = kindOf(m, e.name.signed)
	e.unit = m.Unit()
	used := &e.name.series[suffixNone]
	if e.kind == kindDelta {
		used = &e.name.delta
	}
	e.Counts.changed(used.change)
}

// Number encodes a point of a gauge or sum.
func (e *MetricEncoder) Number(p pmetric.NumberDataPoint) {
	e.tags.setItem(p.Attributes())
	if e.kind == kindDelta {
		e.end(&e.deltas, e.number(&e.deltas, &e.name.delta, p))
	} else {
		e.end(&e.points, e.number(&e.points, &e.name.series[suffixNone], p))
	}
}

// result is what became of an item: its lines, or why there are none.
type result struct {
	lines  int
	reason Reason
}

func (e *MetricEncoder) number(to *lane, name *seriesName, p pmetric.NumberDataPoint) result {
	if p.Flags().NoRecordedValue() {
		return result{reason: NoRecordedValue}
	}
	double, integer := 0.0, false
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		double, integer = float64(p.IntValue()), true
	case pmetric.NumberDataPointValueTypeDouble:
		double = p.DoubleValue()
	default:
		return result{reason: NoValue}
	}
	t := int64(p.Timestamp() / 1e9)
	if reason, ok := e.accepts(name, double, t); !ok {
		return result{reason: reason}
	}
	if e.kind == kindDelta && t != 0 && t <= e.now-wavefront.MaxDeltaAgeSeconds {
		t = 0 // the service would not take it
		e.Counts.Changed[DeltaTimeLeftOut]++
	}
	to.start(e.next)
	body := append(append(to.Body, name.quoted...), ' ')
	if integer {
		body = wavefront.AppendInt(body, p.IntValue())
	} else {
		body = wavefront.AppendFloat(body, double)
	}
	body = append(body, e.timestamp(t)...)
	body, reason, ok := e.tags.append(body, e.unit, "")
	if !ok {
		return result{reason: reason}
	}
	to.Body = append(body, '\n')
	return result{lines: 1}
}

// timestamp is the element with a time, empty for none.
func (e *MetricEncoder) timestamp(t int64) []byte {
	if t != e.time {
		e.time, e.timeText = t, wavefront.AppendTimestamp(e.timeText[:0], t)
	}
	return e.timeText
}

// accepts reports whether a number may be sent, or why not.
func (e *MetricEncoder) accepts(name *seriesName, value float64, t int64) (Reason, bool) {
	switch {
	case name.quoted == nil:
		return name.reason, false
	case !isFinite(value):
		return NotFinite, false
	case e.kind == kindDelta && value < 0:
		return NegativeDelta, false
	case e.kind == kindDelta && value == 0:
		return NothingToAdd, false
	case e.kind == kindDelta && t < e.now: // sent without its time when it is too old
	case !e.rules.Times.takes(t, e.now):
		return TimeOutOfRange, false
	}
	return 0, true
}

// end closes the item, which put its lines into a builder, and counts it when nothing of it is sent.
func (e *MetricEncoder) end(to *lane, r result) {
	ordinal := e.next
	e.next++
	switch {
	case r.lines == 0:
		if to.has(ordinal) {
			to.finish(0)
		}
		e.Counts.Dropped[r.reason]++
	case !to.finish(r.lines):
		e.Counts.Dropped[TooLarge]++
	}
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
