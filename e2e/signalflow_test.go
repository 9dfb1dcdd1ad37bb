package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

const flowSeries = 5

// flow is a SignalFlow program over a fixed range of the past, whose output goes back to the
// lab as metrics of another name. The program's name is what the lab audits by.
type flow struct {
	*rig
	steps int
	line  harness.Line
	begun time.Time
}

func newFlow(t *testing.T, name string, steps int) *flow {
	tg := targets[0]
	tg.key = "signalflow.program.name"
	r := &rig{T: t, target: &tg}
	r.labConfig.Options.AuditKey = tg.key
	r.labConfig.Options.Limits = store.Limits{PointsPerSeries: 20_000}
	r.startLab()
	t.Cleanup(func() { r.lab.Close() })
	f := &flow{rig: r, steps: steps, begun: time.Now()}
	f.line = harness.Line{Case: "signalflow: " + name, Target: "signalflow", Signal: harness.Metrics, In: steps * flowSeries}
	begin := time.Now().Add(-time.Duration(steps)*time.Second - 10*time.Minute).Truncate(time.Minute)
	var samples []store.Sample
	for step := range steps {
		for s := range flowSeries {
			samples = append(samples, store.Sample{
				Metric: "e2e.source", Type: "gauge", Timestamp: begin.Add(time.Duration(step) * time.Second).UnixMilli(),
				Dimensions: store.Dimensions{{Key: "host", Value: fmt.Sprint("host-", s)}},
				Value:      store.Int(int64(step*flowSeries + s)),
			})
		}
	}
	r.lab.Store.AddSamples("signalfx", samples)
	config := tg.config(r.lab)
	config.Signals = []harness.Signal{harness.Metrics}
	config.Whole = fmt.Sprintf(`
receivers:
  signalflow:
    stream_url: "ws://%s/v2/signalflow"
    access_token: %s
    tls: {insecure: true}
    storage: file_storage
    starts_per_minute: 0
    retry: {initial_interval: 10ms, max_interval: 100ms}
    programs:
      - name: history
        program: data('e2e.source').publish('s')
        resolution: 1s
        start: %s
        stop: %s
        max_backfill: 12h
        metric_name: e2e.back
service: {pipelines: {metrics: {receivers: [otlp, signalflow]}}}
`, r.lab.SignalFlow.Address(), token, begin.UTC().Format(time.RFC3339), begin.Add(time.Duration(steps)*time.Second).UTC().Format(time.RFC3339))
	r.collector = harness.New(t, config)
	return f
}

// got is how many different points came back.
func (f *flow) got() int {
	n, _ := f.arrived(harness.Metrics, "history")
	return n
}

// settle waits for all points and judges.
func (f *flow) settle(again int, note string) {
	f.eventually("all points of the program", func() bool { return f.got() >= f.line.In })
	f.idle()
	f.line.Took, f.line.Note = time.Since(f.begun), note
	f.line.Delivered, f.line.Duplicates = f.arrived(harness.Metrics, "history")
	f.line.Dropped = f.dropped(harness.Metrics)
	f.line.Print()
	assert.Equal(f, f.line.In, f.line.Delivered)
	assert.LessOrEqual(f, f.line.Duplicates, again)
	assert.Zero(f, f.collector.Counters().Sum("otelcol_receiver_signalflow_gap"), "seconds that were skipped")
	f.secretFree()
}

// The stream is cut again and again at random places.
func TestSignalFlowDisconnects(t *testing.T) {
	t.Parallel()
	wanted := count("E2E_DISCONNECTS", 20, 200)
	f := newFlow(t, fmt.Sprint(wanted, " disconnects"), 30*wanted)
	messages := func() *int { n := 3 + rand.IntN(20); return &n }
	f.fault(faults.Fault{DropAfter: messages(), Count: 1})
	f.collector.Start()
	done := 1
	f.eventually("the stream to be cut often enough", func() bool {
		if done < wanted && len(f.lab.Faults.List()) == 0 {
			f.fault(faults.Fault{DropAfter: messages(), Count: 1})
			done++
		}
		return done == wanted && len(f.lab.Faults.List()) == 0 || f.got() == f.line.In
	})
	assert.Equal(t, wanted, done, "the program ended before it was cut often enough")
	f.settle(0, "")
}

// The service restarts in the middle of the stream.
func TestSignalFlowServiceRestarts(t *testing.T) {
	t.Parallel()
	f := newFlow(t, "service restarts", count("E2E_STEPS", 600, 3000))
	five := 50
	f.fault(faults.Fault{DropAfter: &five, Count: 1})
	f.collector.Start()
	f.eventually("the first points", func() bool { return f.got() > 0 })
	f.lab.Close()
	f.eventually("an attempt that failed", func() bool {
		return f.collector.Counters().Sum("otelcol_receiver_signalflow_reconnects") > 0
	})
	f.startLab()
	f.settle(0, "")
}

// The collector is killed in the middle of the stream, and goes on from its checkpoint. What it
// delivered after the latest one comes again: checkpoints are written every second.
func TestSignalFlowCollectorCrashes(t *testing.T) {
	t.Parallel()
	crashes := count("E2E_FLOW_CRASHES", 2, 10)
	f := newFlow(t, fmt.Sprint(crashes, " collector crashes"), count("E2E_STEPS", 600, 3000))
	for crash := range crashes {
		// The stream rests after some messages, so that a crash comes in its middle. They are more
		// each time: without a checkpoint yet, it begins where it began before.
		quiet := 50*(crash+1) + rand.IntN(50)
		f.fault(faults.Fault{SilentAfter: &quiet})
		before := f.got()
		f.collector.Start()
		f.eventually("more points", func() bool { return f.got() > before || f.got() == f.line.In })
		f.collector.Kill()
		f.lab.Faults.Clear()
	}
	f.collector.Start()
	f.settle(f.line.In, "from the checkpoint")
}

// The pipeline is slower than the stream: nothing is lost by it, nor held in memory without bound.
func TestSignalFlowSlowPipeline(t *testing.T) {
	t.Parallel()
	f := newFlow(t, "slow pipeline", 600)
	f.fault(faults.Fault{Vendor: "signalfx", Path: "/v2/datapoint", Latency: faults.Duration(100 * time.Millisecond), Count: 20})
	config := f.collector.Config()
	config.Queue = "queue_size: 500"
	f.collector.Reconfigure(config)
	f.collector.Start()
	f.eventually("a refusal", func() bool {
		return f.collector.Counters().Sum("otelcol_receiver_signalflow_retries") > 0 || f.got() == f.line.In
	})
	require.Positive(t, f.collector.Counters().Sum("otelcol_receiver_signalflow_retries"), "the pipeline was never too slow")
	f.settle(0, "")
}
