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
