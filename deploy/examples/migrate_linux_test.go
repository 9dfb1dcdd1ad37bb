//go:build python

package examples

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

const delta = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta"

// arrival is a series that must be there, with its last value.
type arrival struct {
	metric, kind, value string
	dimensions          []string
}

func arrived(t *testing.T, l *lab.Lab, vendor string, arrivals []arrival) {
	t.Helper()
	for _, want := range arrivals {
		got := l.Series(t, vendor, want.metric, want.dimensions...)
		assert.Equal(t, want.kind, got.Type, want.metric)
		if want.value != "" {
			assert.JSONEq(t, want.value, string(got.Last.Value), want.metric)
		}
	}
}

func TestSignalFxFromPython(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"signalfx/collector.yaml", labConfig}, nil, "--set=exporters.signalfx.histogram_mode=statistics", "--config="+sameSeries(t))
	c.python(t, "signalfx-python.py")
	arrived(t, l, "signalfx", []arrival{
		{"myfunc.time", "gauge", "532", []string{"host=server1", "host_ip=1.2.3.4", "env=prod"}},
		{"myfunc.time", "gauge", "530", []string{"host=server2", "env=prod"}},
		{"myfunc.calls", "cumulative_counter", "42", []string{"env=prod"}},
		{"myfunc.calls_cumulative", "cumulative_counter", "10", nil},
		{"callme_calls", "cumulative_counter", "2", []string{"dimension_key=dimension_value"}},
		{"work_calls", "cumulative_counter", "2", nil},
		{"work_calls.99_percentile", "gauge", "", nil},
		{"query", "cumulative_counter", "2", []string{"table=users"}},
		{"test", "gauge", "42", nil},
		{"jobs", "cumulative_counter", "1", nil},
		{"requests", "cumulative_counter", "1", nil},
		{"size", "cumulative_counter", "1", nil},
		{"size.max", "gauge", "512", nil},
		{"size.50_percentile", "gauge", "512", nil},
		{"demo.time", "gauge", "", nil},
	})
	assert.Less(t, l.Series(t, "signalfx", "myfunc.time", "host=server2").Last.Timestamp, time.Now().Add(-time.Minute).UnixMilli(), "a time of its own")
	for key := range l.Series(t, "signalfx", "jobs").Dimensions {
		assert.Contains(t, []string{"env", "service.name", "host.name", "os.type"}, key, "what the SDK tells of itself is left out")
	}

	e := l.Event(t, "signalfx", "deployments")
	assert.Equal(t, "USER_DEFINED", e.Category)
	assert.Equal(t, "myhost", e.Dimensions["host"])
	assert.Equal(t, "myinstance", e.Dimensions["instance"])
	assert.Equal(t, "prod", e.Dimensions["env"])
	assert.Equal(t, map[string]any{"version": "2015.04.29-01"}, e.Properties)
	assert.Equal(t, "myservice", l.Trace(t, "signalfx", "checkout")[0].Service)
}

func TestCountersOfPythonAreDeltasOnRequest(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"signalfx/collector.yaml", labConfig}, nil)
	c.python(t, "signalfx-python.py", delta)
	arrived(t, l, "signalfx", []arrival{
		{"myfunc.calls", "counter", "42", nil},
		{"myfunc.calls_cumulative", "counter", "10", nil},
		{"size_count", "counter", "1", nil},
		{"test", "gauge", "42", nil},
	})
}

func TestWavefrontFromPython(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"wavefront/collector.yaml", labConfig}, nil)
	c.python(t, "wavefront-sdk-python.py", delta)
	application := []string{"source=localhost", "application=OrderingApp", "service=inventory", "cluster=us-west-2", "shard=secondary", "location=Oregon"}
	arrived(t, l, "wavefront", []arrival{
		{"new-york.power.usage", "metric", "42422", append(application, "datacenter=dc1")},
		{"new-york.power.usage", "metric", "42421", []string{"source=meter7", "datacenter=dc1"}},
		{"delta.counter", "delta_counter", "1", append(application, "datacenter=dc1")},
	})
	assert.Less(t, l.Series(t, "wavefront", "new-york.power.usage", "source=meter7").Last.Timestamp, time.Now().Add(-time.Minute).UnixMilli(), "a time of its own")

	latency := l.Series(t, "wavefront", "request.latency.m", append(application, "region=us-west")...)
	var distribution struct {
		Count         int
		Sum, Min, Max float64
	}
	require.NoError(t, json.Unmarshal(latency.Last.Value, &distribution))
	assert.Equal(t, 30, distribution.Count)
	assert.InDelta(t, 651, distribution.Sum, 1e-9)
	assert.InDelta(t, 5.1, distribution.Min, 0)
	assert.InDelta(t, 30, distribution.Max, 0)

	spans := map[string]lab.Span{}
	for _, s := range l.Trace(t, "wavefront", "request") {
		spans[s.Name] = s
		assert.Equal(t, "OrderingApp", s.Attributes["application"], s.Name)
		assert.Equal(t, "inventory", s.Service, s.Name)
	}
	require.Len(t, spans, 4)
	users := spans["getAllUsers"]
	assert.Equal(t, "server", users.Kind)
	assert.Equal(t, "GET", users.Attributes["http.method"])
	require.Len(t, users.Logs, 1)
	assert.Equal(t, map[string]any{"name": "cache miss", "key": "users"}, users.Logs[0].Fields)
	assert.NotEmpty(t, users.Attributes["parent"])
	assert.NotEmpty(t, spans["audit"].Attributes["followsFrom"])
	assert.Equal(t, 343*time.Millisecond, time.Duration(spans["import"].Duration))

	e := l.Event(t, "wavefront", "deploy")
	assert.Equal(t, "INFO", e.Dimensions["severity"])
	assert.Equal(t, "1.4.2", e.Dimensions["version"])
	assert.Equal(t, []any{"release"}, e.Properties["tags"])
	assert.Equal(t, []any{"localhost"}, e.Properties["hosts"])
	assert.Greater(t, e.End-e.Timestamp, time.Minute.Milliseconds()-1)
}

func TestLibratoWithSourcesFromPython(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"librato/collector.yaml", labConfig}, nil, "--set=exporters.librato.api=librato", "--set=exporters.librato.email=you@example.com")
	c.python(t, "python-librato.py", delta)
	arrived(t, l, "librato", []arrival{
		{"temperature", "gauge", "22.1", []string{"source=upstairs"}},
		{"connections", "gauge", "300", []string{"source=upstairs"}},
		{"num_requests", "gauge", "3", []string{"source=upstairs"}},
		{"foo", "gauge", samples, []string{"source=upstairs"}},
		{"bar", "gauge", samples, []string{"source=my.source"}},
	})
	assert.Equal(t, "temperature at home", libratoMetric(t, l, "temperature").Description)
	assert.Zero(t, l.Series(t, "librato", "bar").Last.Timestamp%60_000, "the time of a period's beginning")

	e := l.Event(t, "librato", "build 42")
	assert.Equal(t, "TravisCI", e.Type)
	assert.Equal(t, "ci", e.Dimensions["source"])
	assert.Equal(t, "Application shop, Travis build 42", e.Properties["description"])
	assert.Equal(t, []any{map[string]any{"rel": "travis", "href": "http://travisci.com/somebuild"}}, e.Properties["links"])
}

func TestCountersOfPythonAreTotalsOnRequest(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"librato/collector.yaml", labConfig}, nil,
		"--set=exporters.librato.api=librato", "--set=exporters.librato.email=you@example.com", "--set=exporters.librato.temporality=cumulative")
	c.python(t, "python-librato.py")
	arrived(t, l, "librato", []arrival{
		{"connections", "counter", "300", []string{"source=upstairs"}},
		{"num_requests", "counter", "3", []string{"source=upstairs"}},
	})
}

func TestAppOpticsFromPython(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"librato/collector.yaml", labConfig}, nil)
	c.python(t, "appoptics-metrics.py", delta)
	arrived(t, l, "librato", []arrival{
		{"temperature", "gauge", "80", []string{"city=sf", "service.name=app"}},
		{"temperature", "gauge", "22.1", []string{"location=downstairs", "service.name=app"}},
		{"temperature", "gauge", "23.1", []string{"location=upstairs", "service.name=app"}},
		{"humidity", "gauge", "51", []string{"city=sf"}},
		{"num_requests", "gauge", "100", []string{"host=server1"}},
		{"foo", "gauge", samples, []string{"room=kitchen"}},
	})
	assert.Less(t, l.Series(t, "librato", "humidity").Last.Timestamp, time.Now().Add(-time.Minute).UnixMilli(), "a time of its own")

	temperature := libratoMetric(t, l, "temperature")
	assert.Equal(t, "temperature outside", temperature.Description)
	assert.Equal(t, "F", temperature.Attributes["display_units_short"])

	e := l.Event(t, "librato", "foobarbiz")
	assert.Equal(t, "testing", e.Type)
	assert.Equal(t, "half an hour of maintenance", e.Properties["description"])
	assert.Equal(t, 30*time.Minute.Milliseconds(), e.End-e.Timestamp)
}

type knownMetric struct {
	Description string
	Attributes  map[string]any
}

// libratoMetric is what the lab knows of a metric beside its values.
func libratoMetric(t *testing.T, l *lab.Lab, name string) knownMetric {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.Services["librato"]+"/v1/metrics/"+name, http.NoBody)
	require.NoError(t, err)
	request.SetBasicAuth("laptop", "")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	var metric knownMetric
	require.NoError(t, json.NewDecoder(response.Body).Decode(&metric))
	return metric
}

// samples is what an aggregator of 42 and 5 sends.
const samples = `{"count":2,"sum":47,"min":5,"max":42,"bounds":[],"bucket_counts":[]}`

// python runs a program of the migration guides with the real SDK, in the root folder that make check-python makes.
func (c *collector) python(t *testing.T, program string, environment ...string) {
	t.Helper()
	root, err := filepath.Abs("../../build/python")
	require.NoError(t, err)
	require.FileExists(t, root+"/made", "make it with: make check-python")
	folder, err := os.MkdirTemp(root+"/tmp", "migrate")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	require.NoError(t, os.CopyFS(folder, os.DirFS(examples+"migrate")))

	ctx, cancel := context.WithTimeout(t.Context(), lab.Patience)
	defer cancel()
	process := rootfs.Command(ctx, root, 0, "/usr/bin/python3", "/tmp/"+filepath.Base(folder)+"/"+program)
	process.Env = append(environment, "OTEL_EXPORTER_OTLP_ENDPOINT="+c.otlp)
	output, err := process.CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Empty(t, string(output), "the SDK warns of nothing")
}

// sameSeries is the configuration that the guides show in YAML, as a file.
func sameSeries(t *testing.T) string {
	t.Helper()
	blocks := fences(read(t, "../../docs/migrate/README.md"), "yaml")
	require.Len(t, blocks, 1)
	file := filepath.Join(t.TempDir(), "same-series.yaml")
	require.NoError(t, os.WriteFile(file, []byte(blocks[0]), 0o600))
	return file
}
