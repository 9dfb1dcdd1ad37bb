package vendorlab_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func faultOf(status int) faults.Fault { return faults.Fault{Status: status} }

// contentOf asks for what the newest request held.
func contentOf(t *testing.T, lab *vendorlab.Lab) map[string]any {
	t.Helper()
	status, answer := call(t, lab, "GET", fmt.Sprintf("/api/requests/%d", last(t, lab).ID), "")
	require.Equal(t, 200, status)
	return answer
}

func zipped(t *testing.T, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write([]byte(body))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return out.Bytes()
}

func TestRequestsShowTheirBodyRawAndDecoded(t *testing.T) {
	point, err := hex.DecodeString(gaugePoint)
	require.NoError(t, err)
	for _, test := range []struct {
		name, contentType string
		body              []byte
		gzip              bool
		decoded, problem  string
	}{
		{"JSON is indented", "application/json", []byte(`{"gauge":[]}`), false, "{\n  \"gauge\": []\n}", ""},
		{"protobuf as JSON", "application/x-protobuf", point, false, `"doubleValue": 0.5`, ""},
		{"compressed protobuf as JSON", "application/x-protobuf", zipped(t, string(point)), true, `"doubleValue": 0.5`, ""},
		{"what is no protobuf", "application/x-protobuf", []byte{0xff}, false, "", "the body is no DataPointUploadMessage"},
		{"what is not compressed", "application/json", []byte("{}"), true, "", "not what its Content-Encoding says"},
		{"what is no text", "application/json", []byte{0xff, 0xfe}, false, "", "the body is no text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := start(t, vendorlab.Config{})
			request, err := http.NewRequest(http.MethodPost, lab.SignalFx.URL()+"/v2/datapoint?t=some-secret-token&x=1", bytes.NewReader(test.body))
			require.NoError(t, err)
			request.Header.Set("X-SF-Token", "some-secret-token")
			request.Header.Set("Content-Type", test.contentType)
			if test.gzip {
				request.Header.Set("Content-Encoding", "gzip")
			}
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())

			answer := contentOf(t, lab)
			assert.Equal(t, base64.StdEncoding.EncodeToString(test.body), answer["body"])
			assert.Contains(t, strings.ReplaceAll(answer["decoded"].(string), ":  ", ": "), test.decoded)
			problem, _ := answer["problem"].(string)
			assert.Contains(t, problem, test.problem)
			assert.Equal(t, test.problem == "", problem == "")
			assert.NotEmpty(t, answer["answer"])
			assert.NotContains(t, fmt.Sprint(answer), "some-secret-token")
			assert.Equal(t, "t=some****&x=1", answer["request"].(map[string]any)["query"])
		})
	}
}

func TestBodiesThatHoldSecretsAreNotKept(t *testing.T) {
	for _, fault := range []int{0, 503} {
		lab := start(t, vendorlab.Config{})
		if fault != 0 {
			_, err := lab.Faults.Add(faultOf(fault))
			require.NoError(t, err)
		}
		response, err := http.PostForm(lab.Wavefront.URL()+"/csp/gateway/am/api/auth/api-tokens/authorize", url.Values{"api_token": {"user-secret"}})
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		answer := contentOf(t, lab)
		assert.Nil(t, answer["body"])
		assert.Empty(t, answer["answer"])
		assert.Contains(t, answer["problem"], "secrets")

		post(t, lab.SignalFx.URL()+"/v2/session", "application/json", `{"email":"a@b.c","password":"user-secret"}`)
		require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 0)) == 2 }))
		assert.Nil(t, contentOf(t, lab)["body"])
	}
}

func TestOldBodiesMakeRoom(t *testing.T) {
	lab := start(t, vendorlab.Config{Options: store.Options{Limits: store.Limits{BodyBytes: 300}}})
	for i := range 3 {
		post(t, lab.SignalFx.URL()+"/v2/datapoint", "application/json", twoGauges+strings.Repeat(" ", 80))
		require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 0)) == i+1 }))
	}
	bodies := lab.Store.Stats().Bodies
	assert.LessOrEqual(t, bodies.Held, 300)
	assert.NotZero(t, bodies.Evicted)
	_, answer := call(t, lab, "GET", "/api/requests/1", "")
	assert.Contains(t, answer["problem"], "have left the memory")
	assert.Contains(t, contentOf(t, lab)["decoded"], "gauge")
}

func TestOnlyTheBeginningOfALargeBodyIsHeld(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	post(t, lab.SignalFx.URL()+"/v2/datapoint", "application/json", twoGauges+strings.Repeat(" ", 1<<20))
	answer := contentOf(t, lab)
	assert.Equal(t, true, answer["cut"])
	assert.Contains(t, answer["problem"], "only the beginning")
	assert.Contains(t, answer["decoded"], "gauge")
	status, _ := call(t, lab, "GET", "/api/requests/99", "")
	assert.Equal(t, 404, status)
	status, _ = call(t, lab, "GET", "/api/requests/x", "")
	assert.Equal(t, 404, status)
}

func TestSeriesHaveTheUnitThatWasSentOrNoted(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	post(t, lab.SignalFx.URL()+"/v2/datapoint/otlp", "application/x-protobuf", otlpMetrics(t))
	send(t, lab, "application/json", []byte(`{"gauge":[{"metric":"noted","value":1}]}`))
	require.Equal(t, 200, signalFx(t, lab, "PUT", "/v2/metric/noted", `{"type":"GAUGE","customProperties":{"unit":"ms"}}`))
	post(t, lab.Wavefront.URL()+"/report", "text/plain", "tagged 1 source=s unit=rps")
	post(t, lab.Librato.URL()+"/v1/metrics", "application/json", `{"gauges":[{"name":"shown","value":1,"attributes":{"display_units_short":"%"}}]}`)
	for metric, unit := range map[string]string{"g": "By", "noted": "ms", "tagged": "rps", "shown": "%"} {
		_, answer := call(t, lab, "GET", "/api/series?metric="+metric, "")
		assert.Equal(t, unit, answer["series"].([]any)[0].(map[string]any)["unit"], metric)
	}
}

func TestAuditComparesWithWhatWasExpected(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	for range 2 {
		send(t, lab, "application/json", []byte(`{"gauge":[{"metric":"m","value":1,"timestamp":1000,"dimensions":{"test_id":"a:b"}}]}`))
	}
	send(t, lab, "application/json", []byte(`{"gauge":[{"metric":"m","value":1,"dimensions":{"test_id":"once"}}]}`))

	_, answer := call(t, lab, "GET", "/api/audit?expected=once:1", "")
	assert.Equal(t, true, answer["exactly_once"])
	assert.Len(t, answer["entries"], 1)

	_, answer = call(t, lab, "GET", "/api/audit?expected=a:b:3&expected=none:2&expected=once:0", "")
	assert.Equal(t, false, answer["exactly_once"])
	checks := map[string]any{}
	for _, entry := range answer["entries"].([]any) {
		checks[entry.(map[string]any)["value"].(string)] = entry.(map[string]any)["check"]
	}
	check := func(expected, missing, unexpected float64) any {
		return map[string]any{"expected": expected, "missing": missing, "unexpected": unexpected, "exactly_once": false}
	}
	assert.Equal(t, map[string]any{"a:b": check(3, 2, 0), "none": check(2, 2, 0), "once": check(0, 0, 1)}, checks)

	_, answer = call(t, lab, "GET", "/api/audit?expected=a:b:1", "")
	assert.Equal(t, false, answer["exactly_once"], "it arrived twice")
	for _, wrong := range []string{"once", "once:x", "once:-1"} {
		status, answer := call(t, lab, "GET", "/api/audit?expected="+wrong, "")
		assert.Equal(t, 400, status)
		assert.Contains(t, answer["error"], "expected:")
	}
}

func TestRefusedRequestsShowTheirPayload(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	const broken = `{"broken`
	post(t, lab.SignalFx.URL()+"/v2/datapoint", "application/json", broken)
	post(t, lab.Wavefront.URL()+"/api/v2/event", "application/json", broken)
	post(t, lab.Librato.URL()+"/v1/metrics", "application/json", broken)
	post(t, lab.SignalFx.URL()+"/v2/session", "application/json", `{"password":"user-secret"}`)
	shown := map[string]any{}
	for _, rejection := range lab.Store.Rejections(0, 0) {
		if rejection.Kind == "request" {
			shown[rejection.Path] = rejection.Item
		}
	}
	assert.Equal(t, map[string]any{"/v2/datapoint": broken, "/api/v2/event": broken, "/v1/metrics": broken, "/v2/session": nil}, shown)
}

func TestQuotasOfSignalFx(t *testing.T) {
	now := time.Unix(1_700_000_000, 0) // stands still, so that no new minute begins
	lab := start(t, vendorlab.Config{Options: store.Options{Now: func() time.Time { return now }}})
	for _, vendor := range []string{"signalfx", "signalfx-series"} {
		status, _ := call(t, lab, "POST", "/api/quotas", `{"vendor":"`+vendor+`","limit":1}`)
		assert.Equal(t, 200, status)
	}
	assert.Equal(t, 200, send(t, lab, "application/json", []byte(twoGauges)).StatusCode)
	assert.Equal(t, 1, stored(lab), "the second series is above its quota")
	response := send(t, lab, "application/json", []byte(twoGauges))
	assert.Equal(t, 429, response.StatusCode)
	assert.Equal(t, "40", response.Header.Get("Retry-After"))
}
