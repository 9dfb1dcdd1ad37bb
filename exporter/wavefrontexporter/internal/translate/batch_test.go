package translate

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const (
	delta      = pmetric.AggregationTemporalityDelta
	cumulative = pmetric.AggregationTemporalityCumulative
)

var noRecordedValue = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

// batch builds metrics under one resource and scope.
type batch struct {
	pmetric.Metrics
	resource pcommon.Map
	scope    pmetric.ScopeMetrics
}

func newBatch() *batch {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	return &batch{md, rm.Resource().Attributes(), rm.ScopeMetrics().AppendEmpty()}
}

func (b *batch) metric(name string) pmetric.Metric {
	m := b.scope.Metrics().AppendEmpty()
	m.SetName(name)
	return m
}

func stamp(p interface{ SetTimestamp(pcommon.Timestamp) }, seconds int64) {
	p.SetTimestamp(pcommon.Timestamp(seconds * 1e9))
}

func (b *batch) gauge(name string, value float64) pmetric.NumberDataPoint {
	p := b.metric(name).SetEmptyGauge().DataPoints().AppendEmpty()
	stamp(p, at)
	p.SetDoubleValue(value)
	return p
}

func (b *batch) sum(name string, monotonic bool, t pmetric.AggregationTemporality, value int64) pmetric.NumberDataPoint {
	s := b.metric(name).SetEmptySum()
	s.SetIsMonotonic(monotonic)
	s.SetAggregationTemporality(t)
	p := s.DataPoints().AppendEmpty()
	stamp(p, at)
	p.SetIntValue(value)
	return p
}

func (b *batch) histogram(name string, t pmetric.AggregationTemporality, bounds []float64, counts ...uint64) pmetric.HistogramDataPoint {
	h := b.metric(name).SetEmptyHistogram()
	h.SetAggregationTemporality(t)
	p := h.DataPoints().AppendEmpty()
	stamp(p, at)
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	p.SetCount(total)
	return p
}

func (b *batch) exponential(name string, t pmetric.AggregationTemporality, scale int32, zeros uint64, offset int32, counts ...uint64) pmetric.ExponentialHistogramDataPoint {
	h := b.metric(name).SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(t)
	p := h.DataPoints().AppendEmpty()
	stamp(p, at)
	p.SetScale(scale)
	p.SetZeroCount(zeros)
	p.Positive().SetOffset(offset)
	p.Positive().BucketCounts().FromRaw(counts)
	total := zeros
	for _, n := range counts {
		total += n
	}
	p.SetCount(total)
	return p
}

func (b *batch) summary(name string) pmetric.SummaryDataPoint {
	p := b.metric(name).SetEmptySummary().DataPoints().AppendEmpty()
	stamp(p, at)
	p.SetCount(10)
	p.SetSum(5)
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
