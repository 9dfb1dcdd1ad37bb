package signalflow

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
)

// call makes a request with a token.
func (r *room) call(ctx context.Context, method, path, contentType, body string) *http.Response {
	r.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, r.url+path, strings.NewReader(body))
	require.NoError(r.t, err)
	request.Header.Set("X-SF-TOKEN", "some-token")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// events reads server-sent events up to the end, or until enough says so.
func events(t *testing.T, body io.Reader, enough func(name string, members map[string]any) bool) (names []string, all []map[string]any) {
	t.Helper()
	lines := bufio.NewScanner(body)
	name := ""
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, ":"):
			name = ":"
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			var members map[string]any
			require.NoError(t, json.Unmarshal([]byte(line[len("data: "):]), &members))
			assert.NotContains(t, members, "type")
			assert.NotContains(t, members, "channel")
			names, all = append(names, name), append(all, members)
			if enough != nil && enough(name, members) {
				return names, all
			}
		case line == "" && name == ":":
			names, all = append(names, name), append(all, nil)
			if enough != nil && enough(name, nil) {
				return names, all
			}
		}
	}
	return names, all
}

func execution(first, last int) string {
	return fmt.Sprintf("%s?start=%d&stop=%d&resolution=1000&immediate=false&timezone=UTC", ExecutePath, at(first), at(last))
}

func TestExecuteByHTTP(t *testing.T) {
	program := "A = data('cpu').publish('x')\n(A / 0).publish('y')"
	asJSON, err := json.Marshal(map[string]any{"programText": program, "programArgs": map[string]string{"ui.dashboard_window": "10m"}})
	require.NoError(t, err)
	for _, test := range []struct{ name, contentType, body string }{
		{"text", "text/plain; charset=utf-8", program},
		{"no type", "", program},
		{"JSON", "application/json", string(asJSON)},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.point("cpu", "a", -5, 1.5)
			response := r.call(t.Context(), "POST", execution(-5, -4), test.contentType, test.body)
			require.Equal(t, 200, response.StatusCode)
			assert.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
			names, all := events(t, response.Body, nil)
			assert.Equal(t, []string{
				"control-message", "control-message", "control-message", "control-message",
				"metadata", "data", "metadata", "data", "message", "message", "message", "message", "data", "data", "control-message",
			}, names)
			assert.Equal(t, map[string]any{
				"logicalTimestampMs": float64(at(-5)), "data": []any{map[string]any{"tsId": all[4]["tsId"], "value": 1.5}},
			}, all[5])
			assert.Equal(t, []any{map[string]any{"tsId": all[6]["tsId"], "value": nil}}, all[7]["data"])
			assert.Equal(t, "END_OF_CHANNEL", all[14]["event"])
		})
	}
}

func TestHTTPStreamsLiveUntilTheClientLeaves(t *testing.T) {
	r := newRoom(t, Config{})
	ctx, leave := context.WithCancel(t.Context())
	response := r.call(ctx, "POST", ExecutePath+"?resolution=1000", "text/plain", "const(1).publish()")
	waitFor(t, r, 2) // the job and the comments
	r.clock.Advance(2 * time.Second)
	events(t, response.Body, func(name string, _ map[string]any) bool { return name == "data" })
	waitFor(t, r, 2)
	r.clock.Advance(20 * time.Second)
	events(t, response.Body, func(name string, _ map[string]any) bool { return name == ":" })
	require.Len(t, r.server.Jobs(), 1)
	leave()
	require.NoError(t, r.store.Wait(t.Context(), func() bool { return len(r.store.Requests(0, 0)) == 1 }))
	assert.Empty(t, r.server.Jobs())
}

func TestHTTPRequestsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, method, path, contentType, body string
		want                                  int
		message                               string
	}{
		{"a mistake in the program", "POST", ExecutePath, "text/plain", "A\n", 400, "line 1, column 1: nothing has the name 'A'"},
		{"a parameter", "POST", ExecutePath + "?start=x", "text/plain", "const(1).publish()", 400, "not a whole number"},
		{"broken JSON", "POST", ExecutePath, "application/json", "{", 400, "programText"},
		{"another type", "POST", ExecutePath, "application/x-www-form-urlencoded", "", 415, "text/plain"},
		{"too large", "POST", ExecutePath, "text/plain", strings.Repeat("#", 1<<20+1), 413, "too large"},
		{"preflight without a range", "POST", "/v2/signalflow/preflight", "text/plain", "const(1).publish()", 400, "start and stop"},
		{"stop of nothing", "POST", "/v2/signalflow/x/stop", "", "", 404, "no job"},
		{"feedback of nothing", "GET", "/v2/signalflow/x/feedback", "", "", 404, "no job"},
		{"keepalive of nothing", "POST", "/v2/signalflow/x/keepalive", "", "", 404, "no job"},
		{"attach to nothing", "POST", "/v2/signalflow/x/attach", "", "", 404, "no job"},
		{"another path", "GET", "/v2/other", "", "", 404, "nothing at this path"},
		{"another method", "GET", ExecutePath, "", "", 404, "nothing at this path"},
	} {
		t.Run(test.name, func(t *testing.T) {
			response := newRoom(t, Config{}).call(t.Context(), test.method, test.path, test.contentType, test.body)
			assert.Equal(t, test.want, response.StatusCode)
			var answer map[string]any
			require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
			assert.EqualValues(t, test.want, answer["code"])
			assert.Contains(t, answer["message"], test.message)
		})
	}
}

func TestHTTPNeedsAToken(t *testing.T) {
	tokens := signalfx.NewTokens(signalfx.Token{Secret: "some-token", Scopes: []signalfx.Scope{signalfx.ScopeIngest}})
	assert.Equal(t, 403, newRoom(t, Config{Tokens: tokens}).call(t.Context(), "POST", ExecutePath, "", "").StatusCode)
	assert.Equal(t, 401, newRoom(t, Config{Tokens: signalfx.NewTokens(signalfx.Token{})}).call(t.Context(), "POST", ExecutePath, "", "").StatusCode)
}

func TestJobsByHTTP(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -5, 1)
	started := r.call(t.Context(), "POST", strings.Replace(execution(-5, -5), "execute", "start", 1), "text/plain", "data('cpu').publish()")
	var answer map[string]string
	require.NoError(t, json.NewDecoder(started.Body).Decode(&answer))
	job := "/v2/signalflow/" + answer["id"]
	assert.Equal(t, 200, r.call(t.Context(), "POST", job+"/keepalive", "", "").StatusCode)
	assert.Equal(t, 200, r.call(t.Context(), "GET", job+"/feedback", "", "").StatusCode)
	names, _ := events(t, r.call(t.Context(), "POST", job+"/attach", "", "").Body, nil)
	assert.Contains(t, names, "data")

	live := r.call(t.Context(), "POST", ExecutePath, "text/plain", "const(1).publish()")
	_, all := events(t, live.Body, func(_ string, members map[string]any) bool { return members["event"] == "JOB_START" })
	job = "/v2/signalflow/" + all[1]["handle"].(string)
	var feedback []map[string]any
	require.NoError(t, json.NewDecoder(r.call(t.Context(), "GET", job+"/feedback", "", "").Body).Decode(&feedback))
	assert.Equal(t, "STREAM_START", feedback[0]["event"])
	assert.Equal(t, 200, r.call(t.Context(), "POST", job+"/stop?reason=enough", "", "").StatusCode)
	_, all = events(t, live.Body, nil)
	assert.Equal(t, "CHANNEL_ABORT", all[0]["event"])
}

func TestThePageNeedsNoToken(t *testing.T) {
	r := newRoom(t, Config{Tokens: signalfx.NewTokens(signalfx.Token{Secret: "secret"})})
	run := func(program string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		r.server.Execute(answer, httptest.NewRequest("POST", execution(-5, -5), strings.NewReader(program)))
		return answer
	}
	names, _ := events(t, run("const(1).publish()").Body, nil)
	assert.Contains(t, names, "data")
	refused := run("nothing")
	assert.Equal(t, 200, refused.Code, "mistakes are no errors of the page")
	names, all := events(t, refused.Body, nil)
	assert.Equal(t, []string{"error"}, names)
	assert.Equal(t, "line 1, column 1: nothing has the name 'nothing'", all[0]["message"])
}

func TestPreflightByHTTP(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -5, 9)
	response := r.call(t.Context(), "POST", strings.Replace(execution(-5, -4), "execute", "preflight", 1), "text/plain", "detect(when(data('cpu') > 3)).publish()")
	names, all := events(t, response.Body, nil)
	assert.Equal(t, []string{"estimation"}, names)
	assert.EqualValues(t, 1, all[0]["result"])
}

func TestFaultsOfHTTP(t *testing.T) {
	r := newRoom(t, Config{})
	_, err := r.faults.Add(faults.Fault{Path: ExecutePath, Status: 429, Count: 1})
	require.NoError(t, err)
	assert.Equal(t, 429, r.call(t.Context(), "POST", execution(-5, -5), "", "const(1).publish()").StatusCode)
	assert.Equal(t, 200, r.call(t.Context(), "POST", execution(-5, -5), "", "const(1).publish()").StatusCode)
}
