package e2e

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/e2e/prometheus"
)

const (
	alertsFile    = "../docs/alerts.yaml"
	dashboardFile = "../docs/dashboard.json"
	troubleshoot  = "../docs/troubleshooting.md"
)

// watched is a collector with every component of ours, a lab, and a Prometheus that looks at it.
type watched struct {
	*rig
	prometheus *prometheus.Prometheus
}

func watch(t *testing.T, change ...func(*harness.Config)) *watched {
	w := &watched{rig: newRig(t, &targets[0]), prometheus: prometheus.New(t, alertsFile)}
	config := w.config()
	for _, c := range change {
		c(&config)
	}
	w.collector = harness.Start(t, config)
	return w
}

// config is impatient, so that what takes a vendor minutes takes a test moments.
func (w *watched) config() harness.Config {
	const queue = `
    sending_queue: {sizer: items, queue_size: 1000, num_consumers: 4}
    retry_on_failure: {initial_interval: 10ms, max_interval: 20ms, max_elapsed_time: 0s}`
	return harness.Config{
		Exporter: "signalfx", Memory: true, Queue: "queue_size: 1000",
		Retry:    "{initial_interval: 10ms, max_interval: 20ms}",
		Settings: fmt.Sprintf(`{access_token: %s, ingest_url: "%[2]s", api_url: "%[2]s", sync_metric_metadata: true, dimension_client: {send_delay: 10ms}}`, token, w.lab.SignalFx.URL()),
		Whole: fmt.Sprintf(`
receivers:
  signalflow:
    stream_url: "ws://%[2]s/v2/signalflow"
    access_token: %[1]s
    tls: {insecure: true}
    storage: file_storage
    retry: {initial_interval: 10ms, max_interval: 20ms}
    programs:
      - {name: cups, program: "data('e2e.gauge').sum().publish('s')", resolution: 1s, metric_name: e2e.back}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 1000, spike_limit_mib: 200}
exporters:
  wavefront:
    token: %[1]s
    endpoint: "%[3]s"
    mode: direct
    traces: {red_metrics: {interval: 1s}}`+queue+`
  wavefront/tcp: {endpoint: "tcp://%[5]s"}
  librato:
    token: %[1]s
    endpoint: "%[4]s"
    annotations: {max_per_second: 0}
    spans: {period: 1s}`+queue+`
service:
  pipelines:
    metrics: {receivers: [otlp, signalflow], processors: [memory_limiter], exporters: [signalfx, wavefront, wavefront/tcp, librato]}
    logs: {processors: [memory_limiter], exporters: [signalfx, wavefront, librato]}
    traces: {processors: [memory_limiter], exporters: [signalfx, wavefront, librato]}
`, token, w.lab.SignalFlow.Address(), w.lab.Wavefront.URL(), w.lab.Librato.URL(), w.lab.WavefrontProxy.Address()),
	}
}

// minute lets the programs send something, and a minute pass for the Prometheus.
func (w *watched) minute() {
	w.Helper()
	for _, s := range harness.Signals {
		w.offer(s, s.Batch("test_id", newID(s), 0, 4))
	}
	md := gauges("a key that is changed", newID(harness.Metrics), 1)
	md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetDescription(newID(harness.Metrics)) // new metadata
	w.offer(harness.Metrics, marshal(md))
	w.scrape()
}

func (w *watched) scrape() { w.prometheus.Scrape("otelcol", "collector-1", w.collector.MetricsURL()) }

// offer sends a request that the collector may refuse.
func (w *watched) offer(s harness.Signal, body []byte) int {
	w.Helper()
	status, err := w.collector.Offer(w.Context(), s, body, nil)
	require.NoError(w, err)
	return status
}

// grows waits until a counter has more than it had.
func (w *watched) grows(name string, labels ...string) func() {
	before := w.collector.Counters().Sum(name, labels...)
	return func() {
		w.Helper()
		w.eventually(name+" to grow", func() bool { return w.collector.Counters().Sum(name, labels...) > before })
	}
}

// well lets some minutes pass in which nothing is wrong.
func (w *watched) well() {
	w.Helper()
	w.minute()
	w.eventually("points that went through SignalFlow", func() bool {
		return w.collector.Counters().Sum("otelcol_receiver_signalflow_points") > 0
	})
	for range 12 {
		w.minute()
		assert.Empty(w, w.firing())
	}
}

func (w *watched) firing() []string { return slices.Sorted(maps.Keys(w.prometheus.Firing())) }

// What the page tells a Prometheus on Kubernetes to scrape: one port of each of our pods, by the name of the pod.
func TestAPrometheusOnKubernetesScrapesEachPodOnce(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/self-telemetry.md")
	require.NoError(t, err)
	text := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(page)
	require.NotNil(t, text)
	var config struct {
		Jobs []struct {
			Name    string            `yaml:"job_name"`
			Relabel []*relabel.Config `yaml:"relabel_configs"`
		} `yaml:"scrape_configs"`
	}
	require.NoError(t, yaml.Unmarshal(text[1], &config))
	require.Len(t, config.Jobs, 1)
	assert.Equal(t, "otelcol", config.Jobs[0].Name, "the rules ask for it")
	for _, rule := range config.Jobs[0].Relabel {
		require.NoError(t, rule.Validate(model.UTF8Validation))
	}
	manifest, err := os.ReadFile("../deploy/kubernetes/agent/daemonset.yaml")
	require.NoError(t, err)
	ports := regexp.MustCompile(`\{name: ([a-z-]+), containerPort: ([0-9]+)\}`).FindAllSubmatch(manifest, -1)
	require.Len(t, ports, 4)
	var scraped []string
	for _, port := range ports {
		found := labels.NewBuilder(labels.FromStrings("__address__", "10.0.0.7:"+string(port[2]), "__meta_kubernetes_pod_name", "otelcol-agent-x",
			"__meta_kubernetes_pod_container_name", "otelcol", "__meta_kubernetes_pod_container_port_name", string(port[1]),
			"__meta_kubernetes_pod_node_name", "node-1"))
		if relabel.ProcessBuilder(found, config.Jobs[0].Relabel...) {
			scraped = append(scraped, found.Get("__address__")+" "+found.Get("instance")+" "+found.Get("node"))
		}
	}
	assert.Equal(t, []string{"10.0.0.7:8888 otelcol-agent-x node-1"}, scraped)
}
