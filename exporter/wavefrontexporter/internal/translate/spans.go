package translate

import (
	"bytes"
	"crypto/rand"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// SpanRules say how spans become lines. They are shared and immutable.
type SpanRules struct {
	TagRules
	Times TimeRules
	// Application and Service stand in where a span has none.
	Application, Service string
	// MapTags adds the tags by which the vendor's application map knows databases and
	// AWS services; ExternalServices those for what peer.service names.
	MapTags, ExternalServices bool
	// LogBytes bounds the line of a span's logs; 0 does not.
	LogBytes int
}

// PendingAttribute on a span that is sent again says which half of it is still to be
// sent: the span's line and its logs travel in requests of their own. Only this process
// ever reads it, so its name is one that no sender can know: what bears it by chance or
// on purpose would vanish by half.
var PendingAttribute = "wavefront.pending." + rand.Text()

// The values of PendingAttribute.
const (
	PendingSpan = "span"
	PendingLogs = "logs"
)

// samplingPriorityAttribute is the tag of OpenTracing by which code asks for a span to
// be kept (above 0) or not (0); the collector's samplers heed it, too.
const samplingPriorityAttribute = "sampling.priority"

// SpanOutputs are the outputs of a walk over spans.
type SpanOutputs struct{ Spans, Logs Output }

// SpanEncoder appends the lines of a walk to parts. It serves one walk at a time and
// may be reused.
type SpanEncoder struct {
	Counts Counts

	rules       *SpanRules
	spans, logs lane
	next        int   // ordinal of the next item
	now         int64 // Unix seconds
	tags        spanTags
	log         logEncoder
	line        []byte
}

// NewSpanEncoder returns an encoder that follows the rules.
func NewSpanEncoder(rules *SpanRules) *SpanEncoder {
	e := &SpanEncoder{rules: rules}
	e.tags.init(rules, &e.Counts)
	e.log.counts = &e.Counts
	return e
}

// Begin makes the encoder ready for a walk at a Unix time in seconds.
func (e *SpanEncoder) Begin(now int64, to SpanOutputs) {
	e.Counts = Counts{}
	e.now, e.next = now, 0
	e.spans, e.logs = to.Spans.lane(), to.Logs.lane()
	e.log.limit = e.rules.LogBytes
	if most := to.Logs.Limits.LineBytes; most > 0 && (e.log.limit == 0 || most < e.log.limit) {
		e.log.limit = most
	}
}

// End closes the walk: it emits what is left and returns how many spans were walked.
func (e *SpanEncoder) End() (walked int) {
	e.spans.Flush()
	e.logs.Flush()
	e.tags.forget()
	return e.next
}

// Resource encodes what the resource adds to every span.
func (e *SpanEncoder) Resource(r pcommon.Resource) { e.tags.setResource(r) }

// Scope remembers the scope.
func (e *SpanEncoder) Scope(s pcommon.InstrumentationScope) { e.tags.scope = s }

// Span encodes a span and its logs.
func (e *SpanEncoder) Span(s ptrace.Span) {
	ordinal := e.next
	e.next++
	hasLogs := e.log.has(s)
	line, reason, ok := e.appendSpan(e.line[:0], s, hasLogs)
	e.line = line
	if !ok {
		e.Counts.Dropped[reason]++
		return
	}
	pending := ""
	if v, ok := s.Attributes().Get(PendingAttribute); ok {
		pending = v.AsString()
	}
	logLines := 0
	if hasLogs { // also where only the line is still to be sent: it tells whether there are any
		e.logs.start(ordinal)
		if logLines = e.log.append(&e.logs, s, line); logLines == 0 {
			line = withoutLogs(line)
		}
	}
	if pending != PendingLogs {
		e.spans.start(ordinal)
		e.spans.Body = append(e.spans.Body, line...)
		if !e.spans.finish(1) {
			e.Counts.Dropped[TooLarge]++
			logLines = 0
		}
	}
	if pending == PendingSpan {
		logLines = 0
	}
	if hasLogs {
		e.logs.finish(logLines)
	}
}

// withoutLogs takes the announcement of logs, the last tag, out of a line.
func withoutLogs(line []byte) []byte {
	at := bytes.LastIndex(line, []byte(wavefront.HasLogsTag))
	return append(line[:at], line[at+len(wavefront.HasLogsTag):]...)
}

// appendSpan appends the line of a span, or returns why it has none.
func (e *SpanEncoder) appendSpan(dst []byte, s ptrace.Span, hasLogs bool) ([]byte, Reason, bool) {
	start := int64(s.StartTimestamp() / 1e6)
	priority, hasPriority := samplingPriority(s.Attributes())
	switch {
	case s.TraceID().IsEmpty() || s.SpanID().IsEmpty():
		return dst, NoIDs, false
	case hasPriority && priority <= 0:
		return dst, NotSampled, false
	case !readAsMillis(start) || !e.rules.Times.takes(start/1000, e.now):
		return dst, TimeOutOfRange, false
	}
	duration := max(0, int64(s.EndTimestamp()/1e6)-start)
	if s.EndTimestamp() != 0 && s.EndTimestamp() < s.StartTimestamp() {
		e.Counts.Changed[DurationReplaced]++
	}
	if duration >= start { // a reader would take it for an end time
		return dst, TimeOutOfRange, false
	}
	dst, change, err := e.rules.Encode.AppendSpanName(dst, s.Name())
	if err == wavefront.NameTooLong {
		return dst, NameTooLong, false
	}
	if err != nil {
		return dst, NoName, false
	}
	e.Counts.changed(change)
	extra := 0
	if hasLogs {
		extra++
	}
	tags, source := e.tags.resolve(s, hasPriority, extra)
	if len(source) == 0 {
		return dst, NoSource, false
	}
	dst = append(dst, source...)
	dst = wavefront.AppendSpanIDs(dst, wavefront.UUID(s.TraceID()), wavefront.SpanUUID(s.SpanID()))
	if !s.ParentSpanID().IsEmpty() {
		dst = wavefront.AppendParent(dst, wavefront.SpanUUID(s.ParentSpanID()))
	}
	for i := range s.Links().Len() {
		if link := s.Links().At(i); sameTrace(s, link) {
			dst = wavefront.AppendFollowsFrom(dst, wavefront.SpanUUID(link.SpanID()))
		}
	}
	dst = append(dst, tags...)
	if hasLogs {
		dst = append(dst, wavefront.HasLogsTag...)
	}
	return append(wavefront.AppendSpanTimes(dst, start, duration), '\n'), 0, true
}

// samplingPriority reads the attribute, which is a number or the text of one.
func samplingPriority(attributes pcommon.Map) (float64, bool) {
	v, ok := attributes.Get(samplingPriorityAttribute)
	if !ok {
		return 0, false
	}
	return numberOf(v)
}

// sameTrace reports whether a link can be a followsFrom, which names a span of the same trace.
func sameTrace(s ptrace.Span, link ptrace.SpanLink) bool {
	return link.TraceID() == s.TraceID() && !link.SpanID().IsEmpty()
}
