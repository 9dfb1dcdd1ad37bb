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

func TestTakenPortIsNamedWithItsFlag(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	_, err := vendorlab.Start(vendorlab.Config{Listen: lab.API.Address(), SignalFx: lab.SignalFx.Address()})
	require.Error(t, err)
	assert.ErrorContains(t, err, "--listen: something else listens on "+lab.API.Address())
	assert.ErrorContains(t, err, "--signalfx: something else listens on "+lab.SignalFx.Address())
}

func TestAddressThatIsNone(t *testing.T) {
	_, err := vendorlab.Start(vendorlab.Config{SignalFx: "nonsense"})
	assert.ErrorContains(t, err, `--signalfx: cannot listen on "nonsense"`)
}

func TestRestartOnTheSamePortGoesOnCounting(t *testing.T) {
	first := start(t, vendorlab.Config{})
	send(t, first, "application/json", []byte(twoGauges))
	address := first.SignalFx.Address()
	first.Close()

	second := start(t, vendorlab.Config{SignalFx: address, Store: first.Store})
	send(t, second, "application/json", []byte(twoGauges))
	assert.EqualValues(t, 4, first.Store.Stats().Vendors["signalfx"].Points)
}

func TestPage(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	response, err := http.Get(lab.API.URL() + "/")
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Contains(t, response.Header.Get("Content-Type"), "text/html")
	assert.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'self'")
}
