package libratoexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
)

func TestRunningTotals(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	now := time.Now().Add(-time.Hour)
	assert.True(t, e.Capabilities().MutatesData)
	for i, v := range []int64{10, 25, 25, 5} { // the last one is a restart
		require.NoError(t, e.ConsumeMetrics(t.Context(), total("requests", v, now.Add(time.Duration(i)*time.Second))))
	}
	var values []string
	for _, m := range s.taken {
		values = append(values, string(*m.Value))
	}
	assert.Equal(t, []string{"15", "0", "5"}, values)
	assert.EqualValues(t, 1, p.Dropped(t, "first_point"))
	assert.EqualValues(t, 1, state(t, p, "series"))
}

func TestRunningTotalsAsTheyAre(t *testing.T) {
	for name, c := range map[string]struct {
		config func(string) *Config
		list   string
	}{"tags": {testConfig, "measurements"}, "sources": {sourceConfig, "counters"}} {
		t.Run(name, func(t *testing.T) {
			s := newStandin(t)
			config := c.config(s.URL)
			config.MetricsConfig.Temporality = TemporalityCumulative
			e := startMetrics(t, config, newProbe(t))
			assert.False(t, e.Capabilities().MutatesData)
			md := total("requests", 10, time.Now())
			gauges("g", "x", 2).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
			md.MarkReadOnly()
			s.next(&answer{status: 503})
			require.NoError(t, e.ConsumeMetrics(t.Context(), md))
			require.Len(t, s.taken, 3)
			for _, m := range s.taken {
				if m.Name == "requests" {
					assert.Equal(t, c.list, m.List)
					assert.EqualValues(t, "10", *m.Value)
				}
			}
		})
	}
}

func TestDifferencesSurviveRetries(t *testing.T) {
	s := newStandin(t)
	e := startMetrics(t, withQueue(testConfig(s.URL)), newProbe(t))
	now := time.Now().Add(-time.Hour)
	s.next(&answer{status: 503}, &answer{status: 500}, &answer{status: 429})
	sum := 0
	for i := range 20 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), total("requests", int64(100+i*i), now.Add(time.Duration(i)*time.Second))))
	}
	wait(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		sum = 0
		for _, m := range s.taken {
			v, _ := m.Value.Int64()
			sum += int(v)
		}
		return len(s.taken) == 19
	})
	assert.Equal(t, 19*19, sum, "the differences add up to the last total less the first")
}

func TestFullQueueLosesNoDifference(t *testing.T) {
	s := newStandin(t)
	c := withQueue(testConfig(s.URL))
	c.QueueConfig.Get().QueueSize = 1
	c.QueueConfig.Get().NumConsumers = 1
	p := newProbe(t)
	e := startMetrics(t, c, p)
	release := make(chan struct{})
	s.mu.Lock() // the service hangs
	go func() { <-release; s.mu.Unlock() }()
	now := time.Now().Add(-time.Hour)
	refused, last := 0, int64(0)
	for i := range 50 {
		last = int64(100 + i*i)
		if err := e.ConsumeMetrics(t.Context(), total("requests", last, now.Add(time.Duration(i)*time.Second))); err != nil {
			refused++
		}
	}
	require.Positive(t, refused)
	close(release)
	last += 7
	wait(t, func() bool {
		return e.ConsumeMetrics(t.Context(), total("requests", last, now.Add(time.Minute))) == nil
	})
	wait(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		sum := int64(0)
		for _, m := range s.taken {
			v, _ := m.Value.Int64()
			sum += v
		}
		return sum == last-100
	})
}

// Points in are points out and those counted as dropped.
func TestFirstSummaryIsSentForItsQuantiles(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	now := time.Now().Add(-time.Hour)
	for i := range 2 {
		md := pmetric.NewMetrics()
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName("latency")
		point := m.SetEmptySummary().DataPoints().AppendEmpty()
		point.SetTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Duration(i) * time.Second)))
		point.SetCount(uint64(10 + 5*i))
		point.SetSum(float64(100 + 30*i))
		q := point.QuantileValues().AppendEmpty()
		q.SetQuantile(0.5)
		q.SetValue(7)
		require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	}
	var names []string
	for _, m := range s.taken {
		names = append(names, m.Name)
	}
	assert.Equal(t, []string{"latency.p50", "latency", "latency.p50"}, names)
	assert.EqualValues(t, 0, p.Dropped(t, "first_point"))
	assert.EqualValues(t, 1, p.Sum(t, "changed_items", attribute.String("change", "totals_left_out")))
}

// A total that is dropped for its time must not take its difference with it.
func TestTotalsOutsideTheWindow(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	now := time.Now()
	for _, c := range []struct {
		value int64
		at    time.Duration
	}{{10, -time.Hour}, {15, time.Hour}, {18, -3 * time.Hour}, {20, -time.Minute}} {
		require.NoError(t, e.ConsumeMetrics(t.Context(), total("requests", c.value, now.Add(c.at))))
	}
	require.Len(t, s.taken, 1)
	assert.EqualValues(t, "10", *s.taken[0].Value)
	assert.EqualValues(t, 1, p.Dropped(t, "in_future"))
	assert.EqualValues(t, 1, p.Dropped(t, "too_old"))
	assert.EqualValues(t, 0, p.Dropped(t, "out_of_order"))
}
