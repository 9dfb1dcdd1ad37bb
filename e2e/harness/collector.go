package harness

import (
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Patience is how long a condition may take before a test gives up. It is no
// measurement: a machine that is busy with other things must not fail a test.
// E2E_PATIENCE changes it.
var Patience = patience()

func patience() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("E2E_PATIENCE")); err == nil {
		return d
	}
	return 5 * time.Minute
}

// program is the collector that `make otelcol-custom` builds.
const program = "../cmd/otelcol-custom/otelcol-custom"

// Collector is a running collector. Its storage stays when it is started again.
type Collector struct {
	// Log is everything that all its processes wrote.
	Log *Log

	t       testing.TB
	config  Config
	folder  string
	wrapper []string
	child   *child
	begin   int    // where the log of the running process begins
	otlp    string // host:port
	metrics string // host:port
	before  Counters
}

// Start starts a collector and waits until it takes data.
func Start(t testing.TB, config Config) *Collector {
	t.Helper()
	c := New(t, config)
	c.Start()
	return c
}

// New returns a collector that does not run yet.
func New(t testing.TB, config Config) *Collector {
	t.Helper()
	c := &Collector{Log: &Log{}, t: t, config: config, folder: t.TempDir(), before: Counters{}}
	t.Cleanup(func() {
		c.Kill()
		if t.Failed() {
			t.Logf("the end of the collector's log:\n%s", c.Log.tail())
		}
		if kept := os.Getenv("E2E_LOGS"); kept != "" {
			_ = os.WriteFile(filepath.Join(kept, strings.ReplaceAll(t.Name(), "/", "_")+".log"), []byte(c.Log.String()), 0o600)
		}
	})
	return c
}

// Wrap makes the collector start by another program, such as a shell that sets limits.
func (c *Collector) Wrap(program ...string) { c.wrapper = program }

// Storage is the folder of the disk queue.
func (c *Collector) Storage() string { return filepath.Join(c.folder, "queue") }

// QueueFile is the queue of a signal on disk, as the storage extension names it.
func (c *Collector) QueueFile(s Signal) string {
	kind, name, _ := strings.Cut(c.config.Exporter, "/")
	return filepath.Join(c.Storage(), "exporter_"+kind+"_"+name+"_"+string(s))
}

// Reconfigure is in force from the next start on.
func (c *Collector) Reconfigure(config Config) { c.config = config }

// Start starts the process and waits until it takes data. Ports that were free a moment
// ago may be taken by somebody else on a busy machine: then it takes others.
func (c *Collector) Start() {
	c.t.Helper()
	const attempts = 5
	for range attempts {
		err := c.try()
		if err == nil {
			return
		}
		said := c.said()
		require.Contains(c.t, said, "address already in use", "the collector did not start: %v", err)
	}
	require.Fail(c.t, "no free ports")
}

// Fail starts the process, waits until it has ended by itself and returns what it said.
func (c *Collector) Fail() string {
	c.t.Helper()
	require.Error(c.t, c.try(), "the collector should have refused to start")
	return c.said()
}

var errEnded = errors.New("the process ended")

// try returns nil when the collector takes data, or an error once it has ended.
func (c *Collector) try() error {
	c.otlp, c.metrics = FreeAddress(c.t), FreeAddress(c.t)
	file := filepath.Join(c.folder, "collector.yaml")
	require.NoError(c.t, os.WriteFile(file, c.config.render(c.otlp, c.metrics, c.Storage()), 0o600))
	path, err := filepath.Abs(program)
	require.NoError(c.t, err)
	require.FileExists(c.t, path, "build it first: make otelcol-custom")
	command := append(append([]string{}, c.wrapper...), path, "--config", file)
	c.begin = len(c.Log.String())
	c.child, err = startChild(c.Log, command[0], command[1:]...)
	require.NoError(c.t, err)
	for deadline := time.Now().Add(Patience); ; {
		if c.child.ended() {
			return errors.Join(errEnded, c.child.err)
		}
		if c.ready() {
			return nil
		}
		require.True(c.t, time.Now().Before(deadline), "the collector is not ready:\n%s", c.Log.tail())
		time.Sleep(10 * time.Millisecond)
	}
}

// ready reports whether the process of this collector, and no other, takes data.
func (c *Collector) ready() bool {
	if !strings.Contains(c.said(), "Everything is ready") {
		return false
	}
	resp, err := http.Get("http://" + c.metrics + "/metrics")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	conn, err := net.Dial("tcp", c.otlp)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return resp.StatusCode == http.StatusOK
}

// said is what the latest process wrote.
func (c *Collector) said() string { return c.Log.String()[c.begin:] }

// Running reports whether the process has not ended.
func (c *Collector) Running() bool { return c.child != nil && !c.child.ended() }

// Pid is that of the process.
func (c *Collector) Pid() int { return c.child.process.Pid }

// Kill ends the process at once, as a crash does.
func (c *Collector) Kill() {
	if c.child != nil {
		_ = syscall.Kill(-c.child.process.Pid, syscall.SIGKILL)
		<-c.child.done
	}
}

// Terminate asks the process to end, as a supervisor does, and waits until it has. It
// returns how long that took, and fails the test when it took longer than grace.
func (c *Collector) Terminate(grace time.Duration) time.Duration {
	c.t.Helper()
	c.remember()
	begin := time.Now()
	require.NoError(c.t, c.child.process.Signal(syscall.SIGTERM))
	select {
	case <-c.child.done:
	case <-time.After(grace):
		require.Fail(c.t, "the collector did not end within its grace period", grace.String())
	}
	return time.Since(begin)
}

// Dump makes the process write all its stacks and end, as a crash does.
func (c *Collector) Dump() {
	c.t.Helper()
	require.NoError(c.t, c.child.process.Signal(syscall.SIGQUIT))
	<-c.child.done
}

// MetricsURL is the page with the collector's own metrics.
func (c *Collector) MetricsURL() string { return "http://" + c.metrics + "/metrics" }

// Describe returns what the command print-config says of the configuration in force.
func (c *Collector) Describe(config string) string {
	c.t.Helper()
	file := filepath.Join(c.folder, "described.yaml")
	require.NoError(c.t, os.WriteFile(file, []byte(config), 0o600))
	path, err := filepath.Abs(program)
	require.NoError(c.t, err)
	out, err := exec.Command(path, "print-config", "--config", file).CombinedOutput()
	require.NoError(c.t, err, "%s", out)
	return string(out)
}

// Config is what is in force from the next start on.
func (c *Collector) Config() Config { return c.config }
