package translate

import (
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// EventRules say which log records become events, and how. They are shared and immutable.
type EventRules struct {
	TagRules
	// All makes every record an event.
	All bool
	// JSON is the form that the service takes; without it, lines for a proxy are made.
	JSON bool
}

// Attributes of a log record that say what an event has and a record has not. Any of
// them makes the record an event.
const (
	eventPrefix            = "wavefront.event."
	eventNameAttribute     = eventPrefix + "name"     // else the record's event name
	eventEndAttribute      = eventPrefix + "end"      // Unix milliseconds, or RFC 3339
	eventTypeAttribute     = eventPrefix + "type"     // the annotation of that name
	eventDetailsAttribute  = eventPrefix + "details"  // else the record's body
	eventSeverityAttribute = eventPrefix + "severity" // else by the record's severity number
	eventTagsAttribute     = eventPrefix + "tags"     // a list
	eventHostsAttribute    = eventPrefix + "hosts"    // a list; else the source
)

// olderEventName is where the event name was before records had a field for it.
const olderEventName = "event.name"

// Annotations that the service knows.
const (
	severityAnnotation = "severity"
	typeAnnotation     = "type"
	detailsAnnotation  = "details"
	traceIDAnnotation  = "trace_id"
	spanIDAnnotation   = "span_id"
)

// EventEncoder appends the events of a walk to parts. It serves one walk at a time and
// may be reused.
type EventEncoder struct {
	Counts Counts

	rules    *EventRules
	events   lane
	next     int   // ordinal of the next item
	now      int64 // Unix milliseconds
	resource pcommon.Map
	from     string // the attribute that its source is from
	event    wavefront.Event
	written  []string // the keys of its annotations as they are written
}

// NewEventEncoder returns an encoder that follows the rules.
func NewEventEncoder(rules *EventRules) *EventEncoder {
	return &EventEncoder{rules: rules, resource: pcommon.NewMap()}
}

// Begin makes the encoder ready for a walk at a Unix time in milliseconds.
func (e *EventEncoder) Begin(now int64, to Output) {
	e.Counts = Counts{}
	e.now, e.next = now, 0
	e.events = to.lane()
}

// End closes the walk: it emits what is left and returns how many records were walked.
func (e *EventEncoder) End() (walked int) {
	e.events.Flush()
	e.resource, e.event, e.written = pcommon.NewMap(), wavefront.Event{}, nil
	return e.next
}

// Resource remembers the resource.
func (e *EventEncoder) Resource(r pcommon.Resource) {
	e.resource = r.Attributes()
	_, e.from = e.rules.Sources.of(e.resource)
}

// Scope has nothing to add.
func (e *EventEncoder) Scope(pcommon.InstrumentationScope) {}

// Record encodes a log record.
func (e *EventEncoder) Record(r plog.LogRecord) {
	ordinal := e.next
	e.next++
	reason, ok := e.set(r)
	if !ok {
		e.Counts.Dropped[reason]++
		return
	}
	e.events.start(ordinal)
	body, change, err := e.append(e.events.Body)
	if err != nil { // a source over its limit, where cutting is off, is what is left to be wrong
		e.events.finish(0)
		e.Counts.Dropped[NoSource]++
		return
	}
	e.events.Body = body
	e.Counts.changed(change)
	if !e.events.finish(1) {
		e.Counts.Dropped[TooLarge]++
	}
}

func (e *EventEncoder) append(dst []byte) ([]byte, wavefront.Change, error) {
	if e.rules.JSON {
		dst, err := e.rules.Encode.AppendEventJSON(dst, &e.event)
		return dst, 0, err
	}
	return e.rules.Encode.AppendEventLine(dst, &e.event)
}

// set makes event of a record, or returns why it is none.
func (e *EventEncoder) set(r plog.LogRecord) (Reason, bool) {
	name, is := e.nameOf(r)
	if !is {
		return NotAnEvent, false
	}
	if wavefront.IsBlank(name) {
		return NoName, false
	}
	e.event = wavefront.Event{
		Name: name, Hosts: e.event.Hosts[:0], Tags: e.event.Tags[:0], Annotations: e.event.Annotations[:0],
	}
	e.written = e.written[:0]
	if !e.setTimes(r) {
		return TimeOutOfRange, false
	}
	e.setLists(r.Attributes())
	if len(e.event.Hosts) == 0 {
		return NoSource, false
	}
	e.annotate(severityAnnotation, severityOf(r))
	e.annotate(typeAnnotation, either(r.Attributes(), eventTypeAttribute, "event.domain"))
	details := firstOf(eventDetailsAttribute, r.Attributes())
	if details == "" && r.Body().AsString() != name {
		details = r.Body().AsString()
	}
	e.annotate(detailsAnnotation, details)
	if !r.TraceID().IsEmpty() {
		e.annotate(traceIDAnnotation, r.TraceID().String())
	}
	if !r.SpanID().IsEmpty() {
		e.annotate(spanIDAnnotation, r.SpanID().String())
	}
	e.annotateAll(r.Attributes(), e.rules.Sources.ofItem)
	e.annotateAll(e.resource, func(key string) bool { return key == e.from || !e.rules.Resource.takes(key) })
	return 0, true
}

// nameOf returns the name of the event that a record is, and whether it is one.
func (e *EventEncoder) nameOf(r plog.LogRecord) (string, bool) {
	name, marked := firstOf(eventNameAttribute, r.Attributes()), false
	for key := range r.Attributes().All() {
		marked = marked || strings.HasPrefix(key, eventPrefix)
	}
	if name == "" {
		name = r.EventName()
	}
	if name == "" {
		name = firstOf(olderEventName, r.Attributes())
	}
	if name == "" && (marked || e.rules.All) {
		name, _, _ = strings.Cut(strings.TrimSpace(r.Body().AsString()), "\n")
	}
	return name, name != "" || marked || e.rules.All
}

// setTimes sets start and end, and reports false for a start that a reader would not
// take for milliseconds. An event without a time happens now.
func (e *EventEncoder) setTimes(r plog.LogRecord) bool {
	start := r.Timestamp()
	if start == 0 {
		start = r.ObservedTimestamp()
	}
	e.event.Start = int64(start / 1e6)
	if start == 0 {
		e.event.Start = e.now
		e.Counts.Changed[EventTimeReplaced]++
	}
	if !readAsMillis(e.event.Start) {
		return false
	}
	v, ok := r.Attributes().Get(eventEndAttribute)
	if !ok {
		return true
	}
	if end, ok := millisecondsOf(v); ok && end > e.event.Start && readAsMillis(end) {
		e.event.End = end
	} else {
		e.Counts.Changed[EventTimeReplaced]++
	}
	return true
}

// millisecondsOf reads a time: Unix milliseconds, or RFC 3339.
func millisecondsOf(v pcommon.Value) (int64, bool) {
	if ms, ok := numberOf(v); ok {
		return int64(ms), ms > 0 && ms < 1e15
	}
	t, err := time.Parse(time.RFC3339Nano, v.AsString())
	return t.UnixMilli(), err == nil
}

// setLists sets hosts and tags.
func (e *EventEncoder) setLists(attributes pcommon.Map) {
	e.event.Tags = e.appendList(e.event.Tags, attributes, eventTagsAttribute)
	e.event.Hosts = e.appendList(e.event.Hosts, attributes, eventHostsAttribute)
	if len(e.event.Hosts) > 0 {
		return
	}
	for _, host := range []string{e.rules.Sources.Of(attributes, e.resource), e.rules.Sources.Default} {
		if !wavefront.IsBlank(host) {
			e.event.Hosts = append(e.event.Hosts, host)
			return
		}
	}
}

// appendList appends the texts of a list, or of one text.
func (e *EventEncoder) appendList(to []string, attributes pcommon.Map, key string) []string {
	v, ok := attributes.Get(key)
	if !ok {
		return to
	}
	add := func(text string) {
		if wavefront.IsBlank(text) || len(to) == maxEntries {
			e.Counts.Changed[AnnotationLeftOut]++
			return
		}
		to = append(to, text)
	}
	if v.Type() != pcommon.ValueTypeSlice {
		add(v.AsString())
		return to
	}
	for i := range v.Slice().Len() {
		add(v.Slice().At(i).AsString())
	}
	return to
}

// annotateAll annotates with attributes, but those that steer, and those that skip names.
func (e *EventEncoder) annotateAll(attributes pcommon.Map, skip func(string) bool) {
	for key, value := range attributes.All() {
		if strings.HasPrefix(key, eventPrefix) || key == olderEventName || key == "event.domain" || skip(key) {
			continue
		}
		text := value.AsString()
		if wavefront.IsBlankName(key) || wavefront.IsBlank(text) {
			e.Counts.Changed[AnnotationLeftOut]++
			continue
		}
		e.annotate(key, text)
	}
}

// annotate adds an annotation, unless it says nothing or its key is taken. Readers of a line
// make something else of a key that repeats.
func (e *EventEncoder) annotate(key, value string) {
	if wavefront.IsBlank(value) {
		return
	}
	written := key
	if !e.rules.JSON {
		written = wavefront.AnnotationKey(key)
	}
	if slices.Contains(e.written, written) {
		e.Counts.Changed[TagRepeated]++
		return
	}
	if len(e.event.Annotations) == maxEntries {
		e.Counts.Changed[AnnotationLeftOut]++
		return
	}
	e.written = append(e.written, written)
	e.event.Annotations = append(e.event.Annotations, wavefront.Tag{Key: key, Value: value})
}

// severityOf is the vendor's severity of a record.
func severityOf(r plog.LogRecord) string {
	if own := firstOf(eventSeverityAttribute, r.Attributes()); own != "" {
		return strings.ToUpper(own)
	}
	switch n := r.SeverityNumber(); {
	case n >= plog.SeverityNumberError:
		return "SEVERE"
	case n >= plog.SeverityNumberWarn:
		return "WARN"
	case n > plog.SeverityNumberUnspecified:
		return "INFO"
	}
	return "UNCLASSIFIED"
}
