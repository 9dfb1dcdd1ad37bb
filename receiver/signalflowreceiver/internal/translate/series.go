package translate

import (
	"slices"

	"github.com/cespare/xxhash/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// AttributeLabel is the attribute with the argument of publish(). It tells streams
// apart that are computed from the same metric.
const AttributeLabel = "signalflow.stream.label"

// metricSeries is what sf_type says of a series of points; it does not tell gauges from counters.
const metricSeries = "MetricTimeSeries"

// MetricType is what a program's points become.
type MetricType uint8

// Metric types.
const (
	Gauge MetricType = iota
	DeltaSum
	CumulativeSum
)

// Rules are a program's settings.
type Rules struct {
	Program      string // its name
	Realm        string
	NameTemplate string // of metric names; may be empty
	Type         MetricType
	Monotonic    bool // sums
	// Properties are passed on as attributes although they do not identify a series;
	// AllProperties passes on all.
	Properties    []string
	AllProperties bool
	// NullAsNoRecordedValue passes on points without a value, with the flag.
	NullAsNoRecordedValue bool
	ScopeName             string
	ScopeVersion          string
}

// Series is one output series in the form that its points are made of.
type Series struct {
	// Identity is the same for the same series in all computations of the program,
	// whatever id the service gives it.
	Identity uint64
	// IsMetric is false for series that have no points.
	IsMetric bool

	name         string
	attributes   pcommon.Map
	organization string
	resolutionMs int64
}

// Prepare derives from the metadata of a series what its points need.
func (r *Rules) Prepare(s *signalflow.Series) Series {
	label := s.StreamLabel()
	prepared := Series{
		IsMetric: true, name: r.metricName(s, label), attributes: pcommon.NewMap(),
		organization: s.Text(signalflow.PropertyOrganization),
	}
	if kind := s.Text(signalflow.PropertyType); kind != "" && kind != metricSeries {
		prepared.IsMetric = false
	}
	if v, ok := s.Get(signalflow.PropertyResolution); ok {
		prepared.resolutionMs = v.Int()
	}
	var parts []string
	for key, value := range s.Dimensions() {
		if putValue(prepared.attributes, key, value) {
			parts = append(parts, key+"\x00"+value.Text())
		}
	}
	prepared.Identity = identity(label, prepared.name, parts)
	r.putProperties(prepared.attributes, s)
	if label != "" {
		prepared.attributes.PutStr(AttributeLabel, label)
	}
	return prepared
}

// putProperties adds the properties asked for. What identifies the series wins.
func (r *Rules) putProperties(to pcommon.Map, s *signalflow.Series) {
	if !r.AllProperties && len(r.Properties) == 0 {
		return
	}
	for key, value := range s.Properties() {
		if signalflow.IsInternal(key) || !r.AllProperties && !slices.Contains(r.Properties, key) {
			continue
		}
		if _, exists := to.Get(key); !exists {
			putValue(to, key, value)
		}
	}
}

// identity is kept in checkpoints: it must not change between versions.
func identity(label, name string, dimensions []string) uint64 {
	slices.Sort(dimensions)
	h := xxhash.New()
	for _, part := range append([]string{label, name}, dimensions...) {
		_, _ = h.WriteString(part)
		_, _ = h.WriteString("\x00\x01")
	}
	return h.Sum64()
}
