package librato

// Limits of the service. Lengths are in characters, all of which are ASCII.
const (
	// MaxNameLength of a metric: vendor API docs; the 63 of old docs is obsolete.
	MaxNameLength = 255
	// MaxSourceLength: vendor API docs, source dialect.
	MaxSourceLength = 255
	// MaxTagNameLength: vendor API docs, tag dialect.
	MaxTagNameLength = 64
	// MaxTagValueLength: vendor API docs, tag dialect.
	MaxTagValueLength = 255
	// MaxTags on one measurement: vendor API docs, the default of an account.
	MaxTags = 50
	// MaxTagSets of one metric and hour; above it the metric may be refused: vendor API docs.
	MaxTagSets = 40_000
	// MaxMagnitude bounds numbers: one whose decimal exponent is above 126 fails its whole request: vendor API docs.
	MaxMagnitude = 1e127
	// MinMagnitude: a smaller number is stored as 0: vendor API docs.
	MinMagnitude = 1e-130
	// MaxPageLength is the default and the longest page of a list: vendor API docs.
	MaxPageLength = 100
)

// Limits on one request. The service documents advice, no bound.
const (
	// MaxSourceMeasurements per request, gauges and counters together: vendor API docs advise about 300; its Python client sends 300.
	MaxSourceMeasurements = 300
	// DefaultTagMeasurements per request: the vendor's Ruby and Java clients.
	DefaultTagMeasurements = 500
	// MaxTagMeasurements per request: vendor API docs advise under 1000; its Go client sends up to 1000.
	MaxTagMeasurements = 1000
	// QueueChunk is how many measurements a Queue sends in one request: the vendor's Python clients, both dialects.
	QueueChunk = 300
)

// Periods of aggregation in the service, in seconds: vendor API docs.
const (
	MinAggregationPeriod     = 10
	MaxAggregationPeriod     = 600
	DefaultAggregationPeriod = 60
)

// ReportedMaxAge, in seconds, is the age beyond which a user saw measurements
// refused as "too far in the past"; the vendor documents no number.
const ReportedMaxAge = 120 * 60

// ReservedSource stands for all sources in queries and cannot be written: vendor API docs.
const ReservedSource = "all"
