package selftelemetry

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

type cause string

func (c cause) String() string { return string(c) }
func (c cause) Expected() bool { return c == "excluded" }

// newRecorder returns a recorder with counters of its own, and what observes it.
func newRecorder(t *testing.T) (*Recorder, *testkit.Probe) {
	p := testkit.NewProbe(t, component.MustNewType("test"))
	set := p.Settings()
	counter := func(name string) metric.Int64Counter {
		c, err := set.MeterProvider.Meter("test").Int64Counter("otelcol_exporter_test_" + name)
		require.NoError(t, err)
		return c
	}
	durations, err := set.MeterProvider.Meter("test").Float64Histogram("otelcol_exporter_test_request_duration")
	require.NoError(t, err)
	r := New(set, "metrics", Counters{
		Duration: durations, Dropped: counter("dropped_items"), Changed: counter("changed_items"),
		Requests: counter("requests"), PayloadSize: counter("payload_size"), WireSize: counter("wire_size"),
	})
	r.Start(p)
	return r, p
}

var metrics = attribute.String("signal", "metrics")

func TestAnAttemptIsCountedWithItsBytesStatusAndOutcome(t *testing.T) {
	for want, a := range map[string]httpsend.Attempt{
		"2xx delivered": {Status: 202, Class: httpsend.Delivered},
		"4xx throttled": {Status: 429, Class: httpsend.Throttled},
		"none retry":    {Class: httpsend.Retry},
	} {
		t.Run(want, func(t *testing.T) {
			r, p := newRecorder(t)
			a.PayloadBytes, a.WireBytes, a.Duration = 100, 40, 250*time.Millisecond
			kind := attribute.String("type", "points")
			r.Attempt(t.Context(), a, kind)
			var status, outcome string
			_, err := fmt.Sscan(want, &status, &outcome)
			require.NoError(t, err)
			assert.EqualValues(t, 1, p.Sum(t, "requests", metrics, kind, attribute.String("status", status), attribute.String("outcome", outcome)))
			assert.EqualValues(t, 100, p.Sum(t, "payload_size", metrics, kind))
			assert.EqualValues(t, 40, p.Sum(t, "wire_size", metrics, kind))
			seconds, requests := p.Total(t, "request_duration", metrics, kind, attribute.String("outcome", outcome))
			assert.Equal(t, 0.25, seconds)
			assert.EqualValues(t, 1, requests)
		})
	}
}

func TestTwoExportersOfATypeAreToldApart(t *testing.T) {
	p := testkit.NewProbe(t, component.MustNewType("test"))
	for name, n := range map[string]int{"a": 3, "b": 5} {
		set := p.Settings()
		set.ID = component.NewIDWithName(set.ID.Type(), name)
		c, err := set.MeterProvider.Meter("test").Int64Counter("otelcol_exporter_test_dropped_items")
		require.NoError(t, err)
		New(set, "metrics", Counters{Dropped: c}).Drop(cause("not_finite"), n)
	}
	assert.EqualValues(t, 3, p.Sum(t, "dropped_items", metrics, attribute.String("exporter", "test/a")))
	assert.EqualValues(t, 5, p.Sum(t, "dropped_items", metrics, attribute.String("exporter", "test/b")))
}

func TestItemsAreCountedAndEachCauseIsLoggedOnce(t *testing.T) {
	r, p := newRecorder(t)
	for range 2 {
		r.Dropped(cause("not_finite"), 3)
		r.Dropped(cause("excluded"), 5)
		r.Dropped(cause("no_value"), 0)
		r.Changed(cause("key_renamed"), 7)
		r.Changed(cause("key_cut"), 0)
	}
	r.Drop(cause("refused"), 1)
	for reason, n := range map[string]int64{"not_finite": 6, "excluded": 10, "no_value": 0, "refused": 1} {
		assert.Equal(t, n, p.Dropped(t, reason), reason)
	}
	assert.EqualValues(t, 14, p.Sum(t, "changed_items", metrics, attribute.String("change", "key_renamed")))
	logged := p.Logs.All()
	require.Len(t, logged, 2, "not what is expected, not what did not happen, and nothing twice")
	assert.Contains(t, logged[0].Message, "otelcol_exporter_test_dropped_items")
	assert.Equal(t, map[string]any{"signal": "metrics", "reason": "not_finite", "dropped_items": int64(3)}, logged[0].ContextMap())
	assert.Contains(t, logged[1].Message, "otelcol_exporter_test_changed_items")
}

func TestTheHostLearnsOfRefusedCredentialsWhenThatChanges(t *testing.T) {
	r, p := newRecorder(t)
	for _, a := range []httpsend.Attempt{
		{Status: 200, Class: httpsend.Delivered}, {Status: 401, Class: httpsend.Unauthorized}, {Status: 403, Class: httpsend.Unauthorized},
		{Status: 500, Class: httpsend.Retry}, {Status: 200, Class: httpsend.Delivered}, {Status: 200, Class: httpsend.Delivered},
	} {
		r.Attempt(t.Context(), a)
	}
	assert.Equal(t, componentstatus.StatusRecoverableError, <-p.Status)
	assert.Equal(t, componentstatus.StatusOK, <-p.Status)
	assert.Empty(t, p.Status, "only changes are reported")
}

func TestCausesFromOutsideHaveAnEnd(t *testing.T) {
	r, _ := newRecorder(t)
	told := 0
	for i := range 10 * maxCauses {
		if r.First(fmt.Sprint("a message of the service ", i)) {
			told++
		}
	}
	assert.Equal(t, maxCauses, told)
}
