package wavefront

import (
	"math"
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// checkPoint returns the first rule that a metric, delta counter or distribution breaks, or nil.
func (d *decoder) checkPoint(name, source string, tags store.Dimensions, histogram bool) *refusal {
	if strings.TrimSpace(source) == "" {
		return refuse(SourceMissing, "the source is missing or blank")
	}
	if n := utf16Len(source); n > d.limits.Source {
		return refuse(SourceLength, "the source has %d characters, the limit is %d", n, d.limits.Source)
	}
	if r := d.checkName(name, histogram); r != nil {
		return r
	}
	if n := len(tags); n > d.limits.PointTags {
		return refuse(TagCount, "%d point tags, the limit is %d", n, d.limits.PointTags)
	}
	for _, tag := range tags {
		if r := d.checkPointTag(tag); r != nil {
			return r
		}
	}
	return nil
}

func (d *decoder) checkName(name string, histogram bool) *refusal {
	reason, limit := MetricNameLength, d.limits.MetricName
	if histogram {
		reason, limit = HistogramLength, d.limits.HistogramName
	}
	if n := utf16Len(name); n > limit {
		return refuse(reason, "the name has %d characters, the limit is %d", n, limit)
	}
	if !isName(name) {
		return refuse(MetricNameChars, "the name %q holds other characters than A-Z a-z 0-9 , - . / _ or is empty", shorten(name))
	}
	return nil
}

func (d *decoder) checkPointTag(tag store.Dimension) *refusal {
	key, value := utf16Len(tag.Key), utf16Len(tag.Value)
	switch {
	case strings.TrimSpace(tag.Value) == "":
		return refuse(TagValueBlank, "the value of tag %q is empty or blank", shorten(tag.Key))
	case key+value > maxTagLength:
		return refuse(TagLength, "tag %q: key and value have %d characters, the limit is %d", shorten(tag.Key), key+value, maxTagLength)
	case key > d.limits.PointTagKey:
		return refuse(TagKeyLength, "the tag key %q has %d characters, the limit is %d", shorten(tag.Key), key, d.limits.PointTagKey)
	case !isName(tag.Key):
		return refuse(TagKeyChars, "the tag key %q holds other characters than A-Z a-z 0-9 , - . / _ or is empty", shorten(tag.Key))
	case value > d.limits.PointTagValue:
		return refuse(TagValueLength, "the value of tag %q has %d characters, the limit is %d", shorten(tag.Key), value, d.limits.PointTagValue)
	}
	return nil
}

// isName applies the vendor's rule for metric names and tag keys: codes 44 to 57,
// letters and _; a ~ or a delta may come first, and a ~ after a delta.
func isName(name string) bool {
	rest, _ := cutDelta(name)
	rest = strings.TrimPrefix(rest, "~")
	for _, r := range rest {
		if !(r >= ',' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_') {
			return false
		}
	}
	return name != ""
}

// checkTime returns why a timestamp in milliseconds is outside of the window, or nil.
func (d *decoder) checkTime(millis int64) *refusal {
	if millis == noTime {
		return nil
	}
	switch age := d.now.Sub(time.UnixMilli(millis)); {
	case age > maxAge:
		return refuse(TimestampWindow, "the timestamp is %s old, the limit is %s", age.Round(time.Hour), maxAge)
	case age < -maxAhead:
		return refuse(TimestampWindow, "the timestamp is %s ahead, the limit is %s", (-age).Round(time.Minute), maxAhead)
	}
	return nil
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
