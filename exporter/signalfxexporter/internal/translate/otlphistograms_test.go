package translate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func otlpRules() *MetricRules {
	rules := testRules()
	rules.Histograms = HistogramOTLP
	return rules
}

// onePointEach is a batch in the form that is sent: a ResourceMetrics for every point.
func onePointEach(md pmetric.Metrics) pmetric.Metrics {
	all := pmetric.NewMetrics()
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				for _, p := range m.Histogram().DataPoints().All() {
					to := all.ResourceMetrics().AppendEmpty()
					rm.Resource().CopyTo(to.Resource())
					toScope := to.ScopeMetrics().AppendEmpty()
					sm.Scope().CopyTo(toScope.Scope())
					toMetric := toScope.Metrics().AppendEmpty()
					toMetric.SetName(m.Name())
					toMetric.SetUnit(m.Unit())
					toMetric.SetDescription(m.Description())
					h := toMetric.SetEmptyHistogram()
					h.SetAggregationTemporality(m.Histogram().AggregationTemporality())
					p.CopyTo(h.DataPoints().AppendEmpty())
				}
			}
		}
	}
	return all
}

// pdata is the collector's own reader and writer of OTLP: what it reads of our bytes
// must be what it would have written.
func TestHistogramsReadAsPdataWouldHaveWrittenThem(t *testing.T) {
	md := testbatch.Mixed(3, 30, 0, 0)
	sm := md.ResourceMetrics().At(0).ScopeMetrics().At(0)
	sm.Scope().SetVersion("1.2")
	sm.Scope().SetDroppedAttributesCount(300)
	everyKind(sm.Scope().Attributes())
	m := sm.Metrics().At(0)
	m.SetUnit("ms")
	m.SetDescription("How long it took, é.")
	m.Histogram().SetAggregationTemporality(pmetric.AggregationTemporalityUnspecified)
	everyKind(m.Histogram().DataPoints().At(0).Attributes())
	everyKind(md.ResourceMetrics().At(1).Resource().Attributes())
	bare := m.Histogram().DataPoints().AppendEmpty()
	bare.SetTimestamp(1)
	out := encodeMetrics(t, otlpRules(), wide, md)

	marshaler := &pmetric.JSONMarshaler{}
	want, err := marshaler.MarshalMetrics(onePointEach(md))
	require.NoError(t, err)
	got, err := marshaler.MarshalMetrics(out.histograms)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

// everyKind puts a value of every kind, nested ones with empty ones inside.
func everyKind(m pcommon.Map) {
	m.PutStr("text", "é\x00")
	m.PutBool("true", true)
	m.PutBool("false", false)
	m.PutInt("zero", 0)
	m.PutInt("negative", -1)
	m.PutDouble("double", -0.5)
	m.PutEmptyBytes("bytes").FromRaw([]byte{0, 0xff})
	m.PutEmptyBytes("no bytes")
	m.PutEmptySlice("no list")
	m.PutEmptyMap("no map")
	list := m.PutEmptySlice("list")
	list.AppendEmpty().SetInt(300)
	list.AppendEmpty()
	list.AppendEmpty().SetEmptySlice().AppendEmpty().SetStr("")
	inner := m.PutEmptyMap("map")
	inner.PutEmpty("nothing")
	inner.PutEmptyMap("map").PutStr("key", string(make([]byte, 200)))
}

func TestOTLPHistogramsAllocateNothingPerPoint(t *testing.T) {
	md := testbatch.Mixed(2, 500, 0, 0)
	for _, rm := range md.ResourceMetrics().All() {
		rm.Resource().Attributes().PutStr("a.key.that.is.longer.than.thirty.two.bytes", "v")
	}
	encode := prepareWith(otlpRules())(md)
	encode()
	assert.LessOrEqual(t, testing.AllocsPerRun(5, func() { encode() }), 50.0, "of 1,000 points")
}

func BenchmarkEncodeOTLPHistograms(b *testing.B) {
	testkit.BenchmarkEncode(b, prepareWith(otlpRules()))
}
