package wavefront

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newTestCSP returns a CSP of an OAuth app, its exchange and its clock.
func newTestCSP(t *testing.T, answer func(n int, w http.ResponseWriter)) (*CSP, *recorder, *clock) {
	server := newRecorder(t, answer)
	c, err := NewCSP(server.client, CSPOptions{URL: server.base(t, ""), AppID: "app", AppSecret: "hush"})
	require.NoError(t, err)
	time := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	c.now = time.Now
	return c, server, time
}

// tokens answers token-0, token-1 and so on.
func tokens(lifetime int) func(int, http.ResponseWriter) {
	return func(n int, w http.ResponseWriter) {
		fmt.Fprintf(w, `{"access_token":"token-%d","expires_in":%d}`, n, lifetime)
	}
}

func TestCSPFlows(t *testing.T) {
	for _, test := range []struct {
		name, uri, body, auth string
		options               CSPOptions
	}{
		{
			"app", "/csp/gateway/am/api/auth/authorize", "grant_type=client_credentials", "Basic YXBwOmh1c2g=",
			CSPOptions{AppID: "app", AppSecret: "hush"},
		},
		{
			"app of an organization", "/csp/gateway/am/api/auth/authorize", "grant_type=client_credentials&orgId=o%26o", "Basic YXBwOmh1c2g=",
			CSPOptions{AppID: "app", AppSecret: "hush", OrgID: "o&o"},
		},
		{
			"API token", "/csp/gateway/am/api/auth/api-tokens/authorize", "api_token=a+b", "",
			CSPOptions{APIToken: "a b"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newRecorder(t, tokens(1799))
			test.options.URL = server.base(t, "/")
			c, err := NewCSP(server.client, test.options)
			require.NoError(t, err)
			for range 2 {
				token, err := c.Token(t.Context())
				require.NoError(t, err)
				assert.Equal(t, "token-0", token)
			}
			got := server.all()
			require.Len(t, got, 1, "the token is kept")
			assert.Equal(t, []string{"POST", test.uri, test.body}, []string{got[0].method, got[0].uri, got[0].body})
			assert.Equal(t, test.auth, got[0].header.Get("Authorization"))
			assert.Equal(t, "application/x-www-form-urlencoded", got[0].header.Get("Content-Type"))
		})
	}
}

func TestCSPNeedsOneKindOfCredentials(t *testing.T) {
	for _, o := range []CSPOptions{{}, {AppID: "a"}, {AppSecret: "s"}, {APIToken: "t", AppID: "a", AppSecret: "s"}, {APIToken: "t", OrgID: "o"}} {
		_, err := NewCSP(http.DefaultClient, o)
		assert.Error(t, err)
	}
}

func TestCSPRenewsBeforeExpiry(t *testing.T) {
	for lifetime, want := range map[int]int{1799: 1619, 600: 420, 599: 569, 40: 10, 30: 15, 1: 0} {
		assert.Equal(t, want, int(renewAfter(time.Duration(lifetime)*time.Second).Seconds()), "expires_in %d", lifetime)
	}

	c, server, clock := newTestCSP(t, tokens(1799))
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "token-0"}, {1618 * time.Second, "token-0"}, {time.Second, "token-1"}, {1618 * time.Second, "token-1"}, {time.Hour, "token-2"}} {
		clock.advance(step.after)
		token, err := c.Token(t.Context())
		require.NoError(t, err)
		assert.Equal(t, step.want, token)
	}
	assert.Len(t, server.all(), 3)
}

func TestCSPUsesTheOldTokenWhileItIsValid(t *testing.T) {
	c, server, clock := newTestCSP(t, func(n int, w http.ResponseWriter) {
		if n == 0 {
			tokens(1799)(n, w)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	ask := func() (string, error) { return c.Token(t.Context()) }
	_, err := ask()
	require.NoError(t, err)

	clock.advance(1700 * time.Second)
	for range 3 {
		token, err := ask()
		require.NoError(t, err)
		assert.Equal(t, "token-0", token)
	}
	assert.Len(t, server.all(), 2, "a failure is not repeated at once")
	clock.advance(cspPause)
	_, err = ask()
	require.NoError(t, err)
	assert.Len(t, server.all(), 3)

	clock.advance(89 * time.Second)
	_, err = ask()
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err), "now it has expired")
}

func TestCSPExchangesOnceForAll(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	c, server, _ := newTestCSP(t, func(n int, w http.ResponseWriter) {
		close(arrived)
		<-release
		tokens(1799)(n, w)
	})
	var wg sync.WaitGroup
	got := make([]string, 20)
	for i := range got {
		wg.Go(func() { got[i], _ = c.Token(t.Context()) })
	}
	<-arrived

	// Who waits for somebody else's exchange need not wait for ever.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Token(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))

	close(release)
	wg.Wait()
	for _, token := range got {
		assert.Equal(t, "token-0", token)
	}
	assert.Len(t, server.all(), 1)
}

func TestCSPFailures(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(int, http.ResponseWriter)
		class  httpsend.Class
	}{
		{"wrong secret", status(401), httpsend.Unauthorized},
		{"unknown API token", status(400), httpsend.Unauthorized},
		{"throttled", status(429), httpsend.Throttled},
		{"down", status(502), httpsend.Retry},
		{"not JSON", func(_ int, w http.ResponseWriter) { fmt.Fprint(w, "<html>hush") }, httpsend.Retry},
		{"no token", func(_ int, w http.ResponseWriter) { fmt.Fprint(w, `{"expires_in":5}`) }, httpsend.Retry},
		{"no lifetime", func(_ int, w http.ResponseWriter) { fmt.Fprint(w, `{"access_token":"hush"}`) }, httpsend.Retry},
		{"message with the secret", func(_ int, w http.ResponseWriter) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"message":"no hush YXBwOmh1c2g="}`)
		}, httpsend.Unauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, server, _ := newTestCSP(t, test.answer)
			var noted []error
			c.notify = func(err error) { noted = append(noted, err) }
			for range 2 {
				token, err := c.Token(t.Context())
				assert.Empty(t, token)
				assert.Equal(t, test.class, httpsend.ClassOf(err))
				assert.NotContains(t, err.Error(), "hush")
				assert.NotContains(t, err.Error(), "YXBwOmh1c2g=")
			}
			assert.Len(t, server.all(), 1, "a failure is remembered for a while")
			assert.Len(t, noted, 1)
		})
	}
}

func TestCSPOneCallersTimeoutIsNotEverybodys(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	c, _, _ := newTestCSP(t, func(n int, w http.ResponseWriter) {
		if n == 0 {
			cancel()
			<-release
		}
		tokens(1799)(n, w)
	})
	_, err := c.Token(ctx)
	require.ErrorIs(t, err, context.Canceled)
	close(release)
	token, err := c.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "token-1", token)
}

func TestARefusedTokenIsExchangedOnce(t *testing.T) {
	c, exchange, clock := newTestCSP(t, tokens(1799))
	var accepted string
	service := newRecorder(t, nil)
	service.answer = func(n int, w http.ResponseWriter) {
		if service.all()[n].header.Get("Authorization") != accepted {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	h, err := NewHTTP(service.client, service.base(t, ""), HTTPOptions{Auth: c})
	require.NoError(t, err)
	send := func() error { return h.Send(t.Context(), FormatMetrics, []byte("line\n")) }

	accepted = "Bearer token-0"
	require.NoError(t, send())

	accepted = "Bearer token-1" // the service forgot token-0 before its time
	clock.advance(time.Minute)
	require.NoError(t, send())
	assert.Len(t, exchange.all(), 2)
	assert.Len(t, service.all(), 3)
	assert.Equal(t, "line\n", service.all()[2].body)

	accepted = "nothing"
	clock.advance(cspPause / 4)
	postponed := new(httpsend.Error)
	require.ErrorAs(t, send(), &postponed)
	assert.Equal(t, httpsend.Retry, postponed.Class, "the credentials are good, so another token may be")
	assert.Equal(t, cspPause*3/4, postponed.RetryAfter)
	assert.Len(t, exchange.all(), 2, "a token that is new is not exchanged again")
	clock.advance(time.Minute)
	require.ErrorAs(t, send(), &postponed)
	assert.Equal(t, httpsend.Retry, postponed.Class)
	assert.Equal(t, cspPause, postponed.RetryAfter)
	assert.Len(t, exchange.all(), 3)
	assert.Len(t, service.all(), 6, "one request again, not more")
}

// A token that the service forgot while the exchange is down is not the credentials'
// fault: what it should have carried must stay in the queue.
func TestARefusedTokenWhileTheExchangeIsDown(t *testing.T) {
	down := true
	c, exchange, clock := newTestCSP(t, func(n int, w http.ResponseWriter) {
		if n > 0 && down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		tokens(1799)(n, w)
	})
	service := newRecorder(t, nil)
	service.answer = func(n int, w http.ResponseWriter) {
		if service.all()[n].header.Get("Authorization") == "Bearer token-0" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	h, err := NewHTTP(service.client, service.base(t, ""), HTTPOptions{Auth: c})
	require.NoError(t, err)
	_, err = c.Token(t.Context())
	require.NoError(t, err)
	clock.advance(1700 * time.Second) // it is due, but valid for 99 seconds more

	for range 3 {
		err := h.Send(t.Context(), FormatMetrics, []byte("line\n"))
		assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err), "%v", err)
	}
	assert.Len(t, service.all(), 1, "a token that was refused is not used again")
	assert.Len(t, exchange.all(), 2, "nor is the exchange asked at once")

	down = false
	clock.advance(cspPause)
	assert.NoError(t, h.Send(t.Context(), FormatMetrics, []byte("line\n")))
	assert.Len(t, exchange.all(), 3)
}

func TestAFailedExchangeSendsNothing(t *testing.T) {
	c, _, _ := newTestCSP(t, status(401))
	service := newRecorder(t, status(200))
	h, err := NewHTTP(service.client, service.base(t, ""), HTTPOptions{Auth: c})
	require.NoError(t, err)
	assert.Equal(t, httpsend.Unauthorized, httpsend.ClassOf(h.Send(t.Context(), FormatMetrics, []byte("line\n"))))
	assert.Empty(t, service.all())
}

func TestTokensAreNotPrinted(t *testing.T) {
	assert.NotContains(t, fmt.Sprintf("%v %s %q", APIToken("secret"), APIToken("secret"), APIToken("secret")), "secret")
}
