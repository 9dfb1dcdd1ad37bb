package pdatawalk

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/testdata"
)

// recorder notes the timestamps of the points it visits.
type recorder struct{ seen []pcommon.Timestamp }

func (r *recorder) Resource(pcommon.Resource)          {}
func (r *recorder) Scope(pcommon.InstrumentationScope) {}
func (r *recorder) Metric(pmetric.Metric)              {}
func (r *recorder) Number(p pmetric.NumberDataPoint)   { r.seen = append(r.seen, p.Timestamp()) }
func (r *recorder) Histogram(p pmetric.HistogramDataPoint) {
	r.seen = append(r.seen, p.Timestamp())
}
func (r *recorder) ExponentialHistogram(p pmetric.ExponentialHistogramDataPoint) {
	r.seen = append(r.seen, p.Timestamp())
}
func (r *recorder) Summary(p pmetric.SummaryDataPoint) { r.seen = append(r.seen, p.Timestamp()) }
func (r *recorder) Record(l plog.LogRecord)            { r.seen = append(r.seen, l.Timestamp()) }
func (r *recorder) Span(s ptrace.Span)                 { r.seen = append(r.seen, s.StartTimestamp()) }

func never() bool { return false }

// numbered returns metrics of every type whose points bear their ordinal as timestamp.
func numbered() (md pmetric.Metrics, resources []int) {
	md = testdata.GenerateMetrics(20)
	extra := testdata.GenerateMetrics(20)
	extra.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty().SetName("of no type")
	md.ResourceMetrics().AppendEmpty() // without scopes
	for i := range md.ResourceMetrics().Len() {
		resources = append(resources, i)
		md.ResourceMetrics().At(i).SetSchemaUrl("schema")
	}
	Metrics(md, resources, &numberer{}, never)
	return md, resources
}

type numberer struct {
	recorder
	next pcommon.Timestamp
}

func (n *numberer) stamp() pcommon.Timestamp               { n.next++; return n.next - 1 }
func (n *numberer) Number(p pmetric.NumberDataPoint)       { p.SetTimestamp(n.stamp()) }
func (n *numberer) Histogram(p pmetric.HistogramDataPoint) { p.SetTimestamp(n.stamp()) }
func (n *numberer) ExponentialHistogram(p pmetric.ExponentialHistogramDataPoint) {
	p.SetTimestamp(n.stamp())
}
func (n *numberer) Summary(p pmetric.SummaryDataPoint) { p.SetTimestamp(n.stamp()) }

func TestSubsetOfAllIsTheSame(t *testing.T) {
	md, resources := numbered()
	all := pmetric.NewMetrics()
	MetricsSubset(md, resources, func(int) bool { return true }, all)
	md.ResourceMetrics().RemoveIf(func(rm pmetric.ResourceMetrics) bool { return rm.ScopeMetrics().Len() == 0 })
	md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().RemoveIf(func(m pmetric.Metric) bool { return m.Type() == pmetric.MetricTypeEmpty })
	want, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(md)
	require.NoError(t, err)
	got, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(all)
	require.NoError(t, err)
	assert.Equal(t, want, got, "resource, scope, schema URLs, temporality, exemplars: everything is copied")
}

func TestOrdinalsOfWalkAndSubsetAgree(t *testing.T) {
	md, resources := numbered()
	for _, picked := range [][]int{resources, {1, 0}, {1}, nil} {
		var walked recorder
		Metrics(md, picked, &walked, never)
		for modulus := 1; modulus < 7; modulus++ {
			subset := pmetric.NewMetrics()
			MetricsSubset(md, picked, func(i int) bool { return i%modulus == 0 }, subset)
			var got recorder
			Metrics(subset, ordinals(subset.ResourceMetrics().Len()), &got, never)
			var want []pcommon.Timestamp
			for i, at := range walked.seen {
				if i%modulus == 0 {
					want = append(want, at)
				}
			}
			assert.Equal(t, want, got.seen)
		}
	}
	none := pmetric.NewMetrics()
	MetricsSubset(md, resources, func(int) bool { return false }, none)
	assert.Zero(t, none.ResourceMetrics().Len(), "nothing without items is copied")
}

func TestWalkStops(t *testing.T) {
	md, resources := numbered()
	var r recorder
	calls := 0
	Metrics(md, resources, &r, func() bool { calls++; return calls > 2 })
	assert.NotEmpty(t, r.seen)
	assert.Less(t, len(r.seen), md.DataPointCount())
}

func TestLogsSubset(t *testing.T) {
	ld := testdata.GenerateLogs(7)
	for i := range 7 {
		ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(i).SetTimestamp(pcommon.Timestamp(i))
	}
	to := plog.NewLogs()
	LogsSubset(ld, []int{0}, func(i int) bool { return i%3 == 0 }, to)
	var r recorder
	Logs(to, []int{0}, &r, never)
	assert.Equal(t, []pcommon.Timestamp{0, 3, 6}, r.seen)
	assert.Equal(t, ld.ResourceLogs().At(0).Resource().Attributes().AsRaw(), to.ResourceLogs().At(0).Resource().Attributes().AsRaw())
	none := plog.NewLogs()
	LogsSubset(ld, []int{0}, func(int) bool { return false }, none)
	assert.Zero(t, none.ResourceLogs().Len())
}

func TestTracesSubset(t *testing.T) {
	td := testdata.GenerateTraces(7)
	for i := range 7 {
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(i).SetStartTimestamp(pcommon.Timestamp(i))
	}
	to := ptrace.NewTraces()
	TracesSubset(td, []int{0}, func(i int) bool { return i >= 5 }, to)
	var r recorder
	Traces(to, []int{0}, &r, never)
	assert.Equal(t, []pcommon.Timestamp{5, 6}, r.seen)
	none := ptrace.NewTraces()
	TracesSubset(td, []int{0}, func(int) bool { return false }, none)
	assert.Zero(t, none.ResourceSpans().Len())
}

func ordinals(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
