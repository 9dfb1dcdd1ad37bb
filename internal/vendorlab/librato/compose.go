package librato

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// expression is a part of a composite: a function of others, a set, a text or tags.
//
//	expression := function "(" [ expression { "," expression } ] ")" | set | text | tags
//	set        := "[" [ expression { "," expression } ] "]"
//	tags       := "{" [ name ":" text { "," name ":" text } ] "}"
type expression struct {
	function  string // or "" for a text or tags
	arguments []expression
	text      string
	pairs     []pair // of tags or options
	isText    bool
}

type pair struct{ name, value string }

// setFunction is the name under which a set is kept.
const setFunction = "[]"

// knownFunctions are those that the vendor's documentation of composites shows.
var knownFunctions = []string{
	"s", "series", "sum", "mean", "min", "max", "divide", "multiply", "derive", "rate", "integrate", "window",
	"moving_average", "fill", "last_fill", "timeshift", "group_by",
}

// maxNesting keeps a hostile composite from using the stack up.
const maxNesting = 50

type composeParser struct {
	rest  string
	depth int
}

func parseComposite(text string) (expression, error) {
	p := &composeParser{rest: text}
	e, err := p.expression()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("%q is left over", shorten(p.rest))
	}
	return e, err
}

// next skips blanks and returns the next character, or 0 at the end.
func (p *composeParser) next() byte {
	if p.rest = strings.TrimLeft(p.rest, " \t\r\n"); p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *composeParser) take(want byte) bool {
	if p.next() != want {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *composeParser) expression() (expression, error) {
	if p.depth++; p.depth > maxNesting {
		return expression{}, errors.New("it is nested too deep")
	}
	defer func() { p.depth-- }()
	switch first := p.next(); {
	case first == '"' || first == '\'':
		text, err := p.quoted(first)
		return expression{text: text, isText: true}, err
	case p.take('['):
		arguments, err := p.list(']')
		return expression{function: setFunction, arguments: arguments}, err
	case p.take('{'):
		pairs, err := p.tags()
		return expression{pairs: pairs}, err
	}
	name := p.word()
	if !slices.Contains(knownFunctions, name) {
		return expression{}, fmt.Errorf("%q is no function", shorten(name))
	}
	if !p.take('(') {
		return expression{}, fmt.Errorf("( is missing after %s", name)
	}
	arguments, err := p.list(')')
	return expression{function: name, arguments: arguments}, err
}

func (p *composeParser) list(end byte) (items []expression, err error) {
	for !p.take(end) {
		if len(items) > 0 && !p.take(',') {
			return nil, fmt.Errorf("%c or a comma is missing", end)
		}
		item, err := p.expression()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (p *composeParser) tags() (pairs []pair, err error) {
	for !p.take('}') {
		if len(pairs) > 0 && !p.take(',') {
			return nil, errors.New("} or a comma is missing")
		}
		name := p.word()
		if first := p.next(); name == "" && (first == '"' || first == '\'') {
			name, err = p.quoted(first)
		}
		if err != nil || name == "" || !p.take(':') && !p.take('=') {
			return nil, errors.New("name: value is expected in braces")
		}
		var value string
		if first := p.next(); first == '"' || first == '\'' {
			value, err = p.quoted(first)
		} else {
			value = p.word()
		}
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{name, value})
	}
	return pairs, nil
}

func (p *composeParser) quoted(quote byte) (string, error) {
	text, rest, ok := strings.Cut(p.rest[1:], string(quote))
	if !ok {
		return "", errors.New("a quote does not end")
	}
	p.rest = rest
	return text, nil
}

// word takes letters, digits and what names may hold.
func (p *composeParser) word() string {
	p.next()
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r))
	})
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}
