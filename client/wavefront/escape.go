package wavefront

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The lexer of the vendor's proxy (java-lib) reads
//
//	line   := token { WS token }
//	token  := quoted | "=" | "#" | bare
//	quoted := '"' ... '"'      up to the first quote that no backslash precedes
//	bare   := up to the next space, tab or "="
//
// and gives back only \" as a quote. A backslash escapes nothing else, so a text
// that ends in one would swallow the quote behind it, and \n stays a backslash
// and an n for ever.

// legal holds the bytes of names and keys. The format also has "/" inside of
// quotes; it becomes a hyphen, as in the vendor's Python and Java SDKs.
var legal = tableOf(func(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '.' || c == '-' || c == '_' || c == ','
})

func tableOf(in func(byte) bool) (table [256]bool) {
	for c := range table {
		table[c] = in(byte(c))
	}
	return table
}

const (
	delta      = "\u2206" // increment, what the SDKs write
	greekDelta = "\u0394" // what people type
)

// isBlank reports white space for trimming: the readers' and, because they become spaces, controls.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// IsBlank reports whether nothing would be left of a text, so that it is refused.
func IsBlank(text string) bool { return strings.TrimFunc(text, isBlank) == "" }

// IsBlankName reports the same of a name or key.
func IsBlankName(name string) bool { return IsBlank(name) || onlyDelta(name) }

// appendLegal appends a name or key with a hyphen for every character that it
// cannot hold, and reports whether there was one. "~" may come first, a delta
// sign may come before it.
func appendLegal(dst []byte, s string) ([]byte, bool) {
	i := 0
	for i < len(s) && legal[s[i]] {
		i++
	}
	if i == len(s) {
		return append(dst, s...), false
	}
	if i == 0 {
		i = leadLen(s)
	}
	dst = append(dst, s[:i]...)
	rewritten := false
	for _, r := range s[i:] {
		if r < utf8.RuneSelf && legal[r] {
			dst = append(dst, byte(r))
		} else {
			dst = append(dst, '-')
			rewritten = true
		}
	}
	return dst, rewritten
}

// LegalName returns a name, key or source tag as it is written.
func LegalName(name string) string {
	legal, _ := appendLegal(nil, name)
	return string(legal)
}

// leadLen is the number of bytes that only the beginning of a name may hold.
func leadLen(s string) int {
	n := 0
	if hasDelta(s) {
		_, n = utf8.DecodeRuneInString(s)
	}
	if n < len(s) && s[n] == '~' {
		n++
	}
	return n
}

// hasDelta reports whether s begins with a delta sign.
func hasDelta(s string) bool {
	return strings.HasPrefix(s, delta) || strings.HasPrefix(s, greekDelta)
}

// onlyDelta reports whether s is a delta sign and nothing else: no reader takes it.
func onlyDelta(s string) bool { return s == delta || s == greekDelta }

// appendText appends what goes between the quotes for s, at most limit UTF-16
// units as a reader counts them (0 is no limit). It appends nothing for a blank text.
func appendText(dst []byte, s string, limit int) ([]byte, Change) {
	if isVerbatim(s, limit) {
		return append(dst, s...), 0
	}
	return appendOddText(dst, s, limit)
}

// isVerbatim reports whether s, which is not empty, is written as it is.
func isVerbatim(s string, limit int) bool {
	last := len(s) - 1
	return last >= 0 && (limit == 0 || last < limit) && s[0] != ' ' && s[last] != ' ' && s[last] != '\\' && isPlain(s)
}

// isPlain reports whether s is printable ASCII without a quote. It looks at eight
// bytes at a time: texts are most of what a line holds.
func isPlain(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, del := x^ones*'"', x^ones*0x7F
		// Taking n from every byte sets the top bit of those below n; x itself has it where it is not ASCII.
		if (x|(x-ones*' ')|(quote-ones)|(del-ones))&tops != 0 {
			return false
		}
	}
	return plainLen(s) == len(s)
}

// plainLen is the length of the printable ASCII without a quote at the beginning of s.
func plainLen(s string) int {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7F && s[i] != '"' {
		i++
	}
	return i
}

// appendOddText is appendText for what needs a look at every character.
func appendOddText(dst []byte, s string, limit int) ([]byte, Change) {
	if limit == 0 {
		limit = math.MaxInt
	}
	var change Change
	trimmed := strings.TrimFunc(s, isBlank)
	if len(trimmed) != len(s) {
		change = TextRewritten
	}
	units := 0
	for i := 0; i < len(trimmed); {
		if run := min(plainLen(trimmed[i:]), limit-units); run > 0 {
			dst = append(dst, trimmed[i:i+run]...)
			units += run
			i += run
			continue
		}
		c := nextChar(trimmed[i:])
		if units+c.units > limit {
			change |= TextCut
			break
		}
		dst = append(dst, c.text...)
		units += c.units
		i += c.size
		if c.rewritten {
			change |= TextRewritten
		}
	}
	if units == 0 || dst[len(dst)-1] != '\\' {
		return dst, change
	}
	// What ends in a backslash would swallow its quote.
	if units < limit {
		return append(dst, ' '), change | TextRewritten
	}
	if units == 1 {
		return dst[:len(dst)-1], change | TextRewritten // a space alone would be blank
	}
	dst[len(dst)-1] = ' '
	return dst, change | TextRewritten
}

// char is how the first character of a text is written.
type char struct {
	text      string
	size      int // bytes that it has in the original
	units     int // UTF-16 units that a reader gets
	rewritten bool
}

func nextChar(s string) char {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == '"':
		return char{`\"`, size, 1, false}
	case r == '\r' && len(s) > 1 && s[1] == '\n':
		return char{`\n`, 2, 2, true}
	case r == '\n' || r == '\r':
		return char{`\n`, size, 2, true}
	case r == utf8.RuneError && size == 1:
		return char{"\uFFFD", size, 1, true}
	case r != '\t' && unicode.IsControl(r):
		return char{" ", size, 1, true}
	case r > 0xFFFF:
		return char{s[:size], size, 2, false}
	}
	return char{s[:size], size, 1, false}
}
