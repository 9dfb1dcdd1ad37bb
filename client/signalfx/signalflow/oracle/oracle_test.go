package oracle

import (
	"context"
	"io"
	"testing"
	"time"

	vendor "github.com/signalfx/signalflow-client-go/v2/signalflow"
	"github.com/signalfx/signalflow-client-go/v2/signalflow/messages"
	"github.com/signalfx/signalfx-go/idtool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

const program = "data('cpu').publish('cpu')"

// t0 lies in the past, so that a bounded job is answered at once.
var t0 = time.UnixMilli(1504064040000)

// fakeBackend is the library's service with one series.
func fakeBackend(t *testing.T) *vendor.FakeBackend {
	t.Helper()
	backend := vendor.NewRunningFakeBackend()
	t.Cleanup(backend.Stop)
	id := idtool.ID(7)
	backend.AddProgramTSIDs(program, []idtool.ID{id})
	backend.AddTSIDMetadata(id, &messages.MetadataProperties{
		Metric: "cpu", OriginatingMetric: "cpu", ResolutionMS: 10, CustomProperties: map[string]string{"host": "web-1"},
	})
	backend.SetTSIDFloatData(id, 46.5)
	return backend
}

func ourClient(t *testing.T, url, token string) *signalflow.Client {
	t.Helper()
	endpoint, err := signalflow.ParseEndpoint(url)
	require.NoError(t, err)
	client, err := signalflow.NewClient(signalflow.Options{Endpoint: endpoint, Token: token, Backoff: signalflow.Backoff{Initial: time.Millisecond}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

func TestOurClientReadsVendorsService(t *testing.T) {
	backend := fakeBackend(t)
	client := ourClient(t, backend.URL(), backend.AccessToken)
	computation, err := client.Execute(t.Context(), signalflow.Request{Program: program, Start: t0, Stop: t0.Add(50 * time.Millisecond), Resolution: 10 * time.Millisecond})
	require.NoError(t, err)
	points := 0
	for {
		m, err := computation.Next(t.Context())
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if data, ok := m.(*signalflow.Data); ok {
			require.Len(t, data.Points, 1)
			assert.Equal(t, t0.Add(time.Duration(points)*10*time.Millisecond).UnixMilli(), data.LogicalTimestampMs)
			p := data.Points[0]
			assert.Equal(t, 46.5, p.Float())
			require.NotNil(t, p.Series)
			assert.Equal(t, "cpu", p.Series.OriginatingMetric())
			assert.Equal(t, "web-1", p.Series.Text("host"))
			points++
		}
	}
	assert.Equal(t, 6, points)
	assert.NotEmpty(t, computation.Handle())
	assert.Equal(t, 10*time.Millisecond, computation.Resolution())
}

func TestOurClientIsRefusedByVendorsService(t *testing.T) {
	backend := fakeBackend(t)
	_, err := ourClient(t, backend.URL(), "wrong").Execute(t.Context(), signalflow.Request{Program: program})
	assert.ErrorContains(t, err, "authenticate failed") // it hangs up, where the real service closes with 4401

	backend.AddProgramError("bad", "no such function")
	computation, err := ourClient(t, backend.URL(), backend.AccessToken).Execute(t.Context(), signalflow.Request{Program: "bad"})
	require.NoError(t, err)
	for err == nil {
		_, err = computation.Next(t.Context())
	}
	assert.ErrorContains(t, err, "no such function")
}

func TestOurClientComesBackToVendorsService(t *testing.T) {
	backend := fakeBackend(t)
	client := ourClient(t, backend.URL(), backend.AccessToken)
	read := func(start time.Time) *signalflow.Computation {
		computation, err := client.Execute(t.Context(), signalflow.Request{Program: program, Start: start, Resolution: 10 * time.Millisecond})
		require.NoError(t, err)
		for {
			m, err := computation.Next(t.Context())
			require.NoError(t, err)
			if data, ok := m.(*signalflow.Data); ok {
				assert.Equal(t, start.UnixMilli(), data.LogicalTimestampMs)
				return computation
			}
		}
	}
	computation := read(t0)
	backend.KillExistingConnections()
	var err error
	for err == nil {
		_, err = computation.Next(t.Context())
	}
	assert.Equal(t, signalflow.ClassResume, signalflow.ClassOf(err), err)
	require.NoError(t, read(t0.Add(time.Minute)).Close())
}

func TestVendorsClientReadsOurService(t *testing.T) {
	server := signalflowtest.Start(t)
	server.SetTime(t0.Add(time.Hour))
	server.Handle(program, signalflowtest.Replay(signalflowtest.Program{
		Resolution: time.Second,
		Blocks:     []signalflowtest.Block{{Label: "cpu", Metric: "cpu.utilization", Series: signalflowtest.Hosts(3)}},
	}))
	client, err := vendor.NewClient(vendor.StreamURL(server.URL()), vendor.AccessToken(server.Token))
	require.NoError(t, err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	computation, err := client.Execute(ctx, &vendor.ExecuteRequest{Program: program, Start: t0, Stop: t0.Add(4 * time.Second)})
	require.NoError(t, err)
	for step := range 5 {
		at := t0.Add(time.Duration(step) * time.Second)
		data := <-computation.Data()
		require.NotNil(t, data)
		assert.Equal(t, at.UnixMilli(), data.Timestamp().UnixMilli())
		require.Len(t, data.Payloads, 3)
		for _, payload := range data.Payloads {
			series := hostNumber(t, ctx, computation, payload.TSID)
			assert.Equal(t, signalflowtest.Value("cpu", series, at), payload.Float64())
		}
	}
	resolution, err := computation.Resolution(ctx)
	require.NoError(t, err)
	assert.Equal(t, time.Second, resolution)
	_, open := <-computation.Data()
	assert.False(t, open)
	assert.NoError(t, computation.Err())
}

func hostNumber(t *testing.T, ctx context.Context, computation *vendor.Computation, id idtool.ID) int {
	t.Helper()
	properties, err := computation.TSIDMetadata(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "cpu.utilization", properties.OriginatingMetric)
	for i, dimensions := range signalflowtest.Hosts(3) {
		if dimensions["host"] == properties.CustomProperties["host"] {
			return i
		}
	}
	t.Fatalf("no such host: %v", properties.CustomProperties)
	return 0
}

// What our service encodes in form 1, the only one that the library reads, must
// read the same there.
func TestVendorsCodecReadsOurFrames(t *testing.T) {
	sent := []signalflowtest.Point{signalflowtest.Double(1, 46.5), signalflowtest.Long(2, -42), signalflowtest.Null(3)}
	for _, compression := range []string{signalflowtest.Plain, signalflowtest.Gzip} {
		m, err := messages.ParseMessage(signalflowtest.DataFrame(1, compression, "ch-1", t0.UnixMilli(), 0, sent...), false)
		require.NoError(t, err)
		data := m.(*messages.DataMessage)
		assert.Equal(t, t0.UnixMilli(), data.Timestamp().UnixMilli())
		require.Len(t, data.Payloads, 3)
		assert.Equal(t, 46.5, data.Payloads[0].Value())
		assert.Equal(t, int64(-42), data.Payloads[1].Value())
		assert.Nil(t, data.Payloads[2].Value())
		assert.Equal(t, signalflow.TSID(2).String(), data.Payloads[1].TSID.String())
	}
}
