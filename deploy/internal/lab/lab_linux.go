package lab

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

// Patience is for a machine that is busy with other things; all takes seconds.
const Patience = 2 * time.Minute

// Lab is a running stand-in for the vendors.
type Lab struct {
	Page     string
	Services map[string]string // URL by name
}

// Start runs the lab on free ports of an address of this machine, until the test ends. Flags given as arguments come last and win.
func Start(t *testing.T, host string, arguments ...string) *Lab {
	t.Helper()
	binary := rootfs.Built(t, "build/bin/vendorlab", "make lab")
	var flags []string
	for _, service := range []string{"listen", "signalfx", "signalflow", "wavefront", "wavefront-proxy", "librato"} {
		flags = append(flags, "--"+service+"="+host+":0")
	}
	process := exec.Command(binary, append(flags, arguments...)...)
	output, err := process.StdoutPipe()
	require.NoError(t, err)
	Run(t, process)
	l := &Lab{Services: map[string]string{}}
	lines := bufio.NewScanner(output)
	for l.Page == "" && lines.Scan() {
		if at := strings.Index(lines.Text(), "http://"+host+":"); at >= 0 {
			l.Page = strings.TrimRight(strings.Fields(lines.Text()[at:])[0], "/")
		}
	}
	require.NotEmpty(t, l.Page, "the lab says where its page is")
	go func() { _, _ = io.Copy(io.Discard, output) }()

	var ports struct {
		Page     string
		Services map[string]struct{ URL string }
	}
	l.Get(t, "/api/ports", &ports)
	for name, service := range ports.Services {
		l.Services[name] = service.URL
	}
	return l
}

// Run runs a process until the test ends.
func Run(t *testing.T, process *exec.Cmd) (ended <-chan error) {
	t.Helper()
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, process.Start())
	result := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		result <- process.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(Patience):
			t.Errorf("%s did not end within %s", process.Path, Patience)
			_ = process.Process.Kill()
		}
	})
	return result
}

// Get decodes an answer of the lab's API.
func (l *Lab) Get(t *testing.T, path string, into any) {
	t.Helper()
	response, err := http.Get(l.Page + path)
	require.NoError(t, err)
	defer response.Body.Close()
	require.NoError(t, json.NewDecoder(response.Body).Decode(into))
}

// Series is what the lab says of a series.
type Series struct {
	ID, Vendor, Metric, Type string
	Dimensions               map[string]string
	Last                     struct {
		Timestamp int64 // Unix milliseconds
		Value     json.RawMessage
	}
}

// Event is what the lab says of an event.
type Event struct {
	Vendor, Type, Category string
	Timestamp, End         int64 // Unix milliseconds
	Dimensions, Properties map[string]any
}

// Span is what the lab says of a span.
type Span struct {
	Name, Service, Kind  string
	Duration             int64 `json:"duration_ns"`
	Attributes, Resource map[string]any
	Logs                 []struct{ Fields map[string]any }
}

// Series waits for a series of a vendor, with such dimensions as key=value.
func (l *Lab) Series(t *testing.T, vendor, metric string, dimensions ...string) Series {
	t.Helper()
	query := url.Values{"vendor": {vendor}, "metric": {metric}, "dimension": dimensions}.Encode()
	var found Series
	Wait(t, vendor+" has the series "+metric+" "+strings.Join(dimensions, " "), func() bool {
		var answer struct{ Series []Series }
		l.Get(t, "/api/series?"+query, &answer)
		if len(answer.Series) > 0 {
			found = answer.Series[0]
		}
		return len(answer.Series) > 0
	})
	return found
}

// Event waits for an event of a vendor whose type is the given one, or whose title is.
func (l *Lab) Event(t *testing.T, vendor, name string) Event {
	t.Helper()
	var found Event
	Wait(t, vendor+" has the event "+name, func() bool {
		var answer struct{ Events []Event }
		l.Get(t, "/api/events", &answer)
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

// Trace waits for the trace of a vendor whose root is the given one.
func (l *Lab) Trace(t *testing.T, vendor, root string) []Span {
	t.Helper()
	var found []Span
	Wait(t, vendor+" has the trace "+root, func() bool {
		var answer struct {
			Traces []struct {
				Vendor, Root string
				Spans        []Span
			}
		}
		l.Get(t, "/api/traces", &answer)
		for _, trace := range answer.Traces {
			if trace.Vendor == vendor && trace.Root == root {
				found = trace.Spans
			}
		}
		return found != nil
	})
	return found
}

// Wait asks until the answer is yes.
func Wait(t *testing.T, what string, met func() bool) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for !met() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", Patience, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
