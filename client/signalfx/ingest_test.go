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

func TestBaseURLs(t *testing.T) {
	cases := map[string]struct{ url, want string }{
		"host alone":                    {"https://ingest.us1.signalfx.com", "https://ingest.us1.signalfx.com/v2/datapoint"},
		"trailing slash":                {"https://h/", "https://h/v2/datapoint"},
		"prefix is kept":                {"http://h:8080/relay/sfx", "http://h:8080/relay/sfx/v2/datapoint"},
		"path that is already complete": {"https://h/p/v2/datapoint", "https://h/p/v2/datapoint"},
		"complete path with a slash":    {"https://h/v2/datapoint/", "https://h/v2/datapoint/"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			base, err := ParseBaseURL(c.url)
			require.NoError(t, err)
			assert.Equal(t, c.want, withPath(base, datapointPath))
		})
	}
}

func TestBaseURLsThatAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no scheme":      "ingest.us1.signalfx.com",
		"other scheme":   "ftp://h",
		"no host":        "https:///v2",
		"credentials":    "https://user:hunter2@h",
		"query":          "https://h?token=hunter2",
		"not a URL":      "://",
		"just the realm": "us1",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseBaseURL(text)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestRealms(t *testing.T) {
	got, err := IngestURL("us1", DefaultDomain)
	require.NoError(t, err)
	assert.Equal(t, "https://ingest.us1.observability.splunkcloud.com", got)
	got, err = APIURL("eu0", LegacyDomain)
	require.NoError(t, err)
	assert.Equal(t, "https://api.eu0.signalfx.com", got)
	for _, realm := range []string{"", "https://ingest.us1.signalfx.com", "us1/", "us 1", "US1"} {
		_, err := IngestURL(realm, DefaultDomain)
		assert.ErrorContains(t, err, "us1 or eu0", realm)
	}
}

// TestAnswers is the status table with its twists.
func TestAnswers(t *testing.T) {
	soon := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
	cases := map[string]struct {
		status     int
		header     map[string]string
		body       string
		class      httpsend.Class
		wait       time.Duration
		mentioning string
	}{
		"200 with OK":                {status: 200, body: `"OK"`, class: httpsend.Delivered},
		"200 with OK and a newline":  {status: 200, body: "\"OK\"\n", class: httpsend.Delivered},
		"200 from a login page":      {status: 200, body: "<html>welcome</html>", class: httpsend.Retry, mentioning: "does not come from the ingest service"},
		"200 with nothing":           {status: 200, class: httpsend.Retry, mentioning: `not "OK"`},
		"202":                        {status: 202, body: `"OK"`, class: httpsend.Delivered},
		"400":                        {status: 400, body: `{"message":"bad"}`, class: httpsend.Rejected, mentioning: "bad"},
		"401 names the token":        {status: 401, class: httpsend.Unauthorized, mentioning: "access token"},
		"401 that echoes the token":  {status: 401, body: "no such token: s3cret-token", class: httpsend.Unauthorized, mentioning: "[REDACTED]"},
		"403":                        {status: 403, class: httpsend.Unauthorized, mentioning: "ingest scope"},
		"404 names the URL":          {status: 404, class: httpsend.Rejected, mentioning: "ingest URL"},
		"405":                        {status: 405, class: httpsend.Rejected},
		"408":                        {status: 408, class: httpsend.Retry},
		"413":                        {status: 413, class: httpsend.TooLarge},
		"415":                        {status: 415, class: httpsend.Rejected},
		"422, not in the table":      {status: 422, class: httpsend.Rejected, mentioning: "unexpected status"},
		"429 without Retry-After":    {status: 429, class: httpsend.Throttled},
		"429 with seconds":           {status: 429, header: map[string]string{"Retry-After": "13"}, class: httpsend.Throttled, wait: 13 * time.Second},
		"429 with a date":            {status: 429, header: map[string]string{"Retry-After": soon}, class: httpsend.Throttled, wait: 90 * time.Second},
		"429 with garbage":           {status: 429, header: map[string]string{"Retry-After": "later"}, class: httpsend.Throttled},
		"429 with a negative number": {status: 429, header: map[string]string{"Retry-After": "-5"}, class: httpsend.Throttled},
		"429 with the vendor's word": {status: 429, header: map[string]string{"Throttle-Type": "dpm"}, class: httpsend.Throttled, mentioning: "dpm"},
		"503 with seconds":           {status: 503, header: map[string]string{"Retry-After": "2"}, class: httpsend.Throttled, wait: 2 * time.Second},
		"500":                        {status: 500, class: httpsend.Retry},
		"502 with a page":            {status: 502, body: "<h1>Bad Gateway</h1>", class: httpsend.Retry, mentioning: "Bad Gateway"},
		"599":                        {status: 599, class: httpsend.Retry},
		"302 is not followed":        {status: 302, header: map[string]string{"Location": "http://127.0.0.1:1/"}, class: httpsend.Rejected, mentioning: "redirects are not followed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ingest := serve(t, func(w http.ResponseWriter, r *http.Request) {
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			err := ingest.SendDatapoints(t.Context(), "s3cret-token", []byte("x"))
			assert.Equal(t, c.class, httpsend.ClassOf(err))
			if c.class == httpsend.Delivered {
				require.NoError(t, err)
				return
			}
			var failed *httpsend.Error
			require.ErrorAs(t, err, &failed)
			assert.InDelta(t, c.wait, failed.RetryAfter, float64(2*time.Second))
			assert.Contains(t, err.Error(), c.mentioning)
			assert.NotContains(t, err.Error(), "s3cret-token")
		})
	}
}

func TestRequestsSayWhatTheyHold(t *testing.T) {
	var got *http.Request
	var body string
	ingest := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		_, _ = io.WriteString(w, `"OK"`)
	})
	cases := map[string]struct {
		send        func(context.Context, string, []byte) error
		path, media string
	}{
		"datapoints":      {ingest.SendDatapoints, "/p/v2/datapoint", "application/x-protobuf"},
		"OTLP histograms": {ingest.SendHistograms, "/p/v2/datapoint", "application/x-protobuf;format=otlp"},
		"events":          {ingest.SendEvents, "/p/v2/event", "application/x-protobuf"},
		"traces": {func(ctx context.Context, token string, body []byte) error {
			_, err := ingest.SendTraces(ctx, token, body)
			return err
		}, "/p/v2/trace/otlp", "application/x-protobuf"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.send(t.Context(), "tok", []byte("payload")))
			assert.Equal(t, http.MethodPost, got.Method)
			assert.Equal(t, c.path, got.URL.Path)
			assert.Equal(t, c.media, got.Header.Get("Content-Type"))
			assert.Equal(t, "tok", got.Header.Get(TokenHeader))
			assert.Equal(t, "test/1", got.Header.Get("User-Agent"))
			assert.Empty(t, got.Header.Get("Content-Encoding"), "a small body is not compressed")
			assert.Equal(t, "payload", body)
		})
	}
	t.Run("a body over the vendor's bound is compressed", func(t *testing.T) {
		require.NoError(t, ingest.SendDatapoints(t.Context(), "tok", []byte(strings.Repeat("x", MinCompressedBytes+1))))
		assert.Equal(t, "gzip", got.Header.Get("Content-Encoding"))
		assert.Less(t, len(body), 200)
	})
}

func TestAnswersToSpans(t *testing.T) {
	for name, c := range map[string]struct {
		answer   string
		rejected int
		class    httpsend.Class
	}{
		"a count":            {"5", 0, httpsend.Delivered},
		"nothing":            {"", 0, httpsend.Delivered},
		"spans by reason":    {`{"invalidSpans":["1","2"],"tooOld":["3"]}`, 3, httpsend.Delivered},
		"a page, by a proxy": {"<html>login</html>", 0, httpsend.Retry},
	} {
		t.Run(name, func(t *testing.T) {
			ingest := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.answer) })
			rejected, err := ingest.SendTraces(t.Context(), "tok", []byte("x"))
			assert.Equal(t, c.class, httpsend.ClassOf(err))
			assert.Equal(t, c.rejected, rejected)
		})
	}
}

func TestATokenThatNoHeaderTakesIsNotSent(t *testing.T) {
	ingest := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") })
	err := ingest.SendDatapoints(t.Context(), "bad\ntoken", []byte("x"))
	assert.Equal(t, httpsend.Unauthorized, httpsend.ClassOf(err))
	assert.NotContains(t, err.Error(), "bad")
}

func serve(t *testing.T, handler http.HandlerFunc) *Ingest {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL + "/p")
	require.NoError(t, err)
	ingest, err := NewIngest(server.Client(), base, IngestOptions{UserAgent: "test/1", GzipLevel: 1})
	require.NoError(t, err)
	return ingest
}
