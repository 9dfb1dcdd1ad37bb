package linetest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pair is a key and its value.
type Pair struct{ Key, Value string }

// Point is what a metric or delta counter line says.
type Point struct {
	Name  string
	Value float64
	// Timestamp is whole seconds, 0 when the line has none.
	Timestamp int64
	Source    string
	// Tags are in the order of the line, without the source.
	Tags []Pair
}

// Tag returns the value of a tag, of the last one with this key.
func (p *Point) Tag(key string) string { return lastOf(p.Tags, key) }

// Centroid is one of a distribution.
type Centroid struct {
	Count int32
	Mean  float64
}

// Distribution is what a histogram line says.
type Distribution struct {
	Granularity string // !M, !H or !D
	Centroids   []Centroid
	Point       // without a value
}

// ParseMetric reads a metric or delta counter line.
func ParseMetric(line string) (*Point, error) {
	c, err := newCursor(line)
	if err != nil {
		return nil, err
	}
	p := new(Point)
	if p.Name, err = c.name(); err != nil {
		return nil, err
	}
	if p.Value, err = c.number("value"); err != nil {
		return nil, err
	}
	if startsDelta(p.Name) && !(p.Value > 0) {
		return nil, errors.New("delta counter is not above zero")
	}
	if p.Timestamp, err = c.timestamp(); err != nil {
		return nil, err
	}
	return p, c.sourceAndTags(p)
}

// ParseHistogram reads a histogram line.
func ParseHistogram(line string) (*Distribution, error) {
	c, err := newCursor(line)
	if err != nil {
		return nil, err
	}
	d := new(Distribution)
	if d.Granularity, err = c.word("granularity"); err != nil {
		return nil, err
	}
	if d.Granularity != "!M" && d.Granularity != "!H" && d.Granularity != "!D" {
		return nil, fmt.Errorf("granularity %q", d.Granularity)
	}
	if d.Timestamp, err = c.timestamp(); err != nil {
		return nil, err
	}
	if d.Centroids, err = c.centroids(); err != nil {
		return nil, err
	}
	if d.Name, err = c.name(); err != nil {
		return nil, err
	}
	return d, c.sourceAndTags(&d.Point)
}

func (c *cursor) centroids() ([]Centroid, error) {
	var all []Centroid
	empty := true
	for c.take(Hash) {
		text, err := c.word("count")
		if err != nil {
			return nil, err
		}
		count, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("count %q", text)
		}
		mean, err := c.number("mean")
		if err != nil {
			return nil, err
		}
		all = append(all, Centroid{int32(count), mean})
		empty = empty && count == 0
	}
	if empty {
		return nil, errors.New("empty histogram")
	}
	return all, nil
}

// javaNumber is what Double.parseDouble takes, hexadecimal floats aside.
var javaNumber = regexp.MustCompile(`^[-+]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?[fFdD]?)$`)

func (c *cursor) number(what string) (float64, error) {
	text, err := c.word(what)
	if err != nil {
		return 0, err
	}
	if !javaNumber.MatchString(text) {
		return 0, fmt.Errorf("%s %q is no number", what, text)
	}
	return strconv.ParseFloat(strings.TrimRight(text, "fFdD"), 64)
}

// timestamp takes the next token when it begins with a digit, and returns seconds.
func (c *cursor) timestamp() (int64, error) {
	text := c.peek().Text
	if text == "" || text[0] < '0' || text[0] > '9' {
		return 0, nil
	}
	c.tokens = c.tokens[1:]
	t, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("timestamp %q", text)
	}
	switch {
	case t < 1e12:
		return int64(t), nil
	case t < 1e13:
		return int64(t / 1e3), nil
	case t < 1e16:
		return int64(t / 1e6), nil
	}
	return int64(t / 1e9), nil
}

// sourceAndTags takes pairs up to the end of the line.
func (c *cursor) sourceAndTags(p *Point) error {
	for !c.done() {
		pair, err := c.pair()
		if err != nil {
			return err
		}
		if err := checkTag(pair); err != nil {
			return err
		}
		p.Tags = append(p.Tags, pair)
	}
	for _, key := range []string{"source", "host"} {
		if p.Source == "" {
			p.Source = lastOf(p.Tags, key)
			p.Tags = without(p.Tags, key)
		}
	}
	if p.Source == "" {
		return errors.New("no source")
	}
	for i, t := range p.Tags {
		if t.Key == "host" || t.Key == "tag" {
			p.Tags[i].Key = "_" + t.Key
		}
	}
	return nil
}

func checkTag(p Pair) error {
	if !validName(p.Key) {
		return fmt.Errorf("key %q has illegal characters", p.Key)
	}
	if strings.TrimFunc(p.Value, unicode.IsSpace) == "" {
		return fmt.Errorf("value of %q is blank", p.Key)
	}
	return nil
}

func (c *cursor) name() (string, error) {
	name, err := c.word("name")
	if err == nil && !validName(name) {
		err = fmt.Errorf("name %q has illegal characters", name)
	}
	return name, err
}

func startsDelta(s string) bool {
	return strings.HasPrefix(s, "\u2206") || strings.HasPrefix(s, "\u0394")
}

// validName is the proxy's rule for the names of metrics and the keys of tags.
func validName(s string) bool {
	if startsDelta(s) {
		_, size := utf8.DecodeRuneInString(s)
		if s = s[size:]; s == "" {
			return false
		}
	}
	if s == "~" {
		return true
	}
	s = strings.TrimPrefix(s, "~")
	ok := func(r rune) bool {
		return r >= 44 && r <= 57 || r >= 65 && r <= 90 || r == 95 || r >= 97 && r <= 122
	}
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0
}

func lastOf(pairs []Pair, key string) (value string) {
	for _, p := range pairs {
		if p.Key == key {
			value = p.Value
		}
	}
	return value
}

func without(pairs []Pair, key string) []Pair {
	var rest []Pair
	for _, p := range pairs {
		if p.Key != key {
			rest = append(rest, p)
		}
	}
	return rest
}
