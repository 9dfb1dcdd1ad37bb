package librato

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

func TestCredentials(t *testing.T) {
	known := []Token{{User: "me@example.com", Secret: "librato"}, {Secret: "appoptics"},
		{Secret: "recorder", Role: Recorder}, {Secret: "viewer", Role: Viewer}}
	const read, write, configure = "GET /v1/metrics", "POST /v1/metrics", "DELETE /v1/metrics/good"
	for _, test := range []struct {
		name, user, password, request string
		tokens                        []Token
		status                        int
	}{
		{"any user and token", "me", "secret", write, nil, 200},
		{"any token as the user", "secret", "", write, nil, 200},
		{"empty", "", "", write, nil, 401},
		{"Librato", "me@example.com", "librato", write, known, 200},
		{"Librato with another user", "you@example.com", "librato", write, known, 401},
		{"AppOptics", "appoptics", "", write, known, 200},
		{"AppOptics as its Go client sends it", "token", "appoptics", write, known, 200},
		{"unknown", "other", "", write, known, 401},
		{"recorder writes", "recorder", "", write, known, 200},
		{"recorder reads", "recorder", "", read, known, 403},
		{"recorder configures", "recorder", "", configure, known, 403},
		{"viewer reads", "viewer", "", read, known, 200},
		{"viewer writes", "viewer", "", write, known, 403},
		{"admin configures", "appoptics", "", configure, known, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{Tokens: NewTokens(test.tokens...)})
			method, path, body := "GET", test.request[4:], ""
			switch test.request {
			case write:
				method, path, body = "POST", "/v1/metrics", `{"gauges":[{"name":"m","value":1}]}`
			case configure:
				method, path = "DELETE", "/v1/metrics/good"
			}
			request, err := http.NewRequest(method, "/", nil)
			require.NoError(t, err)
			request.SetBasicAuth(test.user, test.password)
			answer := r.send(method, path, body, "Authorization", request.Header.Get("Authorization"))
			assert.Equal(t, test.status, answer.Code, answer.Body)
			if test.status == 401 {
				assert.Contains(t, answer.Body.String(), `{"errors":{"request":["Authorization Required"]}`)
			}
		})
	}
}

func TestNoCredentials(t *testing.T) {
	r := newRoom(t, Config{})
	assert.Equal(t, 401, r.send("GET", "/v1/metrics", "", "Authorization", "").Code)
	assert.Equal(t, 401, r.send("GET", "/v1/metrics", "", "Authorization", "Bearer x").Code)
}

func TestRevokedTokens(t *testing.T) {
	tokens := NewTokens()
	r := newRoom(t, Config{Tokens: tokens})
	for _, secret := range []string{"some-token", ""} {
		tokens.Revoke(secret)
		assert.Equal(t, 401, r.send("GET", "/v1/metrics", "").Code)
		tokens.Restore(secret)
		assert.Equal(t, 200, r.send("GET", "/v1/metrics", "").Code)
	}
}

func TestPathsAndMethods(t *testing.T) {
	r := newRoom(t, Config{Body: exchange.BodyLimits{Wire: 200 << 10}})
	for _, test := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"unknown path", "GET", "/v1/nothing", "", 404},
		{"without the version", "POST", "/metrics", "{}", 404},
		{"wrong method", "PATCH", "/v1/metrics", "", 405},
		{"measurements that are too large", "POST", "/v1/metrics", long(201 << 10), 413},
		{"an object that is too large", "POST", "/v1/spaces", long(65 << 10), 413},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := r.send(test.method, test.path, test.body)
			assert.Equal(t, test.status, answer.Code)
			assert.Contains(t, answer.Body.String(), `{"errors":{"request":[`)
		})
	}
}

func TestRateLimits(t *testing.T) {
	for _, status := range []int{403, 429} {
		quota := NewQuota()
		require.NoError(t, quota.Set(3, status))
		r := newRoom(t, Config{Quota: quota})
		send := func() (int, string, string) {
			answer := r.send("POST", "/v1/metrics", `{"gauges":[{"name":"a","value":1},{"name":"b","value":1}]}`)
			return answer.Code, answer.Header().Get("X-Librato-RateLimit-Agg"), answer.Body.String()
		}
		code, headers, _ := send()
		assert.Equal(t, 200, code)
		assert.Equal(t, "limit=3,remaining=1,reset=40", headers)
		code, headers, _ = send()
		assert.Equal(t, 200, code, "a request is taken whole")
		assert.Equal(t, "limit=3,remaining=0,reset=40", headers)
		code, headers, body := send()
		assert.Equal(t, status, code)
		assert.Equal(t, "limit=3,remaining=0,reset=40", headers)
		assert.Contains(t, body, `{"error":"You have hit the API limit for measurements [measure:raw_rate].`)
		assert.Contains(t, body, `"request_time":`)
		assert.Equal(t, []Reason{RateLimited}, r.reasons())
		r.now = r.now.Add(40 * time.Second)
		code, _, _ = send()
		assert.Equal(t, 200, code)
		assert.EqualValues(t, 6, r.points())
	}
}

func TestNoRateHeadersWithoutALimit(t *testing.T) {
	r := newRoom(t, Config{})
	answer := r.send("POST", "/v1/metrics", `{"gauges":[{"name":"a","value":1}]}`)
	assert.Empty(t, answer.Header().Get("X-Librato-RateLimit-Agg"))
}
