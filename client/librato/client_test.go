package librato

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const testToken = "0123456789abcdef"

// newTestClient returns a client of a server that handle answers for.
func newTestClient(t *testing.T, handle http.HandlerFunc, adjust ...func(*Options)) *Client {
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	base, err := ParseBaseURL(server.URL)
	require.NoError(t, err)
	options := Options{API: Librato}
	options.Credentials, err = LibratoCredentials("user@example.com", testToken)
	require.NoError(t, err)
	for _, a := range adjust {
		a(&options)
	}
	client, err := NewClient(server.Client(), base, options)
	require.NoError(t, err)
	return client
}

var oneMeasurement = NewFrame(Measurements, Shared{}).Body([]byte(`,{"name":"a","value":1}`))

func TestStatuses(t *testing.T) {
	html := "<html>400 Bad Request</html>"
	for _, c := range []struct {
		name     string
		status   int
		header   string // NAME: VALUE
		body     string
		class    httpsend.Class
		wait     time.Duration
		requests int
		text     string
	}{
		{"200 without a body", 200, "", "", httpsend.Delivered, 0, 1, ""},
		{"202 with a summary", 202, "", `{"measurements":{"summary":{"failed":0}}}`, httpsend.Delivered, 0, 1, ""},
		{"200 with a page", 200, "", "<html>Please log in</html>", httpsend.Retry, 0, 1, "the answer is a page"},
		{"400 of the service", 400, "", `{"errors":{"params":{"measure_time":["is too far in the past"]}}}`, httpsend.Rejected, 0, 1,
			"params: measure_time: is too far in the past"},
		{"400 with errors as a list", 400, "", `{"errors":["Payload must include at least 1 measurement"]}`, httpsend.Rejected, 0, 1, "Payload must include"},
		{"400 of a load balancer, by its text", 400, "", html, httpsend.Rejected, 0, 2, "load balancer"},
		{"400 of a load balancer, by its type", 400, "Content-Type: text/html; charset=utf-8", "nope", httpsend.Rejected, 0, 2, "load balancer"},
		{"401", 401, "", `{"errors":{"request":["Authorization Required"]}}`, httpsend.Unauthorized, 0, 1, "request: Authorization Required"},
		{"403 of a rate limit", 403, "", `{"request_time":1,"error":"You have hit the API limit for measurements [measure:raw_rate]."}`, httpsend.Throttled, 0, 1, "rate limit"},
		{"403 of a rate limit with headers", 403, "X-Librato-RateLimit-Agg: limit=1,remaining=0,reset=7", `{"error":"You have hit the API limit"}`, httpsend.Throttled, 7 * time.Second, 1, ""},
		{"403 without TLS", 403, "", `{"errors":{"request":["Please use secured connection through https!"]}}`, httpsend.Unauthorized, 0, 1, "https!"},
		{"403 without tags", 403, "", `{"errors":["Tag based measurements are not enabled for this account."]}`, httpsend.Unauthorized, 0, 1, "not enabled"},
		{"404", 404, "", `{"errors":{"request":["Not Found"]}}`, httpsend.Rejected, 0, 1, "Not Found"},
		{"413 of a gateway", 413, "", "", httpsend.TooLarge, 0, 1, "too large"},
		{"415", 415, "", "", httpsend.Rejected, 0, 1, "JSON"},
		{"422", 422, "", `{"errors":{"params":{"name":["is already taken"]}}}`, httpsend.Rejected, 0, 1, "name: is already taken"},
		{"429 without a word", 429, "", "", httpsend.Throttled, 0, 1, "rate limit"},
		{"429 with Retry-After", 429, "Retry-After: 12", "", httpsend.Throttled, 12 * time.Second, 1, ""},
		{"429 with headers", 429, "X-Librato-RateLimit-Std: remaining=0,reset=60", "", httpsend.Throttled, time.Minute, 1, ""},
		{"500", 500, "", "oops", httpsend.Retry, 0, 1, "oops"},
		{"502 in HTML", 502, "", "<html>Bad Gateway</html>", httpsend.Retry, 0, 1, ""},
		{"503", 503, "", `{"errors":{"system":["The API is currently down for maintenance."]}}`, httpsend.Retry, 0, 1, "system: The API"},
		{"301 is not followed", 301, "Location: http://127.0.0.1:1/", "", httpsend.Rejected, 0, 1, "redirects are not followed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			var seen []httpsend.Class
			client := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
				requests++
				w.Header()["Content-Type"] = nil
				if name, value, ok := strings.Cut(c.header, ": "); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}, func(o *Options) {
				o.Observe = func(_ context.Context, a httpsend.Attempt) { seen = append(seen, a.Class) }
			})
			_, err := client.Send(t.Context(), TagDialect, oneMeasurement)
			assert.Equal(t, c.requests, requests, "requests")
			assert.Equal(t, c.class, httpsend.ClassOf(err), "%v", err)
			assert.Equal(t, c.class, seen[len(seen)-1], "what the observer is told")
			if err == nil {
				return
			}
			failed, ok := errors.AsType[*httpsend.Error](err)
			require.True(t, ok)
			assert.Equal(t, c.wait, failed.RetryAfter)
			assert.Contains(t, err.Error(), c.text)
		})
	}
}

func TestBalancerIsAskedOnceMore(t *testing.T) {
	requests := 0
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		assert.JSONEq(t, `{"measurements":[{"name":"a","value":1}]}`, string(body))
		if requests++; requests == 1 {
			http.Error(w, "<html>", http.StatusBadRequest)
		}
	})
	_, err := client.Send(t.Context(), TagDialect, oneMeasurement)
	assert.NoError(t, err)
	assert.Equal(t, 2, requests)
}

func TestErrorsHideCredentials(t *testing.T) {
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "bad " + testToken + " in " + r.Header.Get("Authorization")})
	})
	_, err := client.Send(t.Context(), TagDialect, oneMeasurement)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), testToken)
	assert.NotContains(t, err.Error(), "dXNlckBleGFtcGxlLmNvbTow")
	assert.Contains(t, err.Error(), "[REDACTED]")
}

func TestRejectedInsideSuccess(t *testing.T) {
	client := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Librato-RateLimit-Agg", "remaining=5")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"summary":{"failed":1},"errors":["tags: name is bad"]}`)
	})
	receipt, err := client.Send(t.Context(), TagDialect, oneMeasurement)
	require.NoError(t, err, "sending it again would not help")
	assert.Equal(t, 1, receipt.Rejected)
	assert.Equal(t, "tags: name is bad", receipt.Fault.Error())
	assert.EqualValues(t, 5, receipt.RateLimit.Remaining)
}

func TestRequestForm(t *testing.T) {
	var header http.Header
	var body []byte
	client := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		reader, err := gzip.NewReader(r.Body)
		if assert.NoError(t, err) {
			body, _ = io.ReadAll(reader)
		}
	}, func(o *Options) { o.GzipLevel, o.UserAgent = 1, "agent/9" })
	long := NewFrame(Gauges, Shared{}).Body([]byte(`,{"name":"` + strings.Repeat("a", 2000) + `","value":1}`))
	_, err := client.Send(t.Context(), SourceDialect, long)
	require.NoError(t, err)
	assert.Equal(t, "gzip", header.Get("Content-Encoding"))
	assert.Equal(t, "application/json", header.Get("Content-Type"))
	assert.Equal(t, "agent/9", header.Get("User-Agent"))
	assert.True(t, json.Valid(body))
}

func TestNoCredentials(t *testing.T) {
	client := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) {
		assert.NotContains(t, r.Header, "Authorization")
	}, func(o *Options) { o.Credentials = Credentials{} })
	_, err := client.Send(t.Context(), TagDialect, oneMeasurement)
	assert.NoError(t, err)
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, err := client.Send(ctx, TagDialect, oneMeasurement)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
}

func TestBadGzipLevel(t *testing.T) {
	base, _ := ParseBaseURL("http://127.0.0.1")
	_, err := NewClient(http.DefaultClient, base, Options{GzipLevel: 42})
	assert.ErrorContains(t, err, "42")
}

// endless is an answer without end that counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func (*endless) Close() error { return nil }

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: e}, nil
}

func TestAnswersToDataAreBounded(t *testing.T) {
	base, err := ParseBaseURL("http://example.com")
	require.NoError(t, err)
	answer := &endless{}
	c, err := NewClient(&http.Client{Transport: answer}, base, Options{})
	require.NoError(t, err)
	_, _ = c.Send(t.Context(), TagDialect, [][]byte{[]byte("{}")})
	assert.LessOrEqual(t, answer.read, maxReceiptBytes)
	assert.Positive(t, answer.read)
}
