package host_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

func TestTheSupportBundleHasWhatHelpsAndNoSecret(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	config := write("config.yaml", `
exporters:
  signalfx:
    access_token: ${env:SPLUNK_ACCESS_TOKEN}
    realm: us0
  wavefront:
    endpoint: https://example.wavefront.com
    token: "written-out-1" # before: written-out-7
    proxy_url: http://user:written-out-8@written-out-8@proxy.example.com:3128
    headers: {X-Extra: hunter2-in-env, X-Other: written-out-5}
  librato:
    endpoint: http://relay.example.com
    token: >-
      written-out-2
    headers:
      X-More: written-out-6
    max_measurements_per_request: 250
    tls:
      cert_pem: "a certificate"
      key_pem: "-----BEGIN EC PRIVATE KEY-----\n\"written-out-9\n-----END EC PRIVATE KEY-----"
receivers:
  otlp:
    protocols:
      http:
service:
  pipelines:
    metrics:
      receivers: [otlp]
      exporters: [signalfx, wavefront, librato]
`)
	environment := write("collector.env", "# of the service\nSPLUNK_ACCESS_TOKEN=\"hunter2-in-env\"\nOTELCOL_OPTIONS=--set=exporters.librato.timeout=7s --set=exporters.wavefront.timeout=8s\n")
	log := write("collector.log", "first line\nAuthorization: Bearer written-out-3\nhttps://user:written-out-4@relay.example.com\nlast line with hunter2-in-env.\n")
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("otelcol_exporter_sent_metric_points 7\n"))
	}))
	defer own.Close()

	script := exec.Command("sh", "support-bundle.sh", folder)
	script.Env = []string{
		"PATH=" + os.Getenv("PATH"), "OTELCOL=" + rootfs.Collector(t), "CONFIG=" + config, "ENVIRONMENT=" + environment, "LOG=" + log,
		"METRICS=" + own.URL, "HEALTH=" + own.URL,
	}
	output, err := script.CombinedOutput()
	require.NoError(t, err, "%s", output)

	archives, err := filepath.Glob(filepath.Join(folder, "otelcol-support-*.tar.gz"))
	require.NoError(t, err)
	require.Len(t, archives, 1)
	compressed, err := os.ReadFile(archives[0])
	require.NoError(t, err)
	files := map[string]string{}
	for path, text := range unpack(t, compressed).files {
		if text != "" {
			files[filepath.Base(path)] = text
		}
		for _, secret := range []string{"hunter2", "written-out"} {
			assert.NotContains(t, text, secret, path)
		}
	}
	assert.Contains(t, files["config.yaml"], "realm: us0")
	assert.Contains(t, files["config.yaml"], "max_measurements_per_request: 250", "what follows a secret")
	assert.Contains(t, files["config.yaml"], "token: [REDACTED]")
	assert.Contains(t, files["config.yaml"], "@proxy.example.com:3128")
	assert.Contains(t, files["config.yaml"], "a certificate")
	assert.Contains(t, files["version.txt"], "otelcol-custom")
	assert.Contains(t, files["components.yaml"], "name: signalfx")
	assert.Contains(t, files["effective-config.yaml"], "ingest_url")
	assert.Contains(t, files["effective-config.yaml"], "timeout: 7s")
	assert.Contains(t, files["effective-config.yaml"], "timeout: 8s")
	assert.Contains(t, files["log.txt"], "first line")
	assert.Contains(t, files["log.txt"], "last line with [REDACTED].")
	assert.Contains(t, files["metrics.txt"], "otelcol_exporter_sent_metric_points 7")
	assert.True(t, strings.Contains(files["system.txt"], "Linux"))
}
