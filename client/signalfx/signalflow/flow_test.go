package signalflow_test

import (
	"context"
	"io"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// counting sends n data messages with the values 0, 1, 2 and so on.
func counting(n int) signalflowtest.Script {
	return func(ch *signalflowtest.Channel) {
		ch.Metadata(1, labeled("count"))
		for i := range n {
			ch.Data(t0.Add(time.Duration(i)*time.Second), signalflowtest.Double(1, float64(i)))
		}
		ch.End()
	}
}

// wantCount checks that points count up from 0 without a gap.
func wantCount(t testing.TB, points []point) {
	t.Helper()
	for i, p := range points {
		require.Equal(t, float64(i), p.value)
	}
}

// One that reads slowly must lose nothing of what was in its queue, and must not
// slow down another on the same connection.
func TestSlowConsumerHarmsItselfOnly(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 10_000 })
		overflowed := make(chan struct{})
		server.Handle("other.publish()", func(ch *signalflowtest.Channel) {
			ch.Started()
			<-overflowed
			counting(20)(ch)
		})
		other := execute(t, client, signalflow.Request{Program: "other.publish()"})
		next(t, other)
		next(t, other)

		server.Handle(program, counting(1000))
		slow := execute(t, client, signalflow.Request{})
		synctest.Wait()
		close(overflowed)

		_, points, err := drain(t, other)
		assert.Equal(t, io.EOF, err)
		assert.Len(t, points, 20)

		_, points, err = drain(t, slow)
		assert.ErrorIs(t, err, signalflow.ErrSlowConsumer)
		assert.Equal(t, signalflow.ClassResume, signalflow.ClassOf(err))
		wantCount(t, points)
		assert.Greater(t, len(points), 50)
		assert.Less(t, len(points), 200)
		assert.Equal(t, uint64(1), client.Stats().SlowConsumers)
		assert.Equal(t, "too slow", server.WaitForRequests(t, 1, "detach")[0].Reason)
		assert.Equal(t, 1, server.Connections())
	})
}

// One that has its connection for itself makes the service wait, for as long as it takes.
func TestBackpressureOnTheService(t *testing.T) {
	tests := []struct {
		name      string
		exclusive bool
		other     bool
	}{{"the only one", false, false}, {"exclusive, beside another", true, true}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				server.KeepAlive = 20 * time.Second
				client := newClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 10_000 })
				server.Handle("other.publish()", untilClosed)
				if tt.other {
					next(t, execute(t, client, signalflow.Request{Program: "other.publish()"}))
				}
				server.Handle(program, counting(1000))
				slow := execute(t, client, signalflow.Request{Exclusive: tt.exclusive})
				time.Sleep(10 * time.Minute) // longer than any keep-alive
				_, points, err := drain(t, slow)
				assert.Equal(t, io.EOF, err)
				wantCount(t, points)
				assert.Len(t, points, 1000)

				next(t, execute(t, client, signalflow.Request{Program: "other.publish()"}))
				assert.Equal(t, map[bool]int{false: 1, true: 2}[tt.other], server.Connections())
			})
		})
	}
}

// An exclusive computation has its connection for itself, and leaves it to others in
// the end.
func TestExclusive(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, untilClosed)
		client := newClient(t, server, nil)
		exclusive := execute(t, client, signalflow.Request{Exclusive: true})
		next(t, exclusive)
		for range 2 {
			next(t, execute(t, client, signalflow.Request{}))
		}
		assert.Equal(t, 2, server.Connections())
		require.NoError(t, exclusive.Close())
		next(t, execute(t, client, signalflow.Request{Exclusive: true}))
		assert.Equal(t, 2, server.Connections())
		next(t, execute(t, client, signalflow.Request{Exclusive: true}))
		assert.Equal(t, 3, server.Connections())
	})
}

// When another joins, the one that makes the service wait is let go.
func TestNewcomerEndsBackpressure(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 10_000 })
		server.Handle(program, counting(1000))
		slow := execute(t, client, signalflow.Request{})
		synctest.Wait()
		server.Handle("other.publish()", untilClosed)
		next(t, execute(t, client, signalflow.Request{Program: "other.publish()"}))
		_, points, err := drain(t, slow)
		assert.ErrorIs(t, err, signalflow.ErrSlowConsumer)
		wantCount(t, points)
		assert.Equal(t, 1, server.Connections())
	})
}

// Closing one that makes the service wait must free the connection.
func TestCloseUnderBackpressure(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		client := newClient(t, server, func(o *signalflow.Options) { o.MaxQueuedBytes = 10_000 })
		server.Handle(program, flood)
		slow := execute(t, client, signalflow.Request{})
		synctest.Wait()
		before := client.Stats().Messages[signalflow.TypeData]
		require.NoError(t, slow.Close())
		synctest.Wait()
		assert.Greater(t, client.Stats().Messages[signalflow.TypeData], before, "the connection is read again")
		server.Handle("other.publish()", untilClosed)
		next(t, execute(t, client, signalflow.Request{Program: "other.publish()"}))
		assert.Equal(t, 1, server.Connections())
	})
}

// twoBlocks is a program with two blocks, of which one is silent now and then, and
// other ids in every job.
func twoBlocks() signalflowtest.Program {
	return signalflowtest.Program{
		FreshIDs: true, MaxPoints: 3,
		Blocks: []signalflowtest.Block{
			{Label: "a", Metric: "m", Series: signalflowtest.Hosts(4)},
			{Label: "b", Metric: "m", Series: signalflowtest.Hosts(2), Missing: func(t time.Time) bool { return t.Second() == 30 }},
		},
	}
}

// Whoever executes again from the time behind the last complete batch gets every
// point once, whatever breaks when.
func TestResumeOverManyDisconnects(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		stop := t0.Add(20 * time.Minute)
		server.Handle(program, signalflowtest.Replay(twoBlocks()))
		client := newClient(t, server, nil)
		random := rand.New(rand.NewPCG(1, 2))
		got := make(map[point]int)
		from, breaks := t0, 0
		for done := false; !done; {
			server.DropAfter(1 + random.IntN(60))
			computation, err := client.Execute(context.Background(), signalflow.Request{Program: program, Start: from, Stop: stop})
			if err != nil {
				breaks++
				continue
			}
			batches := signalflow.NewBatches(computation)
			var m signalflow.Message
			for m, err = batches.Next(context.Background()); err == nil; m, err = batches.Next(context.Background()) {
				batch, ok := m.(*signalflow.Batch)
				if !ok || batch.Partial {
					continue
				}
				require.False(t, batch.Late)
				for _, p := range describePoints(&signalflow.Data{LogicalTimestampMs: batch.LogicalTimestampMs, Points: batch.Points}) {
					got[p]++
				}
				from = time.UnixMilli(batch.LogicalTimestampMs).Add(10 * time.Second)
			}
			if done = err == io.EOF; !done {
				require.Equal(t, signalflow.ClassResume, signalflow.ClassOf(err), err)
				breaks++
			}
		}
		want := make(map[point]int)
		for _, p := range append(replayed("a", 4, t0, stop, 10*time.Second), replayed("b", 2, t0, stop, 10*time.Second)...) {
			if p.label != "b" || time.UnixMilli(p.atMs).Second() != 30 {
				want[p] = 1
			}
		}
		assert.Equal(t, want, got)
		assert.Greater(t, breaks, 10)
	})
}

// A live stream goes on as the service's time does.
func TestLiveStream(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.SetTime(t0.Add(25 * time.Second))
		server.Handle(program, signalflowtest.Replay(cpu(1)))
		computation := execute(t, newClient(t, server, nil), signalflow.Request{Start: t0})
		var times []time.Duration
		read := func(n int) {
			for len(times) < n {
				if data, ok := next(t, computation).(*signalflow.Data); ok {
					times = append(times, time.UnixMilli(data.LogicalTimestampMs).Sub(t0))
				}
			}
		}
		read(3)
		synctest.Wait()
		server.SetTime(t0.Add(40 * time.Second))
		read(5)
		assert.Equal(t, []time.Duration{0, 10 * time.Second, 20 * time.Second, 30 * time.Second, 40 * time.Second}, times)
	})
}
