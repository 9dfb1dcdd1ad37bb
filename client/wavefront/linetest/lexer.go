package linetest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind tells tokens apart whose text may be the same.
type Kind uint8

const (
	Bare Kind = iota
	Quoted
	Equals
	Hash
)

// Token is a word of a line, without its quotes.
type Token struct {
	Kind Kind
	Text string
}

var errQuote = errors.New("unmatched quote")

// Lex splits a line, which has no newline, into tokens.
func Lex(line string) ([]Token, error) {
	var tokens []Token
	for {
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" {
			return tokens, nil
		}
		token, rest, err := next(line)
		if err != nil {
			return nil, fmt.Errorf("after %d tokens: %w", len(tokens), err)
		}
		tokens = append(tokens, token)
		line = rest
	}
}

func next(line string) (Token, string, error) {
	switch line[0] {
	case '=':
		return Token{Equals, "="}, line[1:], nil
	case '#':
		return Token{Hash, "#"}, line[1:], nil
	case '"', '\'':
		quote := line[:1]
		for i := 1; i < len(line); i++ {
			if line[i] == quote[0] && line[i-1] != '\\' {
				text := strings.ReplaceAll(line[1:i], `\`+quote, quote)
				return Token{Quoted, text}, line[i+1:], nil
			}
		}
		return Token{}, "", errQuote
	}
	end := strings.IndexAny(line, " \t=")
	if end < 0 {
		end = len(line)
	}
	return Token{Bare, line[:end]}, line[end:], nil
}

// Lines splits a body into its lines. Every line must end in a newline, and none
// may hold a character that a reader could take for the end of one.
func Lines(body []byte) ([]string, error) {
	if len(body) == 0 {
		return nil, nil
	}
	text, ok := strings.CutSuffix(string(body), "\n")
	if !ok {
		return nil, errors.New("the last line has no newline")
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
		return nil, fmt.Errorf("control character at byte %d", i)
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.TrimSpace(l) == "" {
			return nil, fmt.Errorf("line %d is blank", i+1)
		}
	}
	return lines, nil
}

// cursor walks over tokens.
type cursor struct {
	tokens []Token
}

func newCursor(line string) (*cursor, error) {
	tokens, err := Lex(line)
	return &cursor{tokens}, err
}

func (c *cursor) done() bool { return len(c.tokens) == 0 }

// peek returns the next token, or an empty one at the end.
func (c *cursor) peek() Token {
	if c.done() {
		return Token{}
	}
	return c.tokens[0]
}

// word takes a token that is text.
func (c *cursor) word(what string) (string, error) {
	if c.done() {
		return "", fmt.Errorf("the line ends before the %s", what)
	}
	t := c.tokens[0]
	if t.Kind == Equals || t.Kind == Hash {
		return "", fmt.Errorf("%q instead of the %s", t.Text, what)
	}
	c.tokens = c.tokens[1:]
	return t.Text, nil
}

// take takes a token of a kind, when it is the next one.
func (c *cursor) take(k Kind) bool {
	if c.done() || c.tokens[0].Kind != k {
		return false
	}
	c.tokens = c.tokens[1:]
	return true
}

// pair takes key=value.
func (c *cursor) pair() (Pair, error) {
	key, err := c.word("key")
	if err != nil {
		return Pair{}, err
	}
	if !c.take(Equals) {
		return Pair{}, fmt.Errorf("no = behind key %q", key)
	}
	value, err := c.word("value")
	return Pair{key, value}, err
}
