package wavefront

import "math"

// Limits bounds what an [Encoder] writes. Lengths are in UTF-16 code units, which
// is what the proxy and the service count; 0 means that nothing is enforced.
//
// A text over its limit is refused, or cut when CutText is set. Metric names and
// tag keys are never cut: a cut one would merge what the sender keeps apart.
type Limits struct {
	MetricName int
	Source     int

	// PointTags is the number of tags on a metric, delta counter or histogram line, the source not counted.
	PointTags     int
	PointTagKey   int
	PointTagValue int
	// PointTagPair bounds the key and its value together.
	PointTagPair int

	// Centroids is the number of centroids in a distribution.
	Centroids int

	SpanName     int
	SpanTags     int
	SpanTagKey   int
	SpanTagValue int

	// CutText says to cut sources, values and span names that are too long, instead of refusing them.
	CutText bool
}

// DocumentedLimits are the defaults of a tenant: vendor documentation, "Wavefront
// data format best practices" and "limits". A proxy enforces them once the service
// has told it to.
func DocumentedLimits() Limits {
	return Limits{
		MetricName: 256, Source: 128,
		PointTags: 20, PointTagKey: 64, PointTagValue: 255,
		PointTagPair: 254, // documented as 255 with the equals sign
		Centroids:    100, // vendor java-lib, histogram validation of the service
		SpanName:     128, SpanTags: 50, SpanTagKey: 128, SpanTagValue: 128,
	}
}

// ProxyLimits are what a proxy enforces before the service has told it otherwise:
// vendor java-lib, ValidationConfiguration.
func ProxyLimits() Limits {
	return Limits{
		MetricName: 1023, Source: 1023,
		PointTags: 100, PointTagKey: 253, PointTagValue: 255, PointTagPair: 254,
		Centroids: 100,
		SpanName:  128, SpanTags: 20, SpanTagKey: 128, SpanTagValue: 128,
	}
}

const (
	// MaxCentroidCount is the largest count of a centroid: the proxy's parser reads it as a signed 32-bit integer.
	MaxCentroidCount = math.MaxInt32
	// MaxHistogramLines is the number of lines over which larger counts are spread.
	// Ours: the format has no limit, but a broken counter must not fill a request.
	MaxHistogramLines = 16
	// MaxSpanLogBytes is the size of the span logs of one line: vendor documentation, "tracing limits".
	MaxSpanLogBytes = 32768
	// MaxDeltaAgeSeconds is the age after which the service does not take a delta counter: vendor documentation, "delta counters".
	MaxDeltaAgeSeconds = 15 * 60
	// MaxPastSeconds and MaxFutureSeconds bound timestamps around now: vendor java-lib, dataBackfillCutoffHours and dataPrefillCutoffHours.
	MaxPastSeconds   = 8760 * 3600
	MaxFutureSeconds = 24 * 3600
)

// MinCompressedBytes is the size above which a body is compressed. Ours: below it
// gzip costs more than it saves.
const MinCompressedBytes = 512

// MaxRequestBytes is the body that a proxy reads over HTTP, uncompressed: vendor
// proxy, pushListenerHttpBufferSize. The service documents no limit of its own.
const MaxRequestBytes = 16 << 20

// Lines in one request that the service takes: vendor proxy, which sends no more.
const (
	MaxRequestPoints     = 40000
	MaxRequestHistograms = 10000
	MaxRequestSpans      = 5000
	MaxRequestSpanLogs   = 1000
)

// Bytes of a line that a proxy reads over TCP; it drops longer ones: vendor proxy,
// pushListenerMaxReceivedLength, histogramMaxReceivedLength and traceListenerMaxReceivedLength.
const (
	MaxPushLineBytes      = 32768
	MaxHistogramLineBytes = 65536
	MaxTraceLineBytes     = 1 << 20
)
