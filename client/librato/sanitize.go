package librato

import "strings"

// charset says which bytes a rule allows.
type charset [256]bool

func newCharset(chars string) *charset {
	var set charset
	for c := range len(set) {
		letter := (c|0x20) >= 'a' && (c|0x20) <= 'z'
		set[c] = letter || (c >= '0' && c <= '9') || (c < 0x80 && strings.IndexByte(chars, byte(c)) >= 0)
	}
	return &set
}

// lower is the set without capital letters.
func (set *charset) lower() *charset {
	low := *set
	for c := 'A'; c <= 'Z'; c++ {
		low[c] = false
	}
	return &low
}

// The vendor's character sets, beside ASCII letters and digits (vendor API docs).
// It writes \w for them, which its Ruby service reads as ASCII.
var (
	nameChars     = newCharset(".:-_") // metric names, sources, tag names
	tagValueChars = newCharset(`-.:_?\/ `)
)

// rule is one kind of text that the service takes.
type rule struct {
	allowed *charset
	// kept are the allowed characters that are not lower-cased.
	kept *charset
	// bare are the kept ones that stand for themselves in JSON.
	bare   *charset
	length int
}

var (
	nameRule        = newRule(nameChars, nameChars, MaxNameLength)
	sourceRule      = newRule(nameChars, nameChars, MaxSourceLength)
	tagNameRule     = newRule(nameChars, nameChars.lower(), MaxTagNameLength)
	tagValueRule    = newRule(tagValueChars, tagValueChars, MaxTagValueLength)
	lowTagValueRule = newRule(tagValueChars, tagValueChars.lower(), MaxTagValueLength)
)

func newRule(allowed, kept *charset, length int) rule {
	bare := *kept
	bare['\\'] = false // of the quoted characters, no rule allows another
	return rule{allowed, kept, &bare, length}
}

// consists reports whether s has at most length characters, all of them in set.
func consists[S ~string | ~[]byte](set *charset, s S, length int) bool {
	if len(s) > length {
		return false
	}
	for i := range len(s) {
		if !set[s[i]] {
			return false
		}
	}
	return true
}

// appendLegal appends s with every maximal run of characters that are not allowed
// turned into one "-", cut to the rule's length. Every byte of a character
// outside ASCII is not allowed, so runs of bytes are runs of characters.
func appendLegal[S ~string | ~[]byte](dst []byte, r *rule, s S) ([]byte, bool) {
	if consists(r.kept, s, r.length) {
		return append(dst, s...), false
	}
	limit := len(dst) + r.length
	for i := 0; i < len(s) && len(dst) < limit; i++ {
		c := s[i]
		if !r.allowed[c] {
			for i+1 < len(s) && !r.allowed[s[i+1]] {
				i++
			}
			c = '-'
		} else if !r.kept[c] {
			c |= 0x20 // a capital letter
		}
		dst = append(dst, c)
	}
	return dst, true
}

// SanitizeName makes a metric name legal exactly as the vendor's Python clients
// do: every maximal run of characters that are not ASCII letters, digits or one
// of ".:-_" becomes one "-", and the result is cut to 255 characters. Nothing is
// trimmed or lower-cased, and an empty name stays empty.
func SanitizeName(name string) string {
	if consists(nameChars, name, MaxNameLength) {
		return name
	}
	clean, _ := appendLegal(make([]byte, 0, min(len(name), MaxNameLength)), &nameRule, name)
	return string(clean)
}

// AppendSanitizedName appends SanitizeName(name) and reports whether it differs from name.
func AppendSanitizedName(dst []byte, name string) ([]byte, bool) {
	return appendLegal(dst, &nameRule, name)
}

// AppendSanitizedSource appends a source under the same rule as metric names, and
// reports whether it was changed. ReservedSource is the caller's to avoid.
func AppendSanitizedSource(dst []byte, source string) ([]byte, bool) {
	return appendLegal(dst, &sourceRule, source)
}

// AppendSanitizedTagName appends a legal tag name, lower-cased as the service
// stores it, and reports whether it was changed. A name of no characters stays
// empty and is not legal.
func AppendSanitizedTagName(dst []byte, name string) ([]byte, bool) {
	return appendLegal(dst, &tagNameRule, name)
}

// AppendSanitizedTagValue appends a legal tag value, lower-cased if lower is set
// (the service stores values in lower case), and reports whether it was changed.
// A value of no characters stays empty and is not legal.
func AppendSanitizedTagValue(dst []byte, value string, lower bool) ([]byte, bool) {
	if lower {
		return appendLegal(dst, &lowTagValueRule, value)
	}
	return appendLegal(dst, &tagValueRule, value)
}

// IsName reports whether the service takes a metric name as it is.
func IsName(s string) bool { return s != "" && consists(nameChars, s, MaxNameLength) }

// IsSource reports whether the service takes a source as it is.
func IsSource(s string) bool {
	return s != "" && !strings.EqualFold(s, ReservedSource) && consists(nameChars, s, MaxSourceLength)
}

// IsTagName reports whether the service takes a tag name; it lower-cases it.
func IsTagName(s string) bool { return s != "" && consists(nameChars, s, MaxTagNameLength) }

// IsTagValue reports whether the service takes a tag value; it lower-cases it.
func IsTagValue(s string) bool { return s != "" && consists(tagValueChars, s, MaxTagValueLength) }
