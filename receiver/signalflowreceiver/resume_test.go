package signalflowreceiver

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

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
	const steps = 10
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
