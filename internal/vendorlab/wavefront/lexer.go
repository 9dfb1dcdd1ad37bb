package wavefront

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer splits a line into tokens as the proxy does (vendor java-lib, parser):
//
//	line   := token { blank token }       any Unicode white space between tokens
//	token  := quoted | "=" | "#" | bare   "#" at the beginning of a token only
//	quoted := '"' … '"' | "'" … "'"       up to the first same quote without a "\" right before it
//	bare   := up to the next space, tab or "="
//
// Only "\" before the quote in use is taken away; "\\" and "\n" stay two characters,
// so that a text that ends in "\" cannot be written.
type lexer struct{ rest string }

var errUnmatchedQuote = errors.New("unmatched quote")

// next returns the next token; more is false at the end of the line.
func (l *lexer) next() (token string, more bool, err error) {
	l.rest = strings.TrimLeftFunc(l.rest, unicode.IsSpace)
	if l.rest == "" {
		return "", false, nil
	}
	switch first := l.rest[0]; first {
	case '=', '#':
		l.rest = l.rest[1:]
		return string(first), true, nil
	case '"', '\'':
		token, err = l.quoted(first)
		return token, true, err
	}
	end := strings.IndexAny(l.rest, " \t=")
	if end < 0 {
		end = len(l.rest)
	}
	token, l.rest = l.rest[:end], l.rest[end:]
	return token, true, nil
}

func (l *lexer) quoted(quote byte) (string, error) {
	for i := 1; i < len(l.rest); i++ {
		if l.rest[i] == quote && l.rest[i-1] != '\\' {
			text := l.rest[1:i]
			l.rest = l.rest[i+1:]
			return strings.ReplaceAll(text, `\`+string(quote), string(quote)), nil
		}
	}
	return "", errUnmatchedQuote
}

// utf16Len is the length that the vendor's limits count, Java's String.length.
func utf16Len(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// cutUTF16 returns the first n units of a text, without half a character.
func cutUTF16(text string, n int) string {
	for i, r := range text {
		width := 1
		if r > 0xFFFF {
			width = 2
		}
		if n -= width; n < 0 {
			return text[:i]
		}
	}
	return text
}

// validText replaces what is not UTF-8, as the vendor's decoder does.
func validText(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	return strings.ToValidUTF8(string(line), "\uFFFD")
}
