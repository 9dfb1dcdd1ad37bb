package vendorlab_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// protobuf encodes a message.
func protobuf(t *testing.T, message proto.Message) string {
	t.Helper()
	body, err := proto.Marshal(message)
	require.NoError(t, err)
	return string(body)
}

func number(v int64) *metricspb.NumberDataPoint {
	return &metricspb.NumberDataPoint{Value: &metricspb.NumberDataPoint_AsInt{AsInt: v}}
}

func otlpMetrics(t *testing.T) string {
	return protobuf(t, &metricspb.MetricsData{ResourceMetrics: []*metricspb.ResourceMetrics{{ScopeMetrics: []*metricspb.ScopeMetrics{{Metrics: []*metricspb.Metric{
		{Name: "g", Unit: "By", Data: &metricspb.Metric_Gauge{Gauge: &metricspb.Gauge{DataPoints: []*metricspb.NumberDataPoint{number(1), number(2)}}}},
		{Name: "h", Data: &metricspb.Metric_Histogram{Histogram: &metricspb.Histogram{DataPoints: []*metricspb.HistogramDataPoint{{}}}}},
	}}}}}})
}

// post sends a body with good credentials for every vendor and returns the answer's status.
func post(t *testing.T, url, contentType, body string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Authorization", "Bearer some-token")
	if strings.Contains(url, "/v1/") {
		request.SetBasicAuth("some-token", "")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	return response.StatusCode
}

func TestDiscardingCountsButKeepsNothing(t *testing.T) {
	signalFx := func(l *vendorlab.Lab) string { return l.SignalFx.URL() }
	direct := func(l *vendorlab.Lab) string { return l.Wavefront.URL() }
	proxy := func(l *vendorlab.Lab) string { return l.WavefrontProxy.URL() }
	librato := func(l *vendorlab.Lab) string { return l.Librato.URL() }
	const protobufType, jsonType, text = "application/x-protobuf", "application/json", "text/plain"
	for _, test := range []struct {
		name              string
		service           func(*vendorlab.Lab) string
		path, contentType string
		body              string
		status            int
		want              store.Counts
	}{
		{"datapoints", signalFx, "/v2/datapoint", protobufType, protobuf(t, &sfxpb.DataPointUploadMessage{Datapoints: []*sfxpb.DataPoint{{}, {}}}), 200, store.Counts{Points: 2}},
		{"datapoints as JSON", signalFx, "/v2/datapoint", jsonType, twoGauges, 200, store.Counts{Points: 2}},
		{"OTLP metrics", signalFx, "/v2/datapoint", protobufType + ";format=otlp", otlpMetrics(t), 200, store.Counts{Points: 3}},
		{"OTLP metrics on their own path", signalFx, "/v2/datapoint/otlp", protobufType, otlpMetrics(t), 200, store.Counts{Points: 3}},
		{"SignalFx events", signalFx, "/v2/event", protobufType, protobuf(t, &sfxpb.EventUploadMessage{Events: []*sfxpb.Event{{EventType: proto.String("e")}}}), 200, store.Counts{Events: 1}},
		{"OTLP spans", signalFx, "/v2/trace/otlp", protobufType, protobuf(t, &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{{}, {}}}}}}}), 200, store.Counts{Spans: 2}},
		{"lines", direct, "/report?f=wavefront", text, "a 1 source=s\n\nb 2 source=s", 202, store.Counts{Points: 2}},
		{"histogram lines", direct, "/report?f=histogram", text, "!M #1 1 h source=s\n", 202, store.Counts{Points: 1}},
		{"span lines", direct, "/report?f=trace", text, "span\nspan\n", 202, store.Counts{Spans: 2}},
		{"span log lines", direct, "/report?f=spanLogs", text, "{}\n", 202, store.Counts{SpanLogs: 1}},
		{"event lines", direct, "/report?f=event", text, "@Event 1 2 e\n", 202, store.Counts{Events: 1}},
		{"lines to the proxy", proxy, "/", text, "a 1\nb 1\n", 202, store.Counts{Points: 2}},
		{"measurements with tags", librato, "/v1/measurements", jsonType, `{"tags":{"a":"{[\""},"measurements":[{"name":"m","value":1,"tags":{"b":"c"}},{"name":"n","value":1}]}`, 202, store.Counts{Points: 2}},
		{"measurements with sources", librato, "/v1/metrics", jsonType, `{"gauges":[{"name":"m","value":1}],"counters":[{"name":"n","value":1}]}`, 200, store.Counts{Points: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := start(t, vendorlab.Config{Options: store.Options{Discard: true}})
			assert.Equal(t, test.status, post(t, test.service(lab)+test.path, test.contentType, test.body))
			require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 1)) == 1 }))
			for _, traffic := range lab.Store.Stats().Vendors {
				test.want.Requests, test.want.WireBytes = 1, uint64(len(test.body))
				assert.Equal(t, test.want, traffic.Counts)
			}
			assert.Zero(t, stored(lab))
			assert.Empty(t, lab.Store.Requests(0, 1)[0].Content.Body)
		})
	}
}

func TestDiscardingLinesOverTCP(t *testing.T) {
	lab := start(t, vendorlab.Config{Options: store.Options{Discard: true}})
	conn, err := net.Dial("tcp", lab.WavefrontProxy.Address())
	require.NoError(t, err)
	_, err = io.WriteString(conn, strings.Repeat("m 1 source=s\n", 1000))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return lab.Store.Stats().Vendors["wavefront"].Points == 1000 }))
	assert.Zero(t, stored(lab))
}

func TestDiscardingStillRefusesWhatIsNoMessage(t *testing.T) {
	lab := start(t, vendorlab.Config{Options: store.Options{Discard: true}})
	assert.Equal(t, 400, post(t, lab.SignalFx.URL()+"/v2/datapoint", "application/x-protobuf", "\xff"))
	assert.Equal(t, 400, post(t, lab.SignalFx.URL()+"/v2/trace/otlp", "application/x-protobuf", "\x0a\x01\xff"))
	_, err := lab.Faults.Add(faultOf(503))
	require.NoError(t, err)
	assert.Equal(t, 503, post(t, lab.Librato.URL()+"/v1/metrics", "application/json", "{}"))
}
