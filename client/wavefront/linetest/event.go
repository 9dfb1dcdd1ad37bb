package linetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Event is what an event line says.
type Event struct {
	Name        string
	Start, End  int64 // milliseconds
	Hosts, Tags []string
	Annotations []Pair
}

// ParseEvent reads an event line.
func ParseEvent(line string) (*Event, error) {
	c, err := newCursor(line)
	if err != nil {
		return nil, err
	}
	if word, _ := c.word("@Event"); word != "@Event" {
		return nil, errors.New("not an event")
	}
	e := new(Event)
	if e.Start, err = c.millis(); err != nil {
		return nil, err
	}
	if e.Start == 0 {
		return nil, errors.New("event without a start")
	}
	if e.End, err = c.millis(); err != nil {
		return nil, err
	}
	e.End = max(e.End, e.Start+1)
	if e.Name, err = c.word("name"); err != nil {
		return nil, err
	}
	if strings.TrimSpace(e.Name) == "" {
		return nil, errors.New("event without a name")
	}
	for !c.done() {
		pair, err := c.pair()
		if err != nil {
			return nil, err
		}
		if err := checkTag(pair); err != nil {
			return nil, err
		}
		switch pair.Key {
		case "host":
			e.Hosts = append(e.Hosts, pair.Value)
		case "tag", "eventTag":
			e.Tags = append(e.Tags, pair.Value)
		default:
			e.Annotations = append(e.Annotations, pair)
		}
	}
	return e, nil
}

// millis takes the next token when it is bare and all digits, in seconds or milliseconds.
func (c *cursor) millis() (int64, error) {
	t := c.peek()
	if t.Kind != Bare || !allDigit.MatchString(t.Text) {
		return 0, nil
	}
	c.tokens = c.tokens[1:]
	n, err := strconv.ParseInt(t.Text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("time %q", t.Text)
	}
	if n < 1e12 {
		n *= 1000
	}
	return n, nil
}

// SourceChange is what a line about the tags or the description of a source says.
type SourceChange struct {
	Action, Source string
	// Texts are the tags, or the description.
	Texts []string
}

// ParseSourceTag reads an @SourceTag line.
func ParseSourceTag(line string) (*SourceChange, error) {
	s, err := parseSourceChange(line, "@SourceTag")
	if err != nil {
		return nil, err
	}
	if len(s.Texts) == 0 {
		return nil, errors.New("no tags")
	}
	for _, t := range s.Texts {
		if !validName(t) {
			return nil, fmt.Errorf("source tag %q has illegal characters", t)
		}
	}
	return s, nil
}

// ParseSourceDescription reads an @SourceDescription line.
func ParseSourceDescription(line string) (*SourceChange, error) {
	s, err := parseSourceChange(line, "@SourceDescription")
	if err != nil {
		return nil, err
	}
	if want := map[bool]int{true: 0, false: 1}[s.Action == "delete"]; len(s.Texts) != want {
		return nil, fmt.Errorf("%d descriptions for %s", len(s.Texts), s.Action)
	}
	return s, nil
}

func parseSourceChange(line, literal string) (*SourceChange, error) {
	c, err := newCursor(line)
	if err != nil {
		return nil, err
	}
	if word, _ := c.word(literal); word != literal {
		return nil, fmt.Errorf("not %s", literal)
	}
	action, err := c.pair()
	if err != nil {
		return nil, err
	}
	source, err := c.pair()
	if err != nil {
		return nil, err
	}
	if action.Key != "action" || source.Key != "source" || strings.TrimSpace(source.Value) == "" {
		return nil, errors.New("want action= and source=, in this order")
	}
	s := &SourceChange{Action: action.Value, Source: source.Value}
	if s.Action != "add" && s.Action != "save" && s.Action != "delete" {
		return nil, fmt.Errorf("action %q", s.Action)
	}
	for !c.done() {
		text, err := c.word("text")
		if err != nil {
			return nil, err
		}
		s.Texts = append(s.Texts, text)
	}
	return s, nil
}
