package manifests

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

func TestTheCollectorTakesEveryConfigurationAsItIsMounted(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			t.Run(w.name, func(t *testing.T) {
				root := container(t, o, w)
				environment := variables(t, o, w)
				for _, path := range configFiles(t, w) {
					checkVariables(t, filepath.Join(root, path), environment)
				}
				validate := rootfs.Command(t.Context(), root, 0, "/otelcol-custom", append([]string{"validate"}, w.pod.Containers[0].Args...)...)
				for name, value := range environment {
					validate.Env = append(validate.Env, name+"="+value)
				}
				output, err := validate.CombinedOutput()
				assert.NoError(t, err, "%s", output)
			})
		}
	})
}

// container makes the root of a container of the workload: the binary, what its volumes hold, and what Kubernetes puts into every pod.
func container(t *testing.T, o *overlay, w workload) string {
	t.Helper()
	root := t.TempDir()
	binary(t, root)
	put := func(path string, content []byte) {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(path)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(root, path), content, 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(root, "proc"), 0o700))
	put("/var/run/secrets/kubernetes.io/serviceaccount/token", []byte("example-token"))
	put("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", authority(t))
	for _, mount := range w.pod.Containers[0].VolumeMounts {
		require.NoError(t, os.MkdirAll(filepath.Join(root, mount.MountPath), 0o700))
	}
	for _, path := range configFiles(t, w) {
		text, ok := content(o, w, path)
		require.True(t, ok, "%s of %s is in no volume", path, w.name)
		put(path, []byte(text))
	}
	return root
}

// binary puts the collector into a root folder.
func binary(t *testing.T, root string) {
	t.Helper()
	collector, target := rootfs.Collector(t), filepath.Join(root, "otelcol-custom")
	if os.Link(collector, target) == nil {
		return
	}
	content, err := os.ReadFile(collector) // another file system
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(target, content, 0o700))
}

// authority is the certificate of a certificate authority.
func authority(t *testing.T) []byte {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// configFiles are those of the workload's arguments, which are nothing else.
func configFiles(t *testing.T, w workload) []string {
	t.Helper()
	var paths []string
	for _, argument := range w.pod.Containers[0].Args {
		path, ok := strings.CutPrefix(argument, "--config=")
		require.True(t, ok, "argument %q of %s", argument, w.name)
		paths = append(paths, path)
	}
	require.NotEmpty(t, paths, w.name)
	return paths
}

func content(o *overlay, w workload, path string) (string, bool) {
	for _, mount := range w.pod.Containers[0].VolumeMounts {
		name, ok := strings.CutPrefix(path, mount.MountPath+"/")
		if !ok {
			continue
		}
		for _, v := range w.pod.Volumes {
			if v.Name == mount.Name && v.ConfigMap != nil && o.configMaps[v.ConfigMap.Name] != nil {
				text, ok := o.configMaps[v.ConfigMap.Name].Data[name]
				return text, ok
			}
		}
	}
	return "", false
}

// secrets are those that the README tells to create, with what they hold.
var secrets = map[string]map[string]string{
	"signalfx":   {"SPLUNK_ACCESS_TOKEN": "example-token", "SPLUNK_REALM": "us0"},
	"wavefront":  {"WAVEFRONT_URL": "https://example.wavefront.com", "WAVEFRONT_TOKEN": "example-token"},
	"librato":    {"LIBRATO_URL": "https://relay.example.com", "LIBRATO_TOKEN": "example-token"},
	"signalflow": {"SPLUNK_API_TOKEN": "example-token", "SPLUNK_REALM": "us0"},
}

var fields = map[string]string{
	"status.podIP": "10.0.0.7", "status.hostIP": "10.0.0.1", "spec.nodeName": "node-1", "metadata.namespace": "observability", "metadata.name": "pod-1",
}

// variables is the environment of the workload's container.
func variables(t *testing.T, o *overlay, w workload) map[string]string {
	t.Helper()
	environment := map[string]string{}
	c := w.pod.Containers[0]
	for _, from := range c.EnvFrom {
		require.NotNil(t, from.SecretRef, w.name)
		held, ok := secrets[from.SecretRef.Name]
		require.True(t, ok, "secret %s of %s", from.SecretRef.Name, w.name)
		for name, value := range held {
			environment[name] = value
		}
	}
	for _, variable := range c.Env {
		environment[variable.Name] = value(t, o, variable, environment)
	}
	return environment
}

var reference = regexp.MustCompile(`\$\(([A-Z_]+)\)`)

func value(t *testing.T, o *overlay, variable corev1.EnvVar, before map[string]string) string {
	t.Helper()
	from := variable.ValueFrom
	switch {
	case from == nil:
		return reference.ReplaceAllStringFunc(variable.Value, func(text string) string {
			name := reference.FindStringSubmatch(text)[1]
			assert.Contains(t, before, name, "%s refers to it; Kubernetes only knows what stands above", variable.Name)
			return before[name]
		})
	case from.FieldRef != nil:
		require.Contains(t, fields, from.FieldRef.FieldPath)
		return fields[from.FieldRef.FieldPath]
	case from.ConfigMapKeyRef != nil:
		require.Contains(t, o.configMaps, from.ConfigMapKeyRef.Name)
		return o.configMaps[from.ConfigMapKeyRef.Name].Data[from.ConfigMapKeyRef.Key]
	}
	t.Fatalf("%s comes from elsewhere", variable.Name)
	return ""
}

var wanted = regexp.MustCompile(`\$\{env:([A-Za-z0-9_]+)\}`)

// checkVariables makes sure that what a configuration expects from its environment is there: an unknown variable would be read as empty.
func checkVariables(t *testing.T, file string, environment map[string]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, match := range wanted.FindAllStringSubmatch(string(text), -1) {
		assert.Contains(t, environment, match[1], "%s wants it", filepath.Base(file))
	}
}

// parts is the workload's configuration, its files merged as the collector does: maps by key, all else replaced.
func parts(t *testing.T, o *overlay, w workload) map[string]any {
	t.Helper()
	merged := map[string]any{}
	for _, path := range configFiles(t, w) {
		text, ok := content(o, w, path)
		require.True(t, ok, "%s of %s is in no volume", path, w.name)
		var part map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &part))
		merge(merged, part)
	}
	return merged
}

func merge(into, from map[string]any) {
	for key, value := range from {
		inner, isMap := value.(map[string]any)
		outer, wasMap := into[key].(map[string]any)
		if isMap && wasMap {
			merge(outer, inner)
			continue
		}
		into[key] = value
	}
}

func TestQueuesOnDiskAreBoundedInBytesOrItems(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			exporters, _ := parts(t, o, w)["exporters"].(map[string]any)
			for name, exporter := range exporters {
				settings, _ := exporter.(map[string]any)
				queue, _ := settings["sending_queue"].(map[string]any)
				if queue["storage"] == nil {
					continue
				}
				assert.NotNil(t, queue["queue_size"], "%s of %s", name, w.name)
				assert.Contains(t, []any{"bytes", "items"}, queue["sizer"], "%s of %s", name, w.name)
			}
		}
	})
}

func TestEveryPipelineHasTheMemoryLimiterFirst(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			service := parts(t, o, w)["service"].(map[string]any)
			for name, p := range service["pipelines"].(map[string]any) {
				processors, _ := p.(map[string]any)["processors"].([]any)
				if assert.NotEmpty(t, processors, "pipeline %s of %s", name, w.name) {
					assert.Equal(t, "memory_limiter", processors[0], "pipeline %s of %s", name, w.name)
				}
			}
		}
	})
}

func bytes(t *testing.T, text string) int64 {
	t.Helper()
	number, ok := strings.CutSuffix(text, "MiB")
	require.True(t, ok, "%q", text)
	n, err := strconv.ParseInt(number, 10, 64)
	require.NoError(t, err)
	return n << 20
}
