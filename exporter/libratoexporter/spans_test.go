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
	"go.opentelemetry.io/collector/pdata/pmetric"
)

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
				e, err := NewFactory().CreateTraces(t.Context(), newProbe(t).settings(), testConfig("http://127.0.0.1"))
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

// Where the points of metrics come from does not tell series of spans apart.
func TestSourcesOfSpansAreTheirOwn(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	c := withQueue(sourceConfig(s.URL))
	c.MetricsConfig.SourceAttributes = []string{"host.name", "device"}
	c.MetricsConfig.Period, c.MetricsConfig.FloorToPeriod = time.Hour, true
	c.Spans.Attributes = []string{"device"}
	e, err := NewFactory().CreateTraces(t.Context(), p.settings(), c)
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
