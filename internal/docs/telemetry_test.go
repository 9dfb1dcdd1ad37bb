package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// core are the collector's own metrics that pages name, as collector v0.160.0 names them. Those of the alerts and the dashboard are checked with a
// running collector: e2e.
var core = []string{
	"otelcol_receiver_accepted_metric_points", "otelcol_receiver_accepted_log_records", "otelcol_receiver_accepted_spans",
	"otelcol_receiver_refused_metric_points",
	"otelcol_exporter_queue_size", "otelcol_exporter_queue_capacity",
	"otelcol_exporter_enqueue_failed_metric_points", "otelcol_exporter_enqueue_failed_log_records", "otelcol_exporter_enqueue_failed_spans",
	"otelcol_exporter_send_failed_metric_points", "otelcol_exporter_send_failed_log_records", "otelcol_exporter_send_failed_spans",
	"otelcol_processor_memory_limiter_refused_metric_points",
	"otelcol_process_memory_rss", "otelcol_process_runtime_heap_alloc_bytes", "otelcol_process_cpu_seconds", "otelcol_process_uptime",
}

// known are the metrics of our components, by their metadata, and those of the collector.
func known(t *testing.T) []string {
	t.Helper()
	all := append([]string{}, core...)
	for _, c := range components {
		text, err := os.ReadFile(filepath.Join(root, c.folder, "metadata.yaml"))
		require.NoError(t, err)
		var metadata struct {
			Telemetry struct{ Metrics map[string]any }
		}
		require.NoError(t, yaml.Unmarshal(text, &metadata))
		require.Equal(t, strings.HasPrefix(c.folder, "extension/"), len(metadata.Telemetry.Metrics) == 0, "%s: every component with pipelines counts", c.folder)
		for name := range metadata.Telemetry.Metrics {
			all = append(all, "otelcol_"+name)
		}
	}
	return all
}

// A metric that a page names is one of ours, of the collector, or the beginning of several (with * or a placeholder behind it).
func TestPagesNameMetricsThatExist(t *testing.T) {
	names := known(t)
	pages, err := filepath.Glob(root + "/docs/*.md")
	require.NoError(t, err)
	migrate, err := filepath.Glob(root + "/docs/migrate/*.md")
	require.NoError(t, err)
	for _, page := range append(pages, migrate...) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, name := range regexp.MustCompile("`(otelcol_[a-z_]+)[`{]").FindAllStringSubmatch(string(text), -1) {
			assert.Contains(t, names, name[1], page)
		}
	}
}
