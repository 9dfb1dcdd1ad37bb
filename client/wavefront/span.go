package wavefront

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A span line:
//
//	"name" source="src" traceId=uuid spanId=uuid {parent=uuid} {followsFrom=uuid}
//	       {"key"="value"} start duration LF
//
// The reader takes pairs until the first token that is all digits, quoted or not:
// a key of digits ends the tags and spoils the line. Start and duration have one
// unit, told by the digits of the start; a second number that is not below the
// first is an end time. Keys may repeat.

// HasLogsTag announces span logs. It is an element like those that the encoder appends.
const HasLogsTag = ` "_spanLogs"="true"`

// Span is one span of a trace.
type Span struct {
	Name string
	// Start is the Unix time in milliseconds, Duration is milliseconds too. Readers
	// take 16 and 19 digits for microseconds and nanoseconds.
	Start, Duration int64
	Source          string
	TraceID, SpanID UUID
	Parents         []UUID
	FollowsFrom     []UUID
	Tags            []Tag
	// HasLogs adds HasLogsTag.
	HasLogs bool
}

// AppendSpan appends a span line. A tag that repeats another is written once.
func (e *Encoder) AppendSpan(dst []byte, s *Span) ([]byte, Change, error) {
	begin := len(dst)
	dst, change, err := e.appendSpan(dst, s)
	if err != nil {
		return dst[:begin], 0, fmt.Errorf("span %q: %w", s.Name, err)
	}
	return dst, change, nil
}

func (e *Encoder) appendSpan(dst []byte, s *Span) ([]byte, Change, error) {
	if s.TraceID == (UUID{}) || s.SpanID == (UUID{}) {
		return dst, 0, NoID
	}
	if s.Start <= 0 || s.Duration < 0 || s.Duration >= s.Start {
		return dst, 0, BadTime
	}
	dst, change, err := e.AppendSpanName(dst, s.Name)
	if err != nil {
		return dst, 0, err
	}
	dst, more, err := e.sourceOr(dst, s.Source)
	if err != nil {
		return dst, 0, err
	}
	change |= more
	dst = AppendSpanIDs(dst, s.TraceID, s.SpanID)
	for _, id := range s.Parents {
		dst = AppendParent(dst, id)
	}
	for _, id := range s.FollowsFrom {
		dst = AppendFollowsFrom(dst, id)
	}
	tags := len(dst)
	once := func(dst []byte, key, value string) ([]byte, Change, error) {
		before := len(dst)
		dst, change, err := e.AppendSpanTag(dst, key, value)
		// Quotes in values are escaped, so that no value looks like a tag.
		if err == nil && bytes.Contains(dst[tags:before], dst[before:]) {
			return dst[:before], 0, nil
		}
		return dst, change, err
	}
	if dst, more, err = e.appendTags(dst, s.Tags, e.Limits.SpanTags, once); err != nil {
		return dst, 0, err
	}
	if s.HasLogs && !bytes.Contains(dst[tags:], []byte(HasLogsTag)) {
		dst = append(dst, HasLogsTag...)
	}
	return append(AppendSpanTimes(dst, s.Start, s.Duration), '\n'), change | more, nil
}

// AppendSpanName appends the quoted name of a span. An asterisk becomes a hyphen:
// the service does not take it, and only proxies rewrite it.
func (e *Encoder) AppendSpanName(dst []byte, name string) ([]byte, Change, error) {
	begin := len(dst)
	dst, change, err := e.appendNamedText(dst, `"`, name, e.Limits.SpanName, BlankName, NameTooLong)
	if err == nil && strings.IndexByte(name, '*') >= 0 {
		for i, c := range dst[begin:] {
			if c == '*' {
				dst[begin+i] = '-'
				change |= NameRewritten
			}
		}
	}
	return dst, change, err
}

// AppendSpanIDs appends ` traceId=... spanId=...`; neither may be zero.
func AppendSpanIDs(dst []byte, trace, span UUID) []byte {
	dst = AppendUUID(append(dst, " traceId="...), trace)
	return AppendUUID(append(dst, " spanId="...), span)
}

// AppendParent appends ` parent=...`.
func AppendParent(dst []byte, span UUID) []byte {
	return AppendUUID(append(dst, " parent="...), span)
}

// AppendFollowsFrom appends ` followsFrom=...`.
func AppendFollowsFrom(dst []byte, span UUID) []byte {
	return AppendUUID(append(dst, " followsFrom="...), span)
}

// AppendSpanTag appends ` "key"="value"`. Keys that the format has for itself, and
// keys of digits alone, get a leading underscore.
func (e *Encoder) AppendSpanTag(dst []byte, key, value string) ([]byte, Change, error) {
	open, limit, change, err := e.appendSpanKey(dst, key)
	if err != nil {
		return dst, 0, err
	}
	return e.appendValue(open, len(dst), value, limit, change)
}

func (e *Encoder) appendSpanKey(dst []byte, key string) ([]byte, int, Change, error) {
	prefix := ""
	if spanReserves(key) {
		prefix = "_"
	}
	return e.appendKey(dst, prefix, key, e.Limits.SpanTagKey, e.Limits.SpanTagValue, 0)
}

func spanReserves(key string) bool {
	switch key {
	case "source", "host", "traceId", "spanId", "parent", "followsFrom":
		return true
	}
	for i := 0; i < len(key); i++ {
		if key[i] < '0' || key[i] > '9' {
			return false
		}
	}
	return key != ""
}

// AppendSpanTimes appends ` start duration`, both in milliseconds or both in a finer
// unit. Start must be positive, duration at least 0 and below start.
func AppendSpanTimes(dst []byte, start, duration int64) []byte {
	dst = strconv.AppendInt(append(dst, ' '), start, 10)
	return strconv.AppendInt(append(dst, ' '), duration, 10)
}
