package translate

import "github.com/otelcol-custom/otelcol-custom/internal/enum"

// Reason says why an item was dropped. The README's table "data we drop or
// change" lists exactly these.
type Reason uint8

const (
	NoRecordedValue Reason = iota // the producer flagged the point as holding no value
	NoValue                       // a number point without a value
	NotFinite                     // NaN or an infinity
	OutOfRange                    // 1e127 or more: fails a whole request
	NegativeCounter               // a running total below 0, which counters cannot be
	NoSamples                     // a histogram or summary of no samples, so of no measurement
	NoMetricName                  // an empty metric name
	TooOld                        // older than `max_age`
	InFuture                      // further in the future than `max_future`
	FirstPoint                    // a running total seen for the first time has no difference yet
	OutOfOrder                    // a running total that is not newer than the last of its series
	TooManySeries                 // more series than are remembered
	TypeConflict                  // the service knows the metric as another type
	NotAnAnnotation               // a log record that nothing marks as an annotation
	NoTitle                       // an annotation without a title
	TooLarge                      // the item alone is over the limits of a request
	NotQueued                     // the sums of a period of spans, for which the queue had no room, or that could not be sent without one
	RejectedInside                // the service took the request and refused measurements in it
	Refused                       // the service refused the request for good
	reasonCount
)

var reasonNames = [reasonCount]string{
	"no_recorded_value", "no_value", "not_finite", "out_of_range", "negative_counter", "no_samples", "no_metric_name",
	"too_old", "in_future", "first_point", "out_of_order", "too_many_series", "type_conflict",
	"not_an_annotation", "no_title", "too_large", "not_queued", "rejected_inside", "refused",
}

// String returns the spelling that telemetry and the README use.
func (r Reason) String() string { return reasonNames[r] }

// Expected reports whether sound data is dropped for the reason all the time, so that
// it is worth a count but no warning.
func (r Reason) Expected() bool {
	return r == NoRecordedValue || r == NoSamples || r == FirstPoint || r == NotAnAnnotation
}

// Reasons returns every reason.
func Reasons() []Reason { return enum.Below(reasonCount) }

// Change says what was altered in, or left out of, an item that was sent.
type Change uint8

const (
	NameChanged       Change = iota // a metric or stream name with characters that the service does not take, or over 255
	TagNameChanged                  // a tag name with such characters or capital letters, or over 64
	TagValueChanged                 // a tag value with such characters, or over 255
	TagEmpty                        // a tag with an empty name or value was left out
	TagRepeated                     // a tag was left out for another of the same lower-cased name
	TagOverflow                     // a tag beyond the 50th was left out
	FallbackTagAdded                // a measurement without tags got the configured one
	SourceChanged                   // a source with such characters, over 255, or the reserved "all"
	AttributesLeftOut               // a point whose own attributes are not all in its source
	FieldLeftOut                    // a sum, minimum, maximum, percentile or bucket that cannot be sent was left out
	BucketsMismatched               // bucket counts that do not fit their bounds were left out
	TotalsLeftOut                   // count and sum of a summary that have no difference were left out, its quantiles are sent
	TitleCut                        // an annotation's title was cut at 255 characters
	LinkLeftOut                     // an annotation's link without an address, or whose name is taken
	TimeLeftOut                     // an annotation's time that cannot be read, or its end before its start, was left out
	changeCount
)

var changeNames = [changeCount]string{
	"name_changed", "tag_name_changed", "tag_value_changed", "tag_empty", "tag_repeated", "tag_overflow",
	"fallback_tag_added", "source_changed", "attributes_left_out", "field_left_out", "buckets_mismatched", "totals_left_out",
	"title_cut", "link_left_out", "time_left_out",
}

// String returns the spelling that telemetry and the README use.
func (c Change) String() string { return changeNames[c] }

// Changes returns every change.
func Changes() []Change { return enum.Below(changeCount) }

// Counts is what happened while a batch was encoded.
type Counts struct {
	Dropped [reasonCount]int
	Changed [changeCount]int
}
