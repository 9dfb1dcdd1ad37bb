package signalfx

// Reason says why the vendor would drop an item.
type Reason string

// All reasons. Those that name a limit are explained in limits.go.
const (
	MetricNameLength    Reason = "metric_name_length"
	MetricNameReserved  Reason = "metric_name_reserved"
	MetricTypeUnknown   Reason = "metric_type_unknown"
	InvalidUTF8         Reason = "invalid_utf8"
	DimensionCount      Reason = "dimension_count"
	DimensionName       Reason = "dimension_name"
	DimensionNameLength Reason = "dimension_name_length"
	DimensionValue      Reason = "dimension_value_length"
	DimensionDuplicate  Reason = "dimension_duplicate"
	ValueMissing        Reason = "value_missing"
	ValueNotNumeric     Reason = "value_not_numeric"
	ValueNotFinite      Reason = "value_not_finite"
	SeriesCount         Reason = "new_series_quota"
	HistogramBuckets    Reason = "histogram_bucket_count"
	HistogramShape      Reason = "histogram_shape"
	OTLPTypeUnsupported Reason = "otlp_type_unsupported"
	EventType           Reason = "event_type"
	EventCategory       Reason = "event_category"
	PropertyCount       Reason = "property_count"
	PropertyName        Reason = "property_name"
	PropertyValue       Reason = "property_value"
	DescriptionLength   Reason = "description_length"
	TagCount            Reason = "tag_count"
	TagName             Reason = "tag_name"
	TraceIDInvalid      Reason = "trace_id_invalid"
	SpanIDInvalid       Reason = "span_id_invalid"

	// PartialAcceptance is a fault that was switched on, not a vendor rule.
	PartialAcceptance Reason = "fault_partial_acceptance"
	// RequestRefused is a whole request answered with an error status.
	RequestRefused Reason = "request_refused"
)
