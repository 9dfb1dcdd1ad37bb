package translate

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// Rules say how metrics become measurements. They are shared and immutable.
type Rules struct {
	Dialect librato.Dialect
	// Cumulative sends running totals as they are: as counters where the dialect has them.
	Cumulative bool
	Tags       TagRules
	// Source lists the attributes that make up the source; see the default in sourceOf.
	Source []string
	// Buckets sends a measurement for each bucket of a histogram.
	Buckets bool
	// Percentiles, 0 to 100, of histograms.
	Percentiles []Percentile
	Properties  PropertyRules
	Times       TimeRules
}

// TagRules say what becomes tags.
type TagRules struct {
	// Resource lists the resource attributes that become tags.
	Resource Patterns
	// ScopeName makes a tag of the scope's name.
	ScopeName bool
	// Static tags are sent unless an attribute has the same name.
	Static map[string]string
	// FallbackName and FallbackValue are the tag of what has no other.
	FallbackName, FallbackValue string
	// LowerValues sends values in lower case, as the service stores them.
	LowerValues bool
}

// Patterns are attribute keys; one may end in * for any ending.
type Patterns []string

func (p Patterns) match(key string) bool {
	for _, pattern := range p {
		if prefix, open := strings.CutSuffix(pattern, "*"); open && strings.HasPrefix(key, prefix) || key == pattern {
			return true
		}
	}
	return false
}

// PropertyRules say what the service is told of a metric when it creates it.
type PropertyRules struct {
	// Summarize is how the service rolls values up: SummarizeAuto, SummarizeNone or one of its functions.
	Summarize string
	// Period is the reporting interval in seconds, 0 for none.
	Period int64
}

// Values of PropertyRules.Summarize besides the service's functions.
const (
	SummarizeAuto = "auto" // sum for differences, the service's default for everything else
	SummarizeNone = "none"
)

// TimeRules bound and round the times of points.
type TimeRules struct {
	// MaxAge and MaxFuture bound what is sent; 0 is no bound.
	MaxAge, MaxFuture time.Duration
	// Floor, in seconds, rounds times down; 0 does not.
	Floor int64
}

// Check says why a point of a time is not sent: TooOld or InFuture. A point without a
// time is of now. Now is in nanoseconds.
func (r *TimeRules) Check(t pcommon.Timestamp, now int64) (Reason, bool) {
	switch nanos := int64(t); {
	case nanos == 0:
		return 0, true
	case nanos < 0 || r.MaxFuture > 0 && nanos-now > int64(r.MaxFuture):
		return InFuture, false
	case r.MaxAge > 0 && now-nanos > int64(r.MaxAge):
		return TooOld, false
	}
	return 0, true
}

// seconds returns the time that a point is sent with.
func (r *TimeRules) seconds(t pcommon.Timestamp, now int64) (int64, Reason, bool) {
	if reason, ok := r.Check(t, now); !ok {
		return 0, reason, false
	}
	nanos := int64(t)
	if nanos == 0 {
		nanos = now
	}
	s := nanos / int64(time.Second)
	if r.Floor > 0 {
		s -= s % r.Floor
	}
	return s, 0, true
}

// Limits bound one request.
type Limits struct{ Bytes, Measurements int }
