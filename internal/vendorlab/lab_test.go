package vendorlab_test

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, c vendorlab.Config) *vendorlab.Lab {
	t.Helper()
	lab, err := vendorlab.Start(c)
	require.NoError(t, err)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		lab.Close()
	})
	return lab
}

// gaugePoint is one gauge "m" = 0.5 of host a.
const gaugePoint = "0a2212016d18988e9eb9ff29220911000000000000e03f280032090a04686f7374120161"

func send(t *testing.T, lab *vendorlab.Lab, contentType string, body []byte) *http.Response {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, lab.SignalFx.URL()+"/v2/datapoint", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func TestDatapointArrives(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	body, err := hex.DecodeString(gaugePoint)
	require.NoError(t, err)

	response := send(t, lab, "application/x-protobuf", body)
	assert.Equal(t, http.StatusOK, response.StatusCode)

	page, total := lab.Store.Series(store.Query{Metric: "m"})
	require.Equal(t, 1, total)
	assert.Equal(t, "gauge", page[0].Type)
	assert.Equal(t, store.Dimensions{{Key: "host", Value: "a"}}, page[0].Dimensions)
	assert.Equal(t, store.Point{Timestamp: 1442960607000, Value: store.Double(0.5)}, page[0].Last)
}
