package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// symptom is something that the page about symptoms quotes, and what makes a collector say it.
type symptom struct {
	says string
	make func(*rig, *harness.Config)
}

// failures are of a collector that does not start.
var failures = []symptom{
	{"`access_token` is missing", func(_ *rig, c *harness.Config) { c.More = `access_token: "${env:NOT_SET}"` }},
	{"`realm` is missing", func(_ *rig, c *harness.Config) { c.More = "{ingest_url: null, api_url: null}" }},
	{"did you mean", func(_ *rig, c *harness.Config) { c.More = "acces_token: x" }},
	{"no longer exists", func(_ *rig, c *harness.Config) { c.More = "translation_rules: []" }},
	{"address already in use", func(r *rig, c *harness.Config) {
		c.Whole = "receivers: {otlp: {protocols: {http: {endpoint: " + r.lab.SignalFx.Address() + "}}}}"
	}},
	{"directory must exist", func(_ *rig, c *harness.Config) {
		c.Whole = "extensions: {file_storage: {directory: /not/there, create_directory: false}}"
	}},
	{"no storage client extension found", func(_ *rig, c *harness.Config) { c.Whole = "service: {extensions: []}" }},
	{`failed to start "signalfx" exporter: timeout`, func(r *rig, c *harness.Config) {
		other := harness.Start(r.T, r.target.config(r.lab))
		c.Whole = "extensions: {file_storage: {directory: " + other.Storage() + "}, queue_check: {directory: " + other.Storage() + "}}"
	}},
}

func TestSymptomsAtTheStart(t *testing.T) {
	t.Parallel()
	quoted := quotes(t, "It does not start")
	for _, q := range quoted {
		made := slices.ContainsFunc(failures, func(s symptom) bool { return s.says == q })
		assert.True(t, made || tried[q], "no case here makes the collector say %q", q)
	}
	for _, f := range failures {
		t.Run(f.says, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, &targets[0])
			config := r.target.config(r.lab)
			f.make(r, &config)
			r.collector = harness.New(t, config)
			assert.Contains(t, r.collector.Fail(), f.says)
			assert.Contains(t, quoted, f.says, "of the page about symptoms")
		})
	}
}

// signs are in the log of one that runs.
var signs = []symptom{
	{"status 401", faulty(faults.Fault{RevokedToken: true})},
	{"status 413", faulty(faults.Fault{Status: 413})},
	{"status 429", faulty(faults.Fault{Status: 429})},
	{"status 503", faulty(faults.Fault{Status: 503})},
	{"The service refused data for good; it is lost", faulty(faults.Fault{Status: 400})},
	{"connect: connection refused", to("http://127.0.0.1:1")},
	{"dial tcp: lookup", to("http://ingest.nowhere.invalid")},
	{"context deadline exceeded", func(r *rig, c *harness.Config) {
		c.More = "timeout: 100ms"
		r.fault(faults.Fault{Latency: faults.Duration(1e9)})
	}},
	{"server gave HTTP response to HTTPS client", func(r *rig, c *harness.Config) {
		to(strings.Replace(r.lab.SignalFx.URL(), "http://", "https://", 1))(r, c)
	}},
	{"certificate signed by unknown authority", func(r *rig, c *harness.Config) {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		r.Cleanup(server.Close)
		to(server.URL)(r, c)
	}},
	{"sending queue is full", func(_ *rig, c *harness.Config) { c.Queue = "queue_size: 1" }},
	{"Memory usage is above soft limit. Refusing data.", func(_ *rig, c *harness.Config) {
		c.Whole = `
processors: {memory_limiter: {check_interval: 100ms, limit_mib: 2, spike_limit_mib: 1}}
service: {pipelines: {metrics: {processors: [memory_limiter]}}}`
	}},
	{"Dropped items that cannot be sent", func(_ *rig, c *harness.Config) { c.More = "max_request_size: 20" }},
	{"A queue file is damaged", func(r *rig, c *harness.Config) {
		folder := r.TempDir()
		require.NoError(r, os.WriteFile(folder+"/exporter_signalfx__metrics", make([]byte, 64<<10), 0o600))
		c.Whole = "extensions: {file_storage: {directory: " + folder + "}, queue_check: {directory: " + folder + "}}"
	}},
}

func faulty(f faults.Fault) func(*rig, *harness.Config) {
	return func(r *rig, _ *harness.Config) { r.fault(f) }
}

func to(url string) func(*rig, *harness.Config) {
	return func(_ *rig, c *harness.Config) { c.More = "{ingest_url: \"" + url + "\", api_url: \"" + url + "\"}" }
}

func TestSymptomsInTheLog(t *testing.T) {
	t.Parallel()
	quoted := quotes(t, "What the log says")
	for _, s := range signs {
		t.Run(s.says, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, &targets[0])
			config := r.target.config(r.lab)
			config.Signals = []harness.Signal{harness.Metrics}
			s.make(r, &config)
			r.collector = harness.Start(t, config)
			r.eventually(s.says, func() bool {
				_, err := r.collector.Offer(t.Context(), harness.Metrics, harness.Metrics.Batch("test_id", newID(harness.Metrics), 0, 10), nil)
				require.NoError(t, err)
				return r.collector.Log.Contains(s.says)
			})
			assert.Contains(t, quoted, s.says, "of the page about symptoms")
		})
	}
	for _, q := range quoted {
		made := slices.ContainsFunc(signs, func(s symptom) bool { return s.says == q })
		assert.True(t, made || tried[q], "no case here makes the log say %q", q)
	}
}

// tried are quotes of what takes another user or a cluster, and was tried by hand.
var tried = map[string]bool{"Failed to open file": true, "permission denied": true, "failed to get total memory": true}

// quotes are the code texts that begin the rows of a section's table.
func quotes(t *testing.T, section string) []string {
	t.Helper()
	text, err := os.ReadFile(troubleshoot)
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "\n## "+section+"\n")
	require.True(t, found, section)
	rest, _, _ = strings.Cut(rest, "\n## ")
	var all []string
	for _, row := range regexp.MustCompile("(?m)^\\| (.*?) \\|").FindAllStringSubmatch(rest, -1) {
		for _, double := range regexp.MustCompile("`` (.*?) ``|`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			all = append(all, double[1]+double[2])
		}
	}
	return all
}
