package signalflowreceiver

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
)

func settings(telemetry *componenttest.Telemetry) receiver.Settings {
	set := receivertest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	return set
}

func TestARefusedTokenIsReportedAndNotTriedInALoop(t *testing.T) {
	server := signalflowtest.Start(t)
	c := testConfig(server)
	c.AccessToken = "hunter2"
	h := newHost()
	run(t, c, newSink(), h)
	err := h.waitFor(t, componentstatus.StatusRecoverableError)
	assert.ErrorContains(t, err, "does not accept the token")
	assert.NotContains(t, err.Error(), "hunter2")
	time.Sleep(20 * time.Millisecond) // ten times the pause between other failures
	assert.Equal(t, 1, server.Connections())
}

func TestABadProgramDoesNotDisturbOthersAndRecovers(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(2)
	server.Handle(text, signalflowtest.Replay(program))
	server.SetTime(t0.Add(9 * time.Second))
	c := testConfig(server)
	const bad = "date('x').publish()"
	c.Programs = append(c.Programs, testProgram("bad", bad))
	h, s := newHost(), newSink()
	run(t, c, s, h, func(r *signalflowReceiver) { r.refusedPause = 50 * time.Millisecond })
	assert.ErrorContains(t, h.waitFor(t, componentstatus.StatusRecoverableError), "ANALYTICS_PROGRAM_NAME_ERROR")
	want := expectedPoints(program, 10)
	s.wait(t, "the other program's points", func() bool { return len(s.points) == len(want) })
	server.Handle(bad, func(ch *signalflowtest.Channel) { ch.Started() })
	_ = h.waitFor(t, componentstatus.StatusOK)
}

// The service opens the channel before it refuses the program: that is no sign of health.
func TestAProgramThatIsRefusedNeverCountsAsWorking(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Control(signalflow.EventStreamStart, nil)
		ch.Error(400, "ANALYTICS_PROGRAM_NAME_ERROR", "no such function")
	})
	h := newHost()
	r := run(t, testConfig(server), newSink(), h, func(r *signalflowReceiver) { r.refusedPause = time.Millisecond })
	server.WaitForRequests(t, 4, "execute")
	stop(t, r)
	for _, e := range h.events {
		assert.Equal(t, componentstatus.StatusRecoverableError, e.Status())
	}
	assert.Len(t, h.events, 2, "the same failure is told once per signal")
}

func TestRateLimitsAndAbortsArePassed(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(2)
	var runs atomic.Int32
	server.Handle(text, func(ch *signalflowtest.Channel) {
		if runs.Add(1) == 1 {
			ch.Started()
			ch.Abort("ABORTED", "too many series")
			return
		}
		signalflowtest.Replay(program)(ch)
	})
	server.RateLimit(3)
	server.SetTime(t0.Add(9 * time.Second))
	s := newSink()
	run(t, testConfig(server), s, componenttest.NewNopHost())
	want := expectedPoints(program, 10)
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	s.assertOnce(t, want)
	assert.Len(t, server.Requests("execute"), 5)
}

// A message that can never be decoded is asked for again, but does not hold up its program for good.
func TestDataThatCannotBeDecodedIsPassedOverInTheEnd(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(t.Context())) }()
	server := signalflowtest.Start(t)
	const steps, bad = 8, 4
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		ch.Metadata(1, map[string]any{"sf_streamLabel": "a"})
		for i := range steps {
			if i == bad {
				ch.Raw(true, signalflowtest.Frame(1, byte(signalflow.TypeData), false, signalflowtest.Plain, ch.Request.Channel, []byte("short")))
				continue
			}
			ch.Data(t0.Add(time.Duration(i)*time.Second), signalflowtest.Double(1, 1))
		}
		ch.End()
	})
	c := testConfig(server)
	c.Programs[0].Stop = Moment(t0.Add((steps - 1) * time.Second).Format(time.RFC3339))
	s := newSink()
	r := runWith(t, settings(telemetry), c, s, componenttest.NewNopHost())
	s.wait(t, "all points but the bad one", func() bool { return len(s.points) == steps-1 })
	r.term.running.Wait()
	for key, n := range s.counts {
		assert.Equal(t, 1, n, key)
	}
	assert.Len(t, server.Requests("execute"), 1+askedAgain)
	assert.InDelta(t, 1, value(t, telemetry, "dropped_points", "reason=undecodable"), 0)
	assert.InDelta(t, -1, value(t, telemetry, "lag", ""), 0, "a program that has ended is not behind")
}

// What a lost connection leaves behind on the service is stopped when there is another one.
func TestTheJobOfALostConnectionIsStopped(t *testing.T) {
	server := signalflowtest.Start(t)
	handles := make(chan string, 1)
	var runs atomic.Int32
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		if runs.Add(1) == 1 {
			handles <- ch.Handle
			ch.Drop()
			return
		}
		<-ch.Done()
	})
	run(t, testConfig(server), newSink(), newHost())
	stops := server.WaitForRequests(t, 1, "stop")
	assert.Equal(t, <-handles, stops[0].Handle)
}

// One program's pipeline hangs. The other goes on, memory stays bounded, and in the end nothing is missing.
func TestASlowPipelineHoldsUpItsOwnProgramOnly(t *testing.T) {
	const steps = 300
	server := signalflowtest.Start(t)
	program := blocks(20)
	const other = "data('memory').publish()"
	program.Blocks = program.Blocks[:1]
	dropped := make(chan struct{}, 1)
	server.Handle(text, func(ch *signalflowtest.Channel) {
		signalflowtest.Replay(program)(ch)
		select {
		case dropped <- struct{}{}:
		default:
		}
	})
	second := program
	second.Blocks = []signalflowtest.Block{{Label: "a", Metric: "memory", Series: signalflowtest.Hosts(20)}}
	server.Handle(other, func(ch *signalflowtest.Channel) {
		<-dropped // as the first is when its queue is full and it is not alone
		signalflowtest.Replay(second)(ch)
	})
	server.SetTime(t0.Add((steps - 1) * time.Second))
	c := testConfig(server)
	c.MaxQueuedBytes = 20_000
	c.Programs = append(c.Programs, testProgram("memory", other))

	s := newSink()
	hang := make(chan struct{})
	slow := &slowSink{sink: s, hang: hang}
	factory := NewFactory()
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(context.Background())) }()
	r, err := factory.CreateMetrics(t.Context(), settings(telemetry), c, slow)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { stop(t, r.(*signalflowReceiver)) })

	wantOther := expectedPoints(second, steps)
	s.wait(t, "the other program's points", func() bool { return len(s.points) >= len(wantOther) })
	close(hang)
	want := expectedPoints(program, steps)
	for key, v := range wantOther {
		want[key] = v
	}
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	s.assertOnce(t, want)
	assert.GreaterOrEqual(t, value(t, telemetry, "queue_full", "program=cpu"), int64(1))
}

// Shutdown must end in every phase and leave nothing behind (TestMain looks for goroutines).
func TestShutdownInEveryPhase(t *testing.T) {
	reached := make(chan struct{}, 1)
	reach := func() {
		select {
		case reached <- struct{}{}:
		default:
		}
	}
	// A service that takes the connection, says something or not, and then nothing more.
	silent := func(t *testing.T, say func(http.ResponseWriter, *http.Request)) string {
		over := make(chan struct{})
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			say(w, r)
			reach()
			<-over
		}))
		t.Cleanup(func() { close(over); service.Close() })
		return strings.Replace(service.URL, "http", "ws", 1)
	}
	hang := func(ctx context.Context) error { reach(); <-ctx.Done(); return ctx.Err() }
	phases := map[string]func(t *testing.T, c *Config, server *signalflowtest.Server, s *sink){
		"connecting": func(t *testing.T, c *Config, _ *signalflowtest.Server, _ *sink) {
			c.StreamURL = silent(t, func(http.ResponseWriter, *http.Request) {})
		},
		"connecting over HTTP": func(t *testing.T, c *Config, _ *signalflowtest.Server, _ *sink) {
			c.StreamURL, c.Transport = silent(t, func(http.ResponseWriter, *http.Request) {}), transportSSE
		},
		"the token is checked": func(t *testing.T, c *Config, _ *signalflowtest.Server, _ *sink) {
			c.StreamURL = silent(t, func(w http.ResponseWriter, r *http.Request) { _, _ = websocket.Accept(w, r, nil) })
		},
		"waiting to connect again": func(_ *testing.T, c *Config, server *signalflowtest.Server, _ *sink) {
			server.RefuseConnections(1000, 503)
			c.Retry.InitialInterval, c.Retry.MaxInterval = time.Hour, time.Hour
			reach()
		},
		"the program was refused": func(_ *testing.T, _ *Config, server *signalflowtest.Server, _ *sink) {
			server.Handle(text, func(ch *signalflowtest.Channel) { ch.Error(400, "X", "no"); reach() })
		},
		"nothing comes": func(_ *testing.T, _ *Config, server *signalflowtest.Server, _ *sink) {
			server.Handle(text, func(ch *signalflowtest.Channel) { ch.Started(); reach(); <-ch.Done() })
		},
		"metadata is awaited": func(_ *testing.T, _ *Config, server *signalflowtest.Server, _ *sink) {
			server.Handle(text, func(ch *signalflowtest.Channel) { ch.Data(t0, signalflowtest.Long(1, 1)); reach(); <-ch.Done() })
		},
		"the pipeline refuses": func(_ *testing.T, _ *Config, _ *signalflowtest.Server, s *sink) {
			s.fail = func() error { reach(); return errors.New("full") }
		},
		"the pipeline hangs": func(t *testing.T, _ *Config, _ *signalflowtest.Server, s *sink) {
			s.hang = hang
		},
	}
	for name, prepare := range phases {
		t.Run(name, func(t *testing.T) {
			server := signalflowtest.Start(t)
			server.Handle(text, signalflowtest.Replay(blocks(1)))
			c, s := testConfig(server), newSink()
			prepare(t, c, server, s)
			r := run(t, c, s, componenttest.NewNopHost())
			<-reached
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			require.NoError(t, r.Shutdown(ctx))
			select {
			case <-reached: // may have been reached twice
			default:
			}
		})
	}
	unstarted, err := newReceiver(testConfig(signalflowtest.Start(t)), receivertest.NewNopSettings(metadata.Type))
	require.NoError(t, err)
	require.NoError(t, unstarted.Shutdown(t.Context()))
}

func TestSSETransport(t *testing.T) {
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	server.SetTime(t0.Add(9 * time.Second))
	c := testConfig(server)
	c.Transport = transportSSE
	s := newSink()
	run(t, c, s, componenttest.NewNopHost())
	want := expectedPoints(program, 10)
	s.wait(t, "all points", func() bool { return len(s.points) == len(want) })
	s.assertOnce(t, want)
}

// generator sends a point with its own identity for each call.
type generator struct {
	points chan int64
	next   atomic.Int64
}

func (g *generator) Start() {}
func (g *generator) Stop()  {}
func (g *generator) Generate() []receivertest.UniqueIDAttrVal {
	n := g.next.Add(1)
	g.points <- n
	return []receivertest.UniqueIDAttrVal{receivertest.UniqueIDAttrVal(signalflowtest.ID(uint64(n)))}
}

func (g *generator) play(send func(ch *signalflowtest.Channel, n int64)) signalflowtest.Script {
	return func(ch *signalflowtest.Channel) {
		ch.Started()
		for {
			select {
			case n := <-g.points:
				send(ch, n)
			case <-ch.Done():
				return
			}
		}
	}
}

func TestConsumeContract(t *testing.T) {
	send := map[pipeline.Signal]func(ch *signalflowtest.Channel, n int64){
		pipeline.SignalMetrics: func(ch *signalflowtest.Channel, n int64) {
			ch.Metadata(uint64(n), map[string]any{"test_id": signalflowtest.ID(uint64(n)), "sf_key": []string{"test_id"}})
			ch.Data(t0, signalflowtest.Long(uint64(n), n))
		},
		pipeline.SignalLogs: func(ch *signalflowtest.Channel, n int64) {
			ch.Message("event", map[string]any{"tsId": signalflowtest.ID(1), "timestampMs": t0.UnixMilli(),
				"metadata": map[string]any{"test_id": signalflowtest.ID(uint64(n))}, "properties": map[string]any{}})
		},
	}
	for signal, send := range send {
		t.Run(signal.String(), func(t *testing.T) {
			server := signalflowtest.Start(t)
			g := &generator{points: make(chan int64, 1000)}
			server.Handle(text, g.play(send))
			c := testConfig(server)
			receivertest.CheckConsumeContract(receivertest.CheckConsumeContractParams{
				T: t, Factory: NewFactory(), Signal: signal, Config: c, Generator: g, GenerateCount: 100,
			})
		})
	}
}
