package translate

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Frame gathers the points of one data message, which have one time.
type Frame struct {
	rules        *Rules
	time, start  pcommon.Timestamp
	expected     int
	points       int
	metrics      pmetric.Metrics
	list         pmetric.MetricSlice
	organization string
	// The metric of the latest point; one message mostly has one metric.
	name   string
	latest pmetric.NumberDataPointSlice
	byName map[string]pmetric.NumberDataPointSlice
}

// Resource attributes. The computation's id is none: it changes whenever a program
// is executed again, and every series would be another one.
const (
	attributeProgram      = "signalflow.program.name"
	attributeRealm        = "signalflow.realm"
	attributeOrganization = "signalflow.organization.id"
)

// NewFrame begins the points of a logical time. The resolution is the output's step,
// 0 if it is not known; expected is how many points will come.
func (r *Rules) NewFrame(timestampMs, resolutionMs int64, expected int) *Frame {
	f := &Frame{rules: r, time: nanoseconds(timestampMs), expected: expected, metrics: pmetric.NewMetrics()}
	if r.Type == DeltaSum && resolutionMs > 0 {
		f.start = nanoseconds(timestampMs - resolutionMs)
	}
	scope := f.metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	scope.Scope().SetName(r.ScopeName)
	scope.Scope().SetVersion(r.ScopeVersion)
	f.list = scope.Metrics()
	return f
}

func nanoseconds(ms int64) pcommon.Timestamp { return pcommon.Timestamp(ms * 1e6) }

// Points is how many points the frame has.
func (f *Frame) Points() int { return f.points }

// Append adds a point that has a value.
func (f *Frame) Append(s *Series, p *signalflow.Point) {
	if p.IsInteger() {
		f.point(s).SetIntValue(p.Int())
	} else {
		f.point(s).SetDoubleValue(p.Float())
	}
}

// AppendNoValue adds a point that says that the series has no value.
func (f *Frame) AppendNoValue(s *Series) {
	f.point(s).SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
}

func (f *Frame) point(s *Series) pmetric.NumberDataPoint {
	f.points++
	f.organization = s.organization
	if s.name != f.name || f.byName == nil {
		f.find(s.name)
	}
	p := f.latest.AppendEmpty()
	p.SetTimestamp(f.time)
	switch {
	case f.start != 0:
		p.SetStartTimestamp(f.start)
	case f.rules.Type == DeltaSum && s.resolutionMs > 0:
		p.SetStartTimestamp(f.time - nanoseconds(s.resolutionMs))
	}
	s.attributes.CopyTo(p.Attributes())
	return p
}

// find makes the metric of a name the latest.
func (f *Frame) find(name string) {
	f.name = name
	latest, ok := f.byName[name]
	if !ok {
		latest = f.add(name)
		if f.byName == nil {
			f.byName = make(map[string]pmetric.NumberDataPointSlice, 1)
			latest.EnsureCapacity(f.expected)
		}
		f.byName[name] = latest
	}
	f.latest = latest
}

func (f *Frame) add(name string) pmetric.NumberDataPointSlice {
	m := f.list.AppendEmpty()
	m.SetName(name)
	if f.rules.Type == Gauge {
		return m.SetEmptyGauge().DataPoints()
	}
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(f.rules.Monotonic)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	if f.rules.Type == DeltaSum {
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	}
	return sum.DataPoints()
}

// Metrics returns what was gathered. The frame must not be used afterwards.
func (f *Frame) Metrics() pmetric.Metrics {
	f.rules.setResource(f.metrics.ResourceMetrics().At(0).Resource(), f.organization)
	return f.metrics
}

func (r *Rules) setResource(to pcommon.Resource, organization string) {
	to.Attributes().PutStr(attributeProgram, r.Program)
	if r.Realm != "" {
		to.Attributes().PutStr(attributeRealm, r.Realm)
	}
	if organization != "" {
		to.Attributes().PutStr(attributeOrganization, organization)
	}
}
