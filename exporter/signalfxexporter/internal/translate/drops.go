package translate

import "github.com/otelcol-custom/otelcol-custom/internal/enum"

// Reason says why an item was dropped. The README's table "data we drop or
// change" lists exactly these.
type Reason uint8

const (
	NoRecordedValue   Reason = iota // the producer flagged the point as holding no value
	NoValue                         // a number point without a value
	NotFinite                       // NaN or an infinity
	NoMetricName                    // an empty metric name
	MetricNameTooLong               // over 256 characters, the vendor's suffixes included
	TooManyDimensions               // the point's own attributes alone are over 36
	NotAnEvent                      // a log record that nothing marks as an event
	TooLarge                        // the item alone is over the limits of a request
	Excluded                        // excluded by the configured filters
	RejectedInAnswer                // a span that the service named as rejected in an accepted request
	Refused                         // the vendor refused the request for good
	reasonCount
)

var reasonNames = [reasonCount]string{
	"no_recorded_value", "no_value", "not_finite", "no_metric_name", "metric_name_too_long",
	"too_many_dimensions", "not_an_event", "too_large", "excluded", "rejected_in_answer", "refused",
}

// String returns the spelling that telemetry and the README use.
func (r Reason) String() string { return reasonNames[r] }

// Expected reports whether items are dropped for this reason because the configuration says so.
func (r Reason) Expected() bool { return r == Excluded }

// Reasons returns every reason.
func Reasons() []Reason { return enum.Below(reasonCount) }

// Change says what was altered in, or left out of, an item that was sent.
type Change uint8

const (
	KeyRenamed        Change = iota // a dimension key with characters or a beginning that the vendor does not take
	KeyTooLong                      // a dimension with a key over 128 characters was left out
	ValueTooLong                    // a dimension with a value over 256 characters was left out
	DimensionEmpty                  // a dimension with an empty key or value was left out
	DimensionRepeated               // a dimension overridden by one of the same key was left out
	DimensionOverflow               // a dimension beyond the 36th was left out
	InvalidUTF8                     // bytes that are not UTF-8 were replaced
	CountAsDouble                   // a count above 2^63-1 was sent as a double
	FieldNotFinite                  // a sum, minimum, maximum or quantile that is NaN or infinite was left out
	FieldNameTooLong                // a histogram's or summary's datapoint whose name, suffix included, is over 256 characters was left out
	BucketsMismatched               // a histogram whose bucket counts do not fit its bounds was sent without buckets
	BucketsMerged                   // neighboring buckets of an OTLP histogram were merged, so that 32 are left
	BucketsLeftOut                  // the buckets or quantiles of a point whose own attributes leave no room for their dimension
	CategoryUnknown                 // an event category that the vendor does not have was sent as USER_DEFINED
	EventTypeChanged                // an event type was cut at 256 characters, or blanks and characters beyond ASCII were replaced
	PropertyLeftOut                 // an event's property without a value, with a key that cannot be sent or is there already, or beyond the 50th
	PropertyCut                     // an event's property was cut at 256 characters
	changeCount
)

var changeNames = [changeCount]string{
	"key_renamed", "key_too_long", "value_too_long", "dimension_empty", "dimension_repeated",
	"dimension_overflow", "invalid_utf8", "count_as_double", "field_not_finite", "field_name_too_long", "buckets_mismatched", "buckets_merged", "buckets_left_out",
	"category_unknown", "event_type_changed", "property_left_out", "property_cut",
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
