package signalfxexporter

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// hostBatch is what the host metrics receiver tells of a two-core host at second s.
func hostBatch(s int64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	name, _ := os.Hostname()
	rm.Resource().Attributes().PutStr("host.name", name)
	metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
	at := pcommon.NewTimestampFromTime(time.Unix(1_700_000_000+s, 0))

	cpu := metrics.AppendEmpty()
	cpu.SetName("system.cpu.time")
	cpu.SetUnit("s")
	cpu.SetDescription("Seconds that each core spent in each state.")
	cpu.SetEmptySum().SetIsMonotonic(true)
	cpu.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for _, core := range []string{"cpu0", "cpu1"} {
		for state, share := range map[string]float64{"idle": 0.75, "user": 0.25, "system": 0, "nice": 0, "softirq": 0, "interrupt": 0, "steal": 0, "wait": 0} {
			p := cpu.Sum().DataPoints().AppendEmpty()
			p.SetTimestamp(at)
			p.SetDoubleValue(100 + share*float64(s))
			p.Attributes().PutStr("cpu", core)
			p.Attributes().PutStr("state", state)
		}
	}
	memory := metrics.AppendEmpty()
	memory.SetName("system.memory.usage")
	memory.SetUnit("By")
	memory.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for state, bytes := range map[string]int64{"used": 30, "free": 50, "cached": 15, "buffered": 5, "inactive": 0} {
		p := memory.Sum().DataPoints().AppendEmpty()
		p.SetTimestamp(at)
		p.SetIntValue(bytes)
		p.Attributes().PutStr("state", state)
	}
	return md
}

func TestHostMetricsAreDerived(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	e := startMetrics(t, testConfig(lab.SignalFx.URL()), newProbe(t))
	assert.Equal(t, consumer.Capabilities{MutatesData: true}, e.Capabilities())
	require.NoError(t, e.ConsumeMetrics(t.Context(), hostBatch(0)))
	require.NoError(t, e.ConsumeMetrics(t.Context(), hostBatch(10)))

	for metric, want := range map[string]float64{"cpu.utilization": 25, "memory.utilization": 30, "memory.total": 100} {
		series, n := lab.Store.Series(store.Query{Metric: metric})
		if assert.NotZero(t, n, metric) {
			assert.InDelta(t, want, series[0].Last.Value.Float(), 1e-9, metric)
		}
	}
}

func TestDerivationCanBeTurnedOff(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MetricsConfig.DisableDefaultTranslationRules = true
	e := startMetrics(t, c, newProbe(t))
	assert.False(t, e.Capabilities().MutatesData)
	require.NoError(t, e.ConsumeMetrics(t.Context(), hostBatch(0)))
	_, n := lab.Store.Series(store.Query{Metric: "memory.total"})
	assert.Zero(t, n)
}

func TestHostMetadataIsWritten(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MetadataConfig.SyncHostMetadata = true
	c.MetadataConfig.DefaultProperties = map[string]string{"team": "x"}
	c.MetadataConfig.ExcludeProperties = []PropertyFilterConfig{{DimensionName: "host.name", PropertyName: "host_kernel_*"}}
	c.MetadataConfig.DimensionClient.SendDelay = time.Millisecond
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), hostBatch(0)))
	name, _ := os.Hostname()
	var d signalfx.Dimension
	require.NoError(t, lab.Store.Wait(t.Context(), func() (ok bool) {
		d, ok = lab.SignalFxCatalog.Dimension("host.name", name)
		return ok
	}))
	assert.Equal(t, "x", d.CustomProperties["team"])
	assert.Contains(t, d.CustomProperties, "host_mem_total")
	assert.NotContains(t, d.CustomProperties, "host_kernel_name")
}

func TestMetricMetadataIsWritten(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MetadataConfig.SyncMetricMetadata = true
	p := newProbe(t)
	e, err := NewFactory().CreateMetrics(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	require.NoError(t, e.ConsumeMetrics(t.Context(), hostBatch(0)))
	require.NoError(t, e.Shutdown(t.Context()), "what waits is sent at shutdown")
	m, ok := lab.SignalFxCatalog.Metric("system.cpu.time")
	require.True(t, ok)
	assert.Equal(t, "Seconds that each core spent in each state.", m.Description)
	assert.Equal(t, "s", m.CustomProperties["unit"])
	assert.Equal(t, "CUMULATIVE_COUNTER", m.Type)
}

func TestExcludedMetricsGetNoMetadata(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MetadataConfig.SyncMetricMetadata = true
	c.MetricsConfig.ExcludeMetrics = []FilterConfig{
		{MetricName: "system.cpu.time"},
		{MetricName: "system.memory.usage", Dimensions: map[string]any{"state": "free"}},
	}
	p := newProbe(t)
	e, err := NewFactory().CreateMetrics(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	require.NoError(t, e.ConsumeMetrics(t.Context(), hostBatch(0)))
	require.NoError(t, e.Shutdown(t.Context()))
	_, ok := lab.SignalFxCatalog.Metric("system.cpu.time")
	assert.False(t, ok, "no datapoint of it is sent")
	m, ok := lab.SignalFxCatalog.Metric("system.memory.usage")
	assert.True(t, ok)
	assert.Equal(t, "By", m.CustomProperties["unit"])
}

func TestEntityEventsBecomeProperties(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	e, err := NewFactory().CreateLogs(t.Context(), p.Settings(), testConfig(lab.SignalFx.URL()))
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	ld := plog.NewLogs()
	sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	sl.Scope().Attributes().PutBool("otel.entity.event_as_log", true)
	r := sl.LogRecords().AppendEmpty()
	r.Attributes().PutStr("otel.entity.event.type", "entity_state")
	r.Attributes().PutStr("otel.entity.type", "k8s.pod")
	r.Attributes().PutEmptyMap("otel.entity.id").PutStr("k8s.pod.uid", "0fab-1")
	r.Attributes().PutEmptyMap("otel.entity.attributes").PutStr("k8s.pod.phase", "Running")
	event := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	event.SetEventName("deploy")
	event.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	event.Attributes().PutStr("test_id", "beside")
	ld.MarkReadOnly()

	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	require.NoError(t, e.Shutdown(t.Context()))
	d, ok := lab.SignalFxCatalog.Dimension("k8s.pod.uid", "0fab-1")
	require.True(t, ok)
	assert.Equal(t, map[string]string{"k8s.pod.phase": "Running"}, d.CustomProperties)
	exactlyOnce(t, lab.Store, "beside", 1)
	assert.Zero(t, p.Dropped(t, "not_an_event"), "an entity event is no event that was dropped")
	assert.EqualValues(t, 1, p.Sum(t, "metadata_updates", attribute.String("outcome", "sent")))
	assert.EqualValues(t, 1, p.Sum(t, "requests", attribute.String("signal", "metadata"), attribute.String("status", "2xx")))
}
