package wavefront

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const (
	contentLines = "application/octet-stream"
	contentJSON  = "application/json"
)

// HTTPOptions configure an HTTP.
type HTTPOptions struct {
	// Auth hands out the token; nil sends none, as a proxy that wants none expects.
	Auth Authorizer
	// Proxy says that the other side is a proxy, whose answers mean other things.
	Proxy bool
	// UserAgent is sent with every request, when not empty.
	UserAgent string
	// GzipLevel is 1 (fastest) to 9; 0 leaves compression to the HTTP client. The
	// service takes events uncompressed only.
	GzipLevel int
	// Observe, when set, is told of every request.
	Observe func(context.Context, Format, httpsend.Attempt)
}

// HTTP sends to the service or to a proxy. It is safe for concurrent use. Every
// error of a request is an *httpsend.Error whose class says what to do next.
type HTTP struct {
	auth    Authorizer
	base    *url.URL
	reports map[Format]*target
	event   *target
	source  *target
}

// target is one kind of requests.
type target struct {
	url    string
	sender httpsend.Sender
}

// NewHTTP returns a sender to base. The client's timeout is the only one.
func NewHTTP(client *http.Client, base *url.URL, o HTTPOptions) (*HTTP, error) {
	h := &HTTP{auth: o.Auth, base: base, reports: map[Format]*target{}}
	plain := httpsend.Sender{
		Client: httpsend.NoRedirects(client), UserAgent: o.UserAgent,
		CheckAnswer: httpsend.NoPage("Wavefront"),
	}
	lines := plain
	lines.Statuses = ReportStatuses
	if o.Proxy {
		lines.Statuses = ProxyStatuses
	}
	if o.GzipLevel > 0 {
		gzip, err := httpsend.NewGzip(o.GzipLevel, MinCompressedBytes)
		if err != nil {
			return nil, err
		}
		lines.Gzip = gzip
	}
	for _, f := range formats {
		h.reports[f] = newTarget(at(base, reportPath)+"?f="+string(f), lines, lines.Statuses, f, o)
	}
	h.event = newTarget(at(base, eventPath), plain, EventStatuses, FormatEvents, o)
	h.source = newTarget("", plain, SourceStatuses, FormatSources, o)
	return h, nil
}

func newTarget(url string, sender httpsend.Sender, statuses httpsend.Table, f Format, o HTTPOptions) *target {
	sender.Statuses = statuses
	if o.Observe != nil {
		sender.Observe = func(ctx context.Context, a httpsend.Attempt) { o.Observe(ctx, f, a) }
	}
	return &target{url: url, sender: sender}
}

// Send posts lines of one format. The service says 202 and drops what it cannot
// read; a proxy does the same. A request whose token was refused is sent once more
// when Auth has another token.
func (h *HTTP) Send(ctx context.Context, f Format, lines []byte) error {
	t, ok := h.reports[f]
	if !ok {
		return &httpsend.Error{Class: httpsend.Rejected, Target: "report", Meaning: "no such format: " + string(f)}
	}
	return h.do(ctx, t, &httpsend.Request{URL: t.url, ContentType: contentLines, Body: [][]byte{lines}})
}

// SendEvent posts one event to the service, as AppendEventJSON made it.
func (h *HTTP) SendEvent(ctx context.Context, event []byte) error {
	return h.do(ctx, h.event, &httpsend.Request{URL: h.event.url, ContentType: contentJSON, Body: [][]byte{event}})
}

// do sends a request, once more when its token was refused and there is another. When there
// will be another one later, the request is to be sent again then.
func (h *HTTP) do(ctx context.Context, t *target, r *httpsend.Request) error {
	if h.auth == nil {
		_, err := t.sender.Send(ctx, r)
		return err
	}
	for again := false; ; again = true {
		token, err := h.attempt(ctx, t, r)
		if token == "" || statusOf(err) != http.StatusUnauthorized {
			return err
		}
		another, in := h.auth.Refused(token)
		switch {
		case !another:
			return err
		case in > 0 || again:
			return later(err, in)
		}
	}
}

// later makes of a refusal one that may be over after a while.
func later(err error, in time.Duration) error {
	e, ok := errors.AsType[*httpsend.Error](err)
	if !ok {
		return err
	}
	postponed := *e
	postponed.Class, postponed.RetryAfter = httpsend.Retry, in
	postponed.Meaning = "the token that was exchanged is not valid here (any more); waiting for another one. If it stays so, check the host"
	return &postponed
}

// attempt sends a request once, with the token that it returns; without one, nothing was sent.
func (h *HTTP) attempt(ctx context.Context, t *target, r *httpsend.Request) (string, error) {
	token, err := h.auth.Token(ctx)
	if err != nil {
		return "", err
	}
	r.Header = http.Header{"Authorization": {"Bearer " + token}}
	r.Secrets = []string{token}
	_, err = t.sender.Send(ctx, r)
	return token, err
}

// statusOf is the HTTP status of a failed request, 0 when there was none.
func statusOf(err error) int {
	if e, ok := errors.AsType[*httpsend.Error](err); ok {
		return e.Status
	}
	return 0
}
