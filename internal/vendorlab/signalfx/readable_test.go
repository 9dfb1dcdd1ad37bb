package signalfx

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

func TestReadable(t *testing.T) {
	points, err := proto.Marshal(&sfxpb.DataPointUploadMessage{Datapoints: []*sfxpb.DataPoint{{
		Metric: proto.String("cpu"), Value: &sfxpb.Datum{IntValue: proto.Int64(9007199254740993)},
	}}})
	require.NoError(t, err)
	spans, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{
		Spans: []*tracepb.Span{{TraceId: []byte{0xab, 0xcd}, Name: "GET"}},
	}}}}})
	require.NoError(t, err)
	for _, test := range []struct {
		name, path, contentType string
		body                    []byte
		want                    string // empty: not for this function
	}{
		{"datapoints keep all digits", "/v2/datapoint", typeProtobuf, points, `{"datapoints":[{"metric":"cpu","value":{"intValue":"9007199254740993"}}]}`},
		{"ids of spans are hex", "/v2/trace/otlp", typeProtobuf, spans, `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"abcd","name":"GET"}]}]}]}`},
		{"no event", "/v2/event", typeProtobuf, nil, `{}`},
		{"no OTLP metric", "/v2/datapoint", typeOTLP, nil, `{}`},
		{"JSON is readable already", "/v2/datapoint", typeJSON, []byte("{}"), ""},
		{"a path without protobuf", "/v2/dimension", typeProtobuf, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, ok, err := Readable(test.path, test.contentType, test.body)
			require.NoError(t, err)
			assert.Equal(t, test.want != "", ok)
			if ok {
				assert.JSONEq(t, test.want, string(text))
			}
		})
	}
	_, ok, err := Readable("/v2/datapoint", typeProtobuf, []byte{0xff})
	assert.True(t, ok)
	assert.ErrorContains(t, err, "the body is no DataPointUploadMessage")
}
