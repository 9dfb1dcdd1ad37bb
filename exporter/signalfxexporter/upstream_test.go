package signalfxexporter

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// upstreamKeys are the keys of the exporter of this name in the collector's contrib
// distribution, with their documented defaults ("-" for none) and a value that somebody
// may have written. Lines without a default of their own are the HTTP client's.
var upstreamKeys = []struct{ key, byDefault, value string }{
	{"access_token", "-", "x"},
	{"realm", "-", "us1"},
	{"ingest_url", "-", "https://ingest.example.com"},
	{"api_url", "-", "https://api.example.com"},
	{"ingest_tls", "-", "{insecure_skip_verify: true}"},
	{"api_tls", "-", "{insecure_skip_verify: true}"},
	{"access_token_passthrough", "true", "false"},
	{"timeout", "10s", "5s"},
	{"max_idle_conns", "100", "50"},
	{"max_idle_conns_per_host", "100", "50"},
	{"idle_conn_timeout", "30s", "10s"},
	{"http2_read_idle_timeout", "10s", "1s"},
	{"http2_ping_timeout", "10s", "1s"},
	{"headers", "-", "{X-Extra: y}"},
	{"proxy_url", "-", "http://proxy:3128"},
	{"auth", "-", "{authenticator: oauth2client}"},
	{"compression", "gzip", "none"},
	{"compression_params", "-", "{level: 3}"},
	{"keepalive", "-", "{max_idle_conns: 50}"},
	{"read_buffer_size", "-", "1024"},
	{"write_buffer_size", "-", "1024"},
	{"max_conns_per_host", "-", "7"},
	{"disable_keep_alives", "-", "true"},
	{"force_attempt_http2", "true", "false"},
	{"cookies", "-", "{enabled: true}"},
	{"middlewares", "-", "[{id: x}]"},
	{"tls", "-", "{insecure_skip_verify: true}"},
	{"sending_queue", "-", "{enabled: false}"},
	{"sending_queue::num_consumers", "10", "3"},
	{"sending_queue::queue_size", "1000", "5"},
	{"sending_queue::batch", "-", "{min_size: 10}"},
	{"retry_on_failure::enabled", "true", "false"},
	{"retry_on_failure::initial_interval", "5s", "1s"},
	{"retry_on_failure::randomization_factor", "0.5", "0.1"},
	{"retry_on_failure::multiplier", "1.5", "2"},
	{"retry_on_failure::max_interval", "30s", "10s"},
	{"retry_on_failure::max_elapsed_time", "5m", "1m"},
	{"log_data_points", "false", "true"},
	{"log_dimension_updates", "false", "true"},
	{"disable_default_translation_rules", "false", "true"},
	{"delta_translation_ttl", "3600", "60"},
	{"exclude_metrics", "-", "[{metric_names: [a, '!b'], dimensions: {c: [d, '*']}}]"},
	{"include_metrics", "-", "[{metric_name: /x/}]"},
	{"exclude_properties", "-", "[{property_name: a, dimension_name: b, property_value: '!c', dimension_value: '*'}]"},
	{"default_properties", "-", "{a: b}"},
	{"nonalphanumeric_dimension_chars", "_-.", "_"},
	{"drop_histogram_buckets", "false", "true"},
	{"send_otlp_histograms", "false", "true"},
	{"sync_host_metadata", "false", "true"},
	{"root_path", "-", "/hostfs"},
	{"dimension_client::max_buffered", "10000", "5"},
	{"dimension_client::send_delay", "10s", "1s"},
	{"dimension_client::max_idle_conns", "20", "1"},
	{"dimension_client::max_idle_conns_per_host", "20", "1"},
	{"dimension_client::max_conns_per_host", "20", "1"},
	{"dimension_client::idle_conn_timeout", "30s", "1s"},
	{"dimension_client::timeout", "10s", "1s"},
	{"dimension_client::drop_tags", "false", "true"},
	{"dimension_client::strip_k8s_label_prefix", "true", "false"},
	{"correlation", "-", ""},
	{"correlation::endpoint", "-", "https://api.example.com"},
	{"correlation::timeout", "-", "5s"},
	{"correlation::stale_service_timeout", "-", "5m"},
	{"correlation::max_requests", "-", "20"},
	{"correlation::max_buffered", "-", "10000"},
	{"correlation::max_retries", "-", "2"},
	{"correlation::log_updates", "-", "false"},
	{"correlation::retry_delay", "-", "30s"},
	{"correlation::cleanup_interval", "-", "1m"},
	{"correlation::sync_attributes", "-", "{k8s.pod.uid: k8s.pod.uid, container.id: container.id}"},
}

func TestEveryUpstreamKeyIsAcceptedWithItsDefault(t *testing.T) {
	defaults := confmap.New()
	require.NoError(t, defaults.Marshal(createDefaultConfig()))
	known := strictconf.Keys(createDefaultConfig())
	for _, k := range upstreamKeys {
		t.Run(k.key, func(t *testing.T) {
			inSection := func(key string) bool { return strings.HasPrefix(key+"::", k.key+"::") }
			assert.True(t, slices.ContainsFunc(known, inSection), "the key is known")
			if k.byDefault != "-" {
				assert.Equal(t, k.byDefault, spelled(defaults.Get(k.key)), "its default")
			}
			text := "access_token: x\nrealm: us1\n"
			if k.key == "access_token" || k.key == "realm" {
				text = map[string]string{"access_token": "realm: us1\n", "realm": "access_token: x\n"}[k.key]
			}
			_, err := parse(t, text+nested(k.key, k.value))
			assert.NoError(t, err)
		})
	}
}

// TestTheMigrationGuideHasEveryUpstreamKey, those of a section in the row of the section.
func TestTheMigrationGuideHasEveryUpstreamKey(t *testing.T) {
	text, err := os.ReadFile("../../docs/migrate/upstream-signalfx.md")
	require.NoError(t, err)
	rows := slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool { return !strings.HasPrefix(line, "| ") })
	for _, k := range upstreamKeys {
		names := strings.Split(k.key, "::")
		assert.True(t, slices.ContainsFunc(rows, func(row string) bool {
			cell := strings.Split(row, "|")[1]
			return !slices.ContainsFunc(names, func(name string) bool { return !strings.Contains(cell, "`"+name+"`") })
		}), "no row has %s", k.key)
	}
}

// TestUpstreamKeysHaveAllOfTheHTTPClient, since upstream squashes it.
func TestUpstreamKeysHaveAllOfTheHTTPClient(t *testing.T) {
	for _, key := range strictconf.Keys(&confighttp.ClientConfig{}) {
		section, _, _ := strings.Cut(key, "::")
		if section == "endpoint" {
			continue // refused
		}
		assert.True(t, slices.ContainsFunc(upstreamKeys, func(k struct{ key, byDefault, value string }) bool { return k.key == section }), section)
	}
}

// nested writes a key of a section as YAML.
func nested(key, value string) string {
	section, key, inSection := strings.Cut(key, "::")
	if !inSection {
		return section + ": " + value
	}
	return section + ": {" + key + ": " + value + "}"
}

// spelled gives durations the spelling of the documentation.
func spelled(v any) string { return strings.NewReplacer("5m0s", "5m").Replace(fmt.Sprint(v)) }
