package httpsend

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func server(t *testing.T, handler http.HandlerFunc) (*Sender, string) {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return &Sender{Client: NoRedirects(s.Client())}, s.URL
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	cases := map[string]struct {
		value string
		want  time.Duration
	}{
		"absent":               {"", 0},
		"seconds":              {"120", 2 * time.Minute},
		"white space":          {" 5 ", 5 * time.Second},
		"zero":                 {"0", 0},
		"negative":             {"-1", 0},
		"fraction":             {"1.5", 0},
		"too large a number":   {"99999999999", 0},
		"garbage":              {"soon", 0},
		"a date":               {"Fri, 02 Jan 2026 03:05:05 GMT", time.Minute},
		"a date that is past":  {"Fri, 02 Jan 2026 03:03:05 GMT", 0},
		"a date of RFC 850":    {"Friday, 02-Jan-26 03:05:05 GMT", time.Minute},
		"a date of the C form": {"Fri Jan  2 03:05:05 2026", time.Minute},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, retryAfter(http.Header{"Retry-After": {c.value}}, now))
		})
	}
}

func TestStatusesNoTableCovers(t *testing.T) {
	table := Table{{First: 500, Last: 599, Class: Retry}, {First: 429, Class: Throttled}}
	assert.Equal(t, Retry, table.Find(599).Class)
	assert.Equal(t, Throttled, table.Find(429).Class)
	assert.Equal(t, Rejected, table.Find(430).Class)
	assert.Contains(t, table.Find(307).Meaning, "redirects are not followed")
}

func TestRedirectsCarryNoCredentialsAway(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	s, url := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	_, err := s.Send(t.Context(), &Request{URL: url, Header: http.Header{"X-Token": {"secret"}}, Body: [][]byte{[]byte("x")}})
	assert.Equal(t, Rejected, ClassOf(err))
	assert.ErrorContains(t, err, "configure the final URL")
}

func TestGzipBeginsAboveItsBound(t *testing.T) {
	var encoding, body string
	s, url := server(t, func(_ http.ResponseWriter, r *http.Request) {
		encoding = r.Header.Get("Content-Encoding")
		reader := io.Reader(r.Body)
		if encoding == "gzip" {
			reader, _ = gzip.NewReader(r.Body)
		}
		b, _ := io.ReadAll(reader)
		body = string(b)
	})
	var err error
	s.Gzip, err = NewGzip(1, 10)
	require.NoError(t, err)
	var seen []Attempt
	s.Observe = func(_ context.Context, a Attempt) { seen = append(seen, a) }
	for n, want := range map[int]string{10: "", 11: "gzip"} {
		_, err := s.Send(t.Context(), &Request{URL: url, Body: [][]byte{[]byte("{"), bytes.Repeat([]byte("a"), n-1)}})
		require.NoError(t, err)
		assert.Equal(t, want, encoding, n)
		assert.Equal(t, "{"+strings.Repeat("a", n-1), body)
		last := seen[len(seen)-1]
		assert.Equal(t, n, last.PayloadBytes)
		assert.Equal(t, want == "", last.WireBytes == n)
		assert.Equal(t, 200, last.Status)
	}
	assert.Len(t, seen, 2, "an attempt is observed once")
	_, err = NewGzip(42, 0)
	assert.Error(t, err)
}

func TestNoAnswer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	s := &Sender{Client: NoRedirects(&http.Client{})}
	_, err = s.Send(t.Context(), &Request{URL: "http://user:hunter2@" + address + "/p?token=hunter2"})
	assert.Equal(t, Retry, ClassOf(err))
	assert.NotContains(t, err.Error(), "hunter2")
	assert.Contains(t, err.Error(), address+"/p")
}

func TestBadURL(t *testing.T) {
	_, err := (&Sender{Client: http.DefaultClient}).Send(t.Context(), &Request{URL: "http://h:hunter2 x/"})
	assert.Equal(t, Rejected, ClassOf(err))
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestCanceled(t *testing.T) {
	s, url := server(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Send(ctx, &Request{URL: url})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, Retry, ClassOf(err))
}

func TestAnAnswerThatBreaksOffIsRetried(t *testing.T) {
	s, url := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	})
	_, err := s.Send(t.Context(), &Request{URL: url})
	assert.Equal(t, Retry, ClassOf(err))
	assert.ErrorContains(t, err, "broke off")
}

func TestMessagesAreReadableAndBounded(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"nothing":            {"", ""},
		"white space folded": {"a\r\n\t b", "a b"},
		"control characters": {"a\x00\x1b[31mb", "a [31mb"},
		"not UTF-8":          {"a\xff\xfeb", "ab"},
		"a secret":           {"token s3cret is bad", "token [REDACTED] is bad"},
		"long":               {strings.Repeat("é", 1000), strings.Repeat("é", 300) + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, Message([]byte(c.body), []string{"s3cret", ""}))
		})
	}
}

// An early answer ends Do while the transport may still be reading the body: its
// buffer must not be given to the next request. The race detector sees it if it is.
func TestBuffersOutliveAnEarlyAnswer(t *testing.T) {
	s, url := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Early") != "" {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusTooManyRequests)
			return // the body is left unread
		}
		b, _ := io.ReadAll(r.Body)
		if len(b) > 0 && bytes.Count(b, b[:1]) != len(b) {
			t.Error("a body holds bytes of another one")
		}
	})
	s.Statuses = Table{{First: 429, Class: Throttled}}
	var senders sync.WaitGroup
	for n := range 8 {
		senders.Go(func() {
			body := bytes.Repeat([]byte{byte('a' + n)}, 256<<10)
			for i := range 10 {
				header := http.Header{}
				if i%2 == 0 {
					header.Set("X-Early", "1")
				}
				_, _ = s.Send(t.Context(), &Request{URL: url, Header: header, Body: [][]byte{body}})
			}
		})
	}
	senders.Wait()
	s.Client.CloseIdleConnections()
}

func TestAnUnreadRequestIsSentAgainOverHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		_, _ = w.Write(b)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	sender := &Sender{Client: NoRedirects(s.Client())}
	answer, err := sender.Send(t.Context(), &Request{URL: s.URL, Body: [][]byte{[]byte("a"), []byte("b")}})
	require.NoError(t, err)
	assert.Equal(t, "ab", string(answer.Body))
	p := newPayload()
	req, err := sender.newRequest(t.Context(), &Request{URL: s.URL, Body: [][]byte{[]byte("again")}}, p)
	require.NoError(t, err)
	for range 2 {
		body, err := req.GetBody()
		require.NoError(t, err)
		b, _ := io.ReadAll(body)
		assert.Equal(t, "again", string(b))
		require.NoError(t, body.Close())
		require.NoError(t, body.Close(), "a body may be closed twice")
	}
	assert.EqualValues(t, 2, p.refs.Load(), "ours, and the request's own")
}
