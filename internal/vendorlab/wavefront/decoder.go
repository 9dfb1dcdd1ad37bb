package wavefront

import (
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
)

// kinds are the vendor's words for what it takes.
var kinds = intake.Kinds{Sample: "point", Distribution: "histogram", Event: "event", Span: "span", SpanLog: "span_log"}

// kindSourceTag is a change of a source's tags or description.
const kindSourceTag = "source_tag"

// decoder turns the lines of one request into a batch. A line that breaks a rule is
// refused alone.
type decoder struct {
	intake.Batch
	now    time.Time
	limits *Limits
	// proxy tells that a proxy stands in front, which repairs some lines.
	proxy bool
	// defaultSource is the source of lines that name none; empty: they are refused.
	defaultSource string
	changes       []sourceChange
}

// format is what the lines of a request are.
type format string

// The vendor's names of formats, as in /report?f=.
const (
	formatMetric    format = "wavefront"
	formatGraphite  format = "graphite_v2" // an alias
	formatHistogram format = "histogram"
	formatTrace     format = "trace"
	formatSpanLogs  format = "spanLogs"
	formatEvent     format = "event"
	formatSourceTag format = "sourceTag"
)

// detect tells the format of a line as the proxy does. Spans are not detected.
func detect(line string) format {
	switch {
	case strings.HasPrefix(line, sourceTagPrefix), strings.HasPrefix(line, sourceDescriptionPrefix):
		return formatSourceTag
	case strings.HasPrefix(line, eventPrefix):
		return formatEvent
	case strings.HasPrefix(line, "{") && strings.HasSuffix(line, "}"):
		return formatSpanLogs
	case strings.HasPrefix(line, "!M "), strings.HasPrefix(line, "!H "), strings.HasPrefix(line, "!D "):
		return formatHistogram
	}
	return formatMetric
}

// line decodes one line; blank ones are skipped.
func (d *decoder) line(f format, raw []byte) {
	line := strings.TrimSpace(validText(raw))
	if line == "" {
		return
	}
	kind, decode := kinds.Sample, d.metric
	switch f {
	case formatHistogram:
		kind, decode = kinds.Distribution, d.histogram
	case formatTrace:
		kind, decode = kinds.Span, d.span
	case formatSpanLogs:
		kind, decode = kinds.SpanLog, d.spanLogs
	case formatEvent:
		kind, decode = kinds.Event, d.event
	case formatSourceTag:
		kind, decode = kindSourceTag, d.sourceTag
	}
	if r := decode(line); r != nil {
		d.Refuse(kind, string(r.reason), r.detail, line)
	}
}

func (d *decoder) isEmpty() bool {
	return len(d.Samples)+len(d.Events)+len(d.Spans)+len(d.SpanLogs)+len(d.Refused)+len(d.changes) == 0
}
