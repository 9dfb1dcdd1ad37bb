package wavefront

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// recorder is a server that keeps what it was sent and answers by script.
type recorder struct {
	*httptest.Server
	client *http.Client

	mu       sync.Mutex
	requests []recorded
	answer   func(n int, w http.ResponseWriter) // n counts from 0
}

type recorded struct {
	method, uri, body string
	header            http.Header
}

func newRecorder(t *testing.T, answer func(n int, w http.ResponseWriter)) *recorder {
	r := &recorder{answer: answer}
	r.Server = httptest.NewServer(r)
	transport := &http.Transport{}
	r.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		r.Close()
	})
	return r
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body := io.Reader(req.Body)
	if req.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(req.Body)
	}
	text, _ := io.ReadAll(body)
	r.mu.Lock()
	n := len(r.requests)
	r.requests = append(r.requests, recorded{req.Method, req.RequestURI, string(text), req.Header})
	r.mu.Unlock()
	r.answer(n, w)
}

func (r *recorder) all() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

func (r *recorder) base(t *testing.T, prefix string) *url.URL {
	u, err := url.Parse(r.URL + prefix)
	require.NoError(t, err)
	return u
}

func status(code int) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) { w.WriteHeader(code) }
}

func TestReport(t *testing.T) {
	long := strings.Repeat("\"m\" 1.0 source=\"s\"\n", 100)
	for _, test := range []struct {
		name, prefix, body, wantURI, wantEncoding string
		format                                    Format
		auth                                      Authorizer
		wantAuth                                  string
	}{
		{"metrics to the service", "", long, "/report?f=wavefront", "gzip", FormatMetrics, APIToken("secret"), "Bearer secret"},
		{"histograms", "", long, "/report?f=histogram", "gzip", FormatHistograms, APIToken("secret"), "Bearer secret"},
		{"spans", "", long, "/report?f=trace", "gzip", FormatSpans, APIToken("secret"), "Bearer secret"},
		{"span logs", "", long, "/report?f=spanLogs", "gzip", FormatSpanLogs, APIToken("secret"), "Bearer secret"},
		{"a prefix stays", "/pre/", long, "/pre/report?f=wavefront", "gzip", FormatMetrics, nil, ""},
		{"short bodies are not compressed", "", "\"m\" 1.0 source=\"s\"\n", "/report?f=wavefront", "", FormatMetrics, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newRecorder(t, status(http.StatusAccepted))
			h, err := NewHTTP(server.client, server.base(t, test.prefix), HTTPOptions{Auth: test.auth, GzipLevel: 1, UserAgent: "test/1"})
			require.NoError(t, err)
			require.NoError(t, h.Send(t.Context(), test.format, []byte(test.body)))
			got := server.all()
			require.Len(t, got, 1)
			assert.Equal(t, http.MethodPost, got[0].method)
			assert.Equal(t, test.wantURI, got[0].uri)
			assert.Equal(t, test.body, got[0].body)
			assert.Equal(t, test.wantEncoding, got[0].header.Get("Content-Encoding"))
			assert.Equal(t, test.wantAuth, got[0].header.Get("Authorization"))
			assert.Equal(t, "application/octet-stream", got[0].header.Get("Content-Type"))
			assert.Equal(t, "test/1", got[0].header.Get("User-Agent"))
		})
	}
}

func TestEventIsJSONAndNotCompressed(t *testing.T) {
	server := newRecorder(t, status(http.StatusOK))
	h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{Auth: APIToken("secret"), GzipLevel: 1})
	require.NoError(t, err)
	event := `{"name":"` + strings.Repeat("n", 2000) + `"}`
	require.NoError(t, h.SendEvent(t.Context(), []byte(event)))
	got := server.all()[0]
	assert.Equal(t, "/api/v2/event", got.uri)
	assert.Equal(t, "application/json", got.header.Get("Content-Type"))
	assert.Empty(t, got.header.Get("Content-Encoding"))
	assert.Equal(t, event, got.body)
}

func TestStatuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		proxy   bool
		class   httpsend.Class
		meaning string
	}{
		{"accepted", 202, false, httpsend.Delivered, ""},
		{"ok", 200, false, httpsend.Delivered, ""},
		{"no content", 204, false, httpsend.Delivered, ""},
		{"bad request", 400, false, httpsend.Rejected, "nothing in the request"},
		{"bad request to a proxy", 400, true, httpsend.Rejected, "right port"},
		{"token refused", 401, false, httpsend.Unauthorized, "token is not valid"},
		{"token refused by a proxy", 401, true, httpsend.Unauthorized, "authMethod"},
		{"permission", 403, false, httpsend.Unauthorized, "Direct Data Ingestion permission"},
		{"data type behind a proxy", 403, true, httpsend.Unauthorized, "does not take this type of data"},
		{"wrong path", 404, false, httpsend.Rejected, "no such path"},
		{"pushback", 406, false, httpsend.Throttled, "pushback"},
		{"pushback of a proxy", 406, true, httpsend.Throttled, "pushback"},
		{"proxy authentication", 407, false, httpsend.Retry, "credentials"},
		{"timeout", 408, false, httpsend.Retry, "timed out"},
		{"too large", 413, false, httpsend.TooLarge, "too large"},
		{"too large for a proxy", 413, true, httpsend.TooLarge, "pushListenerHttpBufferSize"},
		{"throttled", 429, false, httpsend.Throttled, "too many"},
		{"failure", 500, false, httpsend.Retry, "failed"},
		{"unavailable", 503, false, httpsend.Retry, "failed"},
		{"redirect", 302, false, httpsend.Rejected, "redirects"},
		{"teapot", 418, false, httpsend.Rejected, "unexpected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newRecorder(t, func(_ int, w http.ResponseWriter) {
				w.Header().Set("Location", "/elsewhere")
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(test.status)
				if test.status != 204 {
					fmt.Fprint(w, "feature is off for secret")
				}
			})
			h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{Auth: APIToken("secret"), Proxy: test.proxy})
			require.NoError(t, err)
			err = h.Send(t.Context(), FormatMetrics, []byte("x\n"))
			assert.Equal(t, test.class, httpsend.ClassOf(err))
			assert.Len(t, server.all(), 1, "one attempt")
			if err != nil {
				assert.ErrorContains(t, err, test.meaning)
				assert.ErrorContains(t, err, "feature is off")
				assert.NotContains(t, err.Error(), "secret")
				var failed *httpsend.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, 7*time.Second, failed.RetryAfter)
			}
		})
	}
}

// What answers with a page is neither the service nor a proxy, and has thrown the data away.
func TestASuccessThatIsAPageIsNone(t *testing.T) {
	for name, proxy := range map[string]bool{"of the service": false, "of a proxy": true} {
		t.Run(name, func(t *testing.T) {
			server := newRecorder(t, func(_ int, w http.ResponseWriter) {
				_, _ = io.WriteString(w, "\n<!DOCTYPE html><title>Please log in</title>")
			})
			h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{Proxy: proxy})
			require.NoError(t, err)
			for what, err := range map[string]error{
				"lines":    h.Send(t.Context(), FormatMetrics, []byte("\"m\" 1.0 source=\"s\"\n")),
				"an event": h.SendEvent(t.Context(), []byte(`{}`)),
			} {
				assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err), what)
				assert.ErrorContains(t, err, "the answer is a page", what)
			}
		})
	}
}

func TestPermissionsAreNamed(t *testing.T) {
	server := newRecorder(t, status(http.StatusForbidden))
	h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{Auth: APIToken("t")})
	require.NoError(t, err)
	assert.ErrorContains(t, h.SendEvent(t.Context(), []byte("{}")), "Events permission")
	assert.ErrorContains(t, h.AddSourceTag(t.Context(), "s", "t"), "Source Tags permission")
}

func TestObserverLearnsTheFormat(t *testing.T) {
	server := newRecorder(t, func(n int, w http.ResponseWriter) { w.WriteHeader([]int{202, 406}[n]) })
	var seen []string
	h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{
		Observe: func(_ context.Context, f Format, a httpsend.Attempt) {
			seen = append(seen, fmt.Sprint(f, " ", a.Status, " ", a.Class, " ", a.PayloadBytes))
		},
	})
	require.NoError(t, err)
	require.NoError(t, h.Send(t.Context(), FormatSpans, []byte("line\n")))
	require.Error(t, h.SendEvent(t.Context(), []byte("{}")))
	assert.Equal(t, []string{"trace 202 delivered 5", "event 406 throttled 2"}, seen)
}

func TestNobodyListens(t *testing.T) {
	server := newRecorder(t, status(200))
	base := server.base(t, "")
	server.Close()
	h, err := NewHTTP(server.client, base, HTTPOptions{})
	require.NoError(t, err)
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(h.Send(t.Context(), FormatMetrics, []byte("x\n"))))
	assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(h.Send(t.Context(), "graphite", []byte("x\n"))))
	_, err = NewHTTP(server.client, base, HTTPOptions{GzipLevel: 12})
	assert.Error(t, err)
}

func TestSourceAPI(t *testing.T) {
	for _, test := range []struct {
		name, method, uri, body string
		call                    func(context.Context, *HTTP) error
	}{
		{"add", "PUT", "/api/v2/source/a%2Fb%20c/tag/env", "", func(ctx context.Context, h *HTTP) error { return h.AddSourceTag(ctx, "a/b c", "env") }},
		{"remove", "DELETE", "/api/v2/source/s/tag/env", "", func(ctx context.Context, h *HTTP) error { return h.RemoveSourceTag(ctx, "s", "env") }},
		{"set", "POST", "/api/v2/source/s/tag", `["a","b"]`, func(ctx context.Context, h *HTTP) error { return h.SetSourceTags(ctx, "s", []string{"a", "b"}) }},
		{"clear", "POST", "/api/v2/source/s/tag", `[]`, func(ctx context.Context, h *HTTP) error { return h.SetSourceTags(ctx, "s", nil) }},
		{"describe", "POST", "/api/v2/source/s/description", `rack "7"`, func(ctx context.Context, h *HTTP) error { return h.SetSourceDescription(ctx, "s", `rack "7"`) }},
		{"do not describe", "DELETE", "/api/v2/source/s/description", "", func(ctx context.Context, h *HTTP) error { return h.RemoveSourceDescription(ctx, "s") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newRecorder(t, status(http.StatusOK))
			h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{Auth: APIToken("secret")})
			require.NoError(t, err)
			require.NoError(t, test.call(t.Context(), h))
			got := server.all()[0]
			assert.Equal(t, []string{test.method, test.uri, test.body}, []string{got.method, got.uri, got.body})
			assert.Equal(t, "Bearer secret", got.header.Get("Authorization"))
		})
	}
}

func TestSourceAPIThatIsNotThere(t *testing.T) {
	server := newRecorder(t, status(http.StatusNotFound))
	h, err := NewHTTP(server.client, server.base(t, ""), HTTPOptions{})
	require.NoError(t, err)
	assert.NoError(t, h.RemoveSourceTag(t.Context(), "s", "env"), "what is gone need not be removed")
	assert.NoError(t, h.RemoveSourceDescription(t.Context(), "s"))
	assert.Error(t, h.AddSourceTag(t.Context(), "s", "env"))
	before := len(server.all())
	assert.Error(t, h.AddSourceTag(t.Context(), "..", "env"))
	assert.Error(t, h.RemoveSourceTag(t.Context(), "s", " "))
	assert.Len(t, server.all(), before, "nothing is sent for a path that means something else")
}

func TestParseEndpoint(t *testing.T) {
	for _, test := range []struct{ text, base, tcp, err string }{
		{"https://x.wavefront.com", "https://x.wavefront.com", "", ""},
		{"http://proxy:2878/pre", "http://proxy:2878/pre", "", ""},
		{"tcp://proxy:2878", "", "proxy:2878", ""},
		{"tcp://[::1]:2878/", "", "[::1]:2878", ""},
		{"tcp://proxy", "", "", "host, port"},
		{"tcp://proxy:2878/x", "", "", "no path"},
		{"https://token@x.wavefront.com", "", "", "token on its own"},
		{"https://x.wavefront.com?t=1", "", "", "query"},
		{"proxy:2878", "", "", "not a URL"},
		{"ftp://proxy", "", "", "scheme"},
		{"", "", "", "not a URL"},
	} {
		t.Run(test.text, func(t *testing.T) {
			e, err := ParseEndpoint(test.text)
			if test.err != "" {
				assert.ErrorContains(t, err, test.err)
				assert.NotContains(t, err.Error(), "token@")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.tcp, e.TCP)
			if test.base != "" {
				assert.Equal(t, test.base, e.Base.String())
			}
		})
	}
}
