package signalfx

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const apiToken = "secret-token"

// seenRequest is what a metadata server got.
type seenRequest struct {
	line, contentType, token, body string
}

// newTestAPI returns an API whose server answers all requests alike, and what the server saw last.
func newTestAPI(t *testing.T, prefix string, status int, header http.Header, answer string) (*API, *seenRequest) {
	t.Helper()
	seen := new(seenRequest)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*seen = seenRequest{r.Method + " " + r.RequestURI, r.Header.Get("Content-Type"), r.Header.Get("X-SF-Token"), string(body)}
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	base, err := ParseBaseURL(server.URL + prefix)
	require.NoError(t, err)
	return NewAPI(server.Client(), base, APIOptions{UserAgent: "test"}), seen
}

func TestMetadataRequests(t *testing.T) {
	value := "x"
	tests := []struct {
		name   string
		prefix string
		call   func(*API) error
		line   string
		body   string
	}{
		{
			name: "patch sets and removes in sorted order",
			call: func(a *API) error {
				return a.PatchDimension(t.Context(), apiToken, "host.name", "web-1", &DimensionPatch{
					CustomProperties: map[string]*string{"b": &value, "a": nil}, Tags: []string{"t2", "t1"}, TagsToRemove: []string{"old"},
				})
			},
			line: "PATCH /v2/dimension/host.name/web-1/_/sfxagent",
			body: `{"customProperties":{"a":null,"b":"x"},"tags":["t1","t2"],"tagsToRemove":["old"]}`,
		},
		{
			name: "patch names only what changes",
			call: func(a *API) error {
				return a.PatchDimension(t.Context(), apiToken, "k", "v", &DimensionPatch{CustomProperties: map[string]*string{"a": &value}})
			},
			line: "PATCH /v2/dimension/k/v/_/sfxagent",
			body: `{"customProperties":{"a":"x"}}`,
		},
		{
			name: "put states everything, so that nothing is left of what was",
			call: func(a *API) error { return a.PutDimension(t.Context(), apiToken, &Dimension{Key: "k", Value: "v"}) },
			line: "PUT /v2/dimension/k/v",
			body: `{"customProperties":{},"key":"k","tags":[],"value":"v"}`,
		},
		{
			name: "put with a description",
			call: func(a *API) error {
				return a.PutDimension(t.Context(), apiToken, &Dimension{Key: "k", Value: "v", Description: "d",
					CustomProperties: map[string]string{"p": "x"}, Tags: []string{"b", "a"}, Creator: "not sent"})
			},
			line: "PUT /v2/dimension/k/v",
			body: `{"customProperties":{"p":"x"},"description":"d","key":"k","tags":["a","b"],"value":"v"}`,
		},
		{
			name: "slashes, spaces and percent signs in a value stay one segment",
			call: func(a *API) error {
				return a.PutDimension(t.Context(), apiToken, &Dimension{Key: "container.image", Value: "a/b:1 %2F?#é"})
			},
			line: "PUT /v2/dimension/container.image/a%2Fb:1%20%252F%3F%23%C3%A9",
			body: `{"customProperties":{},"key":"container.image","tags":[],"value":"a/b:1 %2F?#é"}`,
		},
		{
			name: "dots are no way up",
			call: func(a *API) error { _, err := a.GetDimension(t.Context(), apiToken, ".", ".."); return err },
			line: "GET /v2/dimension/%2E/%2E%2E",
		},
		{
			name: "the base's path is kept", prefix: "/sfx/api/",
			call: func(a *API) error { _, err := a.GetMetric(t.Context(), apiToken, "cpu/x"); return err },
			line: "GET /sfx/api/v2/metric/cpu%2Fx",
		},
		{
			name: "metric",
			call: func(a *API) error {
				return a.PutMetric(t.Context(), apiToken, &Metric{Name: "m", Type: MetadataGauge, Description: "d",
					CustomProperties: map[string]string{"unit": "By"}})
			},
			line: "PUT /v2/metric/m",
			body: `{"customProperties":{"unit":"By"},"description":"d","tags":[],"type":"GAUGE"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api, seen := newTestAPI(t, tt.prefix, 200, nil, "{}")
			require.NoError(t, tt.call(api))
			assert.Equal(t, tt.line, seen.line)
			assert.Equal(t, tt.body, seen.body)
			assert.Equal(t, apiToken, seen.token)
			if tt.body != "" {
				assert.Equal(t, "application/json", seen.contentType)
			}
		})
	}
}

func TestMetadataStatuses(t *testing.T) {
	get := func(a *API) error { _, err := a.GetDimension(context.Background(), apiToken, "k", "v"); return err }
	put := func(a *API) error {
		return a.PutDimension(context.Background(), apiToken, &Dimension{Key: "k", Value: "v"})
	}
	patch := func(a *API) error {
		return a.PatchDimension(context.Background(), apiToken, "k", "v", &DimensionPatch{Tags: []string{"t"}})
	}
	tests := []struct {
		name   string
		call   func(*API) error
		status int
		class  httpsend.Class
	}{
		{"any success counts", patch, 204, httpsend.Delivered},
		{"patch of a dimension that is not indexed yet", patch, 404, httpsend.Retry},
		{"get of what does not exist", get, 404, httpsend.Rejected},
		{"put on a wrong path", put, 404, httpsend.Rejected},
		{"malformed", patch, 400, httpsend.Rejected},
		{"wrong token", patch, 401, httpsend.Unauthorized},
		{"token without the scope", patch, 403, httpsend.Unauthorized},
		{"wrong method", patch, 405, httpsend.Rejected},
		{"conflict, which no row names", patch, 409, httpsend.Rejected},
		{"request timeout", patch, 408, httpsend.Retry},
		{"too large", patch, 413, httpsend.Rejected},
		{"rate limit", patch, 429, httpsend.Throttled},
		{"failure", patch, 500, httpsend.Retry},
		{"overload", patch, 503, httpsend.Throttled},
		{"redirect", get, 302, httpsend.Rejected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api, _ := newTestAPI(t, "", tt.status, nil, "")
			assert.Equal(t, tt.class, httpsend.ClassOf(tt.call(api)))
		})
	}
}

func TestMetadataErrors(t *testing.T) {
	t.Run("Retry-After and the answer are kept, the token is not", func(t *testing.T) {
		api, _ := newTestAPI(t, "", 429, http.Header{"Retry-After": {"7"}}, "slow down, "+apiToken)
		err := api.PutMetric(t.Context(), apiToken, &Metric{Name: "m"})
		var e *httpsend.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, 7*time.Second, e.RetryAfter)
		assert.Contains(t, e.Error(), "slow down")
		assert.NotContains(t, e.Error(), apiToken)
	})
	t.Run("a page that is not JSON", func(t *testing.T) {
		api, _ := newTestAPI(t, "", 200, nil, "<html>login</html>")
		_, err := api.GetDimension(t.Context(), apiToken, "k", "v")
		assert.ErrorContains(t, err, "check the API URL")
		assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(err))
	})
	t.Run("nothing is asked without a name", func(t *testing.T) {
		api, seen := newTestAPI(t, "", 200, nil, "{}")
		for _, err := range []error{
			api.PutDimension(t.Context(), apiToken, &Dimension{Key: "k"}),
			api.PatchDimension(t.Context(), apiToken, "", "v", &DimensionPatch{}),
			api.PutMetric(t.Context(), apiToken, &Metric{}),
		} {
			assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(err))
		}
		assert.Empty(t, seen.line)
	})
}

func TestMetadataAnswers(t *testing.T) {
	api, _ := newTestAPI(t, "", 200, nil, `{"key":"k","value":"v","description":null,"customProperties":{"p":"x"},"tags":null,"created":12,"unknown":{}}`)
	d, err := api.GetDimension(t.Context(), apiToken, "k", "v")
	require.NoError(t, err)
	assert.Equal(t, &Dimension{Key: "k", Value: "v", CustomProperties: map[string]string{"p": "x"}, Created: 12}, d)

	api, _ = newTestAPI(t, "", 200, nil, `{"name":"m","type":"COUNTER","description":"d","tags":["t"]}`)
	m, err := api.GetMetric(t.Context(), apiToken, "m")
	require.NoError(t, err)
	assert.Equal(t, &Metric{Name: "m", Type: MetadataCounter, Description: "d", Tags: []string{"t"}}, m)
}

// FuzzMetadataPath: whatever a key and a value hold, they arrive as exactly two segments.
func FuzzMetadataPath(f *testing.F) {
	for _, seed := range [][2]string{{"host.name", "web-1"}, {"a/b", "c:d"}, {".", ".."}, {"%2E", "..%2F"}, {"é", "\x00\xff"}, {"?", "#"}} {
		f.Add(seed[0], seed[1])
	}
	base, _ := url.Parse("https://api.example.com/prefix")
	api := NewAPI(http.DefaultClient, base, APIOptions{})
	f.Fuzz(func(t *testing.T, key, value string) {
		target, err := api.dimension(http.MethodGet, key, value)
		if key == "" || value == "" {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		u, err := url.Parse(target)
		require.NoError(t, err)
		rest, ok := strings.CutPrefix(u.EscapedPath(), "/prefix/v2/dimension/")
		require.True(t, ok)
		segments := strings.Split(rest, "/")
		require.Len(t, segments, 2)
		for i, want := range []string{key, value} {
			require.NotContains(t, []string{"", ".", ".."}, segments[i])
			got, err := url.PathUnescape(segments[i])
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		require.Empty(t, u.RawQuery+u.Fragment)
	})
}
