package examples

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

const (
	examples = "../../examples/"
	patience = 2 * time.Minute // for a machine that is busy with other things; all takes seconds
)

// lab is a running stand-in for the vendors.
type lab struct {
	page     string
	services map[string]string // URL by name
}

func startLab(t *testing.T, arguments ...string) *lab {
	t.Helper()
	binary, err := filepath.Abs("../../build/bin/vendorlab")
	require.NoError(t, err)
	require.FileExists(t, binary, "build it with: make lab")
	for _, service := range []string{"listen", "signalfx", "signalflow", "wavefront", "wavefront-proxy", "librato"} {
		arguments = append(arguments, "--"+service+"=127.0.0.1:0")
	}
	process := exec.Command(binary, arguments...)
	output, err := process.StdoutPipe()
	require.NoError(t, err)
	start(t, process)
	l := &lab{services: map[string]string{}}
	lines := bufio.NewScanner(output)
	for l.page == "" && lines.Scan() {
		if at := strings.Index(lines.Text(), "http://127.0.0.1:"); at >= 0 {
			l.page = strings.TrimRight(strings.Fields(lines.Text()[at:])[0], "/")
		}
	}
	require.NotEmpty(t, l.page, "the lab says where its page is")
	go func() { _, _ = io.Copy(io.Discard, output) }()

	var ports struct {
		Page     string
		Services map[string]struct{ URL string }
	}
	l.get(t, "/api/ports", &ports)
	for name, service := range ports.Services {
		l.services[name] = service.URL
	}
	return l
}

// start runs a process until the test ends.
func start(t *testing.T, process *exec.Cmd) <-chan error {
	t.Helper()
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, process.Start())
	ended := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		ended <- process.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(patience):
			t.Errorf("%s did not end within %s", process.Path, patience)
			_ = process.Process.Kill()
		}
	})
	return ended
}

func (l *lab) get(t *testing.T, path string, into any) {
	t.Helper()
	response, err := http.Get(l.page + path)
	require.NoError(t, err)
	defer response.Body.Close()
	require.NoError(t, json.NewDecoder(response.Body).Decode(into))
}

type series struct {
	ID, Vendor, Metric, Type string
	Dimensions               map[string]string
	Last                     struct {
		Timestamp int64 // Unix milliseconds
		Value     json.RawMessage
	}
}

type event struct {
	Vendor, Type, Category string
	Timestamp, End         int64 // Unix milliseconds
	Dimensions, Properties map[string]any
}

// series waits for a series of a vendor, with such dimensions as key=value.
func (l *lab) series(t *testing.T, vendor, metric string, dimensions ...string) series {
	t.Helper()
	query := url.Values{"vendor": {vendor}, "metric": {metric}, "dimension": dimensions}.Encode()
	var found series
	wait(t, vendor+" has the series "+metric+" "+strings.Join(dimensions, " "), func() bool {
		var answer struct{ Series []series }
		l.get(t, "/api/series?"+query, &answer)
		if len(answer.Series) > 0 {
			found = answer.Series[0]
		}
		return len(answer.Series) > 0
	})
	return found
}

// event waits for an event of a vendor whose type is the given one, or whose title is.
func (l *lab) event(t *testing.T, vendor, name string) event {
	t.Helper()
	var found event
	wait(t, vendor+" has the event "+name, func() bool {
		var answer struct{ Events []event }
		l.get(t, "/api/events", &answer)
		for _, e := range answer.Events {
			if e.Vendor == vendor && (e.Type == name || e.Properties["title"] == name) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

type span struct {
	Name, Service, Kind  string
	Duration             int64 `json:"duration_ns"`
	Attributes, Resource map[string]any
	Logs                 []struct{ Fields map[string]any }
}

// trace waits for the trace of a vendor whose root is the given one.
func (l *lab) trace(t *testing.T, vendor, root string) []span {
	t.Helper()
	var found []span
	wait(t, vendor+" has the trace "+root, func() bool {
		var answer struct {
			Traces []struct {
				Vendor, Root string
				Spans        []span
			}
		}
		l.get(t, "/api/traces", &answer)
		for _, trace := range answer.Traces {
			if trace.Vendor == vendor && trace.Root == root {
				found = trace.Spans
			}
		}
		return found != nil
	})
	return found
}

func wait(t *testing.T, what string, met func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !met() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// collector is a running collector.
type collector struct {
	environment map[string]string
	otlp        string // URL of OTLP over HTTP
	log         *rootfs.Output
}

// run starts the collector with configurations of the examples, against the lab, and waits until it is ready.
func run(t *testing.T, l *lab, configs []string, more map[string]string, arguments ...string) *collector {
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
func tryRun(t *testing.T, l *lab, configs []string, more map[string]string, arguments []string) (_ *collector, retry bool) {
	t.Helper()
	folder := t.TempDir()
	http, grpc := freeAddress(t), freeAddress(t)
	c := &collector{otlp: "http://" + http, log: &rootfs.Output{}, environment: map[string]string{
		"OTLP_HTTP_ENDPOINT": http, "OTLP_GRPC_ENDPOINT": grpc, "HEALTH_ENDPOINT": freeAddress(t), "STATSD_ENDPOINT": freePacketAddress(t),
		"PROMETHEUS_ENDPOINT": freeAddress(t),
		"QUEUE_DIRECTORY":     folder + "/queue", "POSITIONS_DIRECTORY": folder + "/positions", "CHECKPOINT_DIRECTORY": folder + "/checkpoints",
		"BACKFILL_DIRECTORY": folder + "/backfill", "DEPLOY_LOG": folder + "/deploys.log",
		"SPLUNK_REALM": "us0", "SPLUNK_ACCESS_TOKEN": "laptop", "SPLUNK_API_TOKEN": "laptop",
		"LAB_SIGNALFX": l.services["signalfx"], "LAB_WAVEFRONT": l.services["wavefront"], "LAB_LIBRATO": l.services["librato"],
		"LAB_SIGNALFLOW": strings.Replace(l.services["signalflow"], "http://", "ws://", 1) + "/v2/signalflow",
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
	ended := start(t, process)
	ready := false
	wait(t, "the collector is ready", func() bool {
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
	ctx, cancel := context.WithTimeout(t.Context(), patience)
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
