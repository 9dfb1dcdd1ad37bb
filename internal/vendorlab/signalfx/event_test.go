package signalfx

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestEventsOfBothForms(t *testing.T) {
	want := store.Event{
		ID: 1, Vendor: Vendor, Received: arrival, Timestamp: 1442960607000,
		Type: "deploy", Category: "USER_DEFINED",
		Dimensions: store.Dimensions{{Key: "host", Value: "a"}},
		Properties: map[string]any{"v": int64(7), "ok": true},
	}
	for _, test := range []struct {
		name, contentType string
		body              []byte
	}{
		{"protobuf", "application/x-protobuf", unhex(t, "0a310a066465706c6f7912090a04686f73741201611a070a0176120218071a080a026f6b1202200120c0843d28988e9eb9ff29")},
		{"JSON", "application/json", []byte(`[{"category":"USER_DEFINED","eventType":"deploy","dimensions":{"host":"a"},"properties":{"v":7,"ok":true},"timestamp":1442960607000}]`)},
		{"JSON without a category", "application/json", []byte(`[{"eventType":"deploy","dimensions":{"host":"a"},"properties":{"v":7,"ok":true},"timestamp":1442960607000}]`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			answer := r.post("/v2/event", test.contentType, test.body)
			require.Equal(t, 200, answer.Code, answer.Body.String())
			assert.Equal(t, `"OK"`, answer.Body.String())
			assert.Equal(t, []store.Event{want}, r.store.Events(0, 0))
		})
	}
}

func TestJSONEventLimits(t *testing.T) {
	properties := make([]string, 51)
	for i := range properties {
		properties[i] = fmt.Sprintf(`"p%d":1`, i)
	}
	for _, test := range []struct {
		name, event string
		want        Reason // empty: accepted
	}{
		{"eventType of 256 characters", `{"eventType":"` + strings.Repeat("x", 256) + `"}`, ""},
		{"eventType of 257 characters", `{"eventType":"` + strings.Repeat("x", 257) + `"}`, EventType},
		{"empty eventType", `{"eventType":""}`, EventType},
		{"blank in the eventType", `{"eventType":"a b"}`, EventType},
		{"eventType beyond ASCII", `{"eventType":"é"}`, EventType},
		{"unknown category", `{"eventType":"x","category":"OTHER"}`, EventCategory},
		{"AGENT exists in protobuf only", `{"eventType":"x","category":"AGENT"}`, EventCategory},
		{"dimension name", `{"eventType":"x","dimensions":{"_a":"b"}}`, DimensionName},
		{"50 properties", `{"eventType":"x","properties":{` + strings.Join(properties[:50], ",") + `}}`, ""},
		{"51 properties", `{"eventType":"x","properties":{` + strings.Join(properties, ",") + `}}`, PropertyCount},
		{"property name", `{"eventType":"x","properties":{"a b":1}}`, PropertyName},
		{"property name of the vendor", `{"eventType":"x","properties":{"sf_x":1}}`, PropertyName},
		{"property value of 257 characters", `{"eventType":"x","properties":{"a":"` + letters(257) + `"}}`, PropertyValue},
		{"property without a value", `{"eventType":"x","properties":{"a":null}}`, PropertyValue},
		{"nested property", `{"eventType":"x","properties":{"a":{"b":1}}}`, PropertyValue},
		{"property number out of range", `{"eventType":"x","properties":{"a":1e999}}`, PropertyValue},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			answer := r.post("/v2/event", "application/json", []byte(`[`+test.event+`]`))
			require.Equal(t, 200, answer.Code, answer.Body.String())
			if test.want == "" {
				assert.Empty(t, r.reasons())
				assert.Len(t, r.store.Events(0, 0), 1)
				return
			}
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Empty(t, r.store.Events(0, 0))
		})
	}
}

func TestProtobufEventRules(t *testing.T) {
	property := func(value *sfxpb.PropertyValue) []*sfxpb.Property {
		return []*sfxpb.Property{{Key: proto.String("p"), Value: value}}
	}
	for _, test := range []struct {
		name  string
		event *sfxpb.Event
		want  Reason // empty: accepted
	}{
		{"AGENT", &sfxpb.Event{Category: sfxpb.EventCategory_AGENT.Enum()}, ""},
		{"unknown category", &sfxpb.Event{Category: sfxpb.EventCategory(5).Enum()}, EventCategory},
		{"text property", &sfxpb.Event{Properties: property(&sfxpb.PropertyValue{StrValue: proto.String("x")})}, ""},
		{"property without a value", &sfxpb.Event{Properties: property(nil)}, PropertyValue},
		{"property with an empty value", &sfxpb.Event{Properties: property(&sfxpb.PropertyValue{})}, PropertyValue},
		{"NaN property", &sfxpb.Event{Properties: property(&sfxpb.PropertyValue{DoubleValue: proto.Float64(math.NaN())})}, PropertyValue},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.event.EventType = proto.String("x")
			r := newRoom(Config{})
			body := marshal(t, &sfxpb.EventUploadMessage{Events: []*sfxpb.Event{test.event}})
			require.Equal(t, 200, r.post("/v2/event", "application/x-protobuf", body).Code)
			if test.want == "" {
				assert.Empty(t, r.reasons())
				return
			}
			assert.Equal(t, []Reason{test.want}, r.reasons())
		})
	}
}
