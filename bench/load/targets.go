package main

import (
	"cmp"
	"strings"
)

// target is an exporter under load.
type target struct {
	name   string
	vendor string // as the lab counts it
	yaml   string // the exporter's section, with variables for the lab's addresses
	queue  string // its queue; none: as below
	// extension is one that it needs, with FOLDER for the collector's.
	extension string
}

// All have the same queue in front, which batches.
var targets = []target{
	{name: "signalfx", vendor: "signalfx", yaml: `
  signalfx:
    access_token: load
    ingest_url: ${env:SIGNALFX}
    api_url: ${env:SIGNALFX}`},
	{name: "wavefront", vendor: "wavefront", yaml: `
  wavefront:
    endpoint: ${env:WAVEFRONT}
    mode: direct
    token: load`},
	{name: "librato", vendor: "librato", yaml: `
  librato:
    endpoint: ${env:LIBRATO}
    token: load
    temporality: cumulative`},
	// As it comes, which is gzip at the library's default level, and at level 1, which is ours.
	{name: "otlp_http", vendor: "signalfx", yaml: otlpHTTP},
	{name: "otlp_http/level1", vendor: "signalfx", yaml: strings.Replace(otlpHTTP, "otlp_http:", "otlp_http/level1:", 1) + `
    compression_params: {level: 1}`},
}

const otlpHTTP = `
  otlp_http:
    metrics_endpoint: ${env:SIGNALFX}/v2/datapoint/otlp
    headers: {X-SF-Token: load}`

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
	extensions, used := "", ""
	if t.extension != "" {
		extensions, used = "extensions:\n"+t.extension, "\n  extensions: [file_storage]"
	}
	return extensions + `
receivers:
  otlp:
    protocols:
      http: {endpoint: "${env:OTLP}", max_request_body_size: 200000000}
exporters:` + t.yaml + cmp.Or(t.queue, queueYAML) + `
service:` + used + `
  telemetry:
    logs: {level: warn}
    metrics: {level: none}
  pipelines:
    metrics: {receivers: [otlp], exporters: [` + t.name + `]}
`
}
