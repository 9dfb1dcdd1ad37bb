package e2e

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/e2e/prometheus"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// trouble is what an alert is for.
type trouble struct {
	alert string
	// fault is at each of the vendors, and the alert must name the exporter of each.
	vendors []string
	fault   faults.Fault
	// begin makes the trouble where no fault does.
	begin func(*watched)
	// minute is what happens in each minute of it; none: what happens in any.
	minute func(*watched)
	// counter grows in each minute, for each vendor in the place of %s.
	counter string
	labels  []string
	// also are other alerts that the trouble may cause.
	also []string
	// change is how the collector differs from the others.
	change func(*harness.Config)
}

var allVendors = []string{"signalfx", "wavefront", "librato"}

// notNumbers is a batch that no vendor takes anything of.
func (w *watched) notNumbers() {
	w.Helper()
	md := gauges("test_id", newID(harness.Metrics), 1)
	points := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
	points.At(0).SetDoubleValue(math.NaN())
	w.offer(harness.Metrics, marshal(md))
}

// restart has another configuration in force.
func (w *watched) restart(change func(*harness.Config)) {
	config := w.config()
	change(&config)
	w.collector.Kill()
	w.collector.Reconfigure(config)
	w.collector.Start()
}

// fill makes the queue for SignalFx fuller than a share of it, while SignalFx is away.
func (w *watched) fill(share float64) {
	w.Helper()
	w.fault(faults.Fault{Vendor: "signalfx", Status: 503})
	w.eventually("the queue to fill", func() bool {
		w.offer(harness.Metrics, harness.Metrics.Batch("test_id", newID(harness.Metrics), 0, 20))
		return w.collector.Counters().Sum(harness.QueueSize, `data_type="metrics"`, `exporter="signalfx"`) >= int(1000*share)
	})
}

var troubles = []trouble{
	{
		alert: "CollectorDown", begin: func(w *watched) { w.collector.Kill() }, minute: (*watched).scrape,
	},
	{
		alert: "CollectorRestarts",
		begin: func(w *watched) {
			for range 3 {
				w.restart(func(*harness.Config) {})
				w.minute()
			}
		},
	},
	{
		alert: "CollectorShortOfMemory",
		begin: func(w *watched) {
			w.restart(func(c *harness.Config) {
				c.Whole = strings.Replace(c.Whole, "limit_mib: 1000, spike_limit_mib: 200", "limit_mib: 2, spike_limit_mib: 1", 1)
			})
			w.eventually("a refusal", func() bool {
				return w.offer(harness.Metrics, harness.Metrics.Batch("test_id", newID(harness.Metrics), 0, 1)) != http.StatusOK
			})
		},
		counter: "otelcol_processor_memory_limiter_refused_metric_points",
	},
	{
		alert: "QueueFills", begin: func(w *watched) { w.fill(0.6) },
		minute: (*watched).scrape, also: []string{"VendorAway"},
	},
	{
		alert: "QueueFull", begin: func(w *watched) { w.fill(0.98) },
		minute: func(w *watched) {
			for _, s := range harness.Signals {
				w.offer(s, s.Batch("test_id", newID(s), 0, 300))
			}
			w.scrape()
		},
		also: []string{"QueueFills", "VendorAway"},
	},
	{
		alert: "DataGivenUp", vendors: allVendors[:1], fault: faults.Fault{Path: "/v2/datapoint", Status: 400, Count: 1}, // once is enough
		begin: func(w *watched) { w.fault(faults.Fault{Vendor: "librato", Status: 400, Count: 1}) }, // it finds that nothing was wrong
	},
	{
		alert: "ItemsDropped", vendors: allVendors, minute: func(w *watched) { w.notNumbers(); w.minute() },
		counter: "otelcol_exporter_%s_dropped_items", labels: []string{`reason="not_finite"`},
	},
	{
		alert: "TokenRefused", vendors: allVendors, fault: faults.Fault{RevokedToken: true}, also: []string{"DataGivenUp"},
		counter: requestsOf, labels: []string{`outcome="unauthorized"`},
	},
	{
		alert: "VendorAway", vendors: allVendors, fault: faults.Fault{Reset: faults.ResetRequest},
		counter: requestsOf, labels: []string{`outcome="retry"`},
	},
	{
		alert: "VendorAway", vendors: allVendors[:1], fault: faults.Fault{Status: 503}, // which is an answer to slow down
		counter: requestsOf, labels: []string{`outcome="throttled"`},
	},
	{
		alert: "VendorThrottles", vendors: allVendors, fault: faults.Fault{Status: 429}, also: []string{"VendorAway"},
		counter: requestsOf, labels: []string{`outcome="throttled"`, `status="4xx"`},
	},
	{
		alert: "SignalFlowFails",
		change: func(c *harness.Config) {
			c.Whole = strings.Replace(c.Whole, "programs:", "programs:\n      - {name: wrong, program: \"data('e2e.gauge').noSuch().publish()\"}", 1)
		},
	},
	{
		alert: "SignalFlowLosesPoints", // they have nowhere to go
		change: func(c *harness.Config) {
			c.Whole = strings.Replace(c.Whole, "metrics: {receivers: [otlp, signalflow]", "metrics: {receivers: [otlp]", 1)
			c.Whole = strings.Replace(c.Whole, "logs: {", "logs: {receivers: [otlp, signalflow], ", 1)
		},
		counter: "otelcol_receiver_signalflow_dropped_points", labels: []string{`reason="no_pipeline"`},
	},
	{
		// A program over the past whose stream rests.
		alert: "SignalFlowFallsBehind",
		begin: func(w *watched) {
			begin := time.Now().Add(-30 * time.Minute).Truncate(time.Minute)
			var samples []store.Sample
			for second := range 100 {
				samples = append(samples, store.Sample{
					Metric: "e2e.past", Type: "gauge", Timestamp: begin.Add(time.Duration(second) * time.Second).UnixMilli(), Value: store.Int(1),
				})
			}
			w.lab.Store.AddSamples("signalfx", samples)
			w.fault(faults.Fault{SilentAfter: new(60)})
			w.restart(func(c *harness.Config) {
				c.Whole = strings.Replace(c.Whole, "name: cups", "name: past, start: "+begin.UTC().Format(time.RFC3339), 1)
				c.Whole = strings.Replace(c.Whole, "data('e2e.gauge')", "data('e2e.past')", 1)
			})
			w.eventually("points of the past", func() bool {
				return w.collector.Counters().Sum("otelcol_receiver_signalflow_points", `program="past"`) > 0
			})
		},
	},
	{
		alert: "SignalFlowSkipped",
		begin: func(w *watched) {
			reconnected := w.grows("otelcol_receiver_signalflow_gap")
			w.lab.Close()
			w.eventually("an attempt to connect", func() bool {
				return w.collector.Counters().Sum("otelcol_receiver_signalflow_reconnects") > 0
			})
			time.Sleep(2 * time.Second) // the length of an outage that is over max_backfill, not a wait for something
			w.startLab()
			reconnected()
		},
		change: func(c *harness.Config) {
			c.Whole = strings.Replace(c.Whole, "resolution: 1s", "resolution: 1s, max_backfill: 1s", 1)
		},
	},
}

const requestsOf = "otelcol_exporter_%s_requests"

// Every alert is silent while all is well, and fires in its trouble, where no other does that the trouble does not cause. Every
// query of the dashboard has data in one of the troubles at least.
func TestAlerts(t *testing.T) {
	t.Parallel()
	board := loadDashboard(t)
	var fired sync.Map
	t.Run("troubles", func(t *testing.T) {
		for i := range troubles {
			tr := &troubles[i]
			t.Run(tr.alert, func(t *testing.T) {
				t.Parallel()
				w := tr.happens(t)
				fired.Store(tr.alert, true)
				board.look(w.prometheus)
			})
		}
	})
	for _, rule := range prometheus.New(t, alertsFile).Rules() {
		_, did := fired.Load(rule.Name())
		assert.True(t, did, "no trouble makes %s fire", rule.Name())
		for _, text := range []string{"summary", "description", "action"} {
			assert.NotEmpty(t, rule.Annotations().Get(text), "%s of %s", text, rule.Name())
		}
		assert.Contains(t, []string{"warning", "critical"}, rule.Labels().Get("severity"), rule.Name())
		assert.Contains(t, sections(t), rule.Annotations().Get("runbook_url"), rule.Name())
	}
	for _, q := range board.queries {
		if !slices.ContainsFunc(rare, func(name string) bool { return strings.Contains(q.expression, name) }) {
			assert.True(t, q.seen.Load(), "%s: %s had data in no trouble", q.panel, q.expression)
		}
	}
}

// rare are metrics in the dashboard that no trouble here makes. Tests of their components do.
var rare = []string{
	"otelcol_exporter_wavefront_token_exchanges", "otelcol_receiver_signalflow_jobs_aborted", "otelcol_receiver_signalflow_queue_full",
	"otelcol_receiver_signalflow_retries",
}

// sections are the links to the headings of the page about symptoms.
func sections(t *testing.T) []string {
	text, err := os.ReadFile(troubleshoot)
	require.NoError(t, err)
	var links []string
	for _, heading := range regexp.MustCompile("(?m)^#+ (.*)$").FindAllStringSubmatch(string(text), -1) {
		anchor := regexp.MustCompile("[^a-z0-9 -]").ReplaceAllString(strings.ToLower(heading[1]), "")
		links = append(links, "https://github.com/otelcol-custom/otelcol-custom/blob/main/docs/troubleshooting.md#"+strings.ReplaceAll(anchor, " ", "-"))
	}
	return links
}

// happens runs until the alert fires.
func (tr *trouble) happens(t *testing.T) *watched {
	w := watch(t)
	w.well()
	if tr.change != nil {
		w.restart(tr.change)
		w.minute()
	}
	if tr.begin != nil {
		tr.begin(w)
	}
	if tr.fault != (faults.Fault{}) {
		for _, vendor := range tr.vendors {
			fault := tr.fault
			fault.Vendor = vendor
			w.fault(fault)
		}
	}
	const patience = 40 // minutes
	minutes := 0
	for ; minutes < patience && !tr.fires(w); minutes++ {
		tr.pass(w)
	}
	require.True(t, tr.fires(w), "after %d minutes; firing: %v", patience, w.firing())
	for range 2 {
		tr.pass(w) // so that the dashboard has rates of what was new
	}
	for _, name := range w.firing() {
		assert.Contains(t, append(tr.also, tr.alert), name, "fires, too")
	}
	for _, alert := range w.prometheus.Firing()[tr.alert] {
		t.Logf("after %d minutes: %s", minutes, alert.Annotations.Get("summary"))
		assert.NotContains(t, alert.Annotations.String(), "<error")
	}
	return w
}

// pass lets a minute of the trouble pass.
func (tr *trouble) pass(w *watched) {
	w.Helper()
	var grown []func()
	switch {
	case strings.Contains(tr.counter, "%s"):
		for _, vendor := range tr.vendors {
			grown = append(grown, w.grows(fmt.Sprintf(tr.counter, vendor), tr.labels...))
		}
	case tr.counter != "":
		grown = append(grown, w.grows(tr.counter, tr.labels...))
	}
	if tr.minute != nil {
		tr.minute(w)
	} else {
		w.minute()
	}
	for _, wait := range grown {
		wait()
	}
}

// fires reports whether the alert does, for each of the vendors, with every label that its annotations name.
func (tr *trouble) fires(w *watched) bool {
	w.Helper()
	named := map[string]bool{}
	for _, alert := range w.prometheus.Firing()[tr.alert] {
		for _, rule := range w.prometheus.Rules() {
			for _, label := range labelOf.FindAllStringSubmatch(rule.Annotations().String(), -1) {
				assert.True(w, rule.Name() != tr.alert || alert.Labels.Get(label[1]) != "", "annotations name %s", label[1])
			}
		}
		named[alert.Labels.Get("exporter")] = true
	}
	for _, vendor := range tr.vendors {
		if !named[vendor] {
			return false
		}
	}
	return len(named) > 0
}

var labelOf = regexp.MustCompile(`\$labels\.(\w+)`)
