//go:build unix

package signalflowreceiver

import (
	"context"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
)

// benchProgram has taken the metadata of n series and one message of their points.
func benchProgram(b *testing.B, n int) (*program, *signalflow.Data) {
	server := signalflowtest.Start(b)
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		points := make([]signalflowtest.Point, n)
		for i := range points {
			ch.Metadata(uint64(i), map[string]any{
				"sf_key": []string{"host", "sf_originatingMetric", "computationId"}, "sf_originatingMetric": "cpu.utilization",
				"host": "host-" + strconv.Itoa(i), "sf_streamLabel": "cpu", "computationId": "c",
			})
			points[i] = signalflowtest.Double(uint64(i), float64(i))
		}
		ch.Data(t0, points...)
		<-ch.Done()
	})
	c := testConfig(&signalflowtest.Server{})
	c.StreamURL = server.URL()
	r, err := newReceiver(c, receivertest.NewNopSettings(metadata.Type))
	require.NoError(b, err)
	r.metrics = consumertest.NewNop()
	p, err := newProgram(b.Context(), r, &c.Programs[0])
	require.NoError(b, err)
	p.delivering = context.Background()
	p.begin()

	endpoint, err := c.endpoint()
	require.NoError(b, err)
	client, err := signalflow.NewClient(signalflow.Options{Endpoint: endpoint, Token: "token", MaxQueuedBytes: 1 << 30})
	require.NoError(b, err)
	b.Cleanup(func() { _ = client.Close() })
	computation, err := client.Execute(b.Context(), signalflow.Request{Program: text})
	require.NoError(b, err)
	for {
		m, err := computation.Next(b.Context())
		require.NoError(b, err)
		if data, ok := m.(*signalflow.Data); ok {
			return p, data
		}
	}
}

// One message of 10,000 doubles, from decoded points to the next consumer.
func BenchmarkData(b *testing.B) {
	const n = 10_000
	p, data := benchProgram(b, n)
	at := data.LogicalTimestampMs
	require.NoError(b, p.takeData(b.Context(), data))
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		at += 1000
		data.LogicalTimestampMs = at
		_ = p.takeData(context.Background(), data)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/point")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N)/n, "allocs/point")
}

// What a series costs beyond its metadata in the client.
func BenchmarkSeriesRetained(b *testing.B) {
	const n = 100_000
	var bytes float64
	for b.Loop() {
		p, data := benchProgram(b, n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		require.NoError(b, p.takeData(b.Context(), data))
		runtime.GC()
		runtime.ReadMemStats(&after)
		bytes = float64(after.HeapAlloc-before.HeapAlloc) / n
		runtime.KeepAlive(p)
		runtime.KeepAlive(data)
	}
	b.ReportMetric(bytes, "B/series")
}

// A job of 1,000,000 points over the network into a sink. The CPU is that of the
// whole process, the server's encoding included.
func BenchmarkBackfill(b *testing.B) {
	const series, steps = 1000, 1000
	for b.Loop() {
		server := signalflowtest.Start(b)
		server.Handle(text, signalflowtest.Replay(signalflowtest.Program{
			Resolution: time.Second, Blocks: []signalflowtest.Block{{Label: "a", Metric: "m", Series: signalflowtest.Hosts(series),
				Value: func(string, int, time.Time) float64 { return 1 }}},
		}))
		c := testConfig(server)
		c.Programs[0].Stop = Moment(t0.Add((steps - 1) * time.Second).Format(time.RFC3339))
		before := cpu()
		r, err := NewFactory().CreateMetrics(b.Context(), receivertest.NewNopSettings(metadata.Type), c, consumertest.NewNop())
		require.NoError(b, err)
		require.NoError(b, r.Start(b.Context(), newHost()))
		r.(*signalflowReceiver).running.Wait()
		b.ReportMetric((cpu() - before).Seconds(), "cpu-s")
		require.NoError(b, r.Shutdown(b.Context()))
	}
}

func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
