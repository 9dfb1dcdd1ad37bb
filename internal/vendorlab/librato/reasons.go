package librato

// Reason says why the vendor would refuse an item.
type Reason string

// All reasons. Those that name a limit are explained in limits.go.
const (
	NameInvalid     Reason = "name_invalid"
	NameTaken       Reason = "name_taken"
	SourceInvalid   Reason = "source_invalid"
	TagMissing      Reason = "tag_missing"
	TagCount        Reason = "tag_count"
	TagName         Reason = "tag_name"
	TagValue        Reason = "tag_value"
	ValueMissing    Reason = "value_missing"
	ValueAmbiguous  Reason = "value_and_count"
	NotANumber      Reason = "not_a_number"
	NumberRange     Reason = "number_range"
	NotPositive     Reason = "not_positive"
	SumMissing      Reason = "sum_missing"
	TypeConflict    Reason = "type_conflict"
	TimeInvalid     Reason = "time_invalid"
	TimePast        Reason = "time_too_far_in_the_past"
	TimeFuture      Reason = "time_too_far_in_the_future"
	PropertyInvalid Reason = "property_invalid"
	NoMeasurement   Reason = "no_measurement"
	RateLimited     Reason = "rate_limited"

	// RequestRefused is a whole request answered with an error status.
	RequestRefused Reason = "request_refused"
)
