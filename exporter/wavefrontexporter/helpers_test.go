package wavefrontexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

const testToken = "s3cret-token"

// testConfig sends to endpoint at once, without a queue, and retries fast.
func testConfig(endpoint string) *Config {
	c := createDefaultConfig().(*Config)
	c.ClientConfig.Endpoint = endpoint
	c.Source.Default = "here"
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.InitialInterval = time.Millisecond
	c.RetryConfig.MaxInterval = 5 * time.Millisecond
	c.RetryConfig.MaxElapsedTime = 0
	return c
}

func newProbe(t testing.TB) *testkit.Probe { return testkit.NewProbe(t, metadata.Type) }

// startMetrics runs a metrics exporter until the test ends.
func startMetrics(t *testing.T, c *Config, p *testkit.Probe) exporter.Metrics {
	t.Helper()
	e, err := NewFactory().CreateMetrics(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, e, p)
	return e
}
