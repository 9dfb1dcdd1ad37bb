package translate

import (
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// MetricEncoder appends the measurements of a walk to parts. It serves one walk at a
// time and may be reused.
type MetricEncoder struct {
	Counts Counts

	rules   *Rules
	stopped map[string]struct{}
	now     int64
	limits  Limits

	// gauges takes the measurements of the tag dialect as well. Counters is used when
	// running totals are sent to counters; every item is begun and ended in both.
	gauges, counters parts.Builder
	request          int // parts of gauges so far

	origins    origins
	heads      heads
	properties properties
	metric     pmetric.Metric
	kind       kind
	sent       func(pmetric.Metric)
	told       bool // sent has been called of metric

	explicit explicit // the current point's buckets, in memory that is used again
	labels   bucketLabels
}

// NewMetricEncoder returns an encoder that follows the rules.
func NewMetricEncoder(rules *Rules) *MetricEncoder {
	e := &MetricEncoder{rules: rules}
	e.origins.init(rules, &e.Counts)
	return e
}

// Walk is what an encoder is told of one walk.
type Walk struct {
	Limits Limits
	Now    time.Time
	// Stopped holds the folded names of metrics that the service refuses.
	Stopped map[string]struct{}
	// Gauges and Counters take the parts; the tag dialect has gauges only.
	Gauges, Counters func(*parts.Part)
	// Sent, when not nil, is told once of each metric of which a measurement under its own
	// name is in a part.
	Sent func(pmetric.Metric)
}

// Begin makes the encoder ready for a walk.
func (e *MetricEncoder) Begin(w Walk) {
	e.Counts = Counts{}
	e.limits, e.now, e.stopped = w.Limits, w.Now.UnixNano(), w.Stopped
	e.sent, e.request = w.Sent, 0
	e.gauges = parts.Builder{MaxBytes: w.Limits.Bytes, MaxUnits: w.Limits.Measurements, Emit: func(p *parts.Part) {
		e.request++
		w.Gauges(p)
	}}
	e.counters = parts.Builder{MaxBytes: w.Limits.Bytes, MaxUnits: w.Limits.Measurements, Emit: w.Counters}
}

// End closes the walk: it emits what is left and returns how many items were walked.
func (e *MetricEncoder) End() (walked int) {
	e.gauges.Flush()
	e.counters.Flush()
	e.origins.forget()
	e.metric, e.sent = pmetric.Metric{}, nil
	return e.gauges.Walked()
}

// Resource encodes what the resource adds to every point.
func (e *MetricEncoder) Resource(r pcommon.Resource) { e.origins.setResource(r) }

// Scope encodes what the scope adds to every point.
func (e *MetricEncoder) Scope(s pcommon.InstrumentationScope) { e.origins.setScope(s) }

// Metric resolves the name and what the numbers are.
func (e *MetricEncoder) Metric(m pmetric.Metric) {
	e.metric, e.told = m, false
	e.kind = kindOf(m, e.rules)
	if e.heads.setName(m.Name()) {
		e.Counts.Changed[NameChanged]++
	}
}

// Number encodes a point of a gauge or sum.
func (e *MetricEncoder) Number(p pmetric.NumberDataPoint) {
	encodeItem(e, p, (*MetricEncoder).number)
}

// result is what became of an item: its measurements, or why there are none.
type result struct {
	gauges, counters int
	reason           Reason
	leftOut          int  // measurements of several that could not be sent
	named            bool // one of them has the metric's own name
}

func (r *result) fail(reason Reason) {
	r.reason = reason
	r.leftOut++
}

func (e *MetricEncoder) number(p pmetric.NumberDataPoint) result {
	if p.Flags().NoRecordedValue() {
		return result{reason: NoRecordedValue}
	}
	var value librato.Number
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		value = librato.Int(p.IntValue())
	case pmetric.NumberDataPointValueTypeDouble:
		value = librato.Float(p.DoubleValue())
	default:
		return result{reason: NoValue}
	}
	at, reason, ok := e.time(p.Timestamp())
	if !ok {
		return result{reason: reason}
	}
	if e.kind == kindCounter {
		return e.counter(value, at)
	}
	r := result{}
	e.appendValue(&r, noSuffix, value, at)
	return r
}

// counter appends a running total to the list whose differences the service derives.
func (e *MetricEncoder) counter(value librato.Number, at int64) result {
	if value.Float64() < 0 {
		return result{reason: NegativeCounter}
	}
	h, reason := e.head(noSuffix)
	if h == nil {
		return result{reason: reason}
	}
	a, b := e.origins.chunks()
	var err error
	// Every measurement has the properties: a counter is rarely in a request twice.
	e.counters.Body, err = e.rules.Dialect.AppendValue(e.counters.Body, h.full, value, at, a, b)
	if err != nil {
		return result{reason: reasonOf(err)}
	}
	return result{counters: 1, named: true}
}

// time returns the time that the current point is sent with, or why it is not sent.
func (e *MetricEncoder) time(t pcommon.Timestamp) (int64, Reason, bool) {
	return e.rules.Times.seconds(t, e.now)
}

// head returns the head of a suffix, or nil and the reason why nothing is sent under it.
func (e *MetricEncoder) head(suffix string) (*head, Reason) {
	if len(e.heads.name) == 0 {
		return nil, NoMetricName
	}
	h := e.heads.find(suffix)
	if h == nil {
		var p *librato.Properties
		if suffix == countSuffix || strings.HasPrefix(suffix, bucketSuffix) {
			p = e.properties.ofCount(&e.rules.Properties, e.kind)
		} else {
			p = e.properties.ofMetric(e.metric, &e.rules.Properties, e.kind)
		}
		h = e.heads.add(suffix, p, e.stopped)
	}
	if h.stopped {
		return nil, TypeConflict
	}
	return h, 0
}

// wire is the encoded head for the next measurement.
func (e *MetricEncoder) wire(h *head) []byte {
	if h.sentIn == e.request {
		return h.plain
	}
	return h.full
}

// appendValue appends a measurement of one value and adds it to r, or notes why it cannot.
func (e *MetricEncoder) appendValue(r *result, suffix string, value librato.Number, at int64) {
	a, b := e.origins.chunks()
	e.appendValueWith(r, suffix, value, at, a, b)
}

func (e *MetricEncoder) appendValueWith(r *result, suffix string, value librato.Number, at int64, origin ...[]byte) {
	h, reason := e.head(suffix)
	if h == nil {
		r.fail(reason)
		return
	}
	var err error
	e.gauges.Body, err = e.rules.Dialect.AppendValue(e.gauges.Body, e.wire(h), value, at, origin...)
	e.appended(r, h, err)
}

func (e *MetricEncoder) appendComplex(r *result, c *librato.Complex, at int64) {
	h, reason := e.head(noSuffix)
	if h == nil {
		r.fail(reason)
		return
	}
	a, b := e.origins.chunks()
	var err error
	e.gauges.Body, err = e.rules.Dialect.AppendComplex(e.gauges.Body, e.wire(h), c, at, a, b)
	e.appended(r, h, err)
}

func (e *MetricEncoder) appended(r *result, h *head, err error) {
	if err != nil {
		r.fail(reasonOf(err))
		return
	}
	h.sentIn = e.request
	r.named = r.named || h.suffix == noSuffix
	r.gauges++
}

func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, librato.ErrNotFinite):
		return NotFinite
	case errors.Is(err, librato.ErrOutOfRange):
		return OutOfRange
	default:
		return NoSamples
	}
}

// encodeItem encodes a point. What does not fit into the open part is encoded anew in the
// next one, so that the properties of a metric, which are sent once in a request, are with
// its first measurement.
func encodeItem[P interface{ Attributes() pcommon.Map }](e *MetricEncoder, p P, encode func(*MetricEncoder, P) result) {
	e.begin(p.Attributes())
	counts := e.Counts
	r := encode(e, p)
	if e.gauges.Overflows(r.gauges) {
		e.gauges.Restart()
		e.Counts = counts
		e.origins.setItem(p.Attributes())
		r = encode(e, p)
	}
	e.end(r)
}

// begin opens an item.
func (e *MetricEncoder) begin(attributes pcommon.Map) {
	e.gauges.Start()
	if e.counting() {
		e.counters.Start()
	}
	e.origins.setItem(attributes)
}

func (e *MetricEncoder) counting() bool {
	return e.rules.Cumulative && e.rules.Dialect == librato.SourceDialect
}

// end closes the item and counts it when nothing of it is sent.
func (e *MetricEncoder) end(r result) {
	sent := r.gauges + r.counters
	fits := e.gauges.Finish(r.gauges)
	if e.counting() {
		fits = e.counters.Finish(r.counters) && fits
	}
	switch {
	case sent == 0:
		e.Counts.Dropped[r.reason]++
	case !fits:
		e.Counts.Dropped[TooLarge]++
		e.heads.unsend()
	default:
		if r.named && !e.told && e.sent != nil {
			e.told = true
			e.sent(e.metric)
		}
		e.Counts.Changed[FieldLeftOut] += r.leftOut
	}
}

// FoldName is the form in which the service compares names.
func FoldName(name string) string { return strings.ToLower(name) }
