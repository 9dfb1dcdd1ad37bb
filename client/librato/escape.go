package librato

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// plain marks the bytes that stand for themselves in a JSON string, ASCII only.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendString appends s as a JSON string. What is not UTF-8 becomes U+FFFD, as
// in encoding/json.
func appendString[S ~string | ~[]byte](dst []byte, s S) []byte {
	dst = append(dst, '"')
	i := 0
	for len(s)-i >= 8 && allPlain(load(s[i:i+8])) {
		i += 8
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	dst = append(dst, s[:i]...)
	if i < len(s) {
		dst = appendEscaped(dst, s[i:])
	}
	return append(dst, '"')
}

// load reads 8 bytes at once.
func load[S ~string | ~[]byte](s S) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// allPlain reports whether plain holds for each of 8 bytes. Below 0x80, taking n
// from a byte sets its high bit only if the byte is smaller than n or lends to a
// byte below it that is: either way one of the 8 is not plain.
func allPlain(w uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	quotes, backslashes := w^('"'*ones), w^('\\'*ones)
	return (w|(w-' '*ones)|(quotes-ones)|(backslashes-ones))&high == 0
}

// appendEscaped appends the inside of a JSON string.
func appendEscaped[S ~string | ~[]byte](dst []byte, s S) []byte {
	clean := 0 // start of what has not been copied yet
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if size := runeLength(s[i:min(i+utf8.UTFMax, len(s))]); size > 0 {
				i += size
				continue
			}
		}
		dst = append(dst, s[clean:i]...)
		dst = appendEscape(dst, c)
		i++
		clean = i
	}
	return append(dst, s[clean:]...)
}

// runeLength is the length of the character that s begins with, 0 when it is not UTF-8.
func runeLength[S ~string | ~[]byte](s S) int {
	var buf [utf8.UTFMax]byte
	n := copy(buf[:], s)
	r, size := utf8.DecodeRune(buf[:n])
	if r == utf8.RuneError && size <= 1 {
		return 0
	}
	return size
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if c >= utf8.RuneSelf {
		return append(dst, "\uFFFD"...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
