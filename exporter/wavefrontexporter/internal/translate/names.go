package translate

import (
	"strings"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// suffix tells apart the series that one OTLP metric becomes.
type suffix uint8

const (
	suffixNone suffix = iota
	suffixCount
	suffixSum
	suffixMin
	suffixMax
	suffixes
)

var suffixTexts = [suffixes]string{"", "_count", "_sum", "_min", "_max"}

// metricName is an OTLP metric's name, made ready for every series it becomes.
type metricName struct {
	series [suffixes]seriesName
	delta  seriesName // as a delta counter
	signed bool       // the name begins with a delta sign: whoever made it meant a delta counter
}

type seriesName struct {
	quoted []byte // nil when the name cannot be sent, for the reason
	reason Reason
	change wavefront.Change
}

// names caches what names become. A name that was seen costs one map look-up. It is
// bounded, since names come from outside.
type names struct {
	encode *wavefront.Encoder
	byName map[string]*metricName
}

const maxCachedNames = 10_000

func (n *names) get(name string) *metricName {
	if m, ok := n.byName[name]; ok {
		return m
	}
	if n.byName == nil || len(n.byName) >= maxCachedNames {
		n.byName = make(map[string]*metricName)
	}
	m := n.make(name)
	n.byName[strings.Clone(name)] = m // the batch's memory must not be pinned by the cache
	return m
}

func (n *names) make(name string) *metricName {
	m := &metricName{signed: isSigned(name)}
	m.delta = newSeriesName(n.encode.AppendDeltaName(nil, name))
	plain, change := name, wavefront.Change(0)
	if m.signed {
		// Every reader would take it for a delta counter.
		_, size := utf8.DecodeRuneInString(name)
		plain, change = "-"+name[size:], wavefront.NameRewritten
	}
	for i, text := range suffixTexts {
		m.series[i] = newSeriesName(n.encode.AppendName(nil, plain+text))
		m.series[i].change |= change
		if wavefront.IsBlankName(name) {
			m.series[i] = seriesName{reason: NoMetricName}
		}
	}
	return m
}

func newSeriesName(quoted []byte, change wavefront.Change, err error) seriesName {
	switch err {
	case nil:
		return seriesName{quoted: quoted, change: change}
	case wavefront.NameTooLong:
		return seriesName{reason: NameTooLong}
	}
	return seriesName{reason: NoMetricName}
}

// isSigned reports whether a name begins with one of the signs that readers take for a delta counter's.
func isSigned(name string) bool {
	return strings.HasPrefix(name, "\u2206") || strings.HasPrefix(name, "\u0394")
}
