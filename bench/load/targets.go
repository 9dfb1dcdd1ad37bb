package main

// target is an exporter under load.
type target struct {
	name   string
	vendor string // as the lab counts it
	yaml   string // the exporter's section, with variables for the lab's addresses
}

// All have the same queue in front, which batches.
var targets = []target{
	{"signalfx", "signalfx", `
  signalfx:
    access_token: load
    ingest_url: ${env:SIGNALFX}
    api_url: ${env:SIGNALFX}`},
	{"wavefront", "wavefront", `
  wavefront:
    endpoint: ${env:WAVEFRONT}
    mode: direct
    token: load`},
	{"librato", "librato", `
  librato:
    endpoint: ${env:LIBRATO}
    token: load
    temporality: cumulative`},
	{"otlp_http", "signalfx", `
  otlp_http:
    metrics_endpoint: ${env:SIGNALFX}/v2/datapoint/otlp
    headers: {X-SF-Token: load}`},
}

const queueYAML = `
    sending_queue:
      sizer: items
      queue_size: 1000000
      block_on_overflow: true
      num_consumers: 4
      batch: {min_size: 8192, max_size: 10000, flush_timeout: 200ms}`

// yaml is the whole configuration. Blocking the sender makes the rate that the
// collector takes visible at the sender.
func (t target) config() string {
	return `
receivers:
  otlp:
    protocols:
      http: {endpoint: "${env:OTLP}", max_request_body_size: 200000000}
exporters:` + t.yaml + queueYAML + `
service:
  telemetry:
    logs: {level: warn}
    metrics: {level: none}
  pipelines:
    metrics: {receivers: [otlp], exporters: [` + t.name + `]}
`
}
