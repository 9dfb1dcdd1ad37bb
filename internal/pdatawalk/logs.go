package pdatawalk

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// LogsVisitor is told of everything in a batch, from the outside in. Each record is one item.
type LogsVisitor interface {
	Resource(pcommon.Resource)
	Scope(pcommon.InstrumentationScope)
	Record(plog.LogRecord)
}

// Logs visits the given resources of ld, in order, until stop reports true at a scope's beginning.
func Logs(ld plog.Logs, resources []int, v LogsVisitor, stop func() bool) {
	for _, r := range resources {
		rl := ld.ResourceLogs().At(r)
		v.Resource(rl.Resource())
		for i := range rl.ScopeLogs().Len() {
			if stop() {
				return
			}
			sl := rl.ScopeLogs().At(i)
			v.Scope(sl.Scope())
			for j := range sl.LogRecords().Len() {
				v.Record(sl.LogRecords().At(j))
			}
		}
	}
}

// LogsSubset copies the records of the given resources for which keep reports true,
// with everything they hang on; keep is called once per record, in order.
func LogsSubset(ld plog.Logs, resources []int, keep func(ordinal int) bool, to plog.Logs) {
	next := 0
	for _, r := range resources {
		from := ld.ResourceLogs().At(r)
		rl := to.ResourceLogs().AppendEmpty()
		from.Resource().CopyTo(rl.Resource())
		rl.SetSchemaUrl(from.SchemaUrl())
		for i := range from.ScopeLogs().Len() {
			fromScope := from.ScopeLogs().At(i)
			sl := rl.ScopeLogs().AppendEmpty()
			fromScope.Scope().CopyTo(sl.Scope())
			sl.SetSchemaUrl(fromScope.SchemaUrl())
			for j := range fromScope.LogRecords().Len() {
				if keep(next) {
					fromScope.LogRecords().At(j).CopyTo(sl.LogRecords().AppendEmpty())
				}
				next++
			}
		}
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool { return sl.LogRecords().Len() == 0 })
	}
	to.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool { return rl.ScopeLogs().Len() == 0 })
}
