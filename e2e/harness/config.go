package harness

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Config is what differs from one collector of the tests to another.
type Config struct {
	// Exporter is the exporter's type, Settings its section in YAML.
	Exporter string
	Settings string
	// More is merged over Settings, also in YAML.
	More string
	// Signals are the pipelines; none: all three.
	Signals []Signal
	// Memory keeps the queue in memory; else it is on disk.
	Memory bool
	// Queue and Retry are merged over the sections sending_queue and retry_on_failure.
	Queue, Retry string
	// Whole is merged over everything.
	Whole string
}

// whole is every collector of the tests: OTLP on loopback, a queue on disk, self-telemetry.
const whole = `
extensions:
  queue_check:
    directory: %[3]s
  file_storage:
    directory: %[3]s
    create_directory: true
receivers:
  otlp:
    protocols:
      http:
        endpoint: %[1]s
        include_metadata: true
service:
  extensions: [queue_check, file_storage]
  telemetry:
    metrics:
      level: detailed
      readers:
        - pull:
            exporter:
              prometheus:
                host: %[4]s
                port: %[5]s
                without_type_suffix: true
                without_units: true
                without_scope_info: true
`

const queueOnDisk = `
storage: file_storage
sizer: items
queue_size: 10000000
num_consumers: 4
`

const queueInMemory = `
sizer: items
queue_size: 10000000
num_consumers: 4
`

// retry is impatient, so that an outage of a second is one of many attempts.
const retry = `
initial_interval: 50ms
max_interval: 500ms
max_elapsed_time: 0s
`

// render writes the configuration of the collector.
func (c *Config) render(otlp, metrics, storage string) []byte {
	host, port, _ := strings.Cut(metrics, ":")
	all := parse(fmt.Sprintf(whole, otlp, metrics, storage, host, port))
	exporter := parse(c.Settings)
	queue := parse(queueOnDisk)
	if c.Memory {
		queue = parse(queueInMemory)
	}
	exporter["sending_queue"] = merge(queue, parse(c.Queue))
	exporter["retry_on_failure"] = merge(parse(retry), parse(c.Retry))
	all["exporters"] = section{c.Exporter: merge(exporter, parse(c.More))}
	signals := c.Signals
	if len(signals) == 0 {
		signals = Signals
	}
	pipelines := section{}
	for _, s := range signals {
		pipelines[string(s)] = section{"receivers": []string{"otlp"}, "exporters": []string{c.Exporter}}
	}
	all["service"].(section)["pipelines"] = pipelines
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	if err := encoder.Encode(merge(all, parse(c.Whole))); err != nil {
		panic(err)
	}
	return out.Bytes()
}

type section = map[string]any

func parse(text string) section {
	s := section{}
	if err := yaml.Unmarshal([]byte(text), &s); err != nil {
		panic(fmt.Sprintf("%v in:\n%s", err, text))
	}
	if s == nil {
		s = section{}
	}
	return s
}

// merge lays b over a.
func merge(a, b section) section {
	merged := maps.Clone(a)
	for _, key := range slices.Sorted(maps.Keys(b)) {
		below, isSection := merged[key].(section)
		above, isToo := b[key].(section)
		if isSection && isToo {
			merged[key] = merge(below, above)
			continue
		}
		merged[key] = b[key]
	}
	return merged
}
