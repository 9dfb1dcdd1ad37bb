package wavefront

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

var goodLine = []byte("m 1 source=s\n")

func TestReportAnswers(t *testing.T) {
	form, formType := multipartForm(t, goodLine)
	for _, test := range []struct {
		name, method, path string
		body               []byte
		headers            []string
		config             Config
		status             int
	}{
		{name: "good", body: goodLine, status: 202},
		{name: "no format means metrics", path: "/report", body: goodLine, status: 202},
		{name: "the other word for the format", path: "/report?format=wavefront", body: goodLine, status: 202},
		{name: "every line refused", body: []byte("nonsense\n"), status: 202},
		{name: "gzip", body: zipped(t, goodLine), headers: []string{"Content-Encoding", "gzip"}, status: 202},
		{name: "plain text", body: goodLine, headers: []string{"Content-Type", "text/plain; charset=utf-8"}, status: 202},
		{name: "what curl sends", body: goodLine, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 202},
		{name: "multipart form", body: form, headers: []string{"Content-Type", formType}, status: 202},
		{name: "no line at all", body: []byte(" \n\n"), status: 400},
		{name: "gzip that is none", body: goodLine, headers: []string{"Content-Encoding", "gzip"}, status: 400},
		{name: "multipart form that is none", body: goodLine, headers: []string{"Content-Type", "multipart/form-data"}, status: 400},
		{name: "logs", path: "/report?f=logs_json_arr", body: goodLine, status: 400},
		{name: "no token", body: goodLine, headers: []string{"Authorization", ""}, status: 401},
		{name: "token without Bearer", body: goodLine, headers: []string{"Authorization", "some-token"}, status: 401},
		{name: "unknown token", body: goodLine, config: Config{Tokens: NewTokens(Token{"other", AllPermissions})}, status: 401},
		{name: "token without the permission", body: goodLine, config: Config{Tokens: NewTokens(Token{"some-token", []Permission{Events}})}, status: 403},
		{name: "format that is not enabled", path: "/report?f=histogram", body: goodLine, config: Config{Disabled: []string{"histogram"}}, status: 403},
		{name: "unknown path", path: "/reports", body: goodLine, status: 404},
		{name: "wrong method", method: "GET", body: goodLine, status: 405},
		{name: "too large", body: bytes.Repeat(goodLine, 10), config: Config{Body: exchange.BodyLimits{Wire: 100}}, status: 413},
		{name: "too large once decompressed", body: zipped(t, bytes.Repeat(goodLine, 100)), headers: []string{"Content-Encoding", "gzip"},
			config: Config{Body: exchange.BodyLimits{Decompressed: 1000}}, status: 413},
		{name: "another type", body: goodLine, headers: []string{"Content-Type", "application/json"}, status: 415},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, test.config)
			if test.path == "" {
				test.path = "/report?f=wavefront"
			}
			if test.method == "" {
				test.method = http.MethodPost
			}
			answer := send(r.direct, test.method, test.path, test.body, test.headers...)
			assert.Equal(t, test.status, answer.Code, answer.Body)
			if test.status != http.StatusAccepted {
				assert.Equal(t, []Reason{RequestRefused}, r.reasons())
				assert.Contains(t, answer.Body.String(), `"result":"ERROR"`)
			}
		})
	}
}

func multipartForm(t *testing.T, content []byte) (body []byte, contentType string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreateFormFile("file", "lines")
	require.NoError(t, err)
	_, err = part.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes(), w.FormDataContentType()
}

func TestRevokedTokens(t *testing.T) {
	tokens := NewTokens()
	r := newRoom(t, Config{Tokens: tokens})
	status := func() int { return send(r.direct, http.MethodPost, "/report", goodLine).Code }
	for _, secret := range []string{"some-token", ""} {
		tokens.Revoke(secret)
		assert.Equal(t, http.StatusUnauthorized, status())
		tokens.Restore(secret)
		assert.Equal(t, http.StatusAccepted, status())
	}
}

func TestQuotaPushesBack(t *testing.T) {
	r := newRoom(t, Config{})
	require.NoError(t, r.config.Quota.Set(8, 0))
	status := func(format, line string) int {
		return send(r.direct, http.MethodPost, "/report?f="+format, []byte(line)).Code
	}
	assert.Equal(t, 202, status("wavefront", "m 1 source=s"))
	assert.Equal(t, 202, status("histogram", "!M #1 1 m source=s"), "counts as 7 points")
	assert.Equal(t, 406, status("wavefront", "m 1 source=s"))
	r.now = r.now.Add(time.Second)
	assert.Equal(t, 202, status("wavefront", "m 1 source=s"))
	assert.EqualValues(t, 3, r.store.Stats().Vendors[Vendor].Points)
}

func TestPartialAcceptance(t *testing.T) {
	r := newRoom(t, Config{})
	d := r.config.decoder()
	for range 2 {
		d.line(formatMetric, goodLine)
		d.line(formatSourceTag, []byte("@SourceTag action=add source=s a"))
	}
	counts := map[string]int{}
	r.config.save(d, "/report", 0.5, func(kind string, accepted, refused int) { counts[kind] += 10*accepted + refused })
	assert.Equal(t, map[string]int{"point": 11, "source_tag": 11, "event": 0, "span": 0, "span_log": 0}, counts)
	assert.Equal(t, []Reason{"fault_partial_acceptance", "fault_partial_acceptance"}, r.reasons())
}
