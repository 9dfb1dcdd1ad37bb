package examples

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
)

const labConfig = "lab/lab.yaml"

func TestSignalFxFromSignalFxPython(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"signalfx/collector.yaml", labConfig}, nil)
	c.migrate(t, "signalfx-python.sh")

	calls := l.series(t, "signalfx", "myfunc.calls")
	assert.Equal(t, "counter", calls.Type)
	assert.Equal(t, "server1", calls.Dimensions["host"])
	assert.Equal(t, "prod", calls.Dimensions["env"])
	assert.Equal(t, "gauge", l.series(t, "signalfx", "myfunc.time").Type)
	assert.Equal(t, "cumulative_counter", l.series(t, "signalfx", "myfunc.calls_cumulative").Type)
	e := l.event(t, "signalfx", "deployments")
	assert.Equal(t, "myhost", e.Dimensions["host"])
	assert.Equal(t, "2015.04.29-01", e.Properties["version"])
	l.series(t, "signalfx", "system.cpu.load_average.1m") // this host's
	l.series(t, "signalfx", "memory.utilization")         // derived
}

func TestWavefrontFromWavefrontSDKPython(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"wavefront/collector.yaml", labConfig}, nil)
	c.migrate(t, "wavefront-sdk-python.sh")

	usage := l.series(t, "wavefront", "new-york.power.usage")
	assert.Equal(t, "localhost", usage.Dimensions["source"])
	assert.Equal(t, "dc1", usage.Dimensions["datacenter"])
	l.series(t, "wavefront", "request.latency.m") // the minute's distribution
	wait(t, "wavefront has the delta counter", func() bool {
		var answer struct{ Series []series }
		l.get(t, "/api/series?vendor=wavefront&search=delta.counter", &answer)
		return len(answer.Series) > 0
	})
	assert.Equal(t, "1.4.2", l.event(t, "wavefront", "deploy").Dimensions["version"])
	wait(t, "wavefront has the span", func() bool {
		var answer struct {
			Traces []struct{ Vendor, Root string }
		}
		l.get(t, "/api/traces", &answer)
		return len(answer.Traces) > 0 && answer.Traces[0].Vendor == "wavefront"
	})
}

func TestLibratoFromBothPythonClients(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"librato/collector.yaml", labConfig}, nil)
	c.migrate(t, "python-librato.sh")
	assert.Equal(t, "upstairs", l.series(t, "librato", "temperature").Dimensions["host.name"])
	assert.Equal(t, "http://travisci.com/somebuild", firstLink(t, l.event(t, "librato", "build 42")))
	l.series(t, "librato", "foo")

	c.migrate(t, "appoptics-metrics.sh")
	l.event(t, "librato", "foobarbiz")
	wait(t, "librato has the measurement with its own and inherited tags", func() bool {
		var answer struct{ Series []series }
		l.get(t, "/api/series?vendor=librato&metric=temperature&dimension=city%3Dsf", &answer)
		return len(answer.Series) == 1 && answer.Series[0].Dimensions["service.name"] == "app"
	})
}

func firstLink(t *testing.T, e event) any {
	t.Helper()
	links, _ := e.Properties["links"].([]any)
	require.NotEmpty(t, links, "%v", e)
	link, _ := links[0].(map[string]any)
	return link["href"]
}

func TestTwoVendorsEachWithItsNames(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"two-vendors/collector.yaml", labConfig}, nil)
	c.gauge(t, "debug.cups")
	c.gauge(t, "coffee.cups")
	l.series(t, "wavefront", "shop.coffee.cups")
	l.series(t, "wavefront", "shop.debug.cups")
	l.series(t, "signalfx", "coffee.cups")
	var answer struct{ Total int }
	l.get(t, "/api/series?vendor=signalfx&search=debug", &answer)
	assert.Zero(t, answer.Total, "left out for this vendor")
}

func TestTenantsAreSentWithTheirToken(t *testing.T) {
	l := startLab(t, "--signalfx-token=team-a") // the gateway's own token is not good
	gateway := run(t, l, []string{"tenants/gateway.yaml", labConfig}, nil)
	agent := run(t, l, []string{"tenants/agent.yaml"}, map[string]string{"GATEWAY": gateway.environment["OTLP_GRPC_ENDPOINT"], "TEAM_TOKEN": "team-a"})
	agent.gauge(t, "coffee.cups")
	l.series(t, "signalfx", "coffee.cups")
}

func TestGatewayPassesOn(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"gateway/collector.yaml", labConfig}, nil)
	c.gauge(t, "coffee.cups")
	l.series(t, "signalfx", "coffee.cups")
	files, err := os.ReadDir(c.environment["QUEUE_DIRECTORY"])
	require.NoError(t, err)
	assert.NotEmpty(t, files, "the queue is on disk")
}

func TestKafkaBetweenAgentAndGateway(t *testing.T) {
	kafka, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "otlp_metrics", "otlp_logs", "otlp_spans"))
	require.NoError(t, err)
	t.Cleanup(kafka.Close)
	broker := map[string]string{"KAFKA_BROKER": kafka.ListenAddrs()[0]}

	l := startLab(t)
	run(t, l, []string{"kafka/gateway.yaml", labConfig}, broker)
	agent := run(t, l, []string{"kafka/agent.yaml"}, broker)
	agent.gauge(t, "coffee.cups")
	l.series(t, "signalfx", "coffee.cups")
}

func TestDeploysInALogFileBecomeEvents(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"deploy-events/collector.yaml", labConfig}, nil)
	lines := "a line that is no event\n" + `{"event":"deploy","service":"checkout","version":"1.4.2","time":"` + time.Now().UTC().Format(time.RFC3339) + `"}` + "\n"
	require.NoError(t, os.WriteFile(c.environment["DEPLOY_LOG"], []byte(lines), 0o600))
	for _, vendor := range []string{"signalfx", "wavefront"} {
		e := l.event(t, vendor, "deploy")
		assert.Equal(t, "checkout", e.Dimensions["service"])
		assert.Equal(t, "1.4.2", e.Dimensions["version"])
		assert.NotContains(t, e.Dimensions, "event")
	}
	assert.Equal(t, "checkout 1.4.2", l.event(t, "librato", "deploy").Properties["description"])
}

func TestStatsd(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"statsd/collector.yaml", labConfig}, nil, "--set=receivers.statsd.aggregation_interval=1s")
	connection, err := net.Dial("udp", c.environment["STATSD_ENDPOINT"])
	require.NoError(t, err)
	defer connection.Close()
	for _, line := range []string{"stats.api.checkout.200:1|c|#env:prod", "timer.x:320|ms", "temp:21|g"} {
		_, err := connection.Write([]byte(line))
		require.NoError(t, err)
	}
	requests := l.series(t, "signalfx", "api.requests")
	assert.Equal(t, "counter", requests.Type)
	for key, value := range map[string]string{"endpoint": "checkout", "status": "200", "env": "prod"} {
		assert.Equal(t, value, requests.Dimensions[key])
	}
	l.series(t, "signalfx", "timer.x.99_percentile")
	l.series(t, "signalfx", "temp")
}

func TestBackfillOfHistory(t *testing.T) {
	l := startLab(t)
	history(t, l)

	var delivered atomic.Int64
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		if text, err := io.ReadAll(body); err == nil && strings.Contains(string(text), "cpu.utilization") {
			delivered.Add(1)
		}
	}))
	defer backend.Close()
	run(t, l, []string{"backfill/collector.yaml", "lab/signalflow.yaml"},
		map[string]string{"OTLP_BACKEND": backend.URL, "BACKFILL_START": "-10m", "BACKFILL_STOP": "-1m"})
	wait(t, "the backend got history", func() bool { return delivered.Load() > 0 })
}

// history puts points of the last ten minutes into the lab.
func history(t *testing.T, l *lab) {
	t.Helper()
	var points []string
	for age := 10 * time.Minute; age > 0; age -= 10 * time.Second {
		points = append(points, fmt.Sprintf(`{"metric":"cpu.utilization","value":7,"timestamp":%d,"dimensions":{"host.name":"a"}}`, time.Now().Add(-age).UnixMilli()))
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.services["signalfx"]+"/v2/datapoint",
		strings.NewReader(`{"gauge":[`+strings.Join(points, ",")+`]}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-SF-Token", "laptop")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func TestSignalFlowToPrometheus(t *testing.T) {
	l := startLab(t)
	history(t, l)
	c := run(t, l, []string{"signalflow-prometheus/collector.yaml", "lab/signalflow.yaml"}, nil)
	wait(t, "the series is shown", func() bool {
		history(t, l)
		response, err := http.Get("http://" + c.environment["PROMETHEUS_ENDPOINT"] + "/metrics")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(text), `signalflow_cpu_utilization{host_name="a"`)
	})
}
