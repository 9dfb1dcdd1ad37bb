package translate

import (
	"regexp"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Placeholders of a metric name's template.
const (
	placeholderLabel   = "{label}"
	placeholderMetric  = "{originating_metric}"
	placeholderProgram = "{program}"
)

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// UnknownPlaceholder returns the first placeholder of a template that has no meaning, "" without one.
func UnknownPlaceholder(template string) string {
	for _, found := range placeholder.FindAllString(template, -1) {
		switch found {
		case placeholderLabel, placeholderMetric, placeholderProgram:
		default:
			return found
		}
	}
	return ""
}

// madeUp are metric names that the service invents for published streams
// (vendor's captured metadata of 2016 and 2017).
var madeUp = regexp.MustCompile(`^_+SF_COMP_`)

// metricName returns the template filled in, or the first name that the series has:
// of the metric it was computed from, of its stream, of the program.
func (r *Rules) metricName(s *signalflow.Series, label string) string {
	metric := s.OriginatingMetric()
	if r.NameTemplate != "" {
		return strings.NewReplacer(placeholderLabel, label, placeholderMetric, metric, placeholderProgram, r.Program).Replace(r.NameTemplate)
	}
	if metric != "" {
		return metric
	}
	if label != "" {
		return label
	}
	if own := s.Text(signalflow.PropertyMetric); own != "" && !madeUp.MatchString(own) {
		return own
	}
	return "signalflow." + r.Program
}
