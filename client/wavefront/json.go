package wavefront

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// appendJSON appends s as a JSON string. A byte that is not UTF-8 becomes U+FFFD.
func appendJSON[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	begin := 0 // of what is copied as it is
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		if c >= utf8.RuneSelf && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		dst = append(dst, s[begin:i]...)
		dst = appendJSONEscape(dst, c)
		i++
		begin = i
	}
	return append(append(dst, s[begin:]...), '"')
}

func appendJSONEscape(dst []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c < ' ':
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
	}
	return append(dst, "\uFFFD"...)
}

// appendJSONArray appends an array of strings.
func appendJSONArray(dst []byte, texts []string) []byte {
	dst = append(dst, '[')
	for i, t := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, t)
	}
	return append(dst, ']')
}

// appendJSONObject appends an object of strings.
func appendJSONObject(dst []byte, tags []Tag) []byte {
	dst = append(dst, '{')
	for i, t := range tags {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSON(dst, t.Key), ':')
		dst = appendJSON(dst, t.Value)
	}
	return append(dst, '}')
}
