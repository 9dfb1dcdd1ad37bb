package api

import (
	"encoding/json"
	"testing"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// FuzzContent shows whatever a request held: it never fails, and the answer is JSON.
func FuzzContent(f *testing.F) {
	f.Add("/v2/datapoint", "application/x-protobuf", "gzip", []byte("\x1f\x8b\x08"), true)
	f.Add("/v2/trace/otlp", "application/x-protobuf", "", []byte("\x0a\x02\x12\x00"), false)
	f.Add("/v2/datapoint", "application/x-protobuf;format=otlp", "", []byte{0xff}, false)
	f.Add("/v2/event", "application/json", "", []byte(`[{"eventType":"e"}]`), false)
	f.Fuzz(func(t *testing.T, path, contentType, encoding string, body []byte, cut bool) {
		c := content{Body: body, Cut: cut, Request: store.Request{
			Vendor: "signalfx", Path: path, Headers: map[string]string{"Content-Type": contentType, "Content-Encoding": encoding},
			Content: store.Content{Body: body},
		}}
		c.decode()
		if len(c.Decoded) > maxDecoded*4 { // indented
			t.Errorf("%d bytes were decoded", len(c.Decoded))
		}
		if _, err := json.Marshal(c); err != nil {
			t.Error(err)
		}
	})
}
