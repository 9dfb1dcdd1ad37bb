package oracle

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signalfx/signalflow-client-go/v2/signalflow"
	"github.com/signalfx/signalflow-client-go/v2/signalflow/messages"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	wire "github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow"
)

// seconds of data, 1 to seconds, of two hosts: b has ten times as much as a.
const seconds = 20

func fill(t *testing.T, lab *vendorlab.Lab) (from time.Time) {
	t.Helper()
	from = time.Now().Truncate(time.Minute).Add(-2 * time.Minute)
	var points []string
	for i := range seconds {
		for host, factor := range map[string]int{"a": 1, "b": 10} {
			points = append(points, fmt.Sprintf(`{"metric":"load","value":%d,"timestamp":%d,"dimensions":{"host":%q}}`, (i+1)*factor, from.Add(time.Duration(i)*time.Second).UnixMilli(), host))
		}
	}
	request, err := http.NewRequest(http.MethodPost, lab.SignalFx.URL()+"/v2/datapoint", strings.NewReader(`{"gauge":[`+strings.Join(points, ",")+`]}`))
	require.NoError(t, err)
	request.Header.Set("X-SF-Token", "any")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 200, response.StatusCode)
	return from
}

func vendorsClient(t *testing.T, lab *vendorlab.Lab) *signalflow.Client {
	t.Helper()
	client, err := signalflow.NewClient(signalflow.StreamURL("ws"+strings.TrimPrefix(lab.SignalFlow.URL(), "http")+"/v2/signalflow"), signalflow.AccessToken("any"))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// TestVendorsClientComputes reads a replay in the binary forms that the vendor's Go client knows: it reads nothing of version 2 and 3.
func TestVendorsClientComputes(t *testing.T) {
	for _, form := range []struct {
		name string
		wire wire.Wire
	}{
		{"version 1", wire.Wire{Version: 1}},
		{"version 1 with whole numbers as such", wire.Wire{Version: 1, Ints: true}},
	} {
		t.Run(form.name, func(t *testing.T) {
			lab := start(t, vendorlab.Config{})
			require.NoError(t, lab.SignalFlowRoom.SetWire(form.wire))
			from := fill(t, lab)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			computation, err := vendorsClient(t, lab).Execute(ctx, &signalflow.ExecuteRequest{
				Program: "data('load').sum(by=['host']).publish('L')", Start: from, Stop: from.Add(seconds * time.Second), Resolution: time.Second,
			})
			require.NoError(t, err)
			sums := map[string]float64{}
			for data := range computation.Data() {
				for _, payload := range data.Payloads {
					metadata, err := computation.TSIDMetadata(ctx, payload.TSID)
					require.NoError(t, err)
					host := metadata.CustomProperties["host"]
					sums[host] += number(t, payload)
				}
			}
			require.NoError(t, computation.Err())
			assert.Equal(t, map[string]float64{"a": 210, "b": 2100}, sums)
		})
	}
}

func number(t *testing.T, p messages.DataPayload) float64 {
	t.Helper()
	switch v := p.Value().(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	case int32:
		return float64(v)
	}
	t.Fatalf("a value of type %T", p.Value())
	return 0
}

func TestVendorsClientReadsErrorsAndEvents(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	from := fill(t, lab)
	client := vendorsClient(t, lab)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	computation, err := client.Execute(ctx, &signalflow.ExecuteRequest{Program: "A = data('load')\nB.publish()"})
	require.NoError(t, err)
	for range computation.Data() {
		t.Error("there is no data of a wrong program")
	}
	assert.ErrorContains(t, computation.Err(), "line 2, column 1")

	computation, err = client.Execute(ctx, &signalflow.ExecuteRequest{
		Program: "A = data('load', filter=filter('host', 'a')).publish('A')\ndetect(when(A > 15)).publish('high')", Start: from, Stop: from.Add(seconds * time.Second), Resolution: time.Second,
	})
	require.NoError(t, err)
	go func() {
		for range computation.Data() {
		}
	}()
	var states []any
	for event := range computation.Events() {
		properties, _ := event.RawData()["properties"].(map[string]any)
		states = append(states, properties["is"])
	}
	assert.Equal(t, []any{"anomalous"}, states)
}
