package signalflowreceiver

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/progress"
)

// value adds up the points of one of the component's metrics that have an attribute,
// such as "reason=null", or of all if that is "". It is -1 if there is no such point.
func value(t assert.TestingT, telemetry *componenttest.Telemetry, name, attr string) int64 {
	m, err := telemetry.GetMetric("otelcol_receiver_signalflow_" + name)
	if err != nil {
		return -1
	}
	var points []metricdata.DataPoint[int64]
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		points = data.DataPoints
	case metricdata.Gauge[int64]:
		points = data.DataPoints
	default:
		assert.Fail(t, "no numbers", name)
	}
	key, want, _ := strings.Cut(attr, "=")
	total, found := int64(0), false
	for _, p := range points {
		got, _ := p.Attributes.Value(attribute.Key(key))
		if attr == "" || got.AsString() == want {
			total, found = total+p.Value, true
		}
	}
	if !found {
		return -1
	}
	return total
}

// Everything that can happen to a program happens once, and every instrument tells.
func TestSelfTelemetry(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(t.Context())) }()
	server := signalflowtest.Start(t)
	server.KeepAlive = time.Millisecond
	event := map[string]any{"tsId": signalflowtest.ID(2), "timestampMs": t0.UnixMilli(), "properties": map[string]any{"a": "b"}}
	var runs atomic.Int32
	server.Handle(text, func(ch *signalflowtest.Channel) {
		switch runs.Add(1) {
		case 1:
			ch.Error(429, "", "slow down")
			return
		case 2:
			ch.Started()
			ch.Abort("STATE", "why")
			return
		case 3:
			ch.Close(1012, "restarting")
			return
		}
		ch.Started()
		ch.Metadata(1, map[string]any{"sf_key": []string{"host"}, "host": "a"})
		ch.Metadata(3, map[string]any{"sf_type": "EventTimeSeries"})
		ch.Info("JOB_DETECTED_LAG", map[string]any{"lagMs": 3000})
		ch.Info("JOB_INITIAL_MAX_DELAY", map[string]any{"maxDelayMs": 5000})
		ch.Info("FIND_LIMITED_RESULT_SET", map[string]any{"matchedSize": 2, "limitSize": 1})
		ch.Resolution(10 * time.Second)
		ch.Message("weather", nil)
		ch.Message("event", event)
		ch.Message("event", event)
		ch.Data(t0, signalflowtest.Double(1, 1), signalflowtest.Null(1), signalflowtest.Double(1, 1), signalflowtest.Double(3, 1))
		<-ch.Done()
	})
	server.RefuseConnections(1, 401)

	store, h := newStorage()
	store.broken = true
	c := testConfig(server)
	c.Storage = &storageID
	c.Programs[0].Start = Moment(t0.Add(-time.Minute).Format(time.RFC3339))
	c.Programs[0].MaxBackfill = 0
	was := progress.New(0, t0.Add(-time.Hour))
	was.Open(t0.Add(-time.Hour).UnixMilli()) // an hour before, so that 59 minutes are too old
	stored, err := was.Encode()
	require.NoError(t, err)
	store.data[keyPrefix+"cpu"] = stored

	s := newSink()
	failed := false
	s.fail = func() error {
		if !failed {
			failed = true
			return errors.New("full")
		}
		return nil
	}
	runWith(t, settings(telemetry), c, s, h, func(r *signalflowReceiver) {
		r.refusedPause, r.saveInterval = time.Millisecond, time.Millisecond
	})
	s.wait(t, "a point and an event", func() bool { return len(s.points) == 1 && len(s.logs) == 1 })
	wants := []struct {
		name, attribute string
		is              func(int64) bool
	}{
		{"connections", "", exactly(1)},
		{"last_keepalive_age", "", atLeast(0)},
		{"reconnects", "reason=auth", exactly(1)},
		{"reconnects", "reason=read_1012", exactly(1)},
		{"auth_failures", "", exactly(1)},
		{"messages", "type=data", exactly(1)},
		{"messages", "type=metadata", exactly(2)},
		{"bytes", "", atLeast(500)},
		{"ignored", "reason=unknown_type", exactly(1)},
		{"points", "program=cpu", exactly(1)},
		{"dropped_points", "reason=null", exactly(1)},
		{"dropped_points", "reason=duplicate", exactly(1)},
		{"dropped_points", "reason=not_a_metric", exactly(1)},
		{"events", "program=cpu", exactly(1)},
		{"dropped_events", "reason=duplicate", exactly(1)},
		{"retries", "program=cpu", exactly(1)},
		{"jobs_running", "program=cpu", exactly(1)},
		{"jobs_started", "program=cpu", exactly(4)},
		{"jobs_aborted", "state=STATE", exactly(1)},
		{"job_errors", "error_type=429", exactly(1)},
		{"limited_result_set", "program=cpu", exactly(1)},
		{"gap", "program=cpu", exactly(59 * 60)},
		{"checkpoint_failures", "program=cpu", atLeast(1)},
		{"checkpoint_age", "program=cpu", atLeast(0)},
		{"series", "program=cpu", exactly(2)},
		{"lag", "program=cpu", atLeast(29 * 60_000)},
		{"job_lag", "program=cpu", exactly(3000)},
		{"max_delay", "program=cpu", exactly(5000)},
		{"resolution", "program=cpu", exactly(10_000)},
	}
	store.repair()
	checked := map[string]bool{"receiver_signalflow_queue_full": true} // see TestASlowPipelineHoldsUpItsOwnProgramOnly
	for _, want := range wants {
		checked["receiver_signalflow_"+want.name] = true
		assert.EventuallyWithT(t, func(c *assert.CollectT) {
			got := value(c, telemetry, want.name, want.attribute)
			assert.True(c, want.is(got), "%s %s is %d", want.name, want.attribute, got)
		}, 30*time.Second, time.Millisecond)
	}
	declared, err := os.ReadFile("metadata.yaml")
	require.NoError(t, err)
	for _, match := range regexp.MustCompile(`(?m)^    (receiver_signalflow_\w+):$`).FindAllSubmatch(declared, -1) {
		assert.True(t, checked[string(match[1])], string(match[1]))
	}
}

func exactly(want int64) func(int64) bool { return func(got int64) bool { return got == want } }
func atLeast(want int64) func(int64) bool { return func(got int64) bool { return got >= want } }
