package signalfx

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

const jsonGauge = `{"gauge":[{"metric":"m","value":1}]}`

func TestAnswersByStatus(t *testing.T) {
	large := []byte(`{"gauge":[{"metric":"m","value":1,"dimensions":{"a":"` + strings.Repeat("x", 3000) + `"}}]}`)
	for _, test := range []struct {
		name, method, path, contentType string
		body                            []byte
		headers                         []string
		want                            int
	}{
		{name: "JSON datapoints", path: "/v2/datapoint", contentType: "application/json", body: []byte(jsonGauge), want: 200},
		{name: "JSON with a charset", path: "/v2/datapoint", contentType: "application/json; charset=utf-8", body: []byte(jsonGauge), want: 200},
		{name: "gzip JSON", path: "/v2/datapoint", contentType: "application/json", body: zipped(t, []byte(jsonGauge)), headers: []string{"Content-Encoding", "gzip"}, want: 200},
		{name: "empty protobuf", path: "/v2/datapoint", contentType: "application/x-protobuf", want: 200},
		{name: "empty OTLP by parameter", path: "/v2/datapoint", contentType: "application/x-protobuf;format=otlp", want: 200},
		{name: "empty OTLP by path", path: "/v2/datapoint/otlp", contentType: "application/x-protobuf", want: 200},
		{name: "empty events", path: "/v2/event", contentType: "application/json", body: []byte(`[]`), want: 200},
		{name: "empty traces", path: "/v2/trace/otlp", contentType: "application/x-protobuf", want: 200},

		{name: "empty JSON", path: "/v2/datapoint", contentType: "application/json", want: 400},
		{name: "JSON outside a metric type", path: "/v2/datapoint", contentType: "application/json", body: []byte(`{"metric":"m","value":1}`), want: 400},
		{name: "JSON array in place of an object", path: "/v2/datapoint", contentType: "application/json", body: []byte(`[{"metric":"m","value":1}]`), want: 400},
		{name: "JSON metric type in capitals", path: "/v2/datapoint", contentType: "application/json", body: []byte(`{"GAUGE":[]}`), want: 400},
		{name: "JSON without a metric name", path: "/v2/datapoint", contentType: "application/json", body: []byte(`{"gauge":[{"value":1}]}`), want: 400},
		{name: "JSON with nested dimensions", path: "/v2/datapoint", contentType: "application/json", body: []byte(`{"gauge":[{"metric":"m","value":1,"dimensions":{"a":{}}}]}`), want: 400},
		{name: "protobuf without a metric name", path: "/v2/datapoint", contentType: "application/x-protobuf", body: unhex(t, "0a021801"), want: 400},
		{name: "protobuf cut short", path: "/v2/datapoint", contentType: "application/x-protobuf", body: unhex(t, "0a2212"), want: 400},
		{name: "protobuf event without its type", path: "/v2/event", contentType: "application/x-protobuf", body: unhex(t, "0a022801"), want: 400},
		{name: "JSON event without its type", path: "/v2/event", contentType: "application/json", body: []byte(`[{}]`), want: 400},
		{name: "JSON event outside an array", path: "/v2/event", contentType: "application/json", body: []byte(`{"eventType":"x"}`), want: 400},
		{name: "JSON null in place of events", path: "/v2/event", contentType: "application/json", body: []byte(`null`), want: 400},
		{name: "broken OTLP traces", path: "/v2/trace/otlp", contentType: "application/x-protobuf", body: []byte{0xff}, want: 400},
		{name: "not gzip though it says so", path: "/v2/datapoint", contentType: "application/json", body: []byte(jsonGauge), headers: []string{"Content-Encoding", "gzip"}, want: 400},
		{name: "gzip cut short", path: "/v2/datapoint", contentType: "application/json", body: zipped(t, []byte(jsonGauge))[:20], headers: []string{"Content-Encoding", "gzip"}, want: 400},

		{name: "empty token", path: "/v2/datapoint", contentType: "application/json", body: []byte(jsonGauge), headers: []string{"X-SF-Token", ""}, want: 401},
		{name: "unknown path", path: "/v2/datapoints", contentType: "application/json", body: []byte(jsonGauge), want: 404},
		{name: "slash at the end", path: "/v2/datapoint/", contentType: "application/json", body: []byte(jsonGauge), want: 404},
		{name: "GET", method: "GET", path: "/v2/datapoint", want: 405},
		{name: "body too large", path: "/v2/datapoint", contentType: "application/json", body: large, want: 413},
		{name: "body too large after decompression", path: "/v2/datapoint", contentType: "application/json", body: zipped(t, large), headers: []string{"Content-Encoding", "gzip"}, want: 413},
		{name: "no content type", path: "/v2/datapoint", body: []byte(jsonGauge), want: 415},
		{name: "text", path: "/v2/datapoint", contentType: "text/plain", body: []byte(jsonGauge), want: 415},
		{name: "OTLP parameter with a blank", path: "/v2/datapoint", contentType: "application/x-protobuf; format=otlp", want: 415},
		{name: "JSON to an OTLP path", path: "/v2/datapoint/otlp", contentType: "application/json", body: []byte(`{}`), want: 415},
		{name: "deflate", path: "/v2/datapoint", contentType: "application/json", body: []byte(jsonGauge), headers: []string{"Content-Encoding", "deflate"}, want: 415},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{Body: exchange.BodyLimits{Wire: 2000, Decompressed: 2500}})
			request := httptest.NewRequest(orPost(test.method), test.path, strings.NewReader(string(test.body)))
			request.Header.Set("X-SF-Token", "some-token")
			request.Header.Set("Content-Type", test.contentType)
			for i := 0; i < len(test.headers); i += 2 {
				request.Header.Set(test.headers[i], test.headers[i+1])
			}
			answer := httptest.NewRecorder()
			r.handler.ServeHTTP(answer, request)

			require.Equal(t, test.want, answer.Code, answer.Body.String())
			recorded := r.store.Requests(0, 1)[0]
			assert.Equal(t, test.want, recorded.Status)
			if test.want == 200 {
				assert.Empty(t, r.reasons())
				return
			}
			assert.Equal(t, []Reason{RequestRefused}, r.reasons())
			assert.NotEmpty(t, recorded.Error)
			page, _ := r.store.Series(allSeries)
			assert.Empty(t, page, "a refused request must leave nothing behind")
		})
	}
}

func orPost(method string) string {
	if method == "" {
		return http.MethodPost
	}
	return method
}

func TestMethodNotAllowedNamesPOST(t *testing.T) {
	r := newRoom(Config{})
	answer := httptest.NewRecorder()
	r.handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/v2/event", nil))
	assert.Equal(t, "POST", answer.Header().Get("Allow"))
}

func TestTokens(t *testing.T) {
	tokens := NewTokens(
		Token{Secret: "ingest", Scopes: []Scope{ScopeIngest}},
		Token{Secret: "api", Scopes: []Scope{ScopeAPI}})
	r := newRoom(Config{Tokens: tokens})
	status := func(token string) int {
		return r.post("/v2/datapoint", "application/json", []byte(jsonGauge), "X-SF-Token", token).Code
	}
	assert.Equal(t, 200, status("ingest"))
	assert.Equal(t, 401, status("unknown"))
	assert.Equal(t, 403, status("api"), "a token without the ingest scope")

	tokens.Revoke("ingest")
	assert.Equal(t, 401, status("ingest"))
	tokens.Restore("ingest")
	assert.Equal(t, 200, status("ingest"))

	tokens.Revoke("")
	assert.Equal(t, 401, status("ingest"), "all tokens are revoked")
	tokens.Restore("")
	assert.Equal(t, 200, status("ingest"))
}

func TestRequestIsRecordedWithSecretsMasked(t *testing.T) {
	r := newRoom(Config{})
	body := []byte(`{"gauge":[{"metric":"m","value":1},{"metric":"m","value":null}]}`)
	wire := zipped(t, body)
	r.post("/v2/datapoint", "application/json", wire, "Content-Encoding", "gzip", "X-SF-Token", "a-token-of-some-length", "Cookie", "c=1")

	recorded := r.store.Requests(0, 1)[0]
	assert.Equal(t, "/v2/datapoint", recorded.Path)
	assert.EqualValues(t, len(wire), recorded.WireBytes)
	assert.EqualValues(t, len(body), recorded.BodyBytes)
	assert.Equal(t, map[string]int{"datapoint": 1}, recorded.Accepted)
	assert.Equal(t, map[string]int{"datapoint": 1}, recorded.Rejected)
	assert.Equal(t, "a-to****", recorded.Headers["X-Sf-Token"])
	assert.Equal(t, "****", recorded.Headers["Cookie"])
	assert.Equal(t, "application/json", recorded.Headers["Content-Type"])
}

func TestQuotaOfDatapoints(t *testing.T) {
	limited := NewQuota()
	require.NoError(t, limited.Set(2, 0))
	r := newRoom(Config{Quota: limited})
	const three = `{"gauge":[{"metric":"a","value":1},{"metric":"b","value":1},{"metric":"c","value":1}]}`
	assert.Equal(t, 200, r.post("/v2/datapoint", typeJSON, []byte(three)).Code, "a request is taken whole")
	answer := r.post("/v2/datapoint", typeJSON, []byte(three))
	assert.Equal(t, 429, answer.Code)
	assert.Regexp(t, `^\d+$`, answer.Header().Get("Retry-After"))
	assert.EqualValues(t, 3, r.store.Stats().Vendors[Vendor].Points)
}

func TestQuotaOfNewSeries(t *testing.T) {
	limited := NewSeriesQuota()
	require.NoError(t, limited.Set(2, 0))
	r := newRoom(Config{SeriesQuota: limited})
	const body = `{"gauge":[{"metric":"a","value":1},{"metric":"b","value":1},{"metric":"c","value":1},{"metric":"a","value":2},{"metric":"c","value":2}]}`
	assert.Equal(t, 200, r.post("/v2/datapoint", typeJSON, []byte(body)).Code)
	assert.Equal(t, 200, r.post("/v2/datapoint", typeJSON, []byte(body)).Code, "series that are known go on")
	assert.EqualValues(t, 6, r.store.Stats().Vendors[Vendor].Points)
	assert.Equal(t, map[string]uint64{string(SeriesCount): 4}, r.store.Stats().Vendors[Vendor].Reasons)
}
