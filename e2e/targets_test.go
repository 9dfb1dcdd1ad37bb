package e2e

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
)

// target is an exporter in one of its ways to send.
type target struct {
	name     string
	exporter string
	// key is the attribute that the lab audits by.
	key string
	// service is where the exporter sends to.
	service  func(*vendorlab.Lab) *vendorlab.Service
	settings string // with the service's URL for %[1]s and its address for %[2]s
	// signals are those that it takes; none: all.
	signals []harness.Signal
	// tcp says that it sends lines over plain TCP: there is neither a status nor TLS, nor does
	// anybody know how much was read before a connection broke.
	tcp bool
	// sums says that spans arrive as sums: their counts are added up, and not audited.
	sums bool
}

const token = "e2e-S3CRET-token"

// targets are all ways to send. Requests are small, so that every batch is several.
var targets = []target{
	{
		name: "signalfx", exporter: "signalfx", key: "test_id",
		service: func(l *vendorlab.Lab) *vendorlab.Service { return l.SignalFx },
		settings: `{access_token: ` + token + `, ingest_url: "%[1]s", api_url: "%[1]s", timeout: 60s,
			max_datapoints_per_request: 200}`,
	},
	{
		name: "wavefront direct", exporter: "wavefront", key: "test_id",
		service:  func(l *vendorlab.Lab) *vendorlab.Service { return l.Wavefront },
		settings: `{token: ` + token + `, endpoint: "%[1]s", timeout: 60s, max_lines_per_request: 200}`,
	},
	{
		name: "wavefront proxy", exporter: "wavefront", key: "test_id",
		service:  func(l *vendorlab.Lab) *vendorlab.Service { return l.WavefrontProxy },
		settings: `{endpoint: "%[1]s", timeout: 60s, max_lines_per_request: 200}`,
	},
	{
		// A proxy's port for lines takes no spans, and the lab has one port.
		name: "wavefront tcp", exporter: "wavefront", key: "test_id", tcp: true, signals: []harness.Signal{harness.Metrics, harness.Logs},
		service:  func(l *vendorlab.Lab) *vendorlab.Service { return l.WavefrontProxy },
		settings: `{endpoint: "tcp://%[2]s", timeout: 60s, max_lines_per_request: 200}`,
	},
	{
		name: "librato tags", exporter: "librato", key: "source", sums: true,
		service: func(l *vendorlab.Lab) *vendorlab.Service { return l.Librato },
		settings: `{token: ` + token + `, endpoint: "%[1]s", timeout: 60s, max_measurements_per_request: 200,
			annotations: {max_per_second: 0}, spans: {period: 1s, attributes: [source]}}`,
	},
	{
		name: "librato sources", exporter: "librato", key: "source", sums: true,
		service: func(l *vendorlab.Lab) *vendorlab.Service { return l.Librato },
		settings: `{api: librato, email: e2e@example.com, token: ` + token + `, endpoint: "%[1]s", timeout: 60s,
			max_measurements_per_request: 200, source_attributes: [source],
			annotations: {max_per_second: 0}, spans: {period: 1s, attributes: [source]}}`,
	},
}

// long says that the long form runs: E2E=long. The short one is part of `make test`.
var long = os.Getenv("E2E") == "long"

// outage is how long the vendor is away: 30 s in the long form, or E2E_OUTAGE.
func outage() time.Duration { return setting("E2E_OUTAGE", time.Second, 30*time.Second) }

func setting(name string, short, whenLong time.Duration) time.Duration {
	if d, err := time.ParseDuration(os.Getenv(name)); err == nil {
		return d
	}
	if long {
		return whenLong
	}
	return short
}

func count(name string, short, whenLong int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	if long {
		return whenLong
	}
	return short
}

// items is how many of a signal a case sends. An event is often a request of its own.
func (tg *target) items(s harness.Signal) int {
	if s == harness.Logs {
		return count("E2E_EVENTS", 60, 300)
	}
	return count("E2E_ITEMS", 2000, 20_000)
}

// requests is in how many OTLP requests.
const requests = 4

func (tg *target) config(lab *vendorlab.Lab) harness.Config {
	s := tg.service(lab)
	return tg.configTo(s.URL(), s.Address())
}

func (tg *target) configTo(url, address string) harness.Config {
	return harness.Config{Exporter: tg.exporter, Settings: fmt.Sprintf(tg.settings, url, address), Signals: tg.takes()}
}

func (tg *target) takes() []harness.Signal {
	if tg.signals == nil {
		return harness.Signals
	}
	return tg.signals
}

// forTargets runs a test for every target at once.
func forTargets(t *testing.T, run func(*testing.T, *target)) {
	for i := range targets {
		t.Run(targets[i].name, func(t *testing.T) {
			t.Parallel()
			run(t, &targets[i])
		})
	}
}
