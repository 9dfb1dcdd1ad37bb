package wavefrontexporter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// cumulatives returns a sum and a histogram that grew up to n, of a process that is older than the exporter.
func cumulatives(age time.Duration, n int64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	at := pcommon.NewTimestampFromTime(time.Now().Add(-age))
	m := metrics.AppendEmpty()
	m.SetName("s")
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := s.DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.SetIntValue(n)
	m = metrics.AppendEmpty()
	m.SetName("h")
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	hp := h.DataPoints().AppendEmpty()
	hp.SetTimestamp(at)
	hp.SetCount(uint64(n))
	hp.SetSum(float64(n))
	hp.ExplicitBounds().FromRaw([]float64{10})
	hp.BucketCounts().FromRaw([]uint64{uint64(n), 0})
	return md
}

func convertingConfig(url string) *Config {
	c := testConfig(url)
	c.Metrics.CumulativeSums, c.Metrics.CumulativeHistograms = sumsAsDelta, histogramsAsDistribs
	return c
}

func TestCumulativeValuesAreConvertedOnce(t *testing.T) {
	s := newSink(t)
	p := newProbe(t)
	e := startMetrics(t, convertingConfig(s.URL), p)
	assert.True(t, e.Capabilities().MutatesData)
	require.NoError(t, e.ConsumeMetrics(t.Context(), cumulatives(3*time.Minute, 100)))
	s.status(503, 5) // retries run behind the conversion
	require.NoError(t, e.ConsumeMetrics(t.Context(), cumulatives(2*time.Minute, 107)))
	require.NoError(t, e.ConsumeMetrics(t.Context(), cumulatives(time.Minute, 107)))
	require.NoError(t, e.ConsumeMetrics(t.Context(), cumulatives(90*time.Second, 200)))

	require.Len(t, s.of("wavefront"), 1)
	m, err := linetest.ParseMetric(s.of("wavefront")[0])
	require.NoError(t, err)
	assert.Equal(t, "\u2206s", m.Name)
	assert.EqualValues(t, 7, m.Value)
	require.Len(t, s.of("histogram"), 1)
	d, err := linetest.ParseHistogram(s.of("histogram")[0])
	require.NoError(t, err)
	assert.Equal(t, []linetest.Centroid{{Count: 7, Mean: 1}}, d.Centroids)
	for reason, n := range map[string]int64{"first_point": 2, "nothing_to_add": 2, "out_of_order": 2} {
		assert.Equal(t, n, p.Dropped(t, reason), reason)
	}
	assert.Empty(t, p.Logs.FilterMessageSnippet("first_point").All())
}

// refusing is a queue that is full a number of times.
type refusing struct {
	exporter.Metrics
	times int
}

func (r *refusing) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	if r.times--; r.times >= 0 {
		return exporterhelper.ErrQueueIsFull
	}
	return r.Metrics.ConsumeMetrics(ctx, md)
}

func TestABatchThatTheQueueRefusesLosesNothing(t *testing.T) {
	s := newSink(t)
	c := convertingConfig(s.URL)
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	p := newProbe(t)
	e, err := NewFactory().CreateMetrics(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	wrapped := e.(*converting)
	wrapped.Metrics = &refusing{wrapped.Metrics, 2}

	require.NoError(t, e.ConsumeMetrics(t.Context(), cumulatives(3*time.Minute, 100)))
	require.ErrorIs(t, e.ConsumeMetrics(t.Context(), cumulatives(2*time.Minute, 107)), exporterhelper.ErrQueueIsFull)
	require.ErrorIs(t, e.ConsumeMetrics(t.Context(), cumulatives(2*time.Minute, 107)), exporterhelper.ErrQueueIsFull)
	require.NoError(t, e.ConsumeMetrics(t.Context(), cumulatives(2*time.Minute, 107)))
	require.NoError(t, e.Shutdown(t.Context()))
	require.Len(t, s.of("wavefront"), 1)
	assert.Contains(t, s.of("wavefront")[0], "\u2206s\" 7 ")
}
