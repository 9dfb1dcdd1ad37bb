package signalflow_test

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

const program = "data('cpu').publish('cpu')"

// inBubble runs a test against a server in memory, with a clock of its own.
func inBubble(t *testing.T, test func(*testing.T, *signalflowtest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, signalflowtest.StartInMemory(t)) })
}

// options are those of a client of a server; changes may be nil.
func options(t testing.TB, server *signalflowtest.Server, change func(*signalflow.Options)) signalflow.Options {
	t.Helper()
	o := signalflow.Options{Endpoint: mustEndpoint(t, server.URL()), Token: server.Token, HTTPClient: server.HTTPClient(), Random: func() float64 { return 0.5 }}
	if change != nil {
		change(&o)
	}
	return o
}

func mustEndpoint(t testing.TB, url string) signalflow.Endpoint {
	t.Helper()
	endpoint, err := signalflow.ParseEndpoint(url)
	require.NoError(t, err)
	return endpoint
}

func newClient(t testing.TB, server *signalflowtest.Server, change func(*signalflow.Options)) *signalflow.Client {
	t.Helper()
	client, err := signalflow.NewClient(options(t, server, change))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

func execute(t testing.TB, client *signalflow.Client, r signalflow.Request) *signalflow.Computation {
	t.Helper()
	if r.Program == "" {
		r.Program = program
	}
	computation, err := client.Execute(context.Background(), r)
	require.NoError(t, err)
	return computation
}

// point is what a test wants to know about a point.
type point struct {
	atMs  int64
	label string
	host  string
	value float64
}

// drain reads a stream to its end and returns a short description of every message.
func drain(t testing.TB, computation *signalflow.Computation) (messages []string, points []point, end error) {
	t.Helper()
	for {
		m, err := computation.Next(context.Background())
		if err != nil {
			return messages, points, err
		}
		messages = append(messages, describe(m))
		if data, ok := m.(*signalflow.Data); ok {
			points = append(points, describePoints(data)...)
		}
	}
}

func describe(m signalflow.Message) string {
	switch m := m.(type) {
	case *signalflow.Control:
		return m.Event
	case *signalflow.Info:
		return m.Code
	case *signalflow.Metadata:
		return "metadata " + m.Series.StreamLabel()
	case *signalflow.Data:
		if len(m.Points) == 0 {
			return "data, empty"
		}
		if m.Points[0].Series == nil {
			return "data, unresolved"
		}
		return "data " + m.Points[0].Series.StreamLabel()
	case *signalflow.Event:
		return "event"
	case *signalflow.Expired:
		return "expired"
	case *signalflow.Malformed:
		return "malformed " + m.Type.String()
	}
	return "?"
}

func describePoints(data *signalflow.Data) []point {
	var points []point
	for i := range data.Points {
		p := &data.Points[i]
		one := point{atMs: data.LogicalTimestampMs, value: p.Float()}
		if p.Series != nil {
			one.label, one.host = p.Series.StreamLabel(), p.Series.Text("host")
		}
		points = append(points, one)
	}
	return points
}

// replayed is what a replay has for hosts between two times.
func replayed(label string, hosts int, from, to time.Time, step time.Duration) []point {
	var points []point
	for t := from; !t.After(to); t = t.Add(step) {
		for i, dimensions := range signalflowtest.Hosts(hosts) {
			points = append(points, point{t.UnixMilli(), label, dimensions["host"], signalflowtest.Value(label, i, t)})
		}
	}
	return points
}

func cpu(hosts int) signalflowtest.Program {
	return signalflowtest.Program{Blocks: []signalflowtest.Block{{Label: "cpu", Metric: "cpu.utilization", Series: signalflowtest.Hosts(hosts)}}}
}

// t0 lies in the past: the clock of a bubble begins with the year 2000.
var t0 = time.Date(1999, 12, 31, 12, 0, 0, 0, time.UTC)

func TestBoundedJob(t *testing.T) {
	for name, wire := range map[string]signalflowtest.Wire{
		"form 1, gzip": {Form: 1, Compression: signalflowtest.Gzip},
		"form 2, zlib": {Form: 2, Compression: signalflowtest.Zlib},
		"form 3":       {Form: 3},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				server.Wire = wire
				server.Handle(program, signalflowtest.Replay(cpu(20)))
				client := newClient(t, server, nil)
				computation := execute(t, client, signalflow.Request{Start: t0, Stop: t0.Add(30 * time.Second)})
				messages, points, err := drain(t, computation)
				require.Equal(t, io.EOF, err)
				assert.Equal(t, replayed("cpu", 20, t0, t0.Add(30*time.Second), 10*time.Second), points)
				assert.Equal(t, []string{"STREAM_START", "JOB_START"}, messages[:2])
				assert.Equal(t, []string{"data cpu", "JOB_RUNNING_RESOLUTION", "data cpu", "data cpu", "data cpu"}, messages[len(messages)-5:])
				assert.Equal(t, 10*time.Second, computation.Resolution())
				assert.Equal(t, "AAAAAAAAAAE", computation.Handle())
				_, err = computation.Next(context.Background())
				assert.Equal(t, io.EOF, err, "the end stays")
			})
		})
	}
}
