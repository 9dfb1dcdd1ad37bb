package wavefront

import (
	"fmt"
	"strconv"
)

// The logs of a span are one JSON object on a line:
//
//	{"traceId":uuid,"spanId":uuid,"logs":[{"timestamp":us,"fields":{k:string}},...],"span":line}
//
// The timestamp is Unix microseconds. The span line, with its newline, is what the
// proxy samples by; without it the logs are always kept.

// SpanLog is one log of a span.
type SpanLog struct {
	Timestamp int64 // Unix microseconds
	Fields    []Tag
}

// SpanLogs are the logs of one span.
type SpanLogs struct {
	TraceID, SpanID UUID
	Logs            []SpanLog
	// Span is the line that AppendSpan wrote for the span; empty leaves it out.
	Span []byte
	// Scrambler is carried along as _scrambler when it is not empty, as by the vendor's Python SDK.
	Scrambler string
}

// AppendSpanLogs appends a span log line.
func (e *Encoder) AppendSpanLogs(dst []byte, s *SpanLogs) ([]byte, error) {
	if s.TraceID == (UUID{}) || s.SpanID == (UUID{}) {
		return dst, NoID
	}
	if len(s.Logs) == 0 {
		return dst, fmt.Errorf("span %s: %w", s.SpanID, NoLogs)
	}
	begin := len(dst)
	dst = AppendSpanLogsHead(dst, s.TraceID, s.SpanID)
	for i, log := range s.Logs {
		if log.Timestamp < 0 {
			return dst[:begin], fmt.Errorf("span %s: log %d: %w", s.SpanID, i, BadTime)
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendSpanLog(dst, &log)
	}
	return appendSpanLogsEnd(dst, s.Span, s.Scrambler), nil
}

// AppendSpanLogsHead appends the line up to its first log.
func AppendSpanLogsHead(dst []byte, trace, span UUID) []byte {
	dst = AppendUUID(append(dst, `{"traceId":"`...), trace)
	dst = AppendUUID(append(dst, `","spanId":"`...), span)
	return append(dst, `","logs":[`...)
}

// AppendSpanLog appends one log. The caller puts commas between logs.
func AppendSpanLog(dst []byte, log *SpanLog) []byte {
	dst = strconv.AppendInt(append(dst, `{"timestamp":`...), log.Timestamp, 10)
	dst = appendJSONObject(append(dst, `,"fields":`...), log.Fields)
	return append(dst, '}')
}

// AppendSpanLogsTail appends what follows the last log: the span line, when there is one, and the newline.
func AppendSpanLogsTail(dst, spanLine []byte) []byte { return appendSpanLogsEnd(dst, spanLine, "") }

func appendSpanLogsEnd(dst, spanLine []byte, scrambler string) []byte {
	dst = append(dst, ']')
	if len(spanLine) > 0 {
		dst = appendJSON(append(dst, `,"span":`...), spanLine)
	}
	if scrambler != "" {
		dst = appendJSON(append(dst, `,"_scrambler":`...), scrambler)
	}
	return append(dst, "}\n"...)
}
