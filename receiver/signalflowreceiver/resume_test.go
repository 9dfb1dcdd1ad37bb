package signalflowreceiver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// The server drops the connection at random places, so in the middle of batches too.
// Its clock goes on only while a drop is awaited, so that there is always data to drop.
func TestEveryPointOnceOver200Disconnects(t *testing.T) {
	const series, disconnects = 5, 200
	server := signalflowtest.Start(t)
	program := blocks(series)
	server.Handle(text, signalflowtest.Replay(program))
	random := rand.New(rand.NewPCG(1, 2))
	steps := 0
	step := func() { steps++; server.SetTime(t0.Add(time.Duration(steps-1) * time.Second)) }
	step()
	s := newSink()
	run(t, testConfig(server), s, componenttest.NewNopHost())
	for connections := 1; connections <= disconnects; connections++ {
		server.DropAfter(1 + random.IntN(40))
		s.wait(t, "another connection", func() bool {
			time.Sleep(200 * time.Microsecond) // only the server tells of connections
			s.notify()
			if server.Connections() <= connections {
				step()
			}
			return server.Connections() > connections
		})
	}
	server.DropAfter(0)
	step()
	want := expectedPoints(program, steps)
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	s.assertOnce(t, want)
	t.Logf("%d points over %d connections", len(want), server.Connections())
}

func TestAnUnwillingPipelineLosesAndRepeatsNothing(t *testing.T) {
	const steps = 100
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	server.SetTime(t0.Add((steps - 1) * time.Second))
	s := newSink()
	s.fail = func() error {
		if rand.IntN(3) == 0 {
			return errors.New("queue is full")
		}
		return nil
	}
	run(t, testConfig(server), s, componenttest.NewNopHost())
	want := expectedPoints(program, steps)
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	s.assertOnce(t, want)
}

func TestDataThatThePipelineRefusesIsNotRepeated(t *testing.T) {
	const steps = 3 // all of them are still open, so that they come again with another stream
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	server.SetTime(t0.Add((steps - 1) * time.Second))
	s := newSink()
	calls := 0
	s.fail = func() error {
		if calls++; calls == 1 {
			return consumererror.NewPermanent(errors.New("no"))
		}
		return nil
	}
	run(t, testConfig(server), s, componenttest.NewNopHost())
	s.wait(t, "all points but those of one block", func() bool { return len(s.points) == 6*steps-3 })
	server.KillConnections()
	server.WaitForRequests(t, 2, "execute")
	last := t0.Add(steps * time.Second)
	server.SetTime(last)
	s.wait(t, "the last block of another step", func() bool {
		_, ok := s.points[fmt.Sprintf("cpu.utilization map[host:host-2 signalflow.stream.label:b] @%d", last.UnixMilli())]
		return ok
	})
	assert.Len(t, s.points, 6*(steps+1)-3)
}

// A block may lag behind the others: the stream is begun again before the times that are open.
func TestABlockThatLagsBehindIsNotLost(t *testing.T) {
	server := signalflowtest.Start(t)
	at := func(i int) time.Time { return t0.Add(time.Duration(i) * time.Second) }
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		ch.Metadata(1, map[string]any{"sf_streamLabel": "a"})
		ch.Metadata(2, map[string]any{"sf_streamLabel": "b"})
		for i := range 7 {
			if at(i).UnixMilli() >= ch.Request.Start {
				ch.Data(at(i), signalflowtest.Long(1, int64(i)))
			}
			if i == 4 && ch.Request.Start == t0.UnixMilli() {
				ch.Drop() // b has come to 2
				return
			}
			if i >= 2 && at(i-2).UnixMilli() >= ch.Request.Start {
				ch.Data(at(i-2), signalflowtest.Long(2, int64(i)))
			}
		}
		<-ch.Done()
	})
	s := newSink()
	run(t, testConfig(server), s, componenttest.NewNopHost())
	s.wait(t, "7 points of a, 5 of b", func() bool { return len(s.points) == 12 })
	for key, n := range s.counts {
		if n != 1 {
			t.Errorf("%s came %d times", key, n)
		}
	}
}

// Whatever the service's habits, in all forms of the wire, over broken connections.
func TestEveryPointOnceHoweverTheServiceSpeaks(t *testing.T) {
	const steps = 60
	plain := signalflowtest.Wire{Form: 1, Compression: signalflowtest.Gzip}
	tests := []struct {
		name   string
		wire   signalflowtest.Wire
		change func(*signalflowtest.Program)
	}{
		{"as it is known", plain, func(*signalflowtest.Program) {}},
		{"no info message", plain, func(p *signalflowtest.Program) { p.NoInfo = true }},
		{"metadata behind its data", plain, func(p *signalflowtest.Program) { p.LateMetadata = true }},
		{"ids that stay", plain, func(p *signalflowtest.Program) { p.FreshIDs = false }},
		{"large messages in parts", plain, func(p *signalflowtest.Program) { p.MaxPoints = 3 }},
		{"form 2 with zlib", signalflowtest.Wire{Form: 2, Compression: signalflowtest.Zlib}, func(*signalflowtest.Program) {}},
		{"form 3, not compressed", signalflowtest.Wire{Form: 3}, func(*signalflowtest.Program) {}},
		{"a block that is silent at times", plain, func(p *signalflowtest.Program) {
			p.Blocks[1].Missing = func(at time.Time) bool { return at.Second()%3 == 0 }
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := signalflowtest.Start(t)
			server.Wire = tt.wire
			program := blocks(10)
			tt.change(&program)
			server.Handle(text, signalflowtest.Replay(program))
			server.SetTime(t0.Add((steps - 1) * time.Second))
			server.DropAfter(70)
			s := newSink()
			run(t, testConfig(server), s, componenttest.NewNopHost())
			want := expectedPoints(program, steps)
			s.wait(t, "all points", func() bool { return len(s.points) >= len(want) })
			s.assertOnce(t, want)
			assert.Greater(t, server.Connections(), 1)
		})
	}
}

// The connection stays but nothing comes any more: it is given up, and nothing is missing.
func TestAHalfOpenConnectionIsGivenUp(t *testing.T) {
	server := signalflowtest.Start(t)
	server.KeepAlive = 5 * time.Millisecond
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	server.SetTime(t0.Add(9 * time.Second))
	c := testConfig(server)
	c.KeepaliveTimeout = 200 * time.Millisecond
	s := newSink()
	run(t, c, s, componenttest.NewNopHost())
	want := expectedPoints(program, 10)
	s.wait(t, "the points before", func() bool { return len(s.points) == len(want) })
	server.HalfOpen()
	server.SetTime(t0.Add(19 * time.Second))
	want = expectedPoints(program, 20)
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	s.assertOnce(t, want)
	assert.Greater(t, server.Connections(), 1)
}

func TestASilentSSEStreamIsGivenUp(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, func(ch *signalflowtest.Channel) { ch.Started(); <-ch.Done() })
	c := testConfig(server)
	c.Transport, c.KeepaliveTimeout = transportSSE, 10*time.Millisecond
	run(t, c, newSink(), componenttest.NewNopHost())
	server.WaitForRequests(t, 3, "execute")
}

// A series that ends and comes back is the same series; one id may become others without an end.
func TestSeriesThatComeAndGo(t *testing.T) {
	const changes = 2000
	server := signalflowtest.Start(t)
	server.Wire.Compression = signalflowtest.Plain
	host := func(n int) map[string]any { return map[string]any{"sf_key": []string{"host"}, "host": n} }
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		ch.Metadata(1, host(0))
		ch.Data(t0, signalflowtest.Long(1, 1))
		ch.Expired(1)
		ch.Metadata(2, host(0))
		ch.Data(t0, signalflowtest.Long(2, 1))
		for i := range changes {
			ch.Metadata(3, host(i))
			ch.Data(t0.Add(time.Duration(i+1)*time.Second), signalflowtest.Long(3, 1))
		}
		<-ch.Done()
	})
	s := newSink()
	r := run(t, testConfig(server), s, componenttest.NewNopHost())
	s.wait(t, "all points", func() bool { return len(s.points) == 1+changes })
	stop(t, r)
	for key, n := range s.counts {
		assert.Equal(t, 1, n, key)
	}
	assert.Less(t, r.term.programs[0].state.Series(), changes, "what has left is forgotten")
}
