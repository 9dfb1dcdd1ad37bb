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
	clean := 0 // start of what has not been copied yet
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			if size = runeLength(s[i:min(i+utf8.UTFMax, len(s))]); size > 0 {
				i += size
				continue
			}
			size = 1
		}
		dst = append(dst, s[clean:i]...)
		dst = appendEscape(dst, c)
		i += size
		clean = i
	}
	dst = append(dst, s[clean:]...)
	return append(dst, '"')
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
