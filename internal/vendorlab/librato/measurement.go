package librato

import (
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Types of metrics.
const (
	typeGauge     = "gauge"
	typeCounter   = "counter"
	typeComposite = "composite"
)

// measurement is one that is well-formed.
type measurement struct {
	sample store.Sample
	// created is what the metric becomes if this measurement creates it.
	created Metric
}

// reader reads the measurements of one request.
type reader struct {
	now    time.Time
	maxAge time.Duration
	// auditKey names the attribute that takes the place of a tag for the audit.
	auditKey string
	agent    string
}

// read reads what the dialects have in common; timeMember is what each calls the time.
func (r *reader) read(from, shared object, metricType, timeMember string) (*measurement, *broken) {
	name, b := from.text("name")
	if b != nil || !nameRule.MatchString(name) {
		return nil, breaks(NameInvalid, "name", "%q is invalid: 1 to 255 of A-Z a-z 0-9 . : - _", shorten(name))
	}
	m := &measurement{sample: store.Sample{Metric: name, Type: metricType}}
	if m.sample.Value, b = readValue(from); b != nil {
		return nil, b
	}
	if m.sample.Timestamp, b = r.readTime(pick(from, shared, timeMember), timeMember); b != nil {
		return nil, b
	}
	if m.created, b = readProperties(pick(from, shared, "period")); b != nil {
		return nil, b
	}
	m.created.Name, m.created.Type = name, metricType
	m.created.Attributes["created_by_ua"] = r.agent
	if id, ok := m.created.Attributes[r.auditKey]; ok {
		m.sample.Audited, _ = id.(string)
	}
	return m, nil
}

// pick returns from with a shared member put in if from has none of its own.
func pick(from, shared object, member string) object {
	if from.has(member) || !shared.has(member) {
		return from
	}
	picked := make(object, len(from)+1)
	for key, value := range from {
		picked[key] = value
	}
	picked[member] = shared[member]
	return picked
}

// readValue reads a value, or count and sum of several.
func readValue(from object) (store.Value, *broken) {
	switch {
	case from.has("value") && from.has("count"):
		return store.Value{}, breaks(ValueAmbiguous, "value", "must be absent when count is given")
	case from.has("count"):
		return readSummary(from)
	case from.has("value"):
		return from.number("value")
	}
	return store.Value{}, breaks(ValueMissing, "value", "is not a number")
}

func readSummary(from object) (store.Value, *broken) {
	count, b := from.integer("count")
	switch {
	case b != nil:
		return store.Value{}, b
	case count <= 0:
		return store.Value{}, breaks(NotPositive, "count", "must be positive")
	case !from.has("sum"):
		return store.Value{}, breaks(SumMissing, "sum", "is required when count is given")
	}
	h := &store.Histogram{Count: uint64(count), Bounds: []float64{}, Counts: []uint64{}}
	for member, into := range map[string]**float64{
		"sum": &h.Sum, "min": &h.Min, "max": &h.Max, "last": &h.Last, "stddev": &h.StdDev,
		"stddev_m2": new(*float64), "sum_squares": new(*float64),
	} {
		if !from.has(member) {
			continue
		}
		number, b := from.number(member)
		if b != nil {
			return store.Value{}, b
		}
		value := number.Float()
		*into = &value
	}
	return store.Distribution(h), nil
}

// readTime returns milliseconds, or 0 when there is no time.
func (r *reader) readTime(from object, member string) (int64, *broken) {
	if !from.has(member) {
		return 0, nil
	}
	seconds, b := from.integer(member)
	if b != nil {
		return 0, breaks(TimeInvalid, member, "is not an integer")
	}
	switch now := r.now.Unix(); {
	case r.maxAge > 0 && seconds < now-int64(r.maxAge.Seconds()):
		return 0, breaks(TimePast, member, "is too far in the past")
	case seconds > now+int64(maxAhead.Seconds()):
		return 0, breaks(TimeFuture, member, "is too far in the future")
	case seconds < 0:
		return 0, breaks(TimeInvalid, member, "must not be negative")
	}
	return seconds * 1000, nil
}
