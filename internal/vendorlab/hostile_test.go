package vendorlab_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// routes is every path of every service.
var routes = map[string][]string{
	"signalfx": {
		"/v2/datapoint", "/v2/datapoint/otlp", "/v2/event", "/v2/trace/otlp", "/v2/organization", "/v2/session",
		"/v2/dimension", "/v2/dimension/k/v", "/v2/dimension/k/v/_/sfxagent", "/v2/metric", "/v2/metric/m",
		"/v2/metrictimeseries", "/v2/metrictimeseries/x", "/v2/tag", "/v2/tag/t",
		"/v2/detector/validate", "/v2/detector/x/events", "/v2/detector/x/incidents", "/v2/incident", "/v2/incident/x", "/v2/incident/x/clear",
		"/v2/chart", "/v2/chart/x", "/v2/dashboard", "/v2/dashboardgroup/x", "/v2/detector", "/v2/crosslink", "/", "/v2//%2f/%00",
	},
	"signalflow": {
		"/v2/signalflow/connect", "/v2/signalflow/execute", "/v2/signalflow/preflight", "/v2/signalflow/start",
		"/v2/signalflow/x/stop", "/v2/signalflow/x/keepalive", "/v2/signalflow/x/attach", "/v2/signalflow/x/feedback", "/nothing",
	},
	"wavefront": {
		"/report", "/report?f=wavefront", "/report?f=graphite_v2", "/report?f=histogram", "/report?f=trace", "/report?f=spanLogs",
		"/report?f=event", "/report?f=sourceTag", "/report?f=nothing", "/api/v2/event", "/api/v2/source/s", "/api/v2/source/s/tag",
		"/api/v2/source/s/tag/t", "/api/v2/source/s/description", "/api/v2/source/%2f/%2f/%2f/%2f",
		"/csp/gateway/am/api/auth/authorize", "/csp/gateway/am/api/auth/api-tokens/authorize", "/nothing",
	},
	"wavefront-proxy": {"/", "/?f=histogram", "/?f=trace", "/?f=spanLogs", "/?f=sourceTag", "/?f=log", "/any/path"},
	"librato": {
		"/v1/metrics", "/v1/metrics/m", "/v1/metrics?compose=sum(s(%22m%22,%22*%22))", "/v1/measurements", "/v1/measurements/m", "/v1/annotations", "/v1/annotations/s",
		"/v1/annotations/s/1", "/v1/annotations/s/1/links", "/v1/annotations/s/1/links/r", "/v1/alerts", "/v1/alerts/1", "/v1/alerts/status",
		"/v1/alerts/1/status", "/v1/alerts/1/clear", "/v1/alerts/1/services", "/v1/services", "/v1/services/1", "/v1/spaces", "/v1/spaces/1",
		"/v1/spaces/1/charts", "/v1/spaces/1/charts/1", "/", "/v1/nothing",
	},
}

// hostileBody is one that no client sends.
type hostileBody struct {
	name, contentType, encoding string
	body                        []byte
}

func hostileBodies(t *testing.T) []hostileBody {
	noise := make([]byte, 4096)
	rand.New(rand.NewSource(1)).Read(noise)
	bomb := zipped(t, strings.Repeat("\x00", 1<<20)) // above the limit after decompression
	whole := zipped(t, `{"gauge":[]}`)
	const protobufType, jsonType, text, form = "application/x-protobuf", "application/json", "text/plain", "application/x-www-form-urlencoded"
	bodies := []hostileBody{
		{"nothing", "", "", nil},
		{"a type that is none", "a/b/c;;=", "", []byte("{}")},
		{"a decompression bomb", jsonType, "gzip", bomb},
		{"half a gzip stream", jsonType, "gzip", whole[:len(whole)/2]},
		{"an unknown encoding", jsonType, "br", whole},
		{"a multipart form without its boundary", "multipart/form-data", "", []byte("--x\r\n\r\n")},
		{"a message that is longer than it is", protobufType, "", []byte("\x0a\xff\xff\xff\xff\x0f")},
		{"a form that contradicts itself", form, "", []byte("gauges[0]=1&gauges[0][name]=m&gauges[0][name][x][y][z]=1&%zz")},
		{"lines of rubbish", text, "", []byte("@Event\n@SourceTag\n!M\n!M # #\n∆\n\"\n\\\n= = =\n1 2 3 4\n{}\n{\"traceId\":1}\n")},
		{"a line that never ends", text, "", bytes.Repeat([]byte("x "), 1<<15)},
	}
	for _, contentType := range []string{protobufType, protobufType + ";format=otlp", jsonType, text, form, "application/octet-stream"} {
		bodies = append(bodies, hostileBody{"noise", contentType, "", noise})
	}
	for name, body := range map[string]string{
		"no JSON": "{", "null": "null", "a list": "[]", "a number": "1e999", "text": `"\ud800"`, "NUL": "\x00", "invalid UTF-8": "{\"a\":\"\xff\"}",
		"deeply nested lists": strings.Repeat("[", 11_000), "deeply nested objects": strings.Repeat(`{"a":`, 11_000),
		"members of the wrong kind": `{"gauge":1,"gauges":"x","counters":[1,null,[]],"measurements":{"a":1},"name":[],"tags":7,"conditions":"x","programText":3,"customProperties":[],"annotations":[],"startTime":"x","attributes":4,"links":1,"type":{}}`,
		"lists of null":             `{"gauge":[null],"counter":[null],"gauges":[null],"counters":[null],"measurements":[null],"conditions":[null],"services":[null],"streams":[null],"tags":[null]}`,
		"numbers out of range":      `{"gauge":[{"metric":"m","value":1e400,"timestamp":1e30}],"gauges":[{"name":"m","value":1e400}],"measurements":[{"name":"m","time":-1e30,"value":1}],"startTime":1e30,"name":"e","annotations":{}}`,
		"a repeated member":         `{"gauge":[],"gauge":{},"name":"a","name":1}`,
	} {
		bodies = append(bodies, hostileBody{name, jsonType, "", []byte(body)})
	}
	return bodies
}

// TestHostileRequestsGetAnAnswerOfTheVendors throws every body at every path with every method.
func TestHostileRequestsGetAnAnswerOfTheVendors(t *testing.T) {
	bodies := hostileBodies(t)
	for service, paths := range routes {
		t.Run(service, func(t *testing.T) {
			lab := start(t, vendorlab.Config{Body: exchange.BodyLimits{Decompressed: 512 << 10}})
			client := &http.Client{}
			defer client.CloseIdleConnections()
			for _, path := range paths {
				for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
					for _, b := range bodies {
						if method != "POST" && len(b.body) > 8<<10 {
							continue // the large ones once
						}
						w := write{service, method, path, b.contentType, string(b.body), 0}
						answerOf(t, client, lab, w, b)
					}
				}
			}
			// It still works.
			for _, w := range writes(t) {
				response, err := w.do(t, lab)
				require.NoError(t, err)
				assert.Equal(t, w.status, response.StatusCode, w.path)
			}
			for _, path := range []string{"/api/stats", "/api/series", "/api/rejections?limit=1000", "/api/requests?limit=1000", "/api/events", "/api/traces"} {
				status, _ := call(t, lab, "GET", path, "")
				assert.Equal(t, 200, status, path)
			}
		})
	}
}

// answerOf sends one request and checks that the answer is a vendor's: below 500, and JSON if it has a body.
func answerOf(t *testing.T, client *http.Client, lab *vendorlab.Lab, w write, b hostileBody) {
	t.Helper()
	what := strings.Join([]string{w.method, w.path, b.name, b.contentType}, " ")
	request := w.request(t, lab)
	request.Header.Set("Content-Encoding", b.encoding)
	if b.encoding == "" {
		request.Header.Del("Content-Encoding")
	}
	response, err := client.Do(request)
	if !assert.NoError(t, err, what) {
		return
	}
	defer response.Body.Close()
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return // a job that runs: hostile to nobody
	}
	answer, err := io.ReadAll(response.Body)
	assert.NoError(t, err, what)
	assert.Less(t, response.StatusCode, 500, what)
	if len(answer) > 0 && response.StatusCode >= 400 && w.path != "/v2/signalflow/connect" { // a refused upgrade is no answer of the API
		assert.True(t, json.Valid(answer), "%s: %q", what, answer)
	}
}

func TestHostileLinesOverTCP(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	for _, b := range hostileBodies(t) {
		conn, err := net.Dial("tcp", lab.WavefrontProxy.Address())
		require.NoError(t, err)
		_, _ = conn.Write(b.body) // the proxy may hang up on it
		require.NoError(t, conn.Close())
	}
	w := write{"wavefront-proxy", "POST", "/", "text/plain", "m 1 source=s", 202}
	response, err := w.do(t, lab)
	require.NoError(t, err)
	assert.Equal(t, 202, response.StatusCode)
}
