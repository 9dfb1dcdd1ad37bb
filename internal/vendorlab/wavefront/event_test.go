package wavefront

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestEventsOfBothForms(t *testing.T) {
	want := store.Event{
		ID: 1, Vendor: Vendor, Received: arrival, Timestamp: 1552949700000, End: 1552949760000,
		Type: "deploy", Category: "release",
		Dimensions: store.Dimensions{{Key: "severity", Value: "severe"}, {Key: "test_id", Value: "run"}, {Key: "type", Value: "release"}},
		Properties: map[string]any{"hosts": []string{"a", "b"}, "tags": []string{"env: test"}},
	}
	for name, send := range map[string]func(*room){
		"line": func(r *room) {
			r.viaProxy("event", `@Event 1552949700 1552949760 "deploy" severity="severe" type=release test_id=run host="a" host=b tag="env: test"`)
		},
		"line with its start in milliseconds and the other word for a tag": func(r *room) {
			r.viaProxy("", `@Event 1552949700000 1552949760000 deploy severity=severe type=release test_id=run host=a host=b eventTag="env: test"`)
		},
		"JSON": func(r *room) {
			answer := send(r.direct, http.MethodPost, "/api/v2/event", []byte(`{"name":"deploy","startTime":1552949700000,"endTime":1552949760000,`+
				`"annotations":{"severity":"severe","type":"release","test_id":"run"},"hosts":["a","b"],"tags":["env: test"]}`), "Content-Type", "application/json")
			require.Equal(r.t, http.StatusOK, answer.Code, answer.Body)
			assert.Contains(r.t, answer.Body.String(), `"result":"OK"`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, Config{})
			send(r)
			assert.Equal(t, []store.Event{want}, r.store.Events(0, 0), r.store.Rejections(0, 0))
			assert.Equal(t, 1, r.store.Audit("run").Distinct)
		})
	}
}

func TestEventWithoutAnEnd(t *testing.T) {
	r := newRoom(t, Config{})
	r.viaProxy("", `@Event 1552949700 deploy k=1 k=2 k=3`)
	event := r.store.Events(0, 1)[0]
	assert.EqualValues(t, 1552949700001, event.End, "the proxy lets it last a millisecond")
	assert.Equal(t, []string{"1", "2", "3"}, event.Properties["k"])
}

func TestEventLinesThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"no start", `@Event deploy`, LineUnparsable},
		{"no name", `@Event 1552949700`, LineUnparsable},
		{"text behind the name", `@Event 1552949700 a b`, LineUnparsable},
		{"blank name", `@Event 1552949700 " "`, EventInvalid},
		{"larger than is kept", `@Event 1552949700 a details=` + long(32768), EventInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.viaProxy("", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
		})
	}
}

func TestEventBodiesThatAreRefused(t *testing.T) {
	const good = `{"name":"e","startTime":1,"annotations":{}}`
	for _, test := range []struct {
		name, body string
		status     int
		headers    []string
	}{
		{"good", good, 200, nil},
		{"no JSON", `@Event 1 e`, 400, nil},
		{"no name", `{"startTime":1,"annotations":{}}`, 400, nil},
		{"no start", `{"name":"e","annotations":{}}`, 400, nil},
		{"no annotations", `{"name":"e","startTime":1}`, 400, nil},
		{"end before the start", `{"name":"e","startTime":2,"endTime":1,"annotations":{}}`, 400, nil},
		{"several events", good + "\n" + good, 400, nil},
		{"a list", `[` + good + `]`, 400, nil},
		{"larger than is kept", `{"name":"e","startTime":1,"annotations":{"a":"` + long(32768) + `"}}`, 400, nil},
		{"said to be compressed, as the vendor's Go SDK does", good, 200, []string{"Content-Encoding", "gzip"}},
		{"compressed", string(zipped(t, []byte(good))), 400, []string{"Content-Encoding", "gzip"}},
		{"another type", good, 415, []string{"Content-Type", "application/octet-stream"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := send(r.direct, http.MethodPost, "/api/v2/event", []byte(test.body), append([]string{"Content-Type", "application/json"}, test.headers...)...)
			assert.Equal(t, test.status, answer.Code, answer.Body)
			assert.Len(t, r.store.Events(0, 0), map[bool]int{true: 1}[test.status == 200])
		})
	}
}
