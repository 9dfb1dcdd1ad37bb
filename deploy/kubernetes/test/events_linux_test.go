package manifests

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

// What the agent makes of lines in containers' logs, as container runtimes frame them.
func TestLinesThatAreEventsAreTakenFromContainersLogs(t *testing.T) {
	root := eventsRoot(t)
	logs := filepath.Join(root, "var/log/pods")
	pod := filepath.Join(logs, "shop_checkout-7d9f_0b6c1c9e-1111-2222-3333-444455556666/app")
	require.NoError(t, os.MkdirAll(pod, 0o755))

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // for a hanging collector; it takes seconds
	defer cancel()
	collector := rootfs.Command(ctx, root, 0, "/otelcol-custom", "--config=/etc/otelcol/events.yaml")
	collector.Env = append(collector.Env, "POD_NAMESPACE=observability")
	output := &rootfs.Output{}
	collector.Stderr = output
	require.NoError(t, collector.Start())
	output.Await(ctx, t, "Everything is ready.")
	write := func(file string, lines ...string) {
		require.NoError(t, os.WriteFile(filepath.Join(pod, file), []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	}
	write("0.log", // containerd, CRI-O
		`2026-01-02T03:04:05.000000001Z stdout F a line that is no event`,
		`2026-01-02T03:04:05.000000002Z stdout F {"event":"deploy","service":"checkout","version":"1.4.2"}`)
	write("1.log", // Docker
		`{"log":"another line\n","stream":"stdout","time":"2026-01-02T03:04:05.000000003Z"}`,
		`{"log":"{\"event\":\"rollback\",\"service\":\"checkout\"}\n","stream":"stdout","time":"2026-01-02T03:04:05.000000004Z"}`)
	output.Await(ctx, t, "EventName: deploy")
	output.Await(ctx, t, "EventName: rollback")
	require.NoError(t, rootfs.Signal(collector, syscall.SIGTERM))
	assert.NoError(t, collector.Wait())

	text := output.String()
	assert.Equal(t, 2, strings.Count(text, "EventName: "), "no other line")
	for _, want := range []string{
		"k8s.namespace.name: Str(shop)", "k8s.pod.name: Str(checkout-7d9f)", "k8s.pod.uid: Str(0b6c1c9e-1111-2222-3333-444455556666)",
		"k8s.container.name: Str(app)", "service: Str(checkout)", "version: Str(1.4.2)",
	} {
		assert.Contains(t, text, want)
	}
	for _, unwanted := range []string{"logtag", "log.iostream", "log.file.path", "log.file.name", "-> event:"} {
		assert.NotContains(t, text, unwanted)
	}
}

// eventsRoot is a root folder with the agent's receiver and processor of events, and an exporter that prints.
func eventsRoot(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../agent/in.yaml")
	require.NoError(t, err)
	var in map[string]map[string]any
	require.NoError(t, yaml.Unmarshal(text, &in))
	receiver := in["receivers"]["file_log/events"].(map[string]any)
	receiver["poll_interval"], receiver["start_at"] = "100ms", "beginning"
	config, err := yaml.Marshal(map[string]any{
		"extensions": map[string]any{"file_storage": map[string]any{"directory": "/state"}},
		"receivers":  map[string]any{"file_log/events": receiver},
		"processors": map[string]any{"transform/events": in["processors"]["transform/events"]},
		"exporters":  map[string]any{"debug": map[string]any{"verbosity": "detailed"}},
		"service": map[string]any{
			"extensions": []string{"file_storage"},
			"telemetry":  map[string]any{"metrics": map[string]any{"level": "none"}},
			"pipelines": map[string]any{"logs": map[string]any{
				"receivers": []string{"file_log/events"}, "processors": []string{"transform/events"}, "exporters": []string{"debug"},
			}},
		},
	})
	require.NoError(t, err)

	root := t.TempDir()
	for _, folder := range []string{"proc", "state", "etc/otelcol", "var/log/pods"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, folder), 0o755))
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "etc/otelcol/events.yaml"), config, 0o600))
	binary(t, root)
	return root
}
