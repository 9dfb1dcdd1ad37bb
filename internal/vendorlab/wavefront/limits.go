package wavefront

import "time"

// Limits are the lengths and counts that are enforced. Lengths are in UTF-16 units.
type Limits struct {
	MetricName, HistogramName, Source int

	PointTags, PointTagKey, PointTagValue int

	SpanName, SpanTags, SpanTagKey, SpanTagValue int
}

// ServiceLimits are the service's defaults for a customer (vendor documentation:
// "Wavefront data format", "Limits"). A proxy takes them over when it checks in.
var ServiceLimits = Limits{
	MetricName: 256, HistogramName: 256, Source: 128,
	PointTags: 20, PointTagKey: 64, PointTagValue: 255,
	SpanName: 128, SpanTags: 50, SpanTagKey: 128, SpanTagValue: 128,
}

// LibraryLimits are what a proxy enforces until its first check-in (vendor java-lib:
// ValidationConfiguration).
var LibraryLimits = Limits{
	MetricName: 1023, HistogramName: 1023, Source: 1023,
	PointTags: 100, PointTagKey: 253, PointTagValue: 255,
	SpanName: 128, SpanTags: 20, SpanTagKey: 128, SpanTagValue: 128,
}

const (
	// maxTagLength bounds key and value of a point tag together (java-lib: less than 255).
	maxTagLength = 254
	// maxCentroids of one distribution (java-lib: histogram context of the service).
	maxCentroids = 100
	// maxSpanLog bounds one line of span logs, in bytes (vendor documentation: "Span logs").
	maxSpanLog = 32768

	// maxKept bounds an event and a description, in bytes: this stand-in's own limit.
	maxKept = 32768

	// Timestamps from a year ago to a day ahead are taken (proxy: dataBackfillCutoffHours
	// and dataPrefillCutoffHours).
	maxAge   = 8760 * time.Hour
	maxAhead = 24 * time.Hour
	// maxDeltaAge: older delta counters are not ingested (vendor documentation: "Delta counters").
	maxDeltaAge = 15 * time.Minute
	// deltaBin is the width of the bins into which delta counters are added up, in milliseconds.
	deltaBin = 60_000
)
