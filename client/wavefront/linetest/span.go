package linetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Span is what a span line says.
type Span struct {
	Name, Source         string
	TraceID, SpanID      string
	Parents, FollowsFrom []string
	Tags                 []Pair // the others, in the order of the line
	Start, Duration      int64  // milliseconds
}

// Tag returns the value of a tag, of the last one with this key.
func (s *Span) Tag(key string) string { return lastOf(s.Tags, key) }

// SpanLogs is what a span log line says.
type SpanLogs struct {
	TraceID   string `json:"traceId"`
	SpanID    string `json:"spanId"`
	Logs      []SpanLog
	Span      string
	Scrambler string `json:"_scrambler"`
}

// SpanLog is one log of a span.
type SpanLog struct {
	Timestamp int64 // microseconds
	Fields    map[string]string
}

var (
	uuidText = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	allDigit = regexp.MustCompile(`^[0-9]+$`)
)

// ParseSpan reads a span line.
func ParseSpan(line string) (*Span, error) {
	c, err := newCursor(line)
	if err != nil {
		return nil, err
	}
	s := new(Span)
	if s.Name, err = c.word("name"); err != nil {
		return nil, err
	}
	if strings.TrimSpace(s.Name) == "" || strings.Contains(s.Name, "*") {
		return nil, fmt.Errorf("span name %q", s.Name)
	}
	for !allDigit.MatchString(c.peek().Text) {
		pair, err := c.pair()
		if err != nil {
			return nil, err
		}
		if err := s.put(pair); err != nil {
			return nil, err
		}
	}
	if s.Source == "" || s.TraceID == "" || s.SpanID == "" {
		return nil, errors.New("source, traceId or spanId is missing")
	}
	if s.Start, s.Duration, err = c.times(); err != nil {
		return nil, err
	}
	if !c.done() {
		return nil, errors.New("unexpected extra input")
	}
	return s, nil
}

func (s *Span) put(p Pair) error {
	switch p.Key {
	case "traceId", "spanId", "parent", "followsFrom":
		if !uuidText.MatchString(p.Value) {
			return fmt.Errorf("%s %q is no UUID", p.Key, p.Value)
		}
	}
	switch p.Key {
	case "source", "host":
		s.Source = p.Value
	case "traceId":
		s.TraceID = p.Value
	case "spanId":
		s.SpanID = p.Value
	case "parent":
		s.Parents = append(s.Parents, p.Value)
	case "followsFrom":
		s.FollowsFrom = append(s.FollowsFrom, p.Value)
	default:
		s.Tags = append(s.Tags, p)
	}
	return checkTag(p)
}

func (c *cursor) times() (start, duration int64, err error) {
	var n [2]int64
	for i, what := range []string{"start", "duration"} {
		text, err := c.word(what)
		if err != nil {
			return 0, 0, err
		}
		if n[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, 0, fmt.Errorf("%s %q", what, text)
		}
	}
	start, duration = n[0], n[1]
	if duration >= start {
		duration -= start
	}
	switch {
	case start <= 999_999_999_999:
		return start * 1000, duration * 1000, nil
	case start <= 999_999_999_999_999:
		return start, duration, nil
	case start <= 999_999_999_999_999_999:
		return start / 1000, duration / 1000, nil
	}
	return start / 1e6, duration / 1e6, nil
}

// ParseSpanLogs reads a span log line.
func ParseSpanLogs(line string) (*SpanLogs, error) {
	s := new(SpanLogs)
	if err := json.Unmarshal([]byte(line), s); err != nil {
		return nil, err
	}
	if !uuidText.MatchString(s.TraceID) || !uuidText.MatchString(s.SpanID) {
		return nil, errors.New("traceId or spanId is no UUID")
	}
	if len(s.Logs) == 0 {
		return nil, errors.New("no logs")
	}
	return s, nil
}
