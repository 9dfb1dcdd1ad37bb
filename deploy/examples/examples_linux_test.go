package examples

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
)

const labConfig = "lab/lab.yaml"

func TestSignalFx(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"signalfx/collector.yaml", labConfig}, nil)
	c.curl(t)

	temperature := l.Series(t, "signalfx", "temperature", "room=kitchen", "host.name=upstairs", "service.name=shop")
	assert.Equal(t, "gauge", temperature.Type)
	assert.Less(t, temperature.Last.Timestamp, time.Now().Add(-9*time.Minute).UnixMilli(), "a time of its own")
	assert.Equal(t, "counter", l.Series(t, "signalfx", "orders").Type)
	assert.Equal(t, "cumulative_counter", l.Series(t, "signalfx", "bytes.sent").Type)
	l.Series(t, "signalfx", "latency_bucket", "le=10")
	assert.Equal(t, "1.4.2", l.Event(t, "signalfx", "deploy").Dimensions["version"])
	l.Trace(t, "signalfx", "getAllUsers")
	l.Series(t, "signalfx", "system.cpu.load_average.1m") // this host's
	l.Series(t, "signalfx", "memory.utilization")         // derived
}

func TestWavefront(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"wavefront/collector.yaml", labConfig}, nil)
	c.curl(t)

	l.Series(t, "wavefront", "temperature", "source=upstairs", "room=kitchen", "service=shop")
	assert.Equal(t, "delta_counter", l.Series(t, "wavefront", "orders").Type)
	l.Series(t, "wavefront", "latency.m") // the minute's distribution
	assert.Equal(t, "1.4.2", l.Event(t, "wavefront", "deploy").Dimensions["version"])
	l.Trace(t, "wavefront", "getAllUsers")
}

func TestLibrato(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"librato/collector.yaml", labConfig}, nil)
	c.curl(t)

	l.Series(t, "librato", "temperature", "room=kitchen", "host.name=upstairs")
	assert.Equal(t, "42", string(l.Series(t, "librato", "orders").Last.Value))
	l.Series(t, "librato", "latency")
	assert.Equal(t, "shop 1.4.2", l.Event(t, "librato", "deploy").Properties["description"])
}

func TestTwoVendorsEachWithItsNames(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"two-vendors/collector.yaml", labConfig}, nil)
	c.gauge(t, "debug.cups")
	c.gauge(t, "coffee.cups")
	l.Series(t, "wavefront", "shop.coffee.cups")
	l.Series(t, "wavefront", "shop.debug.cups")
	l.Series(t, "signalfx", "coffee.cups")
	var answer struct{ Total int }
	l.Get(t, "/api/series?vendor=signalfx&search=debug", &answer)
	assert.Zero(t, answer.Total, "left out for this vendor")
}

func TestTenantsAreSentWithTheirToken(t *testing.T) {
	l := startLab(t, "--signalfx-token=team-a") // the gateway's own token is not good
	gateway := run(t, l, []string{"tenants/gateway.yaml", labConfig}, nil)
	agent := run(t, l, []string{"tenants/agent.yaml"}, map[string]string{"GATEWAY": gateway.environment["OTLP_GRPC_ENDPOINT"], "TEAM_TOKEN": "team-a"})
	agent.gauge(t, "coffee.cups")
	l.Series(t, "signalfx", "coffee.cups")
}

func TestGatewayPassesOn(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"gateway/collector.yaml", labConfig}, nil)
	c.gauge(t, "coffee.cups")
	l.Series(t, "signalfx", "coffee.cups")
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
	l.Series(t, "signalfx", "coffee.cups")
}

func TestDeploysInALogFileBecomeEvents(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"deploy-events/collector.yaml", labConfig}, nil)
	lines := "a line that is no event\n" + `{"event":"deploy","service":"checkout","version":"1.4.2","time":"` + time.Now().UTC().Format(time.RFC3339) + `"}` + "\n"
	require.NoError(t, os.WriteFile(c.environment["DEPLOY_LOG"], []byte(lines), 0o600))
	for _, vendor := range []string{"signalfx", "wavefront"} {
		e := l.Event(t, vendor, "deploy")
		assert.Equal(t, "checkout", e.Dimensions["service"])
		assert.Equal(t, "1.4.2", e.Dimensions["version"])
		assert.NotContains(t, e.Dimensions, "event")
	}
	assert.Equal(t, "checkout 1.4.2", l.Event(t, "librato", "deploy").Properties["description"])
}

func TestStatsd(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"statsd/collector.yaml", labConfig}, nil, "--set=receivers.statsd.aggregation_interval=1s")
	connection, err := net.Dial("udp", c.environment["STATSD_ENDPOINT"])
	require.NoError(t, err)
	defer connection.Close()
	send := func(lines ...string) {
		_, err = io.WriteString(connection, strings.Join(lines, "\n"))
		require.NoError(t, err)
	}
	send("stats.api.checkout.200:1|c|#env:prod", "timer.x:320|ms", "timer.x:100|ms|@0.5", "size:3|h", "spread:4|d",
		"temp:21|g", "queue:5|g", "queue:+2|g", "third:1|c|@0.3", "half:0.5|c", "half:0.5|c", "unique:x|s")

	requests := l.Series(t, "signalfx", "api.requests", "endpoint=checkout", "status=200", "env=prod")
	assert.Equal(t, "counter", requests.Type)
	for name, value := range map[string]string{"temp": "21", "queue": "7", "third": "3.3333333333333335", "half": "1", "timer.x": "3", "size": "1", "spread": "1"} {
		assert.Equal(t, value, string(l.Series(t, "signalfx", name).Last.Value), name)
	}
	l.Series(t, "signalfx", "timer.x.99_percentile")

	send("queue:+1|g")
	lab.Wait(t, "a gauge that goes up begins at 0 in each interval", func() bool { return string(l.Series(t, "signalfx", "queue").Last.Value) == "1" })
	var answer struct{ Total int }
	l.Get(t, "/api/series?vendor=signalfx&metric=unique", &answer)
	assert.Zero(t, answer.Total, "sets are left out")
}

func TestStatsdAddsUpWhatAllClientsCount(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"statsd/collector.yaml", labConfig}, nil, "--set=receivers.statsd.aggregation_interval=1s")
	for _, client := range []string{"127.0.0.1", "127.0.0.2"} {
		connection, err := (&net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(client)}}).DialContext(t.Context(), "udp", c.environment["STATSD_ENDPOINT"])
		require.NoError(t, err)
		defer connection.Close()
		_, err = io.WriteString(connection, "both:1|c")
		require.NoError(t, err)
	}
	times, sum := map[int64]bool{}, 0
	lab.Wait(t, "what both clients sent is there", func() bool {
		var answer struct {
			Points []struct {
				Timestamp int64
				Value     int
			}
		}
		l.Get(t, "/api/points?series="+l.Series(t, "signalfx", "both").ID, &answer)
		clear(times)
		sum = 0
		for _, point := range answer.Points {
			assert.False(t, times[point.Timestamp], "two points of a series at one time: a service keeps one of them")
			times[point.Timestamp] = true
			sum += point.Value
		}
		return sum == 2
	})
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
	lab.Wait(t, "the backend got history", func() bool { return delivered.Load() > 0 })
}

// history puts points of the last ten minutes into the lab.
func history(t *testing.T, l *lab.Lab) {
	t.Helper()
	var points []string
	for age := 10 * time.Minute; age > 0; age -= 10 * time.Second {
		points = append(points, fmt.Sprintf(`{"metric":"cpu.utilization","value":7,"timestamp":%d,"dimensions":{"host.name":"a"}}`, time.Now().Add(-age).UnixMilli()))
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.Services["signalfx"]+"/v2/datapoint",
		strings.NewReader(`{"gauge":[`+strings.Join(points, ",")+`]}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-SF-Token", "laptop")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

var signalFlowLine = regexp.MustCompile(`(?m)^signalflow_cpu_utilization\{host_name="a",signalflow_stream_label="cpu"\} [0-9.]+ [0-9]{13}$`)

func TestSignalFlowToPrometheus(t *testing.T) {
	l := startLab(t)
	history(t, l)
	c := run(t, l, []string{"signalflow-prometheus/collector.yaml", "lab/signalflow.yaml"}, nil)
	lab.Wait(t, "the series is shown", func() bool {
		history(t, l)
		response, err := http.Get("http://" + c.environment["PROMETHEUS_ENDPOINT"] + "/metrics")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		// Without the scope's labels, and with the stream's own times.
		return err == nil && signalFlowLine.Match(text)
	})
}
