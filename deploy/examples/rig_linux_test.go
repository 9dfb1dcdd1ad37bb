package examples

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

const examples = "../../examples/"

func startLab(t *testing.T, arguments ...string) *lab.Lab {
	t.Helper()
	return lab.Start(t, "127.0.0.1", arguments...)
}

// collector is a running collector.
type collector struct {
	environment map[string]string
	otlp        string // URL of OTLP over HTTP
	log         *rootfs.Output
}

// run starts the collector with configurations of the examples, against the lab, and waits until it is ready.
func run(t *testing.T, l *lab.Lab, configs []string, more map[string]string, arguments ...string) *collector {
	t.Helper()
	for try := 0; ; try++ {
		c, retry := tryRun(t, l, configs, more, arguments)
		if c != nil {
			return c
		}
		require.True(t, retry && try < 5, "the collector did not start")
	}
}

// tryRun fails when a port that was free was taken by somebody else in between: then it is worth another try.
func tryRun(t *testing.T, l *lab.Lab, configs []string, more map[string]string, arguments []string) (_ *collector, retry bool) {
	t.Helper()
	folder := t.TempDir()
	http, grpc := freeAddress(t), freeAddress(t)
	c := &collector{otlp: "http://" + http, log: &rootfs.Output{}, environment: map[string]string{
		"OTLP_HTTP_ENDPOINT": http, "OTLP_GRPC_ENDPOINT": grpc, "HEALTH_ENDPOINT": freeAddress(t), "STATSD_ENDPOINT": freePacketAddress(t),
		"PROMETHEUS_ENDPOINT": freeAddress(t),
		"QUEUE_DIRECTORY":     folder + "/queue", "POSITIONS_DIRECTORY": folder + "/positions", "CHECKPOINT_DIRECTORY": folder + "/checkpoints",
		"BACKFILL_DIRECTORY": folder + "/backfill", "DEPLOY_LOG": folder + "/deploys.log",
		"SPLUNK_REALM": "us0", "SPLUNK_ACCESS_TOKEN": "laptop", "SPLUNK_API_TOKEN": "laptop",
		"LAB_SIGNALFX": l.Services["signalfx"], "LAB_WAVEFRONT": l.Services["wavefront"], "LAB_LIBRATO": l.Services["librato"],
		"LAB_SIGNALFLOW": strings.Replace(l.Services["signalflow"], "http://", "ws://", 1) + "/v2/signalflow",
	}}
	for name, value := range more {
		c.environment[name] = value
	}
	command := []string{"--set=service.telemetry.metrics.level=none"}
	for _, config := range configs {
		command = append(command, "--config="+examples+config)
	}
	process := exec.Command(rootfs.Collector(t), append(command, arguments...)...)
	process.Env = []string{"PATH=" + os.Getenv("PATH")}
	for name, value := range c.environment {
		process.Env = append(process.Env, name+"="+value)
	}
	process.Stderr = c.log
	ended := lab.Run(t, process)
	ready := false
	lab.Wait(t, "the collector is ready", func() bool {
		select {
		case <-ended:
			retry = strings.Contains(c.log.String(), "address already in use")
			if !retry {
				t.Fatalf("the collector ended:\n%s", c.log.String())
			}
			return true
		default:
			ready = strings.Contains(c.log.String(), "Everything is ready.")
			return ready
		}
	})
	if !ready {
		return nil, retry
	}
	return c, false
}

// curl runs the script that sends every kind of data once.
func (c *collector) curl(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), lab.Patience)
	defer cancel()
	process := exec.CommandContext(ctx, "sh", examples+"migrate/otlp.sh")
	process.Env = []string{"PATH=" + os.Getenv("PATH"), "OTLP=" + c.otlp, "SECONDS_AGO=600"}
	output, err := process.CombinedOutput()
	require.NoError(t, err, "%s", output)
}

// gauge sends a point over OTLP.
func (c *collector) gauge(t *testing.T, name string) {
	t.Helper()
	c.post(t, fmt.Sprintf(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":%q,"gauge":{"dataPoints":[{"asInt":"3","timeUnixNano":"%d"}]}}]}]}]}`,
		name, time.Now().UnixNano()))
}

// post sends metrics over OTLP.
func (c *collector) post(t *testing.T, body string) {
	t.Helper()
	response, err := http.Post(c.otlp+"/v1/metrics", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func freePacketAddress(t *testing.T) string {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.LocalAddr().String()
}
