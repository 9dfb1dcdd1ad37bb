package wavefront

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Encoder appends lines, and the elements that lines consist of, to a caller's
// buffer. The zero value writes as the vendor's SDKs do and enforces no limit.
// It is not changed by its methods, which are safe for concurrent use.
//
// Every method returns the buffer with what it appended, what it had to change,
// and an error when nothing was appended. Elements other than names begin with
// a space, so that encoded elements can be kept, copied and put together.
type Encoder struct {
	Limits Limits
	// BareKeys leaves out the quotes around tag keys that need none. The vendor
	// takes both; the collector's wavefront receiver keeps quotes as part of the key.
	BareKeys bool
	// DefaultSource stands in for a blank source in whole lines.
	DefaultSource string
}

// Tag is a point tag, span tag, annotation or span log field.
type Tag struct{ Key, Value string }

// AppendName appends the quoted name of a metric or histogram.
func (e *Encoder) AppendName(dst []byte, name string) ([]byte, Change, error) {
	return e.appendName(dst, "", name)
}

// AppendDeltaName appends the quoted name of a delta counter, with a delta sign
// in front when the name has none.
func (e *Encoder) AppendDeltaName(dst []byte, name string) ([]byte, Change, error) {
	lead := delta
	if hasDelta(name) {
		lead = ""
	}
	return e.appendName(dst, lead, name)
}

func (e *Encoder) appendName(dst []byte, lead, name string) ([]byte, Change, error) {
	if IsBlankName(name) {
		return dst, 0, BlankName
	}
	begin := len(dst)
	dst = append(dst, '"')
	dst = append(dst, lead...)
	dst, rewritten := appendLegal(dst, name)
	if limit := e.Limits.MetricName; limit > 0 && unitsOf(dst[begin+1:]) > limit {
		return dst[:begin], 0, NameTooLong
	}
	dst = append(dst, '"')
	if rewritten {
		return dst, NameRewritten, nil
	}
	return dst, 0, nil
}

// AppendSource appends ` source="..."`.
func (e *Encoder) AppendSource(dst []byte, source string) ([]byte, Change, error) {
	return e.appendNamedText(dst, ` source="`, source, e.Limits.Source, BlankSource, SourceTooLong)
}

// sourceOr appends the source, or the default one when it is blank.
func (e *Encoder) sourceOr(dst []byte, source string) ([]byte, Change, error) {
	if IsBlank(source) {
		source = e.DefaultSource
	}
	return e.AppendSource(dst, source)
}

// appendNamedText appends open, the text and a quote.
func (e *Encoder) appendNamedText(dst []byte, open, text string, limit int, ifBlank, ifLong Reason) ([]byte, Change, error) {
	begin := len(dst)
	dst = append(dst, open...)
	body := len(dst)
	dst, change := appendText(dst, text, limit)
	if len(dst) == body {
		return dst[:begin], 0, ifBlank
	}
	if change&TextCut != 0 && !e.Limits.CutText {
		return dst[:begin], 0, ifLong
	}
	return append(dst, '"'), change, nil
}

// AppendTag appends ` "key"="value"` for a metric, delta counter or histogram. The
// keys source and host, which would replace the source, get a leading underscore.
func (e *Encoder) AppendTag(dst []byte, key, value string) ([]byte, Change, error) {
	open, limit, change, err := e.appendPointKey(dst, key)
	if err != nil {
		return dst, 0, err
	}
	return e.appendValue(open, len(dst), value, limit, change)
}

// TagKey is the beginning of a point or span tag, encoded for many values.
type TagKey struct {
	open   string // with the quote before the value
	limit  int    // of the value
	change Change
}

// Name returns the key as it is written, without quotes.
func (k *TagKey) Name() string { return strings.Trim(k.open, ` "=`) }

// Quoted reports whether the key is written in quotes.
func (k *TagKey) Quoted() bool { return k.open[1] == '"' }

// TagKey encodes a key for AppendTagValue.
func (e *Encoder) TagKey(key string) (TagKey, error) {
	open, limit, change, err := e.appendPointKey(nil, key)
	return TagKey{string(open), limit, change}, err
}

// SpanTagKey is TagKey for span tags.
func (e *Encoder) SpanTagKey(key string) (TagKey, error) {
	open, limit, change, err := e.appendSpanKey(nil, key)
	return TagKey{string(open), limit, change}, err
}

// AppendTagValue is AppendTag, or AppendSpanTag, with an encoded key.
func (e *Encoder) AppendTagValue(dst []byte, key *TagKey, value string) ([]byte, Change, error) {
	if isVerbatim(value, key.limit) {
		return append(append(append(dst, key.open...), value...), '"'), key.change, nil
	}
	return e.appendValue(append(dst, key.open...), len(dst), value, key.limit, key.change)
}

// maxIntLen is the length of the longest text of an int64.
const maxIntLen = len("-9223372036854775808")

// AppendTagInt is AppendTagValue for a whole number.
func (e *Encoder) AppendTagInt(dst []byte, key *TagKey, value int64) ([]byte, Change, error) {
	if key.limit == 0 || key.limit >= maxIntLen {
		return append(strconv.AppendInt(append(dst, key.open...), value, 10), '"'), key.change, nil
	}
	return e.AppendTagValue(dst, key, strconv.FormatInt(value, 10))
}

func (e *Encoder) appendPointKey(dst []byte, key string) ([]byte, int, Change, error) {
	prefix := ""
	if key == "source" || key == "host" {
		prefix = "_"
	}
	l := &e.Limits
	return e.appendKey(dst, prefix, key, l.PointTagKey, l.PointTagValue, l.PointTagPair)
}

// appendKey appends the beginning of a tag, whose key gets a prefix, and returns the limit of its value.
func (e *Encoder) appendKey(dst []byte, prefix, key string, maxKey, maxValue, maxPair int) ([]byte, int, Change, error) {
	if key == "" || !legal[key[0]] && IsBlankName(key) {
		return dst, 0, 0, BlankKey
	}
	begin := len(dst)
	dst = append(dst, ' ', '"')
	dst = append(dst, prefix...)
	dst, rewritten := appendLegal(dst, key)
	units := unitsOf(dst[begin+2:])
	if maxKey > 0 && units > maxKey || maxPair > 0 && units >= maxPair { // the value needs room for one character
		return dst[:begin], 0, 0, KeyTooLong
	}
	if maxPair > 0 && (maxValue == 0 || units+maxValue > maxPair) {
		maxValue = maxPair - units
	}
	var change Change
	if rewritten {
		change |= KeyRewritten
	}
	if prefix != "" {
		change |= KeyRenamed
	}
	return append(e.closeKey(dst, begin+1), '=', '"'), maxValue, change, nil
}

// appendValue ends the tag that was opened at dst[begin], or takes it back.
func (e *Encoder) appendValue(dst []byte, begin int, value string, limit int, keyChange Change) ([]byte, Change, error) {
	body := len(dst)
	dst, change := appendText(dst, value, limit)
	if len(dst) == body {
		return dst[:begin], 0, BlankValue
	}
	if change&TextCut != 0 && !e.Limits.CutText {
		return dst[:begin], 0, ValueTooLong
	}
	return append(dst, '"'), change | keyChange, nil
}

// closeKey ends the key whose opening quote is at dst[open]: with another quote, or
// without both when bare keys are wanted and the key allows it.
func (e *Encoder) closeKey(dst []byte, open int) []byte {
	if e.BareKeys && needsNoQuotes(dst[open+1:]) {
		return append(dst[:open], dst[open+1:]...)
	}
	return append(dst, '"')
}

// needsNoQuotes is the vendor documentation's rule for unquoted keys: they begin
// with a letter, and hold neither comma nor slash.
func needsNoQuotes(key []byte) bool {
	if c := key[0] | 0x20; c < 'a' || c > 'z' {
		return false
	}
	for _, c := range key {
		if c == ',' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendTags appends the tags of a whole line and refuses the line for any bad one.
func (e *Encoder) appendTags(dst []byte, tags []Tag, limit int, appendTag func([]byte, string, string) ([]byte, Change, error)) ([]byte, Change, error) {
	if limit > 0 && len(tags) > limit {
		return dst, 0, fmt.Errorf("%d tags, at most %d: %w", len(tags), limit, TooManyTags)
	}
	var all Change
	for _, t := range tags {
		var change Change
		var err error
		if dst, change, err = appendTag(dst, t.Key, t.Value); err != nil {
			return dst, 0, fmt.Errorf("tag %q: %w", t.Key, err)
		}
		all |= change
	}
	return dst, all, nil
}

// unitsOf is the length in UTF-16 units of a rewritten name or key, in which only a
// delta sign at the beginning is more than one byte.
func unitsOf(name []byte) int {
	if len(name) == 0 || name[0] < utf8.RuneSelf {
		return len(name)
	}
	_, size := utf8.DecodeRune(name)
	return len(name) - size + 1
}
