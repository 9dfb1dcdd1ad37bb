package vendorlab_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/clock"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow"
)

func TestWhatIsSentCanBeAskedFor(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	lab := start(t, vendorlab.Config{Clock: clock.NewManual(now)})
	send(t, lab, "application/json", []byte(`{"gauge":[{"metric":"m","value":7,"timestamp":1699999990000}]}`))
	url := fmt.Sprintf("%s/v2/signalflow/execute?start=%d&stop=%d&resolution=1000", lab.SignalFlow.URL(), 1_699_999_990_000, 1_699_999_990_000)
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader("data('m').publish()"))
	require.NoError(t, err)
	request.Header.Set("X-SF-Token", "some-token")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	var data []string
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), "tsId") && strings.Contains(lines.Text(), "logicalTimestampMs") {
			data = append(data, lines.Text())
		}
	}
	require.Len(t, data, 1)
	assert.Contains(t, data[0], `"value":7`)
}

func TestClosingEndsJobsAndConnections(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	conn, response, err := websocket.Dial(t.Context(), lab.SignalFlow.URL()+signalflow.ConnectPath, nil)
	require.NoError(t, err)
	if response.Body != nil {
		defer response.Body.Close()
	}
	defer func() { _ = conn.CloseNow() }()
	for _, message := range []string{
		`{"type":"authenticate","token":"t"}`,
		`{"type":"execute","channel":"c","program":"const(1).publish()"}`,
	} {
		require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(message)))
		_, _, err = conn.Read(t.Context())
		require.NoError(t, err)
	}
	status, answer := call(t, lab, "GET", "/api/jobs", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "const(1).publish()", answer["jobs"].([]any)[0].(map[string]any)["program"])
	lab.Close()
	for err == nil {
		_, _, err = conn.Read(t.Context())
	}
	assert.Empty(t, lab.SignalFlowRoom.Jobs())
}

func TestAPIOfSignalFlow(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	status, answer := call(t, lab, "POST", "/api/signalflow", `{"version":3}`)
	assert.Equal(t, 200, status)
	assert.EqualValues(t, 3, answer["version"])
	_, answer = call(t, lab, "GET", "/api/signalflow", "")
	assert.EqualValues(t, 3, answer["version"])
	status, _ = call(t, lab, "POST", "/api/signalflow", `{"version":4}`)
	assert.Equal(t, 400, status)
	status, _ = call(t, lab, "POST", "/api/quotas", `{"vendor":"signalflow","limit":5}`)
	assert.Equal(t, 200, status)
	status, _ = call(t, lab, "POST", "/api/signalflow/execute", "")
	assert.Equal(t, 400, status, "JSON only")
	status, _ = call(t, lab, "POST", "/api/faults", `{"vendor":"signalflow","drop_after":3}`)
	assert.Equal(t, 200, status)
}

func TestDetectorsAreCheckedAsPrograms(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	assert.Equal(t, 204, signalFx(t, lab, "POST", "/v2/detector/validate", `{"name":"d","programText":"detect(when(data('m') > 1)).publish('x')"}`))
	assert.Equal(t, 400, signalFx(t, lab, "POST", "/v2/detector/validate", `{"name":"d","programText":"detect("}`))
}

func TestARevokedTokenIsRefusedOnTheWebSocket(t *testing.T) {
	lab := faulty(t, faults.Fault{Vendor: signalflow.Vendor, RevokedToken: true, Count: 1})
	conn, response, err := websocket.Dial(t.Context(), lab.SignalFlow.URL()+signalflow.ConnectPath, nil)
	require.NoError(t, err)
	if response.Body != nil {
		defer response.Body.Close()
	}
	defer func() { _ = conn.CloseNow() }()
	require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"authenticate","token":"t"}`)))
	_, _, err = conn.Read(t.Context())
	assert.EqualValues(t, 4401, websocket.CloseStatus(err), err)
}
