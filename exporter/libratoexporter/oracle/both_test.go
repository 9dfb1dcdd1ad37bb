package oracle

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	telegrafmetric "github.com/influxdata/telegraf/metric"
	telegraflibrato "github.com/influxdata/telegraf/plugins/outputs/librato"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
)

// point is one sample, from which both sides get the same.
type point struct {
	name  string
	host  string
	tags  map[string]string
	value any // float64 or int64
	at    time.Time
}

// asOTLP puts points of one host into a resource, and points of one name into a metric.
func asOTLP(points []point) pmetric.Metrics {
	md := pmetric.NewMetrics()
	var metrics pmetric.MetricSlice
	var data pmetric.NumberDataPointSlice
	for i, p := range points {
		if i == 0 || p.host != points[i-1].host {
			rm := md.ResourceMetrics().AppendEmpty()
			rm.Resource().Attributes().PutStr("host.name", p.host)
			metrics = rm.ScopeMetrics().AppendEmpty().Metrics()
		}
		if metrics.Len() == 0 || metrics.At(metrics.Len()-1).Name() != p.name {
			m := metrics.AppendEmpty()
			m.SetName(p.name)
			data = m.SetEmptyGauge().DataPoints()
		}
		dp := data.AppendEmpty()
		dp.SetTimestamp(pcommon.NewTimestampFromTime(p.at))
		for key, value := range p.tags {
			dp.Attributes().PutStr(key, value)
		}
		switch v := p.value.(type) {
		case float64:
			dp.SetDoubleValue(v)
		case int64:
			dp.SetIntValue(v)
		}
	}
	return md
}

// asTelegraf makes each point a metric with one field "value", which Telegraf then
// leaves out of the name, and its host the tag that the default template takes as source.
func asTelegraf(points []point) []telegraf.Metric {
	var all []telegraf.Metric
	for _, p := range points {
		tags := map[string]string{"host": p.host}
		for key, value := range p.tags {
			tags[key] = value
		}
		all = append(all, telegrafmetric.New(p.name, tags, map[string]any{"value": p.value}, p.at))
	}
	return all
}

// service keeps what it is sent, or only drops it.
type service struct {
	*httptest.Server
	keep bool

	mu     sync.Mutex // guards bodies
	bodies [][]byte
}

func newService(tb testing.TB, keep bool) *service {
	s := &service{keep: keep}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

func (s *service) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	if !s.keep {
		_, _ = io.Copy(io.Discard, r.Body)
		return
	}
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies = append(s.bodies, body)
}

// measurements are those received so far, read strictly, in a fixed order.
func (s *service) measurements(t *testing.T) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, body := range s.bodies {
		list, err := wiretest.Decode(false, body)
		require.NoError(t, err, "%s", body)
		for _, m := range list {
			value, err := m.Value.Float64()
			require.NoError(t, err)
			lines = append(lines, fmt.Sprintf("%s %s = %v @%d source=%s", m.List, m.Name, value, m.Time, m.Source))
		}
	}
	slices.Sort(lines)
	return lines
}

// requests are the numbers of measurements in each request, largest first.
func (s *service) requests(t *testing.T) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sizes []int
	for _, body := range s.bodies {
		list, err := wiretest.Decode(false, body)
		require.NoError(t, err)
		sizes = append(sizes, len(list))
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	return sizes
}

// startOurs returns the exporter as a pipeline would call it, in Telegraf's dialect and
// without a queue, so that a call returns when everything has been delivered.
func startOurs(tb testing.TB, url string, adjust func(*libratoexporter.Config)) exporter.Metrics {
	f := libratoexporter.NewFactory()
	c := f.CreateDefaultConfig().(*libratoexporter.Config)
	c.ClientConfig.Endpoint = url
	c.ClientConfig.Compression = "" // Telegraf does not compress
	c.API, c.Email, c.Token = libratoexporter.APILibrato, "user@example.com", "token"
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.MetricsConfig.MaxAge = 0
	adjust(c)
	e, err := f.CreateMetrics(tb.Context(), exportertest.NewNopSettings(f.Type()), c)
	require.NoError(tb, err)
	require.NoError(tb, e.Start(tb.Context(), componenttest.NewNopHost()))
	tb.Cleanup(func() { require.NoError(tb, e.Shutdown(context.WithoutCancel(tb.Context()))) })
	return e
}

func asIs(*libratoexporter.Config) {}

// startTheirs returns Telegraf's output as its agent sets it up.
func startTheirs(tb testing.TB, url string) *telegraflibrato.Librato {
	l := telegraflibrato.NewLibrato(url + "/v1/metrics")
	l.APIUser, l.APIToken = config.NewSecret([]byte("user@example.com")), config.NewSecret([]byte("token"))
	l.Log = silent{}
	require.NoError(tb, l.Connect())
	return l
}

// silent is Telegraf's logger at a level that logs nothing.
type silent struct{}

func (silent) Level() telegraf.LogLevel { return telegraf.None }
func (silent) AddAttribute(string, any) {}
func (silent) Errorf(string, ...any)    {}
func (silent) Error(...any)             {}
func (silent) Warnf(string, ...any)     {}
func (silent) Warn(...any)              {}
func (silent) Infof(string, ...any)     {}
func (silent) Info(...any)              {}
func (silent) Debugf(string, ...any)    {}
func (silent) Debug(...any)             {}
func (silent) Tracef(string, ...any)    {}
func (silent) Trace(...any)             {}
