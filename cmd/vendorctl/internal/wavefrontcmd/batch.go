package wavefrontcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// maxBatch is how many items are sent at once: the vendor's SDKs' default, and for spans what the service takes.
const (
	maxBatch      = wavefront.MaxRequestSpans
	maxBatchBytes = 1 << 20
)

// order is the one in which the vendor's SDKs flush: span logs come after their spans.
var order = []wavefront.Format{
	wavefront.FormatMetrics, wavefront.FormatHistograms, wavefront.FormatSpans, wavefront.FormatSpanLogs, wavefront.FormatEvents,
}

// batch is lines of all formats.
type batch struct {
	session *session.Session
	to      *session.Wavefront
	encoder wavefront.Encoder
	// format of lines that are in the vendor's format already; empty for JSON.
	format wavefront.Format
	// now is the time of events without one, in Unix milliseconds.
	now int64

	lines map[wavefront.Format][]byte
	n     int
	// changes is what had to be altered so far.
	changes wavefront.Change
}

func newBatch(s *session.Session, source string) (*batch, error) {
	to, err := s.Wavefront()
	if err != nil {
		return nil, err
	}
	return &batch{
		session: s, to: to, now: s.Now().UnixMilli(), lines: map[wavefront.Format][]byte{},
		encoder: wavefront.Encoder{DefaultSource: source, Limits: wavefront.DocumentedLimits()},
	}, nil
}

// Add implements input.Batch.
func (b *batch) Add(text []byte) (full bool, err error) {
	if b.format != "" {
		b.lines[b.format] = append(append(b.lines[b.format], text...), '\n')
		b.n++
		return b.full(b.format), nil
	}
	var l line
	if err := input.Line(text, &l); err != nil {
		return false, err
	}
	f, err := b.add(&l)
	return b.full(f), err
}

// full reports whether it is time to send. The service takes one event a request: each
// is sent alone, so that what was not sent can be named.
func (b *batch) full(f wavefront.Format) bool {
	return b.n >= maxBatch || len(b.lines[f]) >= maxBatchBytes || f == wavefront.FormatSpanLogs && b.n >= wavefront.MaxRequestSpanLogs ||
		f == wavefront.FormatEvents && !b.to.Proxy
}

// add appends a line in the vendor's format, or nothing.
func (b *batch) add(l *line) (f wavefront.Format, err error) {
	var change wavefront.Change
	switch l.Kind {
	case "", "metric", "delta":
		f = wavefront.FormatMetrics
		var m *wavefront.Metric
		if m, err = l.metric(); err != nil {
			return f, err
		}
		if l.Kind == "delta" {
			b.lines[f], change, err = b.encoder.AppendDelta(b.lines[f], m)
		} else {
			b.lines[f], change, err = b.encoder.AppendMetric(b.lines[f], m)
		}
	case "histogram":
		f = wavefront.FormatHistograms
		var h *wavefront.Histogram
		if h, err = l.histogram(); err != nil {
			return f, err
		}
		b.lines[f], change, err = b.encoder.AppendHistogram(b.lines[f], h)
	case "span":
		return b.addSpan(l)
	case "event":
		f = wavefront.FormatEvents
		change, err = b.addEvent(l.event())
	default:
		return f, fmt.Errorf("%q is no kind: write metric, delta, histogram, span or event", l.Kind)
	}
	if err == nil {
		b.n++
		b.changes |= change
	}
	return f, err
}

// addSpan appends a span with its logs, or neither.
func (b *batch) addSpan(l *line) (f wavefront.Format, err error) {
	f = wavefront.FormatSpans
	span, logs, err := l.span()
	if err != nil {
		return f, err
	}
	before := len(b.lines[f])
	spans, change, err := b.encoder.AppendSpan(b.lines[f], span)
	if err == nil && logs != nil {
		f = wavefront.FormatSpanLogs
		logs.Span = spans[before:]
		b.lines[f], err = b.encoder.AppendSpanLogs(b.lines[f], logs)
	}
	if err != nil {
		return f, err
	}
	b.lines[wavefront.FormatSpans] = spans
	b.n++
	b.changes |= change
	return f, nil
}

func (b *batch) addEvent(e *wavefront.Event) (change wavefront.Change, err error) {
	const f = wavefront.FormatEvents
	if e.Start == 0 {
		e.Start = b.now
	}
	if b.to.Proxy {
		b.lines[f], change, err = b.encoder.AppendEventLine(b.lines[f], e)
		return change, err
	}
	b.lines[f], err = b.encoder.AppendEventJSON(b.lines[f], e)
	return 0, err
}

// Send implements input.Batch.
func (b *batch) Send(ctx context.Context) error {
	defer func() { b.n = 0 }()
	var sent []string
	for _, f := range order {
		lines := b.lines[f]
		b.lines[f] = lines[:0]
		if len(lines) == 0 {
			continue
		}
		err := b.session.Patiently(ctx, func() error { return b.send(ctx, f, lines) })
		if err != nil && len(sent) > 0 {
			return fmt.Errorf("but those of format %s were sent; leave them out: %w", strings.Join(sent, " and "), err)
		}
		if err != nil {
			return err
		}
		sent = append(sent, string(f))
	}
	return nil
}

func (b *batch) send(ctx context.Context, f wavefront.Format, lines []byte) error {
	if f == wavefront.FormatEvents && !b.to.Proxy {
		return b.to.HTTP.SendEvent(ctx, lines)
	}
	return b.to.Send(ctx, f, lines)
}

// Len implements input.Batch.
func (b *batch) Len() int { return b.n }

// formatOf reads the name of a format.
func formatOf(name string) (wavefront.Format, error) {
	for _, f := range order {
		if string(f) == name {
			return f, nil
		}
	}
	return "", errors.New("--format is one of wavefront, histogram, trace, spanLogs and event")
}
