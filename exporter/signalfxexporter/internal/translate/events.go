package translate

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// EventRules say which log records become events, and how. They are shared and immutable.
type EventRules struct {
	DimensionSources
	// All makes every record an event.
	All bool
	// Properties says what of a record becomes properties.
	Properties RecordFields
}

// RecordFields are parts of a log record that events have no place of their own for.
type RecordFields struct{ Body, Severity, TraceID, SpanID bool }

// EventEncoder appends the events of a walk to parts. It serves one walk at a time
// and may be reused.
type EventEncoder struct {
	Counts Counts

	builder    parts.Builder
	rules      *EventRules
	dims       itemDimensions
	properties []byte
	used       []string // keys of the properties so far
}

// NewEventEncoder returns an encoder that follows the rules.
func NewEventEncoder(rules *EventRules) *EventEncoder {
	e := &EventEncoder{rules: rules}
	e.dims.init(&rules.DimensionSources, &e.Counts)
	return e
}

// Begin makes the encoder ready for a walk whose parts go to emit.
func (e *EventEncoder) Begin(limits Limits, emit func(*parts.Part)) {
	e.Counts = Counts{}
	e.builder = parts.Builder{MaxBytes: limits.Bytes, MaxUnits: limits.Datapoints, Emit: emit}
}

// End closes the walk: it emits what is left and returns how many records were walked.
func (e *EventEncoder) End() (walked int) {
	e.builder.Flush()
	e.dims.forget()
	clear(e.used[:cap(e.used)]) // they may be of the batch's memory
	return e.builder.Walked()
}

// Resource encodes what the resource adds to every event.
func (e *EventEncoder) Resource(r pcommon.Resource) { e.dims.setResource(r) }

// Scope encodes what the scope adds to every event.
func (e *EventEncoder) Scope(s pcommon.InstrumentationScope) { e.dims.setScope(s) }

// Record encodes a log record that is an event.
func (e *EventEncoder) Record(r plog.LogRecord) {
	e.builder.Start()
	if !e.isEvent(r) {
		e.drop(NotAnEvent)
		return
	}
	e.dims.setItem(r.Attributes())
	a, b, ok := e.dims.chunks("")
	if !ok {
		e.drop(TooManyDimensions)
		return
	}
	e.appendProperties(r)
	if len(b) > 0 {
		a = append(a[:len(a):len(a)], b...)
	}
	e.builder.Body = signalfx.AppendEvent(e.builder.Body, e.eventType(r), a, e.properties, e.category(r), eventTime(r))
	if !e.builder.Finish(1) {
		e.Counts.Dropped[TooLarge]++
	}
}

func (e *EventEncoder) drop(reason Reason) {
	e.builder.Finish(0)
	e.Counts.Dropped[reason]++
}

// isEvent: a record is an event when it bears the category that marks one, when it
// has an OTLP event name, or when the configuration says that all are.
func (e *EventEncoder) isEvent(r plog.LogRecord) bool {
	if e.rules.All || r.EventName() != "" {
		return true
	}
	_, marked := r.Attributes().Get(eventCategoryAttribute)
	return marked
}

// eventTime is the record's own time, or when it was observed.
func eventTime(r plog.LogRecord) int64 {
	if t := r.Timestamp(); t != 0 {
		return milliseconds(uint64(t))
	}
	return milliseconds(uint64(r.ObservedTimestamp()))
}

// category takes a number or a name, as text or not; what is no category of the vendor's
// counts as USER_DEFINED, which is also the one of records without any.
func (e *EventEncoder) category(r plog.LogRecord) signalfx.Category {
	value, ok := r.Attributes().Get(eventCategoryAttribute)
	if !ok || value.Type() == pcommon.ValueTypeEmpty {
		return signalfx.UserDefined
	}
	var c signalfx.Category
	if value.Type() == pcommon.ValueTypeInt {
		c = signalfx.Category(value.Int())
	} else if n, err := strconv.ParseInt(value.AsString(), 10, 64); err == nil {
		c = signalfx.Category(n)
	} else {
		c, _ = signalfx.CategoryByName(strings.ToUpper(value.AsString()))
	}
	if c.String() == "" {
		e.Counts.Changed[CategoryUnknown]++
		return signalfx.UserDefined
	}
	return c
}

// unknownEventType is what the upstream exporter calls an event without a type.
const unknownEventType = "unknown"

// eventType is the attribute, or else the OTLP event name. The vendor takes ASCII
// without blanks.
func (e *EventEncoder) eventType(r plog.LogRecord) string {
	name := text(r.Attributes(), eventTypeAttribute)
	if name == "" {
		name = r.EventName()
	}
	if name == "" {
		return unknownEventType
	}
	sent := strings.Map(func(c rune) rune {
		if c <= ' ' || c >= 0x7f {
			return '_'
		}
		return c
	}, name)
	sent = sent[:min(len(sent), signalfx.MaxEventTypeLength)]
	if sent != name {
		e.Counts.Changed[EventTypeChanged]++
	}
	return sent
}

// appendProperties encodes the properties attribute and the chosen fields.
func (e *EventEncoder) appendProperties(r plog.LogRecord) {
	e.properties, e.used = e.properties[:0], e.used[:0]
	if value, ok := r.Attributes().Get(eventPropertiesAttribute); ok && value.Type() == pcommon.ValueTypeMap {
		for key, v := range value.Map().All() {
			e.property(key, v)
		}
	}
	fields := e.rules.Properties
	if fields.Body && r.Body().Type() != pcommon.ValueTypeEmpty {
		e.textProperty("body", r.Body().AsString())
	}
	if fields.Severity && r.SeverityText() != "" {
		e.textProperty("severity", r.SeverityText())
	} else if fields.Severity && r.SeverityNumber() != plog.SeverityNumberUnspecified {
		e.textProperty("severity", r.SeverityNumber().String())
	}
	if fields.TraceID && !r.TraceID().IsEmpty() {
		e.textProperty("trace_id", r.TraceID().String())
	}
	if fields.SpanID && !r.SpanID().IsEmpty() {
		e.textProperty("span_id", r.SpanID().String())
	}
}

func (e *EventEncoder) property(key string, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		e.put(key, func(key string) { e.properties = signalfx.AppendIntProperty(e.properties, key, v.Int()) })
	case pcommon.ValueTypeBool:
		e.put(key, func(key string) { e.properties = signalfx.AppendBoolProperty(e.properties, key, v.Bool()) })
	case pcommon.ValueTypeDouble:
		if !isFinite(v.Double()) {
			e.Counts.Changed[FieldNotFinite]++
			return
		}
		e.put(key, func(key string) { e.properties = signalfx.AppendDoubleProperty(e.properties, key, v.Double()) })
	case pcommon.ValueTypeEmpty:
		e.Counts.Changed[PropertyLeftOut]++
	default:
		e.textProperty(key, v.AsString())
	}
}

// textProperty cuts text at the vendor's limit: the beginning of a message is worth more than none of it.
func (e *EventEncoder) textProperty(key, value string) {
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, string(utf8.RuneError))
		e.Counts.Changed[InvalidUTF8]++
	}
	if cut := firstRunes(value, signalfx.MaxPropertyValueLength); cut != value {
		value = cut
		e.Counts.Changed[PropertyCut]++
	}
	e.put(key, func(key string) { e.properties = signalfx.AppendStringProperty(e.properties, key, value) })
}

// put appends a property under the key that is sent for it: the rules are those of
// dimensions, and of two equal keys the first one stays.
func (e *EventEncoder) put(key string, appendTo func(key string)) {
	sent, renamed := e.rules.Dimensions.rename(key)
	if sent == "" || longer(sent, signalfx.MaxDimensionKeyLength) || len(e.used) == signalfx.MaxProperties || slices.Contains(e.used, sent) {
		e.Counts.Changed[PropertyLeftOut]++
		return
	}
	if renamed {
		e.Counts.Changed[KeyRenamed]++
	}
	e.used = append(e.used, sent)
	appendTo(sent)
}

// firstRunes returns the first n characters of text.
func firstRunes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
