package signalflowreceiver

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

func TestARestartGoesOnWhereTheReceiverWas(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	_, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	s := newSink()
	for steps := 20; steps <= 60; steps += 20 {
		server.SetTime(t0.Add(time.Duration(steps-1) * time.Second))
		r := run(t, c, s, h)
		want := expectedPoints(program, steps)
		s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
		stop(t, r)
		s.assertOnce(t, want)
	}
}

// A crash loses what was not stored: those points come again, and no others.
func TestACrashRepeatsOnlyWhatWasNotStored(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	store, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	s := newSink()
	server.SetTime(t0.Add(19 * time.Second))
	stop(t, runUntil(t, c, s, h, program, 20))

	store.freeze(true)
	server.SetTime(t0.Add(24 * time.Second))
	stop(t, runUntil(t, c, s, h, program, 25))
	store.freeze(false)

	server.SetTime(t0.Add(29 * time.Second))
	runUntil(t, c, s, h, program, 30)
	s.mu.Lock()
	defer s.mu.Unlock()
	assert.Equal(t, expectedPoints(program, 30), s.points, "no point is lost, and repeated ones are the same")
	stored := expectedPoints(program, 20)
	repeated := 0
	for key, n := range s.counts {
		if n > 1 {
			repeated++
			assert.NotContains(t, stored, key)
		}
	}
	assert.Equal(t, 5*6, repeated, "what was delivered between the checkpoint and the crash")
}

func runUntil(t *testing.T, c *Config, s *sink, h *host, p signalflowtest.Program, steps int) *signalflowReceiver {
	t.Helper()
	r := run(t, c, s, h)
	want := expectedPoints(p, steps)
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	return r
}

func TestWhileAStreamIsQuietItsCheckpointIsWritten(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(1)
	server.Handle(text, signalflowtest.Replay(program))
	store, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	server.SetTime(t0)
	run(t, c, newSink(), h, func(r *signalflowReceiver) { r.saveInterval = time.Millisecond })
	store.waitFor(t, func(stored string) bool { return strings.Contains(stored, strconv.FormatInt(t0.UnixMilli(), 10)) })
}

// Data that comes while a program that has had none is down must not be missed.
func TestAfterACrashAProgramWithoutDataBeginsWhereItBegan(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, func(ch *signalflowtest.Channel) { ch.Started() })
	store, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	c.Programs[0].Start = "" // now
	r := run(t, c, newSink(), h, func(r *signalflowReceiver) { r.saveInterval = time.Millisecond })
	store.waitFor(t, func(stored string) bool { return stored != "" })
	store.freeze(true)
	stop(t, r)
	store.freeze(false)
	run(t, c, newSink(), h)
	requests := server.WaitForRequests(t, 2, "execute")
	assert.Equal(t, requests[0].Start, requests[1].Start)
}

func TestCheckpointsOfOtherProgramsAreRemoved(t *testing.T) {
	server := signalflowtest.Start(t)
	store, h := newStorage()
	store.data[keyNames] = []byte(`["old","cpu"]`)
	store.data[keyPrefix+"old"] = []byte("x")
	store.data[keyPrefix+"cpu"] = []byte("damaged")
	c := testConfig(server)
	c.Storage = &storageID
	stop(t, run(t, c, newSink(), h))
	assert.NotContains(t, store.data, keyPrefix+"old")
	assert.Contains(t, string(store.data[keyPrefix+"cpu"]), "version", "a damaged checkpoint is replaced")
}

func TestAJobWithAnEndRunsOnce(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(2)
	server.Handle(text, signalflowtest.Replay(program))
	_, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	c.Programs[0].Stop = Moment(t0.Add(9 * time.Second).Format(time.RFC3339))
	s := newSink()
	r := runUntil(t, c, s, h, program, 10)
	r.term.running.Wait()
	stop(t, r)
	r = run(t, c, s, h)
	r.term.running.Wait()
	s.assertOnce(t, expectedPoints(program, 10))
	assert.Len(t, server.Requests("execute"), 1)
}

func TestWhatIsTooOldIsSkippedAndCounted(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(t.Context())) }()
	server := signalflowtest.Start(t)
	program := blocks(1)
	server.Handle(text, signalflowtest.Replay(program))
	_, h := newStorage()
	c := testConfig(server)
	c.Storage = &storageID
	server.SetTime(t0.Add(5 * time.Second))
	s := newSink()
	stop(t, runUntil(t, c, s, h, program, 6))

	c.Programs[0].Start, c.Programs[0].MaxBackfill = "", time.Minute
	set := settings(telemetry)
	server.SetTime(time.Now())
	runWith(t, set, c, s, h)
	requests := server.WaitForRequests(t, 2, "execute")
	assert.InDelta(t, time.Now().Add(-time.Minute).UnixMilli(), requests[1].Start, 20_000)
	assert.InDelta(t, time.Since(t0).Seconds()-60, value(t, telemetry, "gap", ""), 20)
}

func TestACheckpointIsDueAtOnceButNotTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval = time.Second
		var s saver
		assert.Equal(t, t.Context(), s.waiting(t.Context(), interval), "nothing has changed")
		due := func() time.Duration {
			s.changed()
			began := time.Now()
			<-s.waiting(t.Context(), interval).Done()
			assert.True(t, s.isDue())
			s.done()
			assert.False(t, s.isDue())
			return time.Since(began)
		}
		assert.Zero(t, due())
		assert.Equal(t, interval, due())
		time.Sleep(interval / 4)
		assert.Equal(t, 3*interval/4, due())
		time.Sleep(interval)
		assert.Zero(t, due())
	})
}
