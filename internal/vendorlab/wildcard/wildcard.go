// Package wildcard matches text against patterns in which * stands for any text.
package wildcard

import "strings"

// Match reports whether the whole text matches the pattern. It needs no more than
// linear time in each of them, whatever the pattern.
func Match(pattern, text string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	text = text[len(first):]
	for {
		piece, more, wild := strings.Cut(rest, "*")
		if !wild {
			return strings.HasSuffix(text, piece)
		}
		at := strings.Index(text, piece) // the leftmost place leaves the most for the rest
		if at < 0 {
			return false
		}
		text, rest = text[at+len(piece):], more
	}
}
