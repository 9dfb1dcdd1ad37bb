package libratoexporter

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// exactlyOnce fails unless the lab saw n different points of a test_id, each once.
func exactlyOnce(t *testing.T, lab *store.Store, testID string, n int) {
	t.Helper()
	distinct, total := testkit.Seen(lab, testID)
	assert.Equal(t, n, distinct, "distinct points of %s", testID)
	assert.EqualValues(t, n, total, "arrivals of %s", testID)
}

func TestLabTakesTheStandardBatch(t *testing.T) {
	for name, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{LibratoRoom: librato.Config{MaxAge: -1}})
			c := config(lab.Librato.URL())
			c.MetricsConfig.MaxAge = 0
			c.MetricsConfig.Temporality = TemporalityCumulative
			e := startMetrics(t, c, newProbe(t))
			require.NoError(t, e.ConsumeMetrics(t.Context(), testbatch.Standard()))
			assert.Empty(t, lab.Store.Rejections(0, 10))
			assert.EqualValues(t, testbatch.StandardPoints, lab.Store.Stats().Vendors["librato"].Points)
		})
	}
}

func TestLabIsToldOfTheMetric(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.Librato.URL())
	c.MetricsConfig.Period = time.Minute
	e := startMetrics(t, c, newProbe(t))
	md := gauges("g", "x", 2)
	m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	m.SetUnit("ms")
	m.SetDescription("How long.")
	require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	got, ok := lab.LibratoAccount.Metric("g")
	require.True(t, ok)
	assert.Equal(t, "How long.", *got.Description)
	assert.Equal(t, "ms", got.Attributes["display_units_short"])
	assert.Equal(t, "milliseconds", got.Attributes["display_units_long"])
	assert.EqualValues(t, 60, *got.Period)
}

func TestLabFaults(t *testing.T) {
	half := 0.5
	for name, fault := range map[string]faults.Fault{
		"throttled with Retry-After":       {Status: 429, RetryAfter: 1, Count: 2},
		"maintenance with a date":          {Status: 503, RetryAfter: 1, RetryAfterDate: true, Count: 1},
		"failing":                          {Status: 500, Count: 3},
		"cut in the middle of the request": {Reset: faults.ResetRequest, Count: 2},
		"a 400 in HTML":                    {Status: 400, Body: "<html>", Count: 1},
		"a 400 that does not come back":    {Status: 400, Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			c := testConfig(lab.Librato.URL())
			c.MaxMeasurementsPerRequest = 100
			c.MaxParallelRequests = 2
			e := startMetrics(t, c, newProbe(t))
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("warm", "warm", 10)))
			_, err := lab.Faults.Add(fault)
			require.NoError(t, err)
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "fault", 1000)))
			exactlyOnce(t, lab.Store, "fault", 1000)
		})
	}
	t.Run("half of a request taken", func(t *testing.T) {
		lab := testkit.StartLab(t, vendorlab.Config{})
		p := newProbe(t)
		e := startMetrics(t, testConfig(lab.Librato.URL()), p)
		_, err := lab.Faults.Add(faults.Fault{Partial: &half, Count: 1})
		require.NoError(t, err)
		require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "half", 100)))
		exactlyOnce(t, lab.Store, "half", 50)
		assert.EqualValues(t, 50, p.Dropped(t, "rejected_inside"))
		assert.EqualValues(t, 50, p.Sum(t, "sent_items"))
	})
}

func TestLabQuota(t *testing.T) {
	for _, status := range []int{403, 429} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			require.NoError(t, lab.LibratoQuota.Set(10, status))
			c := testConfig(lab.Librato.URL())
			c.RetryConfig.Enabled = false
			p := newProbe(t)
			e := startMetrics(t, c, p)
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "quota", 300)), "the last one is taken whole")
			err := e.ConsumeMetrics(t.Context(), gauges("g", "again", 300))
			assert.ErrorContains(t, err, "rate limit")
			assert.False(t, consumererror.IsPermanent(err))
			assert.Zero(t, p.Dropped(t, "refused"))
			assert.Empty(t, p.Status, "no matter of access")
			require.NoError(t, lab.LibratoQuota.Set(0, 0))
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "again", 300)))
			exactlyOnce(t, lab.Store, "again", 300)
		})
	}
}

func TestLabFindsCulprits(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	c := testConfig(lab.Librato.URL())
	c.MetricsConfig.MaxAge = 0 // the lab takes no measurement older than two hours
	e := startMetrics(t, c, p)
	md := gauges("g", "old", 1000)
	points := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
	points.At(700).SetTimestamp(points.At(0).Timestamp() - 3*3600*1e9)
	assert.True(t, consumererror.IsPermanent(e.ConsumeMetrics(t.Context(), md)))
	exactlyOnce(t, lab.Store, "old", 999)
	assert.EqualValues(t, 1, p.Dropped(t, "refused"))
}

func TestLabTypeConflict(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := sourceConfig(lab.Librato.URL())
	c.MetricsConfig.Temporality = TemporalityCumulative
	counters := startMetrics(t, c, newProbe(t))
	require.NoError(t, counters.ConsumeMetrics(t.Context(), total("requests", 5, time.Now())))
	p := newProbe(t)
	e := startMetrics(t, sourceConfig(lab.Librato.URL()), p)
	for range 2 {
		md := gauges("requests", "x", 1)
		gauges("fine", "x", 1).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
		_ = e.ConsumeMetrics(t.Context(), md)
	}
	assert.EqualValues(t, 2, p.Dropped(t, "type_conflict"))
	assert.EqualValues(t, 2, p.Sum(t, "sent_items"))
}

// A restart of the service while the collector runs loses nothing and repeats nothing.
func TestLabRestart(t *testing.T) {
	s := store.New(store.Options{})
	lab := testkit.StartLab(t, vendorlab.Config{Store: s})
	address := lab.Librato.Address()
	c := withQueue(testConfig(lab.Librato.URL()))
	c.MaxMeasurementsPerRequest = 100
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "before", 1000)))
	require.NoError(t, s.Wait(t.Context(), func() bool { n, _ := testkit.Seen(s, "before"); return n == 1000 }))
	lab.Close()
	for i := range 5 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", fmt.Sprint("during", i), 1000)))
	}
	testkit.StartLab(t, vendorlab.Config{Store: s, Librato: address})
	for i := range 5 {
		id := fmt.Sprint("during", i)
		require.NoError(t, s.Wait(t.Context(), func() bool { n, _ := testkit.Seen(s, id); return n == 1000 }))
		exactlyOnce(t, s, id, 1000)
	}
	exactlyOnce(t, s, "before", 1000)
}

func TestLabAnnotations(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	e := startLogs(t, unpaced(testConfig(lab.Librato.URL())), newProbe(t))
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deploy", "librato.annotation.key", "1", "librato.annotation.description", "v17")))
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deployed", "librato.annotation.key", "1",
		"librato.annotation.end_time", "2026-01-02T03:14:05Z", "librato.annotation.links", "https://example.com/17")))
	list := lab.LibratoAccount.Annotations("otel-events")
	require.Len(t, list, 1)
	assert.Equal(t, "deploy", list[0].Title)
	assert.Equal(t, "v17", *list[0].Description)
	assert.Equal(t, "web-1", *list[0].Source)
	assert.Equal(t, eventTime.Unix(), list[0].StartTime)
	assert.Equal(t, eventTime.Add(10*time.Minute).Unix(), *list[0].EndTime)
	assert.Equal(t, []librato.Link{{Rel: "link1", Href: "https://example.com/17"}}, list[0].Links)
}

func TestLabSpanAggregates(t *testing.T) {
	for name, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			p := newProbe(t)
			e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), config(lab.Librato.URL()))
			require.NoError(t, err)
			require.NoError(t, e.Start(t.Context(), p))
			require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 10)))
			require.NoError(t, e.Shutdown(t.Context()))
			assert.Empty(t, lab.Store.Rejections(0, 10))
			_, durations := lab.Store.Series(store.Query{Metric: "span.duration"})
			assert.Equal(t, 2, durations, "one a status")
			_, errors := lab.Store.Series(store.Query{Metric: "span.errors"})
			assert.Equal(t, 1, errors)
		})
	}
}
