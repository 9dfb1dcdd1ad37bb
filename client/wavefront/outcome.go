package wavefront

import "strings"

// Reason says why something cannot be written. It is an error; errors.Is and
// errors.AsType find it in what the encoders return.
type Reason uint8

const (
	_ Reason = iota
	// BlankName: the name of a metric, span or event is empty, white space, or a delta sign alone.
	BlankName
	NameTooLong
	// BlankSource: there is neither a source nor a default one.
	BlankSource
	SourceTooLong
	// BlankKey: a tag or annotation has an empty key, or a delta sign alone.
	BlankKey
	KeyTooLong
	// BlankValue: a tag or annotation has an empty value; readers reject the whole line for it.
	BlankValue
	ValueTooLong
	TooManyTags
	// NotFinite: NaN and the infinities have no spelling that all readers take.
	NotFinite
	// NotPositive: readers discard a delta counter that is not above zero.
	NotPositive
	// BadTime: a negative timestamp, an event or a span without a start, or a duration that would be read as an end time.
	BadTime
	// BadGranularity: a histogram without a granularity, or with an unknown one.
	BadGranularity
	// NoCentroids: a histogram without counts.
	NoCentroids
	TooManyCentroids
	// CountTooLarge: a count that does not fit into MaxHistogramLines lines.
	CountTooLarge
	// NoID: a span or span log without a trace or span ID.
	NoID
	// NoLogs: span logs without a log.
	NoLogs
	// BadAction: an action that source tags or descriptions do not have, or without the texts it needs.
	BadAction
	reasons // the number of reasons
)

var reasonTexts = [...]struct{ name, text string }{
	BlankName:        {"blank_name", "the name is blank"},
	NameTooLong:      {"name_too_long", "the name is over the limit; shorten it at its origin"},
	BlankSource:      {"blank_source", "there is no source; set one"},
	SourceTooLong:    {"source_too_long", "the source is over the limit"},
	BlankKey:         {"blank_key", "the key is blank"},
	KeyTooLong:       {"key_too_long", "the key is over the limit; shorten it at its origin"},
	BlankValue:       {"blank_value", "the value is blank; leave the tag out"},
	ValueTooLong:     {"value_too_long", "the value is over the limit"},
	TooManyTags:      {"too_many_tags", "the number of tags is over the limit"},
	NotFinite:        {"not_finite", "the value is NaN or infinite"},
	NotPositive:      {"not_positive", "a delta counter must be above zero"},
	BadTime:          {"bad_time", "the time is missing, negative or ambiguous"},
	BadGranularity:   {"bad_granularity", "the granularity must be !M, !H or !D"},
	NoCentroids:      {"no_centroids", "the histogram holds no counts"},
	TooManyCentroids: {"too_many_centroids", "the number of centroids is over the limit; merge neighbors"},
	CountTooLarge:    {"count_too_large", "a count of the histogram is too large to be spread over lines"},
	NoID:             {"no_id", "the trace ID or span ID is missing"},
	NoLogs:           {"no_logs", "there are no logs"},
	BadAction:        {"bad_action", "the action does not exist here, or lacks what it needs"},
}

// Error says what is wrong in words.
func (r Reason) Error() string { return "wavefront: " + reasonTexts[r].text }

// String returns the reason's name for telemetry, such as blank_name.
func (r Reason) String() string { return reasonTexts[r].name }

// Change says what was altered in something that was written: a set of flags.
type Change uint8

const (
	// NameRewritten: characters that names cannot hold became hyphens.
	NameRewritten Change = 1 << iota
	// KeyRewritten: characters that keys cannot hold became hyphens.
	KeyRewritten
	// KeyRenamed: a key that the format keeps for itself got a leading underscore.
	KeyRenamed
	// TextRewritten: white space around a text was trimmed; a line break became a
	// backslash and an n, another control character a space, a byte that is not
	// UTF-8 U+FFFD; or a space was put after a backslash at the end.
	TextRewritten
	// TextCut: a text was cut to its limit.
	TextCut
)

var changeNames = [...]string{"name_rewritten", "key_rewritten", "key_renamed", "text_rewritten", "text_cut"}

// String joins the names of the flags with a comma; it is empty when there are none.
func (c Change) String() string {
	var set []string
	for i, name := range changeNames {
		if c&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, ",")
}
