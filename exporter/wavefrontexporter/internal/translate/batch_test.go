package translate

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

const (
	delta      = pmetric.AggregationTemporalityDelta
	cumulative = pmetric.AggregationTemporalityCumulative
)

var noRecordedValue = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

// batch builds metrics under one resource and scope.
type batch struct{ *testbatch.Builder }

func newBatch() *batch { return &batch{testbatch.NewBuilder(at * 1e9)} }

func (b *batch) gauge(name string, value float64) pmetric.NumberDataPoint {
	p := b.Gauge(name)
	p.SetDoubleValue(value)
	return p
}

func stamp(p interface{ SetTimestamp(pcommon.Timestamp) }, seconds int64) {
	p.SetTimestamp(pcommon.Timestamp(seconds * 1e9))
}

func (b *batch) summary(name string) pmetric.SummaryDataPoint {
	p := b.Summary(name, 10, 5)
	for q, v := range map[float64]float64{0.5: 0.4} {
		value := p.QuantileValues().AppendEmpty()
		value.SetQuantile(q)
		value.SetValue(v)
	}
	return p
}

func fill(m pcommon.Map, prefix string, n int) {
	for i := range n {
		m.PutStr(fmt.Sprintf("%s%02d", prefix, i), "v")
	}
}

func ones(n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

// oneSpan returns a batch of one server span that takes 343 ms.
func oneSpan() (ptrace.Traces, ptrace.Span) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	rs.Resource().Attributes().PutStr("host.name", "web-1")
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetName("GET /cart")
	s.SetTraceID(pcommon.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	s.SetSpanID(pcommon.SpanID{0xA, 0xB})
	s.SetKind(ptrace.SpanKindServer)
	s.SetStartTimestamp(at * 1e9)
	s.SetEndTimestamp(at*1e9 + 343e6)
	return td, s
}

func oneRecord() (plog.Logs, plog.LogRecord) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("host.name", "web-1")
	rl.Resource().Attributes().PutStr("service.name", "checkout")
	r := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.SetTimestamp(at * 1e9)
	return ld, r
}
