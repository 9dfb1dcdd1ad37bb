package signalfx

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Vendor limits, in characters, not bytes. Sources: the vendor's ingest API
// description (POST /v2/datapoint, POST /v2/event) and its page of system limits.
const (
	maxMetricName     = 256
	maxDimensions     = 36
	maxDimensionName  = 128
	maxDimensionValue = 256
	maxEventType      = 256
	maxProperties     = 50
	// The vendor's collector configurations merge buckets to 32 because more are dropped.
	maxHistogramBuckets = 32
)

// refusal is why one item is dropped.
type refusal struct {
	reason Reason
	detail string
}

// Error makes a broken rule of the metadata API an error.
func (r *refusal) Error() string { return r.detail }

func refuse(reason Reason, format string, args ...any) *refusal {
	return &refusal{reason: reason, detail: fmt.Sprintf(format, args...)}
}

// checkSample sorts the dimensions and returns the first rule the sample breaks, or nil.
func checkSample(s *store.Sample) *refusal {
	if r := checkMetricName(s.Metric); r != nil {
		return r
	}
	s.Dimensions.Sort()
	if r := checkDimensions(s.Dimensions); r != nil {
		return r
	}
	return checkValue(s.Value)
}

func checkMetricName(name string) *refusal {
	if !utf8.ValidString(name) {
		return refuse(InvalidUTF8, "the metric name is not UTF-8")
	}
	if n := utf8.RuneCountInString(name); n > maxMetricName {
		return refuse(MetricNameLength, "the metric name has %d characters, the limit is %d", n, maxMetricName)
	}
	if name == "sf_metric" || strings.HasPrefix(name, "sf.") {
		return refuse(MetricNameReserved, "metric names sf_metric and sf.* are the vendor's own")
	}
	return nil
}

// checkDimensions expects sorted dimensions.
func checkDimensions(dimensions store.Dimensions) *refusal {
	if n := len(dimensions); n > maxDimensions {
		return refuse(DimensionCount, "%d dimensions, the limit is %d", n, maxDimensions)
	}
	for i := range dimensions {
		if i > 0 && dimensions[i].Key == dimensions[i-1].Key {
			return refuse(DimensionDuplicate, "dimension %q is present more than once", dimensions[i].Key)
		}
		if r := checkDimension(dimensions[i]); r != nil {
			return r
		}
	}
	return nil
}

func checkDimension(d store.Dimension) *refusal {
	if !utf8.ValidString(d.Key) || !utf8.ValidString(d.Value) {
		return refuse(InvalidUTF8, "dimension %q is not UTF-8", d.Key)
	}
	if n := utf8.RuneCountInString(d.Key); n > maxDimensionName {
		return refuse(DimensionNameLength, "a dimension name has %d characters, the limit is %d", n, maxDimensionName)
	}
	if !isDimensionName(d.Key) {
		return refuse(DimensionName, "dimension name %q: must start with a letter, then letters, digits, _ - and . only, and not start with sf_", d.Key)
	}
	if n := utf8.RuneCountInString(d.Value); n > maxDimensionValue {
		return refuse(DimensionValue, "the value of dimension %q has %d characters, the limit is %d", d.Key, n, maxDimensionValue)
	}
	return nil
}

// isDimensionName allows dots although the vendor's text does not name them: the
// vendor's own content uses host.name and k8s.pod.uid. The sf_ prefix is the
// vendor's, except sf_hires, which marks a high-resolution point.
func isDimensionName(name string) bool {
	if strings.HasPrefix(name, "sf_") {
		return name == "sf_hires"
	}
	for i, r := range name {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !strings.ContainsRune("_-.", r)) {
			return false
		}
	}
	return name != ""
}

func checkValue(v store.Value) *refusal {
	switch {
	case v.IsEmpty():
		return refuse(ValueMissing, "the point has no value")
	case !v.IsFinite():
		return refuse(ValueNotFinite, "the value is %s", v)
	case v.Histogram() != nil:
		return checkHistogram(v.Histogram())
	}
	return nil
}

func checkHistogram(h *store.Histogram) *refusal {
	if n := len(h.Counts); n > maxHistogramBuckets {
		return refuse(HistogramBuckets, "the histogram has %d buckets, the limit is %d", n, maxHistogramBuckets)
	}
	if len(h.Counts) > 0 && len(h.Counts) != len(h.Bounds)+1 {
		return refuse(HistogramShape, "the histogram has %d buckets and %d bounds, there must be one bucket more", len(h.Counts), len(h.Bounds))
	}
	for i := 1; i < len(h.Bounds); i++ {
		if !(h.Bounds[i-1] < h.Bounds[i]) { // also catches NaN
			return refuse(HistogramShape, "the histogram's bounds do not increase")
		}
	}
	return nil
}

// eventCategories are the names the vendor knows. AGENT is protobuf only.
var eventCategories = map[string]bool{
	"ALERT": true, "AUDIT": true, "JOB": true, "COLLECTD": true, "SERVICE_DISCOVERY": true,
	"EXCEPTION": true, "USER_DEFINED": true,
}

// checkEvent sorts the dimensions and returns the first rule the event breaks, or nil.
func checkEvent(e *store.Event) *refusal {
	if r := checkEventType(e.Type); r != nil {
		return r
	}
	e.Dimensions.Sort()
	if r := checkDimensions(e.Dimensions); r != nil {
		return r
	}
	return checkProperties(e.Properties)
}

func checkEventType(name string) *refusal {
	if name == "" {
		return refuse(EventType, "eventType is empty")
	}
	if n := utf8.RuneCountInString(name); n > maxEventType {
		return refuse(EventType, "eventType has %d characters, the limit is %d", n, maxEventType)
	}
	for _, r := range name {
		if r > unicode.MaxASCII || unicode.IsSpace(r) {
			return refuse(EventType, "eventType may only hold ASCII without blanks")
		}
	}
	return nil
}

func checkProperties(properties map[string]any) *refusal {
	if n := len(properties); n > maxProperties {
		return refuse(PropertyCount, "%d properties, the limit is %d", n, maxProperties)
	}
	for name, value := range properties {
		if utf8.RuneCountInString(name) > maxDimensionName || !isDimensionName(name) {
			return refuse(PropertyName, "property name %q breaks the rules of dimension names", name)
		}
		if r := checkProperty(name, value); r != nil {
			return r
		}
	}
	return nil
}

func checkProperty(name string, value any) *refusal {
	switch v := value.(type) {
	case nil:
		return refuse(PropertyValue, "property %q has no value", name)
	case string:
		if n := utf8.RuneCountInString(v); n > maxDimensionValue {
			return refuse(PropertyValue, "the value of property %q has %d characters, the limit is %d", name, n, maxDimensionValue)
		}
	case float64:
		if !store.Double(v).IsFinite() {
			return refuse(PropertyValue, "the value of property %q is %s", name, store.Double(v))
		}
	case int64, bool:
	default:
		return refuse(PropertyValue, "property %q is neither text, number nor bool", name)
	}
	return nil
}
