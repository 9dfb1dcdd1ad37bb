package translate

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// MetricOf is what the service can be told of a metric besides its measurements, under
// the name that its measurements have. It reports false for a metric without a name.
func MetricOf(m pmetric.Metric, r *Rules) (name string, metric librato.Metric, ok bool) {
	name = librato.SanitizeName(m.Name())
	k := kindOf(m, r)
	p := new(properties).ofMetric(m, &r.Properties, k)
	metric = librato.Metric{Type: "gauge", Description: p.Description, Period: r.Properties.Period, Attributes: p.Attributes}
	if k == kindCounter {
		metric.Type = "counter"
	}
	return name, metric, name != ""
}

// kind is what the numbers of a metric are.
type kind uint8

const (
	kindLevel   kind = iota // the value at a time
	kindTotal               // a running total, sent as it is
	kindDelta               // what was added since the last point
	kindCounter             // a running total whose differences the service derives
)

// kindOf is the kind of a metric's counting values: the numbers of sums, the counts of
// histograms and summaries. An unspecified temporality counts as cumulative.
func kindOf(m pmetric.Metric, r *Rules) kind {
	var temporality pmetric.AggregationTemporality
	switch m.Type() {
	case pmetric.MetricTypeSum:
		if !m.Sum().IsMonotonic() {
			return kindLevel
		}
		temporality = m.Sum().AggregationTemporality()
		if temporality != pmetric.AggregationTemporalityDelta && r.Cumulative && r.Dialect == librato.SourceDialect {
			return kindCounter
		}
	case pmetric.MetricTypeHistogram:
		temporality = m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		temporality = m.ExponentialHistogram().AggregationTemporality()
	case pmetric.MetricTypeSummary:
		// OTLP has no word for it: the conversion in front of the queue leaves differences.
		if !r.Cumulative {
			return kindDelta
		}
	default:
		return kindLevel
	}
	if temporality == pmetric.AggregationTemporalityDelta {
		return kindDelta
	}
	return kindTotal
}

// properties are those of a metric that a measurement creates, but for the period: the
// frame of a request has it for all. The memory is used again.
type properties struct {
	librato.Properties
	attributes librato.Attributes
}

// ofMetric are the properties of what a metric measures.
func (p *properties) ofMetric(m pmetric.Metric, r *PropertyRules, k kind) *librato.Properties {
	return p.set(m.Description(), librato.Attributes{
		DisplayUnitsShort: m.Unit(),
		DisplayUnitsLong:  unitName(m.Unit()),
		SummarizeFunction: r.summarize(k == kindDelta && m.Type() == pmetric.MetricTypeSum),
	})
}

// ofCount are the properties of a metric that counts what another one measures.
func (p *properties) ofCount(r *PropertyRules, k kind) *librato.Properties {
	return p.set("", librato.Attributes{SummarizeFunction: r.summarize(k == kindDelta)})
}

func (p *properties) set(description string, a librato.Attributes) *librato.Properties {
	p.attributes = a
	p.Properties = librato.Properties{Description: description}
	if a != (librato.Attributes{}) {
		p.Properties.Attributes = &p.attributes
	}
	return &p.Properties
}

func (r *PropertyRules) summarize(differences bool) string {
	switch {
	case r.Summarize == SummarizeAuto && differences:
		return "sum"
	case r.Summarize == SummarizeAuto || r.Summarize == SummarizeNone:
		return ""
	}
	return r.Summarize
}

// unitNames are readable names of the UCUM codes that OpenTelemetry's conventions use.
var unitNames = map[string]string{
	"%": "percent", "1": "ratio", "A": "amperes", "Bi": "bits", "By": "bytes", "By/s": "bytes per second", "Cel": "degrees Celsius",
	"GBy": "gigabytes", "GiBy": "gibibytes", "Hz": "hertz", "J": "joules", "KiBy": "kibibytes", "MBy": "megabytes", "MiBy": "mebibytes",
	"V": "volts", "W": "watts", "bit": "bits", "d": "days", "h": "hours", "kBy": "kilobytes", "kg": "kilograms", "m": "meters",
	"min": "minutes", "ms": "milliseconds", "ns": "nanoseconds", "s": "seconds", "us": "microseconds",
}

// unitName is a readable name of a unit, empty when there is none. Braces hold what is counted.
func unitName(unit string) string {
	if inner, ok := strings.CutPrefix(unit, "{"); ok {
		if inner, ok = strings.CutSuffix(inner, "}"); ok {
			return inner
		}
	}
	return unitNames[unit]
}
