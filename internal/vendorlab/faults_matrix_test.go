package vendorlab_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

const spanLine = "n source=s traceId=7b3bf470-9456-11e8-9eb6-529269fb1459 spanId=0313bafe-9457-11e8-9eb6-529269fb1459 application=a service=b 1700000000000 1"

// write is a request that stores one item.
type write struct {
	vendor, method, path, contentType, body string
	status                                  int
}

func writes(t *testing.T) []write {
	const protobufType, jsonType, text, form = "application/x-protobuf", "application/json", "text/plain", "application/x-www-form-urlencoded"
	point := protobuf(t, &sfxpb.DataPointUploadMessage{Datapoints: []*sfxpb.DataPoint{{Metric: proto.String("m"), Value: &sfxpb.Datum{IntValue: proto.Int64(1)}}}})
	event := protobuf(t, &sfxpb.EventUploadMessage{Events: []*sfxpb.Event{{EventType: proto.String("e")}}})
	span := protobuf(t, &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{
		{TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567"), Name: "n", StartTimeUnixNano: 1, EndTimeUnixNano: 2},
	}}}}}})
	return []write{
		{"signalfx", "POST", "/v2/datapoint", protobufType, point, 200},
		{"signalfx", "POST", "/v2/datapoint", jsonType, `{"gauge":[{"metric":"m","value":1}]}`, 200},
		{"signalfx", "POST", "/v2/datapoint/otlp", protobufType, otlpMetrics(t), 200},
		{"signalfx", "POST", "/v2/event", protobufType, event, 200},
		{"signalfx", "POST", "/v2/trace/otlp", protobufType, span, 200},
		{"signalfx", "PUT", "/v2/dimension/host/a", jsonType, `{"tags":["t"]}`, 200},
		{"signalfx", "PATCH", "/v2/dimension/host/a/_/sfxagent", jsonType, `{"tags":["t"]}`, 200},
		{"signalfx", "PUT", "/v2/metric/m", jsonType, `{"type":"GAUGE"}`, 200},
		{"wavefront", "POST", "/report?f=wavefront", text, "m 1 source=s", 202},
		{"wavefront", "POST", "/report?f=histogram", text, "!M #1 1 h source=s", 202},
		{"wavefront", "POST", "/report?f=trace", text, spanLine, 202},
		{"wavefront", "POST", "/api/v2/event", jsonType, `{"name":"e","startTime":1,"annotations":{}}`, 200},
		{"wavefront", "PUT", "/api/v2/source/s/tag/t", "", "", 200},
		{"wavefront-proxy", "POST", "/", text, "m 1 source=s", 202},
		{"librato", "POST", "/v1/metrics", jsonType, `{"gauges":[{"name":"m","value":1}]}`, 200},
		{"librato", "POST", "/v1/metrics", form, "gauges[0][name]=m&gauges[0][value]=1", 200},
		{"librato", "POST", "/v1/measurements", jsonType, `{"tags":{"a":"b"},"measurements":[{"name":"m","value":1}]}`, 202},
		{"librato", "POST", "/v1/annotations/deploys", form, "title=t", 201},
	}
}

func (w write) pathOnly() string {
	path, _, _ := strings.Cut(w.path, "?")
	return path
}

// request has good credentials.
func (w write) request(t *testing.T, lab *vendorlab.Lab) *http.Request {
	t.Helper()
	service := map[string]*vendorlab.Service{
		"signalfx": lab.SignalFx, "signalflow": lab.SignalFlow, "wavefront": lab.Wavefront, "wavefront-proxy": lab.WavefrontProxy, "librato": lab.Librato,
	}[w.vendor]
	request, err := http.NewRequest(w.method, service.URL()+w.path, strings.NewReader(w.body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", w.contentType)
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Authorization", "Bearer some-token")
	if w.vendor == "librato" {
		request.SetBasicAuth("some-token", "")
	}
	return request
}

func (w write) do(t *testing.T, lab *vendorlab.Lab) (*http.Response, error) {
	t.Helper()
	response, err := http.DefaultClient.Do(w.request(t, lab))
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	return response, err
}

// arrived is what one vendor has stored, as it counts it: points, events, spans and changes of metadata.
func arrived(lab *vendorlab.Lab) int {
	n := len(lab.SignalFxCatalog.Dimensions()) + len(lab.SignalFxCatalog.Metrics()) + len(lab.WavefrontSources.All())
	for _, traffic := range lab.Store.Stats().Vendors {
		n += int(traffic.Points + traffic.Events + traffic.Spans)
	}
	return n
}

// TestEveryFaultActsOnEveryPath also switches each fault by the path alone, and off again after one request.
func TestEveryFaultActsOnEveryPath(t *testing.T) {
	const own = -1 // the path's own status
	for _, test := range []struct {
		name   string
		fault  faults.Fault
		status int // 0: cut
		stored bool
	}{
		{"status", faults.Fault{Status: 503, RetryAfter: 3}, 503, false},
		{"latency", faults.Fault{Latency: faults.Duration(time.Millisecond)}, own, true},
		{"revoked token", faults.Fault{RevokedToken: true}, 401, false},
		{"nothing is accepted", faults.Fault{Partial: share(0)}, own, false},
		{"accepted, yet refused", faults.Fault{Partial: share(1), Status: 500}, 500, true},
		{"stalled read", faults.Fault{Stall: faults.Duration(time.Millisecond)}, 0, false},
		{"reset in the request", faults.Fault{Reset: faults.ResetRequest}, 0, false},
	} {
		for _, w := range writes(t) {
			t.Run(test.name+" "+w.vendor+" "+w.method+" "+w.path+" "+w.contentType, func(t *testing.T) {
				lab := start(t, vendorlab.Config{})
				fault := test.fault
				fault.Vendor, fault.Path, fault.Count = w.vendor, w.pathOnly(), 1
				_, err := lab.Faults.Add(fault)
				require.NoError(t, err)

				response, err := w.do(t, lab)
				switch test.status {
				case 0:
					assert.Error(t, err)
				case own:
					require.NoError(t, err)
					assert.Equal(t, w.status, response.StatusCode)
				default:
					require.NoError(t, err)
					assert.Equal(t, test.status, response.StatusCode)
				}
				if test.fault.RetryAfter > 0 {
					assert.Equal(t, "3", response.Header.Get("Retry-After"))
				}
				assert.Equal(t, test.stored, arrived(lab) > 0, "stored")
				assert.Empty(t, lab.Faults.List(), "it was for one request")

				response, err = w.do(t, lab)
				require.NoError(t, err)
				assert.Equal(t, w.status, response.StatusCode)
				assert.NotZero(t, arrived(lab))
			})
		}
	}
}

func TestARevokedTokenIsRefusedByEveryWayIn(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		name   string
		write  write
		status int
	}{
		{"a SignalFlow program", write{"signalflow", "POST", "/v2/signalflow/execute", "text/plain", "data('m').publish()", 0}, 401},
		{"the metadata API", write{"signalfx", "GET", "/v2/organization", "", "", 0}, 401},
		{"reading from Librato", write{"librato", "GET", "/v1/metrics", "", "", 0}, 401},
		{"the token exchange of users", write{"wavefront", "POST", "/csp/gateway/am/api/auth/api-tokens/authorize", form, "api_token=x", 0}, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := faulty(t, faults.Fault{RevokedToken: true})
			response, err := test.write.do(t, lab)
			require.NoError(t, err)
			assert.Equal(t, test.status, response.StatusCode)
		})
	}
	lab := faulty(t, faults.Fault{RevokedToken: true})
	request, err := http.NewRequest(http.MethodPost, lab.Wavefront.URL()+"/csp/gateway/am/api/auth/authorize", strings.NewReader("grant_type=client_credentials"))
	require.NoError(t, err)
	request.Header.Set("Content-Type", form)
	request.SetBasicAuth("app", "secret")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, 401, response.StatusCode, "an application at the token exchange")
}
