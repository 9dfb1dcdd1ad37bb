package libratoexporter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func spansOf(service string, n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	list := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := list.AppendEmpty()
		s.SetName("GET /")
		s.SetKind(ptrace.SpanKindServer)
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(eventTime))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(eventTime.Add(time.Second)))
		if i == 0 {
			s.Status().SetCode(ptrace.StatusCodeError)
		}
	}
	return td
}

func TestSpansArriveSummedUp(t *testing.T) {
	for name, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			c := withQueue(config(s.URL))
			c.Spans.Period = 20 * time.Millisecond
			e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
			require.NoError(t, err)
			testkit.Run(t, e, p)
			s.next(&answer{status: 503}, &answer{status: 500})
			td := spansOf("shop", 10)
			td.MarkReadOnly()
			require.NoError(t, e.ConsumeTraces(t.Context(), td))
			wait(t, func() bool { return len(s.arrivals()) > 0 && len(s.seen()) >= 3 })
			s.mu.Lock()
			defer s.mu.Unlock()
			total := 0
			for _, m := range s.taken {
				if m.Name == "span.duration" {
					n, _ := m.Complex["count"].Int64()
					total += int(n)
					if name == "sources" {
						assert.Contains(t, []string{"shop.GET-.server.unset", "shop.GET-.server.error"}, m.Source)
					} else {
						assert.Equal(t, "GET /", m.Tags["span.name"])
					}
				} else {
					assert.Equal(t, "span.errors", m.Name)
					assert.EqualValues(t, "1", *m.Value)
				}
			}
			assert.Equal(t, 10, total)
		})
	}
}

func TestShutdownSendsTheLastPeriod(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	c := withQueue(testConfig(s.URL))
	c.Spans.MaxSeries = 2
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 10)))
	require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("other", 3)))
	assert.EqualValues(t, 2, state(t, p, "spans"))
	assert.EqualValues(t, 3, p.Dropped(t, "too_many_series"))
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Len(t, s.taken, 3)
	assert.EqualValues(t, 0, state(t, p, "spans"))
}

func TestSpansThatTheQueueRefuses(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	c := withQueue(testConfig(s.URL))
	c.QueueConfig.Get().QueueSize = 1
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	s.mu.Lock() // the service hangs
	traces := e.(*tracesExporter)
	for range 20 {
		require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 2)))
		traces.flush()
	}
	s.mu.Unlock()
	assert.Positive(t, p.Dropped(t, "not_queued"))
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("period of spans").Len())
	require.NoError(t, e.Shutdown(t.Context()))
}

// stuck is a helper without a queue, whose service is down.
type stuck struct{ exporter.Metrics }

func (stuck) Start(context.Context, component.Host) error { return nil }
func (stuck) Shutdown(context.Context) error              { return nil }
func (stuck) ConsumeMetrics(ctx context.Context, _ pmetric.Metrics) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestShutdownEndsThoughTheLastPeriodDoesNot(t *testing.T) {
	for name, c := range map[string]struct{ patience, want time.Duration }{
		"after a while":               {time.Hour, lastFlush},
		"as soon as the host says so": {time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, err := NewFactory().CreateTraces(t.Context(), newProbe(t).Settings(), testConfig("http://127.0.0.1"))
				require.NoError(t, err)
				e.(*tracesExporter).next = stuck{}
				require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
				require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 1)))
				ctx, cancel := context.WithTimeout(t.Context(), c.patience)
				defer cancel()
				began := time.Now()
				require.NoError(t, e.Shutdown(ctx))
				assert.Equal(t, c.want, time.Since(began))
			})
		})
	}
}

func TestSpansHaveTheirOwnPeriod(t *testing.T) {
	for name, period := range map[string]time.Duration{"none for metrics": 0, "another one for metrics": 5 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			c := withQueue(testConfig(s.URL))
			c.MetricsConfig.Period = period
			c.Spans.Period = 30 * time.Second
			e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
			require.NoError(t, err)
			require.NoError(t, e.Start(t.Context(), p))
			require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 1)))
			require.NoError(t, e.Shutdown(t.Context()))
			require.Len(t, s.seen(), 1)
			assert.Contains(t, string(s.seen()[0].body), `"period":30,`)
		})
	}
}

// Where the points of metrics come from does not tell series of spans apart.
func TestSourcesOfSpansAreTheirOwn(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	c := withQueue(sourceConfig(s.URL))
	c.MetricsConfig.SourceAttributes = []string{"host.name", "device"}
	c.MetricsConfig.Period, c.MetricsConfig.FloorToPeriod = time.Hour, true
	c.Spans.Attributes = []string{"device"}
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	traces := e.(*tracesExporter)
	traces.service.now = func() time.Time { return eventTime.Add(time.Minute) }
	require.NoError(t, e.Start(t.Context(), p))
	require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 1)))
	traces.flush()
	require.NoError(t, e.ConsumeTraces(t.Context(), spansOf("shop", 1)))
	require.NoError(t, e.Shutdown(t.Context()))
	times := map[int64]int{}
	for _, m := range s.taken {
		if m.Name == "span.duration" {
			assert.Equal(t, "shop.GET-.server.error", m.Source)
			times[m.Time]++
		}
	}
	first := eventTime.Add(time.Minute).Unix()
	assert.Equal(t, map[int64]int{first: 1, first + 1: 1}, times)
}
