package translate

import "github.com/otelcol-custom/otelcol-custom/internal/enum"

// Reason is why a point or an event was not passed on.
type Reason uint8

const (
	// Duplicate: it was passed on before; streams overlap when they are begun again.
	Duplicate Reason = iota
	// Late: its time lies before those that are still open, in a stream that was not begun again.
	Late
	// Null: the series has no value at this time.
	Null
	// NoMetadata: the service has not told what series it belongs to.
	NoMetadata
	// NotAMetric: its series is of another kind.
	NotAMetric
	// Refused: the pipeline refused it for good.
	Refused
	// NoPipeline: no pipeline of its signal has this receiver.
	NoPipeline

	// Undecodable: the message it came in cannot be decoded, however often it is asked for.
	// How many points it had is not known; it counts as one.
	Undecodable

	// NumReasons is the number of reasons.
	NumReasons
)

// String returns the reason in the form of a metric attribute.
func (r Reason) String() string {
	return [NumReasons]string{
		Duplicate: "duplicate", Late: "late", Null: "null", NoMetadata: "no_metadata",
		NotAMetric: "not_a_metric", Refused: "refused", NoPipeline: "no_pipeline",
		Undecodable: "undecodable",
	}[r]
}

// Reasons returns all reasons.
func Reasons() []Reason { return enum.Below(NumReasons) }
