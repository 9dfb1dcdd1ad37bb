package signalflow

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokenHeader carries the token of requests over HTTP.
const tokenHeader = "X-SF-Token"

// SSEClient executes programs over HTTP, for networks that let no WebSocket
// through. It costs a connection per computation, and JSON. All methods may be
// called concurrently; they do the same as those of Client.
type SSEClient struct {
	options *Options
	count   counters
	gate    gate
	pace    *pace

	ctx     context.Context // ends when the client is closed
	cancel  context.CancelCauseFunc
	mu      sync.Mutex // guards running.Go against Close
	running sync.WaitGroup
}

// NewSSEClient makes a client. It does not connect.
func NewSSEClient(o Options) (*SSEClient, error) {
	options, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &SSEClient{
		options: options,
		gate:    gate{backoff: options.Backoff, random: options.Random},
		pace:    newPace(options.StartsPerMinute),
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	return c, nil
}

// Execute starts a program and returns its stream when the service has accepted it.
// ctx bounds Execute, not the computation.
func (c *SSEClient) Execute(ctx context.Context, r Request) (*Computation, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	return c.open(ctx, "execute", r.Program, r.parameters().query())
}

// Preflight estimates how many alerts a detector's program would have raised
// between the request's Start and Stop.
func (c *SSEClient) Preflight(ctx context.Context, r Request) (*Estimation, error) {
	if err := r.validatePreflight(); err != nil {
		return nil, err
	}
	computation, err := c.open(ctx, "preflight", r.Program, r.jobParameters().query())
	if err != nil {
		return nil, err
	}
	return await[*Estimation](ctx, computation)
}

// Start starts a job without a stream and returns its handle.
func (c *SSEClient) Start(ctx context.Context, r Request) (handle string, err error) {
	if err := r.validate(); err != nil {
		return "", err
	}
	if err := c.pace.wait(ctx); err != nil {
		return "", err
	}
	answer, err := c.post(ctx, r.Program, r.jobParameters().query(), "start")
	if err != nil {
		return "", err
	}
	if checked, err := checkJSON(answer); err == nil {
		if started, err := decodeStarted(checked); err == nil {
			return started.Handle, nil
		}
		return plainJSON(bytes.TrimSpace(checked)), nil
	}
	return strings.TrimSpace(string(answer)), nil
}

// Stop ends a job by its handle. The reason is for the other transport: here it is not sent.
func (c *SSEClient) Stop(ctx context.Context, handle, _ string) error {
	_, err := c.post(ctx, "", nil, handle, "stop")
	return err
}

// KeepAlive keeps a job alive that was started without a stream.
func (c *SSEClient) KeepAlive(ctx context.Context, handle string) error {
	_, err := c.post(ctx, "", nil, handle, "keepalive")
	return err
}

// Stats returns what the client has counted. A connection is a stream.
func (c *SSEClient) Stats() Stats { return c.count.snapshot() }

// Close ends all computations with ErrClosed and waits for their end.
func (c *SSEClient) Close() error {
	c.mu.Lock()
	c.cancel(ErrClosed)
	c.mu.Unlock()
	c.running.Wait()
	return nil
}

func (c *SSEClient) request(ctx context.Context, program string, query url.Values, path ...string) (*http.Request, error) {
	u := c.options.Endpoint.HTTPURL(path...)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(program))
	if err != nil {
		return nil, invalid(err.Error())
	}
	for key, values := range c.options.Header {
		r.Header[key] = values
	}
	r.Header.Set(tokenHeader, c.options.Token)
	if c.options.UserAgent != "" {
		r.Header.Set("User-Agent", c.options.UserAgent)
	}
	if program != "" {
		r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	return r, nil
}

// do sends a request and returns an answer of success. Others become errors.
func (c *SSEClient) do(r *http.Request) (*http.Response, error) {
	response, err := c.options.HTTPClient.Do(r)
	if err != nil {
		return nil, connectionError("connect", err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	e := c.options.statusError(response.StatusCode, text)
	if e.Code == http.StatusUnauthorized || e.Code == http.StatusForbidden {
		return nil, &AuthError{Code: e.Code, Reason: e.Message}
	}
	return nil, e
}

// post sends a request with a short answer and returns it.
func (c *SSEClient) post(ctx context.Context, program string, query url.Values, path ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.WriteTimeout)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()
	r, err := c.request(ctx, program, query, path...)
	if err != nil {
		return nil, err
	}
	response, err := c.do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
}

// open starts a stream.
func (c *SSEClient) open(ctx context.Context, path, program string, query url.Values) (*Computation, error) {
	if err := c.pace.wait(ctx); err != nil {
		return nil, err
	}
	if err := c.gate.wait(ctx); err != nil {
		return nil, err
	}
	s := &sseStream{client: c, since: time.Now()}
	s.ctx, s.cancel = context.WithCancelCause(c.ctx)
	response, err := s.connect(ctx, path, program, query)
	if err != nil {
		cause := context.Cause(s.ctx)
		s.cancel(ErrClosed)
		if cause != nil {
			return nil, cause // the caller's context, the client's end or the timeout
		}
		c.refused(err)
		return nil, err
	}
	s.computation = newComputation(c.options, &c.count)
	s.computation.source = s
	if !c.run(func() { s.read(response.Body) }) {
		s.cancel(ErrClosed)
		_ = response.Body.Close()
		return nil, ErrClosed
	}
	c.count.connects.Add(1)
	c.count.open.Add(1)
	c.options.connected()
	return s.computation.requested(), nil
}

func (c *SSEClient) run(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return false
	}
	c.running.Go(f)
	return true
}

// refused notes a stream that could not be opened. A program that is refused says
// nothing about the service.
func (c *SSEClient) refused(err error) {
	c.count.failures.Add(1)
	if ClassOf(err) != ClassBadProgram {
		c.gate.failed(err, 0)
		c.options.disconnected(err)
	}
}

// lost notes that a stream is over, after the last message of its computation or not.
func (c *SSEClient) lost(s *sseStream, err error, ended bool) {
	c.count.open.Add(-1)
	if ended || ClassOf(err) == ClassEnded {
		return
	}
	c.count.disconnects.Add(1)
	c.gate.failed(err, time.Since(s.since))
	c.options.disconnected(err)
}

// isEventStream reports whether an answer is what was asked for.
func isEventStream(header http.Header) bool {
	t, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && t == eventStreamType
}

var errNoEventStream = errors.New("the answer is not an event stream, so it does not come from the service; check the stream URL and proxies")
