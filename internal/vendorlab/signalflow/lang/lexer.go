package lang

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	end tokenKind = iota
	newline
	name
	number
	text
	symbol // operators, brackets, and the words and, or, not
)

type token struct {
	kind tokenKind
	at   Position
	// text is a name, a symbol, or the value of a text literal.
	text   string
	number float64
	isInt  bool
}

// String shows the token in messages.
func (t token) String() string {
	switch t.kind {
	case end:
		return "end of the program"
	case newline:
		return "end of the line"
	case text:
		return strconv.Quote(t.text)
	}
	return "'" + t.text + "'"
}

type lexer struct {
	rest   string
	at     Position
	depth  int // open brackets
	tokens []token
}

// lex splits a program. A newline outside of brackets is a token.
func lex(program string) ([]token, *Error) {
	l := &lexer{rest: program, at: Position{1, 1}}
	for {
		kind, err := l.next()
		if err != nil {
			return nil, err
		}
		if kind == end {
			return l.tokens, nil
		}
	}
}

func (l *lexer) next() (tokenKind, *Error) {
	l.skipBlanks()
	at := l.at
	if l.rest == "" {
		l.add(token{kind: end, at: at})
		return end, nil
	}
	first, _ := utf8.DecodeRuneInString(l.rest)
	switch {
	case first == '\n' || first == ';':
		l.take(1)
		if l.depth == 0 || first == ';' {
			l.add(token{kind: newline, at: at, text: string(first)})
		}
		return newline, nil
	case first == '\'' || first == '"':
		return text, l.text(at)
	case isDigit(first), first == '.' && len(l.rest) > 1 && isDigit(rune(l.rest[1])):
		return number, l.number(at)
	case first == '_' || unicode.IsLetter(first):
		l.name(at)
		return name, nil
	}
	return symbol, l.symbol(at, first)
}

func (l *lexer) add(t token) { l.tokens = append(l.tokens, t) }

// take moves on by n bytes and returns them.
func (l *lexer) take(n int) string {
	taken := l.rest[:n]
	l.rest = l.rest[n:]
	if lines := strings.Count(taken, "\n"); lines > 0 {
		l.at.Line += lines
		l.at.Column = 1
	}
	l.at.Column += utf8.RuneCountInString(taken[strings.LastIndexByte(taken, '\n')+1:])
	return taken
}

func (l *lexer) skipBlanks() {
	for l.rest != "" {
		switch {
		case strings.HasPrefix(l.rest, "#"):
			l.take(lengthUntil(l.rest, '\n'))
		case strings.HasPrefix(l.rest, "\\\n"), strings.HasPrefix(l.rest, "\\\r\n"):
			l.take(lengthUntil(l.rest, '\n') + 1)
		case strings.ContainsRune(" \t\r\f", rune(l.rest[0])):
			l.take(1)
		default:
			return
		}
	}
}

func lengthUntil(s string, stop byte) int {
	if i := strings.IndexByte(s, stop); i >= 0 {
		return i
	}
	return len(s)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func (l *lexer) name(at Position) {
	n := strings.IndexFunc(l.rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n < 0 {
		n = len(l.rest)
	}
	word := l.take(n)
	kind := name
	if word == "and" || word == "or" || word == "not" {
		kind = symbol
	}
	l.add(token{kind: kind, at: at, text: word})
}

func (l *lexer) number(at Position) *Error {
	n := 0
	for n < len(l.rest) && (isDigit(rune(l.rest[n])) || l.rest[n] == '.' || isExponent(l.rest, n)) {
		n++
	}
	digits := l.take(n)
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return Errorf(at, SyntaxError, "%s is not a number", digits)
	}
	_, err = strconv.ParseInt(digits, 10, 64)
	l.add(token{kind: number, at: at, text: digits, number: value, isInt: err == nil})
	return nil
}

// isExponent reports whether byte n is the e of 1e9 or the sign behind it.
func isExponent(s string, n int) bool {
	switch s[n] {
	case 'e', 'E':
		return n+1 < len(s) && (isDigit(rune(s[n+1])) || strings.IndexByte("+-", s[n+1]) >= 0)
	case '+', '-':
		return n > 0 && (s[n-1] == 'e' || s[n-1] == 'E')
	}
	return false
}

var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': `"`, '\n': ""}

func (l *lexer) text(at Position) *Error {
	quote := l.rest[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(l.rest, triple) {
		quote = triple
	}
	l.take(len(quote))
	var value strings.Builder
	for !strings.HasPrefix(l.rest, quote) {
		switch {
		case l.rest == "" || l.rest[0] == '\n' && len(quote) == 1:
			return Errorf(at, SyntaxError, "the text that begins here has no end; expected %s", quote)
		case l.rest[0] == '\\' && len(l.rest) > 1 && escapes[l.rest[1]] != "":
			value.WriteString(escapes[l.rest[1]])
			l.take(2)
		default:
			_, size := utf8.DecodeRuneInString(l.rest)
			value.WriteString(l.take(size))
		}
	}
	l.take(len(quote))
	l.add(token{kind: text, at: at, text: value.String()})
	return nil
}

func (l *lexer) symbol(at Position, first rune) *Error {
	for _, two := range []string{"<=", ">=", "==", "!="} {
		if strings.HasPrefix(l.rest, two) {
			l.add(token{kind: symbol, at: at, text: l.take(2)})
			return nil
		}
	}
	switch first {
	case '(', '[':
		l.depth++
	case ')', ']':
		l.depth = max(0, l.depth-1)
	case '+', '-', '*', '/', '=', '<', '>', '.', ',', ':', '{', '}', '%': // the last four for the parser to refuse
	default:
		return Errorf(at, SyntaxError, "unexpected character %q", first)
	}
	l.add(token{kind: symbol, at: at, text: l.take(1)})
	return nil
}
