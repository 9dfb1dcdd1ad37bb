package vendorlab_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// deliveries are one small delivery to each service. All carry the audited attribute.
var deliveries = map[string]struct {
	vendor, contentType, path, body string
	service                         func(*vendorlab.Lab) *vendorlab.Service
	status                          int
}{
	"signalfx": {"signalfx", "application/json", "/v2/datapoint", `{"gauge":[{"metric":"m","value":1,"dimensions":{"test_id":"run"}}]}`,
		func(l *vendorlab.Lab) *vendorlab.Service { return l.SignalFx }, 200},
	"wavefront": {"wavefront", "text/plain", "/report?f=wavefront", `m 1 source=s test_id=run`,
		func(l *vendorlab.Lab) *vendorlab.Service { return l.Wavefront }, 202},
	"wavefront-proxy": {"wavefront", "text/plain", "/", `m 1 source=s test_id=run`,
		func(l *vendorlab.Lab) *vendorlab.Service { return l.WavefrontProxy }, 202},
	"librato": {"librato", "application/json", "/v1/measurements", `{"measurements":[{"name":"m","value":1,"tags":{"test_id":"run"}}]}`,
		func(l *vendorlab.Lab) *vendorlab.Service { return l.Librato }, 202},
}

// deliver sends the delivery to one service.
func deliver(t *testing.T, lab *vendorlab.Lab, name string) (status int, contentType string, err error) {
	t.Helper()
	d := deliveries[name]
	request, err := http.NewRequest(http.MethodPost, d.service(lab).URL()+d.path, strings.NewReader(d.body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", d.contentType)
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Authorization", "Bearer some-token")
	if name == "librato" {
		request.SetBasicAuth("some-token", "")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header.Get("Content-Type"), err
}

func TestEveryRoomStoresAuditsAndRecords(t *testing.T) {
	for name, d := range deliveries {
		t.Run(name, func(t *testing.T) {
			lab := start(t, vendorlab.Config{})
			status, _, err := deliver(t, lab, name)
			require.NoError(t, err)
			assert.Equal(t, d.status, status)
			series, total := lab.Store.Series(store.Query{Vendor: d.vendor, Dimensions: []string{"test_id=run"}})
			require.Equal(t, 1, total)
			assert.Equal(t, "m", series[0].Metric)
			assert.Equal(t, 1, lab.Store.Audit("run").Distinct)
			assert.Equal(t, d.vendor, last(t, lab).Vendor)
		})
	}
}

func TestEveryRoomHasFaults(t *testing.T) {
	const html = "<html>gateway</html>"
	for name, d := range deliveries {
		for _, test := range []struct {
			name        string
			fault       faults.Fault
			status      int // 0: cut
			stored      int
			contentType string
		}{
			{"status with a body of its own", faults.Fault{Vendor: name, Status: 400, Body: html}, 400, 0, "text/html"},
			{"stored, yet refused", faults.Fault{Vendor: d.vendor, Partial: share(1), Status: 503}, 503, 1, "application/json"},
			{"dropped, yet taken", faults.Fault{Partial: share(0)}, d.status, 0, "application/json"},
			{"cut before it is stored", faults.Fault{Reset: faults.ResetRequest}, 0, 0, ""},
			{"cut after it is stored", faults.Fault{Reset: faults.ResetResponse}, 0, 1, ""},
			{"another path", faults.Fault{Path: "/nothing", Status: 500}, d.status, 1, "application/json"},
		} {
			t.Run(name+" "+test.name, func(t *testing.T) {
				test.fault.Count = 1
				lab := faulty(t, test.fault)
				status, contentType, err := deliver(t, lab, name)
				assert.Equal(t, test.stored, stored(lab))
				if test.status == 0 {
					// An answer without a body cannot be cut in its middle: its status may still arrive.
					assert.True(t, err != nil || test.fault.Reset == faults.ResetResponse, "cut")
					return
				}
				require.NoError(t, err)
				assert.Equal(t, test.status, status)
				assert.Equal(t, test.contentType, contentType)
			})
		}
	}
}

func TestLinesOverTCPToTheLab(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	conn, err := net.Dial("tcp", lab.WavefrontProxy.Address())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "m 1 source=s test_id=run\n")
	require.NoError(t, err)
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return lab.Store.Stats().Vendors["wavefront"].Points == 1 }))
	lab.Close()
	assert.Equal(t, "tcp", last(t, lab).Path, "a connection is recorded when it ends")
}

func TestClosingTakesNoLongerWithManyServices(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	_, err := lab.Faults.Add(faults.Fault{Latency: faults.Duration(time.Minute)})
	require.NoError(t, err)
	failed := make(chan error, len(deliveries))
	for name := range deliveries {
		go func() {
			_, _, err := deliver(t, lab, name)
			failed <- err
		}()
	}
	require.Eventually(t, func() bool { return lab.Faults.List()[0].Hits == len(deliveries) }, 10*time.Second, time.Millisecond)
	lab.Close()
	for range deliveries {
		assert.Error(t, <-failed)
	}
	assert.Zero(t, stored(lab))
}

func TestAPIShowsAndSwitchesEveryRoom(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	_, answer := call(t, lab, "GET", "/api/ports", "")
	for name := range deliveries {
		assert.Contains(t, answer["services"], name)
	}

	for _, vendor := range []string{"wavefront", "librato"} {
		status, _ := call(t, lab, "POST", "/api/tokens", `{"vendor":"`+vendor+`","revoked":true}`)
		assert.Equal(t, 204, status)
		got, _, err := deliver(t, lab, vendor)
		require.NoError(t, err)
		assert.Equal(t, 401, got)
		call(t, lab, "POST", "/api/tokens", `{"vendor":"`+vendor+`","revoked":false}`)
	}
	status, answer := call(t, lab, "POST", "/api/quotas", `{"vendor":"librato","limit":1,"status":429}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, map[string]any{"limit": 1.0, "status": 429.0, "unit": "measurements per minute"}, answer)
	_, answer = call(t, lab, "GET", "/api/quotas", "")
	assert.Contains(t, answer["quotas"], "wavefront")
	for _, want := range []int{202, 429} {
		got, _, err := deliver(t, lab, "librato")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestAPIListsSourcesUntilAReset(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	for _, id := range []string{"web-1", "db-1"} {
		request, err := http.NewRequest(http.MethodPut, lab.Wavefront.URL()+"/api/v2/source/"+id+"/tag/prod", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer some-token")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	_, answer := call(t, lab, "GET", "/api/sources?search=DB", "")
	assert.Equal(t, []any{map[string]any{"id": "db-1", "tags": []any{"prod"}}}, answer["sources"])
	_, _, err := deliver(t, lab, "librato")
	require.NoError(t, err)
	call(t, lab, "POST", "/api/reset", "")
	_, answer = call(t, lab, "GET", "/api/sources", "")
	assert.Empty(t, answer["sources"])
	assert.Empty(t, lab.LibratoAccount.Metrics())
}

func TestAPIRefusesWrongSwitches(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	for _, test := range []struct{ name, path, body, message string }{
		{"quota of nobody", "/api/quotas", `{"vendor":"nobody","limit":1}`, "vendor:"},
		{"negative quota", "/api/quotas", `{"vendor":"librato","limit":-1}`, "limit:"},
		{"status of another vendor", "/api/quotas", `{"vendor":"wavefront","limit":1,"status":429}`, "status:"},
		{"quota that is no JSON", "/api/quotas", `x`, "invalid character"},
		{"tokens that are not exchanged", "/api/tokens", `{"vendor":"librato","expired":true}`, "expired:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, answer := call(t, lab, "POST", test.path, test.body)
			assert.Equal(t, 400, status)
			assert.Contains(t, answer["error"], test.message)
		})
	}
	status, _ := call(t, lab, "POST", "/api/tokens", `{"vendor":"wavefront","expired":true}`)
	assert.Equal(t, 204, status)
	status, _ = call(t, lab, "GET", "/api/sources?limit=0", "")
	assert.Equal(t, 400, status)
}
