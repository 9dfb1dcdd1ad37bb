package wavefront

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestProxyDetectsFormats(t *testing.T) {
	for _, test := range []struct {
		name, format, line, kind string
		refused                  bool
	}{
		{"metric", "", `m 1 source=s`, "point", false},
		{"metric in the alias", "graphite_v2", `m 1 source=s`, "point", false},
		{"histogram", "", `!M #1 1 m source=s`, "histogram", false},
		{"event", "event", `@Event 1552949776 deploy`, "event", false},
		{"source tag", "", `@SourceTag action=add source=s t`, "source_tag", false},
		{"source description", "", `@SourceDescription action=save source=s t`, "source_tag", false},
		{"span logs", "", `{"traceId":"` + trace1 + `","spanId":"` + span1 + `","logs":[{"timestamp":1,"fields":{}}]}`, "span_log", false},
		{"span with its format", "trace", `op source=s` + ids + app + ` 1552949776000 1`, "span", false},
		{"span without its format is taken for a metric", "", `op source=s` + ids + app + ` 1552949776000 1`, "point", true},
		{"a given format is not questioned", "wavefront", `!M #1 1 m source=s`, "point", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.viaProxy(test.format, test.line)
			request := r.store.Requests(0, 1)[0]
			if test.refused {
				assert.Equal(t, map[string]int{test.kind: 1}, request.Rejected)
				return
			}
			assert.Equal(t, map[string]int{test.kind: 1}, request.Accepted, r.store.Rejections(0, 0))
		})
	}
}

func TestProxyFindsASource(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		want store.Dimensions
	}{
		"from the line":             {`m 1 source=s`, source("s")},
		"from the tag fqdn":         {`m 1 fqdn=f`, store.Dimensions{{Key: "fqdn", Value: "f"}, {Key: "source", Value: "f"}}},
		"from the sender's address": {`m 1`, source("192.0.2.1")},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.viaProxy("", test.line)
			series, _ := r.only()
			assert.Equal(t, test.want, series.Dimensions)
		})
	}
}

func TestProxyAnswers(t *testing.T) {
	guarded := Config{ProxyTokens: []string{"secret"}}
	for _, test := range []struct {
		name, method, path string
		body               []byte
		headers            []string
		config             Config
		status             int
	}{
		{name: "any path", path: "/anything", body: goodLine, status: 202},
		{name: "nothing at all", body: nil, status: 202},
		{name: "every line refused", body: []byte("nonsense"), status: 202},
		{name: "gzip", body: zipped(t, goodLine), headers: []string{"Content-Encoding", "gzip"}, status: 202},
		{name: "gzip that is none", body: goodLine, headers: []string{"Content-Encoding", "gzip"}, status: 400},
		{name: "no token", body: goodLine, headers: []string{"Authorization", ""}, status: 202},
		{name: "no token where one is asked for", body: goodLine, headers: []string{"Authorization", ""}, config: guarded, status: 401},
		{name: "wrong token", body: goodLine, config: guarded, status: 401},
		{name: "token with Bearer", body: goodLine, headers: []string{"Authorization", "Bearer secret"}, config: guarded, status: 202},
		{name: "token without Bearer", body: goodLine, headers: []string{"Authorization", "secret"}, config: guarded, status: 202},
		{name: "token in its own header", body: goodLine, headers: []string{"X-AUTH-TOKEN", "secret"}, config: guarded, status: 202},
		{name: "token in the address", path: "/?api_key=secret", body: goodLine, headers: []string{"Authorization", ""}, config: guarded, status: 202},
		{name: "logs", path: "/?f=logs_json_lines", body: []byte(`{}`), status: 403},
		{name: "format that is not enabled", path: "/?f=trace", body: goodLine, config: Config{Disabled: []string{"trace"}}, status: 403},
		{name: "wrong method", method: "GET", status: 405},
		{name: "more than 16 MiB after decompression", body: zipped(t, bytes.Repeat(goodLine, 1<<24/len(goodLine)+1)), headers: []string{"Content-Encoding", "gzip"}, status: 413},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, test.config)
			if test.path == "" {
				test.path = "/report"
			}
			if test.method == "" {
				test.method = http.MethodPost
			}
			answer := send(r.proxied, test.method, test.path, test.body, test.headers...)
			assert.Equal(t, test.status, answer.Code, answer.Body)
		})
	}
}
