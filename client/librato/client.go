package librato

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Options configure a Client.
type Options struct {
	// API is the service that the other end speaks; the zero value is AppOptics.
	API API
	// Credentials are sent with every request; the zero value sends none.
	Credentials Credentials
	// UserAgent is sent with every request, when not empty. The service shows it as
	// the attribute created_by_ua of the metrics that it creates.
	UserAgent string
	// GzipLevel is 1 (fastest) to 9; 0 sends bodies uncompressed. AppOptics took
	// gzip from the vendor's Go client; whether Librato did is not known.
	GzipLevel int
	// Patience is how long, in all, a call other than Send may wait for a service that
	// says when its rate limit is over, before it asks again. Zero never waits: the
	// error has the class Throttled and RetryAfter.
	Patience time.Duration
	// Observe, when set, is told of every attempt.
	Observe func(context.Context, httpsend.Attempt)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Client makes requests to one service. It is immutable and safe for concurrent
// use. Its errors are *httpsend.Error, whose class says what to do next and which
// wraps a *Fault when the service said more; arguments that no request can be made
// of give other errors.
type Client struct {
	api     API
	root    string
	sender  httpsend.Sender
	observe func(context.Context, httpsend.Attempt)
	header  http.Header
	secrets []string
	now     func() time.Time

	patience time.Duration
}

const (
	// maxAnswerBytes is room for all charts of a large space.
	maxAnswerBytes = 16 << 20
	// maxReceiptBytes is room for an error about each measurement of a request. What answers
	// to data is held in memory beside it, many requests at a time.
	maxReceiptBytes = 1 << 20
)

// minCompressed is where a smaller body is not worth its compression.
const minCompressed = 1500

// NewClient returns a client of the service at base, see ParseBaseURL. It does not
// change the HTTP client, which owns connections, TLS, proxy and timeout.
func NewClient(client *http.Client, base *url.URL, options Options) (*Client, error) {
	c := &Client{
		api:  options.API,
		root: rootOf(base),
		sender: httpsend.Sender{
			Client:    httpsend.NoRedirects(client),
			Statuses:  Statuses,
			UserAgent: options.UserAgent,
			Now:       options.Now,

			MaxAnswerBytes: maxAnswerBytes,
		},
		observe: options.Observe,
		header:  http.Header{},
		secrets: options.Credentials.secrets(),
		now:     options.Now,

		patience: options.Patience,
	}
	if c.now == nil {
		c.now = time.Now
	}
	if auth := options.Credentials.header(); auth != "" {
		c.header.Set("Authorization", auth)
	}
	if options.GzipLevel > 0 {
		gzip, err := httpsend.NewGzip(options.GzipLevel, minCompressed)
		if err != nil {
			return nil, fmt.Errorf("gzip level %d: %w", options.GzipLevel, err)
		}
		c.sender.Gzip = gzip
	}
	return c, nil
}

// API returns the service that the client was made for.
func (c *Client) API() API { return c.api }

// Send posts one body of measurements, see Frame.
func (c *Client) Send(ctx context.Context, d Dialect, body [][]byte) (Receipt, error) {
	answer, err := c.call(ctx, http.MethodPost, "/"+d.route(), nil, body)
	if err != nil {
		return Receipt{}, err
	}
	return readReceipt(answer), nil
}

// exchange sends in, when not nil, as JSON and reads the answer into out, when not
// nil and the answer has a body.
func (c *Client) exchange(ctx context.Context, method, path string, query url.Values, in, out any) error {
	_, err := c.exchangeHeader(ctx, method, path, query, in, out)
	return err
}

// exchangeHeader also returns the answer's header, as far as there was one.
func (c *Client) exchangeHeader(ctx context.Context, method, path string, query url.Values, in, out any) (http.Header, error) {
	var body [][]byte
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = [][]byte{text}
	}
	answer, err := c.call(ctx, method, path, query, body)
	if err != nil {
		return nil, err
	}
	if out == nil || len(answer.Body) == 0 {
		return answer.Header, nil
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		return answer.Header, fmt.Errorf("%s %s: status %d, but the answer is not what the API documents; check that the endpoint is the service: %w",
			method, path, answer.Status, err)
	}
	return answer.Header, nil
}

// call makes a request of a path that route made.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body [][]byte) (*httpsend.Answer, error) {
	r := &httpsend.Request{Method: method, URL: c.root + path, Header: c.header, Body: body, Secrets: c.secrets}
	if len(query) > 0 {
		r.URL += "?" + query.Encode()
	}
	if body != nil {
		r.ContentType = "application/json"
	}
	answer, err, again := c.attempt(ctx, r)
	if again {
		answer, err, _ = c.attempt(ctx, r)
	}
	return answer, err
}

// attempt makes one attempt and reports whether one more is worth it at once.
func (c *Client) attempt(ctx context.Context, r *httpsend.Request) (answer *httpsend.Answer, err error, again bool) {
	var seen httpsend.Attempt
	sender := c.sender
	sender.Observe = func(_ context.Context, a httpsend.Attempt) { seen = a }
	if r.Method != http.MethodGet {
		sender.MaxAnswerBytes = maxReceiptBytes
		sender.CheckAnswer = httpsend.NoPage("the service")
	}
	answer, err = sender.Send(ctx, r)
	if failed, ok := errors.AsType[*httpsend.Error](err); ok && failed.Status >= 400 {
		again = c.explain(failed, answer)
	}
	if c.observe != nil {
		seen.Class = httpsend.ClassOf(err)
		c.observe(ctx, seen)
	}
	return answer, err, again
}

// explain puts what the service said in place of what its status says: the sender
// judges by the status, and these services say more in the body. It reports whether
// the answer is not the service's own.
func (c *Client) explain(failed *httpsend.Error, answer *httpsend.Answer) (fromBalancer bool) {
	fault := parseFault(c.redact(answer.Body))
	fault.RateLimit, _ = RateLimitOf(answer.Header)
	fault.FromBalancer = isFromBalancer(answer)
	reread(failed, fault, c.now())
	if len(fault.Messages) > 0 || fault.FromBalancer {
		failed.Message, failed.Cause = "", fault
	}
	return fault.FromBalancer
}

func (c *Client) redact(body []byte) []byte {
	for _, secret := range c.secrets {
		body = bytes.ReplaceAll(body, []byte(secret), []byte("[REDACTED]"))
	}
	return body
}

// unixSeconds is how the API writes a time; 0 stands for none.
func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// fromUnix is the inverse of unixSeconds.
func fromUnix(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
