package wavefront

import (
	"fmt"
	"strconv"
)

// An event has two forms. A proxy takes lines:
//
//	@Event start end "name" {key="value"} {host="src"} {tag="text"} LF
//
// where host and tag repeat, and every other key is an annotation. The service
// takes one JSON object a request:
//
//	{"name":s,"annotations":{k:s},"hosts":[s],"startTime":ms,"endTime":ms,"tags":[s]}
//
// The service knows the annotations severity (SEVERE, WARN, INFO, UNCLASSIFIED),
// type and details.

// Event is something that happened for a while, or at one moment.
type Event struct {
	Name string
	// Start and End are Unix milliseconds. An end that is not after the start, or
	// 0, is one millisecond after it.
	Start, End int64
	// Hosts are the sources that it happened on; empty is the default source.
	Hosts       []string
	Tags        []string
	Annotations []Tag
}

// AppendEventLine appends the event as a line for a proxy.
func (e *Encoder) AppendEventLine(dst []byte, ev *Event) ([]byte, Change, error) {
	begin := len(dst)
	dst, change, err := e.appendEventLine(dst, ev)
	if err != nil {
		return dst[:begin], 0, fmt.Errorf("event %q: %w", ev.Name, err)
	}
	return dst, change, nil
}

func (e *Encoder) appendEventLine(dst []byte, ev *Event) ([]byte, Change, error) {
	if ev.Start <= 0 {
		return dst, 0, BadTime
	}
	dst = strconv.AppendInt(append(dst, "@Event "...), ev.Start, 10)
	dst = strconv.AppendInt(append(dst, ' '), ev.end(), 10)
	dst, all, err := e.appendNamedText(dst, ` "`, ev.Name, 0, BlankName, NameTooLong)
	if err != nil {
		return dst, 0, err
	}
	for _, a := range ev.Annotations {
		var change Change
		if dst, change, err = e.appendAnnotation(dst, a); err != nil {
			return dst, 0, fmt.Errorf("annotation %q: %w", a.Key, err)
		}
		all |= change
	}
	for _, host := range e.hostsOf(ev) {
		var change Change
		if dst, change, err = e.appendNamedText(dst, ` host="`, host, e.Limits.Source, BlankSource, SourceTooLong); err != nil {
			return dst, 0, err
		}
		all |= change
	}
	for _, tag := range ev.Tags {
		var change Change
		if dst, change, err = e.appendNamedText(dst, ` tag="`, tag, 0, BlankValue, ValueTooLong); err != nil {
			return dst, 0, fmt.Errorf("tag: %w", err)
		}
		all |= change
	}
	return append(dst, '\n'), all, nil
}

// appendAnnotation appends ` key="value"`. Keys that mean something else on the line get a leading underscore.
func (e *Encoder) appendAnnotation(dst []byte, a Tag) ([]byte, Change, error) {
	if IsBlankName(a.Key) {
		return dst, 0, BlankKey
	}
	dst, change := appendAnnotationKey(append(dst, ' '), a.Key)
	dst, more, err := e.appendNamedText(dst, `="`, a.Value, 0, BlankValue, ValueTooLong)
	return dst, change | more, err
}

func appendAnnotationKey(dst []byte, key string) ([]byte, Change) {
	var change Change
	switch key {
	case "host", "tag", "eventTag":
		dst = append(dst, '_')
		change = KeyRenamed
	}
	dst, rewritten := appendLegal(dst, key)
	if rewritten {
		change |= KeyRewritten
	}
	return dst, change
}

// AnnotationKey returns the key of an annotation as an event line has it. Keys that are
// equal then must not be on one line: a reader takes them for a list.
func AnnotationKey(key string) string {
	written, _ := appendAnnotationKey(nil, key)
	return string(written)
}

// AppendEventJSON appends the event as the service takes it, without a newline.
// JSON holds every text, so that nothing is rewritten but bytes that are not UTF-8.
func (e *Encoder) AppendEventJSON(dst []byte, ev *Event) ([]byte, error) {
	hosts := e.hostsOf(ev)
	if err := checkEvent(ev, hosts); err != nil {
		return dst, fmt.Errorf("event %q: %w", ev.Name, err)
	}
	dst = appendJSON(append(dst, `{"name":`...), ev.Name)
	dst = appendJSONObject(append(dst, `,"annotations":`...), ev.Annotations)
	dst = appendJSONArray(append(dst, `,"hosts":`...), hosts)
	dst = strconv.AppendInt(append(dst, `,"startTime":`...), ev.Start, 10)
	dst = strconv.AppendInt(append(dst, `,"endTime":`...), ev.end(), 10)
	if len(ev.Tags) > 0 {
		dst = appendJSONArray(append(dst, `,"tags":`...), ev.Tags)
	}
	return append(dst, '}'), nil
}

func checkEvent(ev *Event, hosts []string) error {
	if IsBlank(ev.Name) {
		return BlankName
	}
	if ev.Start <= 0 {
		return BadTime
	}
	for _, a := range ev.Annotations {
		if IsBlank(a.Key) {
			return BlankKey
		}
		if IsBlank(a.Value) {
			return fmt.Errorf("annotation %q: %w", a.Key, BlankValue)
		}
	}
	for _, host := range hosts {
		if IsBlank(host) {
			return BlankSource
		}
	}
	for _, tag := range ev.Tags {
		if IsBlank(tag) {
			return fmt.Errorf("tag: %w", BlankValue)
		}
	}
	return nil
}

// end is the end time as readers take it.
func (ev *Event) end() int64 {
	if ev.End <= ev.Start {
		return ev.Start + 1
	}
	return ev.End
}

// hostsOf returns the hosts that are not blank, or else the default source.
func (e *Encoder) hostsOf(ev *Event) []string {
	if len(ev.Hosts) == 0 || len(ev.Hosts) == 1 && IsBlank(ev.Hosts[0]) {
		return []string{e.DefaultSource}
	}
	return ev.Hosts
}
