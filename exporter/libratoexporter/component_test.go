package libratoexporter

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
)

// lifecycle creates each signal's exporter and hands it to use, which need not start it.
func lifecycle(t *testing.T, c *Config, use func(component.Component)) {
	t.Helper()
	set := exportertest.NewNopSettings(metadata.Type) // of one ID
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

// storages is a host with a storage that notes who asks for it.
type storages struct {
	component.Component
	asked map[string]int
}

func (s *storages) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("storages"): s}
}

func (s *storages) GetClient(_ context.Context, _ component.Kind, id component.ID, name string) (storage.Client, error) {
	s.asked[id.String()+" "+name]++
	return storage.NewNopClient(), nil
}

// The queue of span aggregates is one of metrics, but not that of the exporter of metrics.
func TestEveryQueueHasAStorageOfItsOwn(t *testing.T) {
	c := withQueue(testConfig("http://127.0.0.1"))
	id := component.MustNewID("storages")
	c.QueueConfig.Get().StorageID = &id
	host := &storages{asked: map[string]int{}}
	lifecycle(t, c, func(e component.Component) {
		require.NoError(t, e.Start(t.Context(), host))
		assert.NoError(t, e.Shutdown(t.Context()))
	})
	assert.Len(t, host.asked, 3)
	for who, times := range host.asked {
		assert.Equal(t, 1, times, who)
	}
	assert.Equal(t, "span_aggregates", nameOfSpans(""))
	assert.Equal(t, "eu_span_aggregates", nameOfSpans("eu"))
}
