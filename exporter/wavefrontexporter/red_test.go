package wavefrontexporter

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
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// stuck is a helper whose queue is full and blocks, or which has none: the other side is down.
type stuck struct{ exporter.Metrics }

func (stuck) Start(context.Context, component.Host) error { return nil }
func (stuck) Shutdown(context.Context) error              { return nil }
func (stuck) ConsumeMetrics(ctx context.Context, _ pmetric.Metrics) error {
	<-ctx.Done()
	return ctx.Err()
}

// taking is a helper that takes every span.
type taking struct{ exporter.Traces }

func (taking) Start(context.Context, component.Host) error            { return nil }
func (taking) Shutdown(context.Context) error                         { return nil }
func (taking) ConsumeTraces(_ context.Context, _ ptrace.Traces) error { return nil }

func TestShutdownEndsThoughDerivedMetricsGoNowhere(t *testing.T) {
	for name, c := range map[string]struct{ ran, patience, want time.Duration }{
		"the last report hangs":       {0, time.Hour, lastReport},
		"an earlier report hangs":     {10 * time.Minute, time.Hour, lastReport},
		"as soon as the host says so": {0, time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				config := testConfig("http://127.0.0.1")
				config.Traces.RED.GetOrInsertDefault()
				p := newProbe(t)
				e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), config)
				require.NoError(t, err)
				e.(*deriving).metrics, e.(*deriving).Traces = stuck{}, taking{}
				require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
				require.NoError(t, e.ConsumeTraces(t.Context(), spansOf(1)))
				time.Sleep(c.ran) // on the clock of the bubble
				require.NoError(t, e.ConsumeTraces(t.Context(), spansOf(1)))
				ctx, cancel := context.WithTimeout(t.Context(), c.patience)
				defer cancel()
				began := time.Now()
				require.NoError(t, e.Shutdown(ctx))
				assert.Equal(t, c.want, time.Since(began))
				assert.Positive(t, p.Logs.FilterMessageSnippet("derived from spans are lost").Len())
			})
		})
	}
}
