package signalfx

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Whatever the body: an answer, no crash, and everything that is kept can be shown.
func fuzzBody(f *testing.F, path, contentType string, seeds ...[]byte) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		r := newRoom(Config{})
		answer := r.post(path, contentType, body)
		if answer.Code != http.StatusOK && answer.Code != http.StatusBadRequest {
			t.Fatalf("status %d", answer.Code)
		}
		if !json.Valid(answer.Body.Bytes()) {
			t.Fatalf("the answer is no JSON: %s", answer.Body)
		}
		page, _ := r.store.Series(store.Query{})
		for _, kept := range []any{page, r.store.Events(0, 0), r.store.Traces(0, 0), r.store.Rejections(0, 0), r.store.Requests(0, 0)} {
			if _, err := json.Marshal(kept); err != nil {
				t.Fatalf("cannot be shown: %v", err)
			}
		}
	})
}

func FuzzProtobufDatapoints(f *testing.F) {
	fuzzBody(f, "/v2/datapoint", typeProtobuf,
		unhex(f, "0a240a0012016d18988e9eb9ff29220911000000000000e03f280032090a04686f7374120161"),
		unhex(f, "0a0b0a0012016e180122002800"))
}

func FuzzJSONDatapoints(f *testing.F) {
	fuzzBody(f, "/v2/datapoint", typeJSON,
		[]byte(`{"gauge":[{"metric":"m","value":0.5,"timestamp":1442960607000,"dimensions":{"host":"a","n":1}}]}`),
		[]byte(`{"counter":[{"metric":"m","value":"1e999","timestamp":1e30,"dimensions":null}]}`))
}

func FuzzOTLPMetrics(f *testing.F) {
	fuzzBody(f, "/v2/datapoint/otlp", typeProtobuf, unhex(f, "0a0d120b12090a016d2a050a03080118"))
}

func FuzzProtobufEvents(f *testing.F) {
	fuzzBody(f, "/v2/event", typeProtobuf,
		unhex(f, "0a310a066465706c6f7912090a04686f73741201611a070a0176120218071a080a026f6b1202200120c0843d28988e9eb9ff29"))
}

func FuzzJSONEvents(f *testing.F) {
	fuzzBody(f, "/v2/event", typeJSON,
		[]byte(`[{"category":"ALERT","eventType":"x","dimensions":{"a":true},"properties":{"a":1e999,"b":null},"timestamp":1.5}]`))
}

func FuzzOTLPTraces(f *testing.F) {
	fuzzBody(f, "/v2/trace/otlp", typeProtobuf, unhex(f, "0a06120412020a00"))
}
