package pdatawalk

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TracesVisitor is told of everything in a batch, from the outside in. Each span is one item.
type TracesVisitor interface {
	Resource(pcommon.Resource)
	Scope(pcommon.InstrumentationScope)
	Span(ptrace.Span)
}

// Traces visits the given resources of td, in order, until stop reports true at a scope's beginning.
func Traces(td ptrace.Traces, resources []int, v TracesVisitor, stop func() bool) {
	for _, r := range resources {
		rs := td.ResourceSpans().At(r)
		v.Resource(rs.Resource())
		for i := range rs.ScopeSpans().Len() {
			if stop() {
				return
			}
			ss := rs.ScopeSpans().At(i)
			v.Scope(ss.Scope())
			for j := range ss.Spans().Len() {
				v.Span(ss.Spans().At(j))
			}
		}
	}
}

// TracesSubset copies the spans of the given resources for which keep reports true,
// with everything they hang on; keep is called once per span, in order.
func TracesSubset(td ptrace.Traces, resources []int, keep func(ordinal int) bool, to ptrace.Traces) {
	next := 0
	for _, r := range resources {
		from := td.ResourceSpans().At(r)
		rs := to.ResourceSpans().AppendEmpty()
		from.Resource().CopyTo(rs.Resource())
		rs.SetSchemaUrl(from.SchemaUrl())
		for i := range from.ScopeSpans().Len() {
			fromScope := from.ScopeSpans().At(i)
			ss := rs.ScopeSpans().AppendEmpty()
			fromScope.Scope().CopyTo(ss.Scope())
			ss.SetSchemaUrl(fromScope.SchemaUrl())
			for j := range fromScope.Spans().Len() {
				if keep(next) {
					fromScope.Spans().At(j).CopyTo(ss.Spans().AppendEmpty())
				}
				next++
			}
		}
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool { return ss.Spans().Len() == 0 })
	}
	to.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool { return rs.ScopeSpans().Len() == 0 })
}
