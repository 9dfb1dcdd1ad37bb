package signalflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"unicode/utf8"
)

// Metadata and data make up nearly all JSON of a stream. They are read in place,
// without a map or an interface per value. Everything below checkJSON expects text
// that it has accepted.

var errNotJSON = errors.New("message is not valid JSON")

// checkJSON returns b, with invalid UTF-8 replaced, if it is one JSON value.
func checkJSON(b []byte) ([]byte, error) {
	if !json.Valid(b) {
		return nil, errNotJSON
	}
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return b, nil
}

// members yields the keys and raw values of an object, nothing for other values.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		i := skipSpace(object, 0)
		if i == len(object) || object[i] != '{' {
			return
		}
		for i = skipSpace(object, i+1); object[i] != '}'; i = skipSpace(object, i) {
			if object[i] == ',' {
				i = skipSpace(object, i+1)
			}
			end := valueEnd(object, i)
			key := plainText(object[i:end])
			i = skipSpace(object, skipSpace(object, end)+1) // the colon
			end = valueEnd(object, i)
			if !yield(key, object[i:end]) {
				return
			}
			i = end
		}
	}
}

// elements yields the raw values of an array, nothing for other values.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		i := skipSpace(array, 0)
		if i == len(array) || array[i] != '[' {
			return
		}
		for i = skipSpace(array, i+1); array[i] != ']'; i = skipSpace(array, i) {
			if array[i] == ',' {
				i = skipSpace(array, i+1)
			}
			end := valueEnd(array, i)
			if !yield(array[i:end]) {
				return
			}
			i = end
		}
	}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// valueEnd returns where the value that begins at i ends.
func valueEnd(b []byte, i int) int {
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		depth := 0
		for {
			switch b[i] {
			case '"':
				i = stringEnd(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(b) {
		switch b[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// textOf returns the text of a raw string, and "" for a value of another type.
func textOf(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	return string(plainText(raw))
}

// plainText returns the text of a raw string, in place if there is nothing to decode.
func plainText(raw []byte) []byte {
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var text string
	_ = json.Unmarshal(raw, &text) // cannot fail on valid JSON
	return []byte(text)
}
