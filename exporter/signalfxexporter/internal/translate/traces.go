package translate

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// TraceEncoder appends spans, as OTLP, to parts. Its items are chunks: the spans of
// one resource, or as many of them as a request takes. It serves one walk.
type TraceEncoder struct {
	Counts Counts

	builder parts.Builder
	// ends holds, for every chunk, the ordinal of the span after its last.
	ends []int
}

// Encode walks the given resources, until stop reports true at a resource's
// beginning, and returns how many chunks it made.
func (e *TraceEncoder) Encode(td ptrace.Traces, resources []int, limits Limits, emit func(*parts.Part), stop func() bool) (walked int) {
	e.builder = parts.Builder{MaxBytes: limits.Bytes, MaxUnits: limits.Datapoints, Emit: emit}
	first := 0
	for _, r := range resources {
		if stop() {
			break
		}
		n := spansOf(td.ResourceSpans().At(r))
		if n > 0 {
			e.chunk(td, r, first, 0, n)
		}
		first += n
	}
	e.builder.Flush()
	return e.builder.Walked()
}

// chunk encodes the spans from to to-1 of resource r, whose first span has the ordinal
// first; in halves, when they are too much for one request.
func (e *TraceEncoder) chunk(td ptrace.Traces, r, first, from, to int) {
	only := ptrace.NewTraces()
	pdatawalk.TracesSubset(td, []int{r}, func(i int) bool { return i >= from && i < to }, only)
	only.ResourceSpans().At(0).Resource().Attributes().Remove(AccessTokenAttribute)
	var changed Counts
	repairTraces(only, &changed)
	message, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(only)
	if fits := len(message) <= e.builder.MaxBytes && to-from <= e.builder.MaxUnits; !fits && to-from > 1 {
		middle := (from + to) / 2
		e.chunk(td, r, first, from, middle)
		e.chunk(td, r, first, middle, to)
		return
	}
	e.Counts.Changed[InvalidUTF8] += changed.Changed[InvalidUTF8]
	e.builder.Start()
	e.ends = append(e.ends, first+to)
	if err != nil {
		e.builder.Finish(0)
		e.Counts.Dropped[TooLarge] += to - from
		return
	}
	e.builder.Body = append(e.builder.Body, message...)
	if !e.builder.Finish(to - from) {
		e.Counts.Dropped[TooLarge] += to - from
	}
}

// Spans turns a predicate over chunks into one over the ordinals of spans.
func (e *TraceEncoder) Spans(chunk func(ordinal int) bool) func(ordinal int) bool {
	return func(span int) bool {
		i, found := slices.BinarySearch(e.ends, span)
		if found {
			i++ // ends are exclusive
		}
		return chunk(i)
	}
}

func spansOf(rs ptrace.ResourceSpans) int {
	n := 0
	for i := range rs.ScopeSpans().Len() {
		n += rs.ScopeSpans().At(i).Spans().Len()
	}
	return n
}
