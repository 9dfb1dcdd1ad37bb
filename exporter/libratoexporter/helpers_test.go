package libratoexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

const (
	testToken = "s3cret-token"
	waitFor   = 10 * time.Second
	tick      = 2 * time.Millisecond
)

// testConfig sends to url at once, without a queue, and retries fast.
func testConfig(url string) *Config {
	c := createDefaultConfig().(*Config)
	c.Token = testToken
	c.ClientConfig.Endpoint = url
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.InitialInterval = time.Millisecond
	c.RetryConfig.MaxInterval = 5 * time.Millisecond
	c.RetryConfig.MaxElapsedTime = 0
	return c
}

// sourceConfig is testConfig for Librato.
func sourceConfig(url string) *Config {
	c := testConfig(url)
	c.API = APILibrato
	c.Email = "user@example.com"
	return c
}

func withQueue(c *Config) *Config {
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	return c
}

// state is how many entries a store holds.
func state(t *testing.T, p *testkit.Probe, store string) int64 {
	return p.Sum(t, "state", attribute.String("store", store))
}

func newProbe(t testing.TB) *testkit.Probe { return testkit.NewProbe(t, metadata.Type) }

func startMetrics(t *testing.T, c *Config, p *testkit.Probe) exporter.Metrics {
	t.Helper()
	e, err := NewFactory().CreateMetrics(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, e, p)
	return e
}

func startLogs(t *testing.T, c *Config, p *testkit.Probe) exporter.Logs {
	t.Helper()
	e, err := NewFactory().CreateLogs(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, e, p)
	return e
}

// gauges returns n gauges of one name with values and tags of their own.
func gauges(name, testID string, n int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("host.name", "web-1")
	m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	points := m.SetEmptyGauge().DataPoints()
	for i := range n {
		p := points.AppendEmpty()
		p.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		p.SetIntValue(int64(i))
		p.Attributes().PutStr("test_id", testID)
		p.Attributes().PutInt("i", int64(i))
	}
	return md
}

// total returns one running total.
func total(name string, value int64, at time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := s.DataPoints().AppendEmpty()
	p.SetTimestamp(pcommon.NewTimestampFromTime(at))
	p.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(1000, 0)))
	p.SetIntValue(value)
	return md
}
