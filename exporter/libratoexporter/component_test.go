package libratoexporter

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
)

// lifecycle creates each signal's exporter and hands it to use, which need not start it.
func lifecycle(t *testing.T, c *Config, use func(component.Component)) {
	t.Helper()
	set := exportertest.NewNopSettings(metadata.Type)
	f := NewFactory()
	metrics, err := f.CreateMetrics(t.Context(), set, c)
	require.NoError(t, err)
	logs, err := f.CreateLogs(t.Context(), set, c)
	require.NoError(t, err)
	traces, err := f.CreateTraces(t.Context(), set, c)
	require.NoError(t, err)
	for _, e := range []component.Component{metrics, logs, traces} {
		use(e)
	}
}

func TestLifecycle(t *testing.T) {
	s := newStandin(t)
	c := withQueue(testConfig(s.URL))
	t.Run("shut down without start", func(t *testing.T) {
		lifecycle(t, c, func(e component.Component) { assert.NoError(t, e.Shutdown(t.Context())) })
	})
	t.Run("start and shut down, twice in one process", func(t *testing.T) {
		for range 2 {
			lifecycle(t, c, func(e component.Component) {
				require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
				assert.NoError(t, e.Shutdown(t.Context()))
			})
		}
	})
	assert.Equal(t, component.MustNewType("librato"), NewFactory().Type())
}

func TestTwoInstancesShareNothing(t *testing.T) {
	one, two := newStandin(t), newStandin(t)
	a := startMetrics(t, testConfig(one.URL), newProbe(t))
	b := startMetrics(t, testConfig(two.URL), newProbe(t))
	require.NoError(t, a.ConsumeMetrics(t.Context(), gauges("a", "x", 3)))
	require.NoError(t, b.ConsumeMetrics(t.Context(), gauges("b", "x", 5)))
	one.exactlyOnce(3)
	two.exactlyOnce(5)
}

func TestCanceledContext(t *testing.T) {
	s := newStandin(t)
	c := testConfig(s.URL)
	c.RetryConfig.Enabled = false
	e := startMetrics(t, c, newProbe(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, e.ConsumeMetrics(ctx, gauges("g", "x", 3)), context.Canceled)
}
