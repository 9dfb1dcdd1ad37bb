package translate

import (
	"strings"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// suffix tells apart the metrics that one OTLP metric becomes.
type suffix uint8

const (
	suffixNone suffix = iota
	suffixCount
	suffixSum
	suffixMin
	suffixMax
	suffixBucket
	suffixQuantile
	suffixStatMin
	suffixStatMax
	suffixStatMean
	suffixP50
	suffixP75
	suffixP95
	suffixP99
	suffixP999
	suffixes
)

var suffixTexts = [suffixes]string{
	"", "_count", "_sum", "_min", "_max", "_bucket", "_quantile",
	// The names of the vendor's Python reporter (pyformance).
	".min", ".max", ".avg", ".50_percentile", ".75_percentile", ".95_percentile", ".99_percentile", ".999_percentile",
}

// metricName is an OTLP metric's name, made ready for every metric it becomes.
type metricName struct {
	text     string // valid UTF-8
	repaired bool   // the name was not
	filter   *Filter
	series   [suffixes]*seriesName // made when they are first asked for
}

// of is the name with a suffix.
func (m *metricName) of(s suffix) *seriesName {
	if m.series[s] == nil {
		m.series[s] = newSeriesName(m.text, suffixTexts[s], m.filter)
	}
	return m.series[s]
}

type seriesName struct {
	// head is the encoded name; nil when the name cannot be sent, for the reason.
	head    []byte
	reason  Reason
	verdict verdict
}

// names caches what names become. A name that was seen costs one map look-up. It is
// bounded, since names come from outside.
type names struct {
	filter *Filter
	byName map[string]*metricName
}

const maxCachedNames = 10_000

// maxNameBytes is what the longest name that can be sent takes; longer ones are not
// worth remembering.
const maxNameBytes = signalfx.MaxMetricNameLength * utf8.UTFMax

var tooLongName = func() (m metricName) {
	for i := range m.series {
		m.series[i] = &seriesName{reason: MetricNameTooLong}
	}
	return m
}()

func (n *names) get(name string) *metricName {
	if m, ok := n.byName[name]; ok {
		return m
	}
	if len(name) > maxNameBytes {
		return &tooLongName
	}
	if n.byName == nil || len(n.byName) >= maxCachedNames {
		n.byName = make(map[string]*metricName)
	}
	name = strings.Clone(name) // the batch's memory must not be pinned by the cache
	m := &metricName{text: repaired(name, nil), repaired: !utf8.ValidString(name), filter: n.filter}
	n.byName[name] = m
	return m
}

func newSeriesName(name, suffix string, filter *Filter) *seriesName {
	sent := name + suffix
	switch {
	case name == "":
		return &seriesName{reason: NoMetricName}
	case longer(sent, signalfx.MaxMetricNameLength):
		return &seriesName{reason: MetricNameTooLong}
	}
	s := &seriesName{head: signalfx.AppendMetricName(nil, sent, ""), verdict: filter.of(sent)}
	if s.verdict.excluded {
		return &excludedName
	}
	return s
}
