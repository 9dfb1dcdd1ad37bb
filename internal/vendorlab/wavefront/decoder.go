package wavefront

import (
	"bytes"
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
	// discarded counts lines in place of decoding them, by their kind; nil: they are decoded.
	discarded map[string]int
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
	if d.discarded != nil {
		if len(bytes.TrimSpace(raw)) > 0 {
			d.discarded[kindOf(f)]++
		}
		return
	}
	line := strings.TrimSpace(validText(raw))
	if line == "" {
		return
	}
	decode := d.metric
	switch f {
	case formatHistogram:
		decode = d.histogram
	case formatTrace:
		decode = d.span
	case formatSpanLogs:
		decode = d.spanLogs
	case formatEvent:
		decode = d.event
	case formatSourceTag:
		decode = d.sourceTag
	}
	if r := decode(line); r != nil {
		d.Refuse(kindOf(f), string(r.reason), r.detail, line)
	}
}

func kindOf(f format) string {
	switch f {
	case formatHistogram:
		return kinds.Distribution
	case formatTrace:
		return kinds.Span
	case formatSpanLogs:
		return kinds.SpanLog
	case formatEvent:
		return kinds.Event
	case formatSourceTag:
		return kindSourceTag
	}
	return kinds.Sample
}

func (d *decoder) isEmpty() bool {
	return len(d.discarded)+len(d.Samples)+len(d.Events)+len(d.Spans)+len(d.SpanLogs)+len(d.Refused)+len(d.changes) == 0
}
