package wavefront

import "fmt"

// Reason says why the vendor would drop an item.
type Reason string

// The codes of the vendor's parser and validation.
const (
	LineUnparsable     Reason = "WF-300"
	MetricNameChars    Reason = "WF-400"
	TagKeyChars        Reason = "WF-401"
	TimestampWindow    Reason = "WF-402"
	DeltaNotPositive   Reason = "WF-404"
	HistogramEmpty     Reason = "WF-405"
	SourceMissing      Reason = "WF-406"
	SourceLength       Reason = "WF-407"
	MetricNameLength   Reason = "WF-408"
	HistogramLength    Reason = "WF-409"
	TagCount           Reason = "WF-410"
	TagLength          Reason = "WF-411" // key and value together
	TagKeyLength       Reason = "WF-412"
	TagValueLength     Reason = "WF-413"
	TagValueBlank      Reason = "WF-414"
	SpanNameChars      Reason = "WF-415"
	SpanTagKeyChars    Reason = "WF-416"
	SpanSourceMissing  Reason = "WF-426"
	SpanSourceLength   Reason = "WF-427"
	SpanNameLength     Reason = "WF-428"
	SpanTagCount       Reason = "WF-430"
	SpanTagKeyLength   Reason = "WF-432"
	SpanTagValueLength Reason = "WF-433" // the span is kept, its value is cut
	SpanTagValueBlank  Reason = "WF-434"
)

// What the vendor refuses or drops without a code that is known.
const (
	ValueNotFinite     Reason = "value_not_finite"
	DeltaTooOld        Reason = "delta_too_old"
	HistogramCentroids Reason = "histogram_centroid_count"
	SpanTimestamp      Reason = "span_timestamp"
	SpanTagMissing     Reason = "span_tag_missing"
	SpanTagRepeated    Reason = "span_tag_repeated"
	SpanLogLength      Reason = "span_log_length"
	EventInvalid       Reason = "event_invalid"
	LineLength         Reason = "line_length"
	LineUnterminated   Reason = "line_unterminated"
	EndOfTransmission  Reason = "end_of_transmission" // the line is read all the same
	// RequestRefused is a whole request answered with an error status.
	RequestRefused Reason = "request_refused"
)

// refusal is why one item is dropped.
type refusal struct {
	reason Reason
	detail string
}

func refuse(reason Reason, format string, args ...any) *refusal {
	return &refusal{reason: reason, detail: fmt.Sprintf(format, args...)}
}
