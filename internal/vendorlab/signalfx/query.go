package signalfx

import (
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// document is an object as searches see it: the values of each field.
type document map[string][]string

// query decides about a document.
type query func(document) bool

// maxQuery bounds a query, in bytes: the lab's own limit.
const maxQuery = 8192

// parseQuery reads a search such as
//
//	region:emea AND (host:web-* OR NOT _exists_:team)
//
// AND binds tighter than OR; terms side by side mean AND. An empty query matches all.
func parseQuery(text string) (query, *exchange.Error) {
	if len(text) > maxQuery {
		return nil, exchange.Errorf(http.StatusBadRequest, "query: has %d bytes, the limit is %d", len(text), maxQuery)
	}
	p := &queryParser{words: queryWords(text)}
	if len(p.words) == 0 {
		return func(document) bool { return true }, nil
	}
	q, ok := p.or()
	if !ok || p.next != len(p.words) {
		return nil, exchange.Errorf(http.StatusBadRequest, "query: is not a list of field:value joined by AND, OR, NOT and parentheses")
	}
	return q, nil
}

// word is a piece of a query; literal when it was quoted or escaped and so is no operator.
type word struct {
	text    string
	literal bool
}

// queryWords splits at blanks and parentheses outside of quotes. A backslash keeps
// the character behind it.
func queryWords(text string) []word {
	var words []word
	var piece strings.Builder
	quoted, escaped, literal := false, false, false
	flush := func() {
		if piece.Len() > 0 || literal {
			words = append(words, word{piece.String(), literal})
		}
		piece.Reset()
		literal = false
	}
	for _, r := range text {
		switch {
		case escaped:
			piece.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped, literal = true, true
		case r == '"':
			quoted, literal = !quoted, true
		case quoted:
			piece.WriteRune(r)
		case r == '(' || r == ')':
			flush()
			words = append(words, word{string(r), false})
		case r == ' ' || r == '\t':
			flush()
		default:
			piece.WriteRune(r)
		}
	}
	flush()
	return words
}

type queryParser struct {
	words []word
	next  int
}

// at reports whether the next word is an operator of that name; "" is the end.
func (p *queryParser) at(operators ...string) bool {
	if p.next == len(p.words) {
		return slices.Contains(operators, "")
	}
	next := p.words[p.next]
	return !next.literal && slices.Contains(operators, next.text)
}

func (p *queryParser) take(operator string) bool {
	if !p.at(operator) {
		return false
	}
	p.next++
	return true
}

func (p *queryParser) or() (query, bool) {
	left, ok := p.and()
	for ok && p.take("OR") {
		right, more := p.and()
		first := left
		left, ok = func(d document) bool { return first(d) || right(d) }, more
	}
	return left, ok
}

func (p *queryParser) and() (query, bool) {
	left, ok := p.not()
	for ok && !p.at("", "OR", ")") {
		p.take("AND")
		right, more := p.not()
		first := left
		left, ok = func(d document) bool { return first(d) && right(d) }, more
	}
	return left, ok
}

func (p *queryParser) not() (query, bool) {
	if p.take("NOT") {
		inner, ok := p.not()
		return func(d document) bool { return !inner(d) }, ok
	}
	if p.take("(") {
		inner, ok := p.or()
		return inner, ok && p.take(")")
	}
	return p.term()
}

func (p *queryParser) term() (query, bool) {
	if p.at("", "AND", "OR", ")") {
		return nil, false
	}
	text := p.words[p.next].text
	p.next++
	field, pattern, named := strings.Cut(text, ":")
	switch {
	case !named:
		return func(d document) bool { return d.any(text) }, true
	case field == "_exists_":
		return func(d document) bool { return len(d[pattern]) > 0 }, true
	case field == "_missing_":
		return func(d document) bool { return len(d[pattern]) == 0 }, true
	case field == "*":
		return func(d document) bool { return d.any(pattern) }, true
	}
	return func(d document) bool { return matchesAny(pattern, d[field]) }, true
}

// any reports whether a value of any field matches.
func (d document) any(pattern string) bool {
	for _, values := range d {
		if matchesAny(pattern, values) {
			return true
		}
	}
	return false
}

func matchesAny(pattern string, values []string) bool {
	return slices.ContainsFunc(values, func(value string) bool { return wildcard.Match(pattern, value) })
}
