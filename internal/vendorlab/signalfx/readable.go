package signalfx

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

// Readable shows a protobuf body of an ingest path as JSON. ok is false for what is no protobuf.
func Readable(path, contentType string, body []byte) (text []byte, ok bool, err error) {
	message := messageOf(path, contentTypeOf(contentType))
	if message == nil {
		return nil, false, nil
	}
	if err := proto.Unmarshal(body, message); err != nil {
		return nil, true, fmt.Errorf("the body is no %s: %w", message.ProtoReflect().Descriptor().Name(), err)
	}
	text, err = protojson.Marshal(message)
	if err != nil {
		return nil, true, err
	}
	var object any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // integers have up to 64 bits
	if err := decoder.Decode(&object); err != nil {
		return nil, true, err
	}
	hexIDs(object)
	text, err = json.MarshalIndent(object, "", "  ")
	return text, true, err
}

func messageOf(path, contentType string) proto.Message {
	switch {
	case contentType == typeOTLP, contentType == typeProtobuf && path == "/v2/datapoint/otlp":
		return &metricspb.MetricsData{}
	case contentType != typeProtobuf:
		return nil
	}
	switch path {
	case "/v2/datapoint":
		return &sfxpb.DataPointUploadMessage{}
	case "/v2/event":
		return &sfxpb.EventUploadMessage{}
	case "/v2/trace/otlp":
		return &tracepb.TracesData{}
	}
	return nil
}

// hexIDs writes the ids of traces and spans as everybody else does; protobuf's JSON has them in base64.
func hexIDs(object any) {
	switch v := object.(type) {
	case []any:
		for _, item := range v {
			hexIDs(item)
		}
	case map[string]any:
		for key, value := range v {
			text, isText := value.(string)
			if isText && (key == "traceId" || key == "spanId" || key == "parentSpanId") {
				if id, err := base64.StdEncoding.DecodeString(text); err == nil {
					v[key] = hex.EncodeToString(id)
				}
				continue
			}
			hexIDs(value)
		}
	}
}
