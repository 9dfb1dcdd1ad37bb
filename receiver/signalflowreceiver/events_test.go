package signalflowreceiver

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// Streams overlap when they are begun again, also after a restart.
func TestEventsAreNotRepeated(t *testing.T) {
	server := signalflowtest.Start(t)
	var runs atomic.Int64
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		run := runs.Add(1)
		for i := range 10 * run {
			ch.Message("event", map[string]any{
				"tsId": signalflowtest.ID(uint64(100*run + i)), "timestampMs": t0.UnixMilli() + i*1000,
				"properties": map[string]any{"incidentId": "i", "is": []string{"ok", "anomalous"}[i%2]},
			})
		}
		if run != 3 {
			ch.Drop()
			return
		}
		<-ch.Done()
	})
	_, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	s := newSink()
	r := run(t, c, s, h)
	s.wait(t, "events of three streams", func() bool { return len(s.logs) == 30 })
	stop(t, r)
	run(t, c, s, h)
	s.wait(t, "events of another one", func() bool { return len(s.logs) == 40 })
	seen := make(map[time.Time]bool)
	for _, record := range s.logs {
		at := record.Timestamp().AsTime()
		assert.False(t, seen[at], at)
		seen[at] = true
	}
}

func TestExpiredSeriesEndWithoutAValue(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		ch.Metadata(1, map[string]any{"sf_key": []string{"host"}, "host": "a"})
		ch.Resolution(10 * time.Second)
		ch.Data(t0, signalflowtest.Double(1, 1))
		ch.Expired(1)
		<-ch.Done()
	})
	c := testConfig(server)
	c.Programs[0].StalenessOnExpiry = true
	s := newSink()
	r := run(t, c, s, componenttest.NewNopHost())
	s.wait(t, "the point and the end", func() bool { return len(s.batches) == 2 })
	stop(t, r)
	p := dataPoints(s.batches[1].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)).At(0)
	assert.True(t, p.Flags().NoRecordedValue())
	assert.Equal(t, t0.Add(10*time.Second).UnixMilli(), p.Timestamp().AsTime().UnixMilli())
}
