package translate

import (
	"strconv"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// Fields of the span logs that are not attributes.
const (
	eventNameField = "name"
	linkTraceField = "link.trace_id"
	linkSpanField  = "link.span_id"
	linkStateField = "link.trace_state"
)

// linkLog is the name of the log that stands for a link of which the span line has no
// place for all.
const linkLog = "link"

// needsLog reports whether a link leads into another trace, or says more than where it leads.
func needsLog(s ptrace.Span, link ptrace.SpanLink) bool {
	return !sameTrace(s, link) || link.Attributes().Len() > 0 || link.TraceState().AsRaw() != ""
}

// minCutBytes is where a field is no longer worth cutting.
const minCutBytes = 64

// logEncoder appends the logs of spans: their events, and links.
type logEncoder struct {
	limit  int // of a line in bytes; 0 is none
	counts *Counts

	fields     []wavefront.Tag
	log        []byte
	head, tail []byte
}

// has reports whether a span has logs.
func (e *logEncoder) has(s ptrace.Span) bool {
	if s.Events().Len() > 0 {
		return true
	}
	for i := range s.Links().Len() {
		if needsLog(s, s.Links().At(i)) {
			return true
		}
	}
	return false
}

// append appends the lines of a span's logs to a lane, as many as their size needs,
// and returns their number. What is beyond one request is left out.
func (e *logEncoder) append(to *lane, s ptrace.Span, spanLine []byte) int {
	e.head = wavefront.AppendSpanLogsHead(e.head[:0], wavefront.UUID(s.TraceID()), wavefront.SpanUUID(s.SpanID()))
	e.tail = wavefront.AppendSpanLogsTail(e.tail[:0], spanLine)
	if e.limit > 0 && len(e.tail) > e.limit/2 {
		e.tail = wavefront.AppendSpanLogsTail(e.tail[:0], nil) // a proxy then keeps the logs, whatever its sampling says
	}
	lines, lineBegin := 0, 0
	for log := range e.each(s) {
		encoded, ok := e.encode(log)
		open := lines > 0
		fits := open && (e.limit == 0 || len(to.Body)-lineBegin+1+len(encoded)+len(e.tail) <= e.limit)
		used := len(to.Body) - to.begin + 1 + len(e.head) + len(encoded) + 2*len(e.tail)
		if !ok || used > to.MaxBytes || !fits && lines == to.MaxUnits {
			e.counts.Changed[SpanLogLeftOut]++
			continue
		}
		switch {
		case fits:
			to.Body = append(to.Body, ',')
		default:
			if open {
				to.Body = append(to.Body, e.tail...)
			}
			lines++
			lineBegin = len(to.Body)
			to.Body = append(to.Body, e.head...)
		}
		to.Body = append(to.Body, encoded...)
	}
	if lines > 0 {
		to.Body = append(to.Body, e.tail...)
	}
	return lines
}

// each goes through the logs of a span: events, then links.
func (e *logEncoder) each(s ptrace.Span) func(func(wavefront.SpanLog) bool) {
	return func(yield func(wavefront.SpanLog) bool) {
		for i := range s.Events().Len() {
			if !yield(e.ofEvent(s, s.Events().At(i))) {
				return
			}
		}
		for i := range s.Links().Len() {
			if link := s.Links().At(i); needsLog(s, link) && !yield(e.ofLink(s, link)) {
				return
			}
		}
	}
}

func (e *logEncoder) ofEvent(s ptrace.Span, event ptrace.SpanEvent) wavefront.SpanLog {
	at := event.Timestamp()
	if at == 0 {
		at = s.StartTimestamp()
	}
	e.setFields(event.Name(), event.Attributes(), event.DroppedAttributesCount())
	return wavefront.SpanLog{Timestamp: int64(at / 1e3), Fields: e.fields}
}

func (e *logEncoder) ofLink(s ptrace.Span, link ptrace.SpanLink) wavefront.SpanLog {
	e.setFields(linkLog, link.Attributes(), link.DroppedAttributesCount())
	e.add(linkTraceField, wavefront.UUID(link.TraceID()).String())
	e.add(linkSpanField, wavefront.SpanUUID(link.SpanID()).String())
	e.add(linkStateField, link.TraceState().AsRaw())
	return wavefront.SpanLog{Timestamp: int64(s.StartTimestamp() / 1e3), Fields: e.fields}
}

func (e *logEncoder) setFields(name string, attributes pcommon.Map, dropped uint32) {
	e.fields = e.fields[:0]
	e.add(eventNameField, name)
	for key, value := range attributes.All() {
		e.add(key, value.AsString())
	}
	if dropped > 0 {
		e.add(droppedAttributesKey, strconv.FormatUint(uint64(dropped), 10))
	}
}

// add adds a field, unless it says nothing or its key is taken.
func (e *logEncoder) add(key, value string) {
	if key == "" || value == "" {
		return
	}
	for _, f := range e.fields {
		if f.Key == key {
			e.counts.Changed[TagRepeated]++
			return
		}
	}
	if len(e.fields) == maxEntries {
		e.counts.Changed[TagOverflow]++
		return
	}
	e.fields = append(e.fields, wavefront.Tag{Key: key, Value: value})
}

// encode encodes a log, with its longest fields cut until it fits into a line.
func (e *logEncoder) encode(log wavefront.SpanLog) (encoded []byte, ok bool) {
	cut := false
	for {
		e.log = wavefront.AppendSpanLog(e.log[:0], &log)
		if e.limit == 0 || len(e.head)+len(e.log)+len(e.tail) <= e.limit {
			if cut {
				e.counts.Changed[SpanLogCut]++
			}
			return e.log, true
		}
		longest := &wavefront.Tag{}
		for i := range log.Fields {
			if f := &log.Fields[i]; len(f.Value) > len(longest.Value) {
				longest = f
			}
		}
		if len(longest.Value) < minCutBytes {
			return nil, false
		}
		longest.Value = cutText(longest.Value, len(longest.Value)*3/4)
		cut = true
	}
}

// cutText cuts a text to at most n bytes, between two characters.
func cutText(text string, n int) string {
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
