package translate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// encoded is what a batch became.
type encoded struct {
	points, deltas, histograms, spans, logs, events lines
	walked                                          int
	counts                                          Counts
}

// lines is what one output got.
type lines struct {
	all   []string
	items map[int]bool // ordinals of the items that put something into a part
}

func (l *lines) output(t testing.TB, limits Limits) Output {
	l.items = make(map[int]bool)
	return Output{Limits: limits, Emit: func(p *parts.Part) {
		before := len(l.all)
		for line := range strings.Lines(string(p.Body)) {
			if limits.LineBytes > 0 {
				require.LessOrEqual(t, len(line), limits.LineBytes)
			}
			l.all = append(l.all, line)
		}
		require.LessOrEqual(t, len(p.Body), limits.Bytes)
		require.LessOrEqual(t, p.Units(), limits.Lines)
		require.Equal(t, p.Units(), len(l.all)-before)
		for i := range p.Items() {
			if p.Holds(i) {
				require.False(t, l.items[p.First+i], "item %d is in two parts", p.First+i)
				l.items[p.First+i] = true
			}
		}
		p.Release()
	}}
}

// now is when the tests encode; at is when most points are from.
const (
	now = 1_700_000_000
	at  = now - 60
)

var wide = Limits{Bytes: 1 << 20, Lines: 5000}

func testTagRules() TagRules {
	return TagRules{
		Encode:   &wavefront.Encoder{Limits: withCutText(wavefront.DocumentedLimits())},
		Sources:  SourceRules{Resource: []string{"source", "host.name"}, Item: []string{"source"}, Default: "here"},
		Priority: []string{"application", "service", "cluster", "shard"},
	}
}

func withCutText(l wavefront.Limits) wavefront.Limits {
	l.CutText = true
	return l
}

func testRules() *MetricRules {
	return &MetricRules{
		TagRules:      testTagRules(),
		Times:         TimeRules{MaxAge: wavefront.MaxPastSeconds, MaxFuture: wavefront.MaxFutureSeconds},
		Granularities: []wavefront.Granularity{wavefront.Minute},
		Count:         true, Sum: true,
	}
}

func testSpanRules() *SpanRules {
	return &SpanRules{
		TagRules: testTagRules(), Times: testRules().Times,
		Application: "defaultApplication", Service: "defaultService", MapTags: true, LogBytes: wavefront.MaxSpanLogBytes,
	}
}

func encodeMetrics(t testing.TB, rules *MetricRules, limits Limits, md pmetric.Metrics) encoded {
	t.Helper()
	var out encoded
	e := NewMetricEncoder(rules)
	e.Begin(now, MetricOutputs{Points: out.points.output(t, limits), Deltas: out.deltas.output(t, limits), Histograms: out.histograms.output(t, limits)})
	pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), e, pdatawalk.Never)
	out.walked = e.End()
	out.counts = e.Counts
	for _, line := range append(append([]string(nil), out.points.all...), out.deltas.all...) {
		_, err := linetest.ParseMetric(strings.TrimSuffix(line, "\n"))
		require.NoError(t, err, "%q", line)
	}
	for _, line := range out.histograms.all {
		_, err := linetest.ParseHistogram(strings.TrimSuffix(line, "\n"))
		require.NoError(t, err, "%q", line)
	}
	return out
}

func encodeSpans(t testing.TB, rules *SpanRules, limits Limits, td ptrace.Traces) encoded {
	t.Helper()
	var out encoded
	e := NewSpanEncoder(rules)
	e.Begin(now, SpanOutputs{Spans: out.spans.output(t, limits), Logs: out.logs.output(t, limits)})
	pdatawalk.Traces(td, pdatawalk.All(td.ResourceSpans().Len()), e, pdatawalk.Never)
	out.walked = e.End()
	out.counts = e.Counts
	for _, line := range out.spans.all {
		_, err := linetest.ParseSpan(strings.TrimSuffix(line, "\n"))
		require.NoError(t, err, "%q", line)
	}
	for _, line := range out.logs.all {
		_, err := linetest.ParseSpanLogs(strings.TrimSuffix(line, "\n"))
		require.NoError(t, err, "%q", line)
		if rules.LogBytes > 0 {
			require.LessOrEqual(t, len(line), rules.LogBytes)
		}
	}
	return out
}

func encodeEvents(t testing.TB, rules *EventRules, limits Limits, ld plog.Logs) encoded {
	t.Helper()
	var out encoded
	e := NewEventEncoder(rules)
	if rules.JSON {
		limits.Lines = 1
	}
	e.Begin(now*1000, out.events.output(t, limits))
	pdatawalk.Logs(ld, pdatawalk.All(ld.ResourceLogs().Len()), e, pdatawalk.Never)
	out.walked = e.End()
	out.counts = e.Counts
	if !rules.JSON {
		for _, line := range out.events.all {
			_, err := linetest.ParseEvent(strings.TrimSuffix(line, "\n"))
			require.NoError(t, err, "%q", line)
		}
	}
	return out
}

// String is the lines as they are, long ones abbreviated, and the counts.
func (e *encoded) String() string {
	var b strings.Builder
	for _, part := range []struct {
		title string
		lines
	}{{"points", e.points}, {"delta counters", e.deltas}, {"histograms", e.histograms}, {"spans", e.spans}, {"span logs", e.logs}, {"events", e.events}} {
		if len(part.all) > 0 {
			fmt.Fprintf(&b, "%s:\n", part.title)
		}
		for _, line := range part.all {
			b.WriteString(abbreviated(strings.TrimSuffix(line, "\n")) + "\n")
		}
	}
	return b.String() + countsText(&e.counts)
}

// abbreviated shortens runs of one character, which tests make long texts of.
func abbreviated(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); {
		n := 1
		for i+n < len(runes) && runes[i+n] == runes[i] {
			n++
		}
		if n > 20 {
			fmt.Fprintf(&b, "%c...(%d)", runes[i], n)
		} else {
			b.WriteString(strings.Repeat(string(runes[i]), n))
		}
		i += n
	}
	return b.String()
}

func countsText(c *Counts) string {
	return testkit.CountsText("dropped", Reasons(), c.Dropped[:]) + testkit.CountsText("changed", Changes(), c.Changed[:])
}
