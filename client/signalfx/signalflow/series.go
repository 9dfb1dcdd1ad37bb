package signalflow

import (
	"iter"
	"slices"
	"strings"
)

// Properties that the service adds to series of its own accord (vendor's Python
// client and captured metadata).
const (
	// PropertyKey lists the names of the properties that identify the series.
	PropertyKey = "sf_key"
	// PropertyType is "MetricTimeSeries" or "EventTimeSeries"; it is not gauge or counter.
	PropertyType = "sf_type"
	// PropertyMetric is made up by the service for published streams, such as "_SF_COMP_<job>_01-PUBLISH_METRIC".
	PropertyMetric = "sf_metric"
	// PropertyOriginatingMetric may be missing when a stream combines several metrics.
	PropertyOriginatingMetric = "sf_originatingMetric"
	// PropertyStreamLabel is the argument of publish(); missing without one.
	PropertyStreamLabel = "sf_streamLabel"
	// PropertyOrganization is the id of the organization.
	PropertyOrganization = "sf_organizationID"
	// PropertyResolution is in milliseconds.
	PropertyResolution = "sf_resolutionMs"
)

// Series is the metadata of one output series, kept compactly: a few bytes per
// property that it shares with others. It never changes; when the server sends
// other metadata for the same id, that is another Series. Safe for concurrent use.
type Series struct {
	dictionary *dictionary
	packed     string
	id         TSID
	// next is the series that followed in the latest data message and gone means
	// that the catalog has let go of this one. Both belong to the catalog.
	next *Series
	gone bool
}

// ID is the name of the series within its computation.
func (s *Series) ID() TSID { return s.id }

// Properties yields everything the server told, in its order.
func (s *Series) Properties() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for rest := s.packed; rest != ""; {
			var key string
			var value Value
			key, value, rest = s.dictionary.unpack(rest)
			if !yield(key, value) {
				return
			}
		}
	}
}

// Get returns one property.
func (s *Series) Get(key string) (Value, bool) {
	for k, v := range s.Properties() {
		if k == key {
			return v, true
		}
	}
	return Value{}, false
}

// Text returns a property as text, "" if it is missing.
func (s *Series) Text(key string) string {
	if v, ok := s.Get(key); ok {
		return v.Text()
	}
	return ""
}

// OriginatingMetric is the name of the metric that the series was computed from, "" if the server does not tell.
func (s *Series) OriginatingMetric() string { return s.Text(PropertyOriginatingMetric) }

// StreamLabel is the argument of publish(), "" without one.
func (s *Series) StreamLabel() string { return s.Text(PropertyStreamLabel) }

// Dimensions yields what identifies the series to its user: the properties that
// PropertyKey lists, without the service's own. If the server has not told the
// list, it yields all properties but the service's own.
func (s *Series) Dimensions() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		list, listed := s.Get(PropertyKey)
		var room [16]string
		identity := room[:0]
		if listed {
			for raw := range elements([]byte(list.text)) {
				identity = append(identity, textOf(raw))
			}
		}
		for key, value := range s.Properties() {
			if IsInternal(key) || listed && !slices.Contains(identity, key) {
				continue
			}
			if !yield(key, value) {
				return
			}
		}
	}
}

// IsInternal reports whether a property is the service's own bookkeeping. The job's
// id is, although its name does not begin like the others.
func IsInternal(key string) bool {
	return strings.HasPrefix(key, "sf_") || key == "computationId" || key == "jobId"
}
