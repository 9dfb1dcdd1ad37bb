package vendorlab_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// call speaks to the lab's own API and decodes the answer.
func call(t *testing.T, lab *vendorlab.Lab, method, path, body string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequest(method, lab.API.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var answer map[string]any
	if len(text) > 0 {
		require.NoError(t, json.Unmarshal(text, &answer), string(text))
	}
	return response.StatusCode, answer
}

func filled(t *testing.T) *vendorlab.Lab {
	lab := start(t, vendorlab.Config{})
	send(t, lab, "application/json", []byte(`{"gauge":[
		{"metric":"cpu","value":1,"dimensions":{"host":"a","test_id":"run"}},
		{"metric":"cpu","value":2,"dimensions":{"host":"b"}},
		{"metric":"mem","value":"NaN"}]}`))
	lab.Store.AddEvents(signalfx.Vendor, []store.Event{{Type: "deploy"}})
	lab.Store.AddSpans(signalfx.Vendor, []store.Span{{TraceID: "t", SpanID: "s", Name: "n"}})
	for _, value := range []string{"a", "b"} {
		require.Equal(t, 200, signalFx(t, lab, "PUT", "/v2/dimension/host/"+value, `{"tags":["t"]}`))
	}
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 0)) == 3 }))
	return lab
}

// signalFx calls the vendor's metadata API.
func signalFx(t *testing.T, lab *vendorlab.Lab, method, path, body string) int {
	t.Helper()
	request, err := http.NewRequest(method, lab.SignalFx.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	return response.StatusCode
}

func TestAPILists(t *testing.T) {
	lab := filled(t)
	for _, test := range []struct {
		path, list string
		want       int
	}{
		{"/api/series", "series", 2},
		{"/api/series?search=HOST%3Da", "series", 1},
		{"/api/series?metric=mem", "series", 0},
		{"/api/series?dimension=host%3Db", "series", 1},
		{"/api/series?dimension=host&dimension=test_id", "series", 1},
		{"/api/series?limit=1", "series", 1},
		{"/api/series?vendor=librato", "series", 0},
		{"/api/events", "events", 1},
		{"/api/dimensions", "dimensions", 2},
		{"/api/dimensions?search=HOST%3Da", "dimensions", 1},
		{"/api/dimensions?offset=1", "dimensions", 1},
		{"/api/traces", "traces", 1},
		{"/api/rejections", "rejections", 1},
		{"/api/requests", "requests", 3},
		{"/api/requests?offset=1", "requests", 2},
		{"/api/audit", "entries", 1},
		{"/api/audit?value=other", "entries", 0},
		{"/api/faults", "faults", 0},
	} {
		t.Run(test.path, func(t *testing.T) {
			status, answer := call(t, lab, "GET", test.path, "")
			assert.Equal(t, 200, status)
			assert.Len(t, answer[test.list], test.want)
		})
	}
}

func TestAPIPointsOfASeries(t *testing.T) {
	lab := filled(t)
	_, answer := call(t, lab, "GET", "/api/series?dimension=host%3Db", "")
	series := answer["series"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"host": "b"}, series["dimensions"])

	status, answer := call(t, lab, "GET", "/api/points?series="+series["id"].(string), "")
	assert.Equal(t, 200, status)
	point := answer["points"].([]any)[0].(map[string]any)
	assert.EqualValues(t, 2, point["value"])
}

func TestAPIStats(t *testing.T) {
	_, answer := call(t, filled(t), "GET", "/api/stats", "")
	traffic := answer["vendors"].(map[string]any)["signalfx"].(map[string]any)
	assert.EqualValues(t, 2, traffic["points"])
	assert.Equal(t, map[string]any{"value_not_finite": 1.0}, traffic["rejected_by_reason"])
	assert.Equal(t, map[string]any{"200": 3.0}, traffic["answers_by_status"])
	assert.Len(t, traffic["per_second"], 120)
}

func TestAPIPorts(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	_, answer := call(t, lab, "GET", "/api/ports", "")
	assert.Equal(t, lab.API.URL(), answer["page"])
	service := answer["services"].(map[string]any)["signalfx"].(map[string]any)
	assert.Equal(t, map[string]any{"address": lab.SignalFx.Address(), "url": lab.SignalFx.URL()}, service)
}

func TestAPISwitchesFaults(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	status, answer := call(t, lab, "POST", "/api/faults", `{"path":"/v2/*","status":503,"retry_after":2,"count":3}`)
	assert.Equal(t, 200, status)
	assert.EqualValues(t, 1, answer["id"])
	assert.Equal(t, 503, send(t, lab, "application/json", []byte(twoGauges)).StatusCode)
	assert.Equal(t, 1, lab.Faults.List()[0].Hits)

	status, _ = call(t, lab, "DELETE", "/api/faults/1", "")
	assert.Equal(t, 204, status)
	status, _ = call(t, lab, "DELETE", "/api/faults/1", "")
	assert.Equal(t, 404, status)

	call(t, lab, "POST", "/api/faults", `{"status":500}`)
	status, _ = call(t, lab, "DELETE", "/api/faults", "")
	assert.Equal(t, 204, status)
	assert.Equal(t, 200, send(t, lab, "application/json", []byte(twoGauges)).StatusCode)
}

func TestAPISwitchesTokens(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	status, _ := call(t, lab, "POST", "/api/tokens", `{"vendor":"signalfx","token":"some-token","revoked":true}`)
	assert.Equal(t, 204, status)
	assert.Equal(t, 401, send(t, lab, "application/json", []byte(twoGauges)).StatusCode)
	call(t, lab, "POST", "/api/tokens", `{"vendor":"signalfx","revoked":false}`)
	assert.Equal(t, 200, send(t, lab, "application/json", []byte(twoGauges)).StatusCode)
}

func TestAPIReset(t *testing.T) {
	lab := filled(t)
	status, _ := call(t, lab, "POST", "/api/reset", "")
	assert.Equal(t, 204, status)
	assert.Zero(t, stored(lab))
	assert.Empty(t, lab.SignalFxCatalog.Dimensions())
}

func TestAPIRefusesWhatIsWrong(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		message                  string
	}{
		{"limit of nothing", "GET", "/api/series?limit=0", "", 400, "limit:"},
		{"offset that is text", "GET", "/api/events?offset=x", "", 400, "offset:"},
		{"unknown series", "GET", "/api/points?series=x", "", 404, "series:"},
		{"fault that does nothing", "POST", "/api/faults", `{}`, 400, "at least one of"},
		{"fault of a vendor that is not there", "POST", "/api/faults", `{"vendor":"signalfix","status":503}`, 400, "none of signalfx, signalflow"},
		{"fault with an unknown member", "POST", "/api/faults", `{"statuss":500}`, 400, "statuss"},
		{"fault without a content type", "POST", "/api/faults", "", 400, "Content-Type"},
		{"tokens of an unknown vendor", "POST", "/api/tokens", `{"vendor":"x","revoked":true}`, 400, "vendor:"},
		{"tokens without a direction", "POST", "/api/tokens", `{"vendor":"signalfx"}`, 400, "revoked:"},
		{"unknown path", "GET", "/api/nothing", "", 404, "no such path"},
		{"wrong method", "GET", "/api/reset", "", 404, "no such path or method"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, answer := call(t, lab, test.method, test.path, test.body)
			assert.Equal(t, test.status, status)
			assert.Contains(t, answer["error"], test.message)
		})
	}
}
