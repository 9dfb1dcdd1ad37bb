package signalfx

// Limits of the service. Lengths are in characters (Unicode code points). A
// datapoint or event that breaks one is dropped by the service without a word.
const (
	// MaxMetricNameLength: vendor Go REST client, metric name.
	MaxMetricNameLength = 256
	// MaxDimensions on one datapoint: vendor ingest API.
	MaxDimensions = 36
	// MaxDimensionKeyLength: vendor ingest API.
	MaxDimensionKeyLength = 128
	// MaxDimensionValueLength: vendor ingest API, strings.
	MaxDimensionValueLength = 256
	// MaxPropertyValueLength of events and dimensions: vendor metadata API.
	MaxPropertyValueLength = 256
	// MaxProperties of one dimension: vendor metadata API.
	MaxProperties = 50
	// MaxTags of one dimension: vendor metadata API.
	MaxTags = 50
	// MaxTagLength: vendor metadata API.
	MaxTagLength = 256
	// MaxDescriptionLength of a metric or dimension: vendor metadata API.
	MaxDescriptionLength = 1024
	// MaxEventTypeLength, ASCII without blanks: vendor ingest API.
	MaxEventTypeLength = 256
	// MaxHistogramBuckets of an OTLP histogram: comment in the vendor's default collector configuration.
	MaxHistogramBuckets = 32
)

// Limits on one request. The vendor documents none; these are our practice, above
// what its own clients send at once (Python 300, agent 1000 datapoints).
const (
	DefaultMaxDatapointsPerRequest = 5000
	// DefaultMaxRequestBytes is before compression.
	DefaultMaxRequestBytes = 1 << 20
	// MinCompressedBytes: the vendor's Go client and the upstream exporter compress bodies longer than this.
	MinCompressedBytes = 1500
)

// HighResolution is the dimension key that marks a high-resolution datapoint; the
// only one with the reserved prefix "sf_" that a client may send.
const HighResolution = "sf_hires"
