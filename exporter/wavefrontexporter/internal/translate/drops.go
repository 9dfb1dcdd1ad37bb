package translate

import (
	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/enum"
)

// Reason says why an item was dropped. The README's table "data we drop or
// change" lists exactly these.
type Reason uint8

const (
	NoRecordedValue Reason = iota // the producer flagged the point as holding no value
	NoValue                       // a number point without a value
	NotFinite                     // NaN or an infinity
	NothingToAdd                  // a delta of zero or a delta histogram without counts: what is sent would say nothing
	NegativeDelta                 // a monotonic delta below zero, which cannot be
	NoMetricName                  // an empty metric name
	NameTooLong                   // a metric name over the limit, suffix included
	NoSource                      // neither a source nor a default one, or a host of an event over the limit
	TooManyTags                   // the point's own tags alone are over the limit
	TimeOutOfRange                // a time that the service does not take, or that readers take for another
	NoBuckets                     // a distribution that tells neither buckets nor where its values lie
	CountTooLarge                 // a count over 2^31-1 that would need more than 16 lines
	NoIDs                         // a span without a trace or span ID
	NoName                        // a span or event without a name
	NotSampled                    // a span whose sampling.priority is 0
	NotAnEvent                    // a log record that nothing marks as an event
	TooLarge                      // the item alone is over the limits of a line or request
	FirstPoint                    // a cumulative point with nothing before it to subtract
	OutOfOrder                    // a cumulative point that is not newer than the one before
	TooManySeries                 // a cumulative point of a series beyond those that are remembered
	Refused                       // the vendor refused the request for good
	reasonCount
)

var reasonNames = [reasonCount]string{
	"no_recorded_value", "no_value", "not_finite", "nothing_to_add", "negative_delta", "no_metric_name", "name_too_long",
	"no_source", "too_many_tags", "time_out_of_range", "no_buckets", "count_too_large", "no_ids", "no_name", "not_sampled",
	"not_an_event", "too_large", "first_point", "out_of_order", "too_many_series", "refused",
}

// String returns the spelling that telemetry and the README use.
func (r Reason) String() string { return reasonNames[r] }

// Expected reports whether items are dropped for this reason in the ordinary course of things.
func (r Reason) Expected() bool {
	return r == NoRecordedValue || r == NothingToAdd || r == NotSampled || r == FirstPoint
}

// Reasons returns every reason.
func Reasons() []Reason { return enum.Below(reasonCount) }

// Change says what was altered in, or left out of, an item that was sent.
type Change uint8

const (
	NameRewritten     Change = iota // characters of a metric or span name became hyphens
	KeyRewritten                    // characters of a tag key became hyphens
	KeyRenamed                      // a tag key that the format has for itself got an underscore in front
	TextRewritten                   // a text was trimmed, or characters that would break the line were replaced
	TextCut                         // a source, tag value or span name was cut to its limit
	TagBlank                        // a tag with an empty key or value was left out
	TagKeyTooLong                   // a tag with a key over the limit was left out
	TagValueTooLong                 // a tag with a value over the limit was left out, where cutting is off
	TagRepeated                     // a tag overridden by one of the same key was left out
	TagOverflow                     // a tag beyond the limit was left out
	SourceReplaced                  // a source that cannot be sent was replaced by the default one
	DeltaTimeLeftOut                // the time of a delta counter over 15 minutes old: it counts for the minute of arrival
	FieldNotFinite                  // a sum, minimum, maximum, bound or quantile that is NaN or infinite was left out
	FieldNameTooLong                // a histogram's or summary's series whose name, suffix included, is over the limit was left out
	BucketsMismatched               // buckets that do not fit their bounds were not used
	BucketsLeftOut                  // the buckets or quantiles of a point whose own tags leave no room for theirs
	BucketsMerged                   // neighboring exponential buckets were merged
	CentroidsMerged                 // neighboring centroids were merged, so that 100 are left
	DurationReplaced                // a span that ends before it starts got the duration 0
	SpanLogCut                      // the fields of a span log over the limit were cut
	SpanLogLeftOut                  // a span log that stayed over the limit was left out
	AnnotationLeftOut               // an annotation or event tag without a key or value was left out
	EventTimeReplaced               // an event end that cannot be read or is not after its start
	REDLeftOut                      // a span that is in no derived metric, since there are too many operations
	changeCount
)

var changeNames = [changeCount]string{
	"name_rewritten", "key_rewritten", "key_renamed", "text_rewritten", "text_cut", "tag_blank", "tag_key_too_long",
	"tag_value_too_long", "tag_repeated", "tag_overflow", "source_replaced", "delta_time_left_out", "field_not_finite",
	"field_name_too_long", "buckets_mismatched", "buckets_left_out", "buckets_merged", "centroids_merged", "duration_replaced",
	"span_log_cut", "span_log_left_out", "annotation_left_out", "event_time_replaced", "red_left_out",
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

// clientChanges are the flags of the client, in the order of their bits.
var clientChanges = [...]Change{NameRewritten, KeyRewritten, KeyRenamed, TextRewritten, TextCut}

// changed counts what the client says it changed.
func (c *Counts) changed(flags wavefront.Change) {
	for i := 0; flags != 0; i++ {
		if flags&1 != 0 {
			c.Changed[clientChanges[i]]++
		}
		flags >>= 1
	}
}

// leftOut counts a tag that the client refused.
func (c *Counts) leftOut(err error) {
	switch err {
	case wavefront.KeyTooLong:
		c.Changed[TagKeyTooLong]++
	case wavefront.ValueTooLong:
		c.Changed[TagValueTooLong]++
	default:
		c.Changed[TagBlank]++
	}
}
