//go:build unix

package signalflowreceiver

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
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
	p, err := newProgram(b.Context(), r, &c.Programs[0], nil)
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

// One message of 10,000 doubles of two attributes, from decoded points to the next
// consumer.
func BenchmarkData(b *testing.B) {
	p, data := benchProgram(b, benchPoints)
	require.NoError(b, p.takeData(b.Context(), data))
	leastCPU(b, func() {
		data.LogicalTimestampMs += 1000
		_ = p.takeData(context.Background(), data)
	})
}

// The floor under BenchmarkData: what pdata itself takes to make those points, with
// attributes copied from prepared ones. It allocates the point, its value, the list of
// attributes and each attribute's value, and offers no way to do without.
func BenchmarkDataFloor(b *testing.B) {
	prepared := make([]pcommon.Map, benchPoints)
	for i := range prepared {
		prepared[i] = pcommon.NewMap()
		prepared[i].PutStr("host", "host-"+strconv.Itoa(i))
		prepared[i].PutStr(translate.AttributeLabel, "cpu")
	}
	sink := consumertest.NewNop()
	leastCPU(b, func() {
		metrics := pmetric.NewMetrics()
		points := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyGauge().DataPoints()
		points.EnsureCapacity(benchPoints)
		for i := range prepared {
			p := points.AppendEmpty()
			p.SetTimestamp(1)
			prepared[i].CopyTo(p.Attributes())
			p.SetDoubleValue(1)
		}
		_ = sink.ConsumeMetrics(context.Background(), metrics)
	})
}

const benchPoints = 10_000

// leastCPU reports the least CPU that any ten calls in a row took, which is that of a
// machine with nothing else to do.
func leastCPU(b *testing.B, f func()) {
	const window = 10
	b.ReportAllocs()
	least := time.Duration(math.MaxInt64)
	for b.Loop() {
		before := cpu()
		for range window {
			f()
		}
		least = min(least, cpu()-before)
	}
	b.ReportMetric(float64(least.Nanoseconds())/window/benchPoints, "cpu-ns/point")
	b.ReportMetric(testing.AllocsPerRun(1, f)/benchPoints, "allocs/point")
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

// A job of 1,000,000 points over a loopback connection into a sink. The service is
// another process, so that its CPU is not counted.
func BenchmarkBackfill(b *testing.B) {
	_, lines := startProcess(b, "TestServiceProcess")
	c := testConfig(&signalflowtest.Server{})
	c.StreamURL = said(b, lines, "serving")
	c.Programs[0].Stop = Moment(t0.Add((backfillSteps - 1) * time.Second).Format(time.RFC3339))
	least := time.Duration(math.MaxInt64)
	for b.Loop() {
		points := 0
		next, err := consumer.NewMetrics(func(_ context.Context, md pmetric.Metrics) error {
			points += md.DataPointCount()
			return nil
		})
		require.NoError(b, err)
		before := cpu()
		r, err := NewFactory().CreateMetrics(b.Context(), receivertest.NewNopSettings(metadata.Type), c, next)
		require.NoError(b, err)
		require.NoError(b, r.Start(b.Context(), newHost()))
		r.(*signalflowReceiver).term.running.Wait()
		least = min(least, cpu()-before)
		require.NoError(b, r.Shutdown(b.Context()))
		require.Equal(b, backfillSeries*backfillSteps, points)
	}
	b.ReportMetric(least.Seconds(), "cpu-s")
}

const backfillSeries, backfillSteps = 1000, 1000

// TestServiceProcess is the service of BenchmarkBackfill.
func TestServiceProcess(t *testing.T) {
	playRole(t)
	server := signalflowtest.Start(t)
	server.Handle(text, signalflowtest.Replay(signalflowtest.Program{
		Resolution: time.Second, Blocks: []signalflowtest.Block{{
			Label: "a", Metric: "m", Series: signalflowtest.Hosts(backfillSeries),
			Value: func(string, int, time.Time) float64 { return 1 },
		}},
	}))
	fmt.Println("serving", server.URL())
	untilLeashIsCut()
}

func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
