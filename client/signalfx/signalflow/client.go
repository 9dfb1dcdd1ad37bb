package signalflow

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Client executes programs over WebSocket. Its computations share connections,
// which are made when they are needed. All methods may be called concurrently.
//
// When a connection is lost its computations end with an error. Nothing is
// executed again by itself, since only the caller knows from what time on; but
// whatever callers do, new connections are paced by Options.Backoff.
type Client struct {
	options *Options
	count   counters
	gate    gate
	pace    *pace

	ctx     context.Context // ends when the client is closed
	cancel  context.CancelCauseFunc
	running sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	conns   []*conn
	attempt *attempt // the connection being made, nil if none is
}

// attempt is a connection being made, for all who need one.
type attempt struct {
	done chan struct{}
	err  error // set before done is closed
}

// NewClient makes a client. It does not connect.
func NewClient(o Options) (*Client, error) {
	options, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Client{
		options: options,
		gate:    gate{backoff: options.Backoff, random: options.Random},
		pace:    newPace(options.StartsPerMinute),
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	return c, nil
}

// Execute starts a program and returns its stream at once. That the service refuses
// the program is an error of Next.
//
// If there is no connection Execute makes one. It waits for its turn, as
// Options.Backoff and Options.StartsPerMinute have it, and fails if that one
// attempt fails. ctx bounds Execute, not the computation.
func (c *Client) Execute(ctx context.Context, r Request) (*Computation, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if err := c.pace.wait(ctx); err != nil {
		return nil, err
	}
	request := requestJSON{Type: "execute", Program: r.Program, Compress: !r.Uncompressed, parameters: r.parameters()}
	return c.open(ctx, request, r.Exclusive)
}

// Attach returns the stream of a job that runs.
func (c *Client) Attach(ctx context.Context, r AttachRequest) (*Computation, error) {
	request := requestJSON{
		Type: "attach", Handle: r.Handle, Filters: r.Filters, Compress: !r.Uncompressed,
		parameters: parameters{Resolution: r.Resolution.Milliseconds()},
	}
	return c.open(ctx, request, false)
}

// Start starts a job without a stream and returns its handle. The service ends the
// job unless KeepAlive is called.
func (c *Client) Start(ctx context.Context, r Request) (handle string, err error) {
	if err := r.validate(); err != nil {
		return "", err
	}
	if err := c.pace.wait(ctx); err != nil {
		return "", err
	}
	request := requestJSON{Type: "start", Program: r.Program, parameters: r.jobParameters()}
	computation, err := c.open(ctx, request, false)
	if err != nil {
		return "", err
	}
	started, err := await[*Started](ctx, computation)
	if err != nil {
		return "", err
	}
	return started.Handle, nil
}

// Preflight estimates how many alerts a detector's program would have raised
// between the request's Start and Stop.
func (c *Client) Preflight(ctx context.Context, r Request) (*Estimation, error) {
	if err := r.validatePreflight(); err != nil {
		return nil, err
	}
	if err := c.pace.wait(ctx); err != nil {
		return nil, err
	}
	request := requestJSON{Type: "preflight", Program: r.Program, Compress: !r.Uncompressed, parameters: r.jobParameters()}
	computation, err := c.open(ctx, request, false)
	if err != nil {
		return nil, err
	}
	return await[*Estimation](ctx, computation)
}

// Stop ends a job by its handle, such as one whose connection was lost.
func (c *Client) Stop(ctx context.Context, handle, reason string) error {
	return c.tell(ctx, requestJSON{Type: "stop", Handle: handle, Reason: reason})
}

// KeepAlive keeps a job alive that was started without a stream.
func (c *Client) KeepAlive(ctx context.Context, handle string) error {
	return c.tell(ctx, requestJSON{Type: "keepalive", Handle: handle})
}

// Stats returns what the client has counted.
func (c *Client) Stats() Stats {
	s := c.count.snapshot()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cn := range c.conns {
		s.KeepAliveAge = max(s.KeepAliveAge, time.Since(time.Unix(0, cn.keptAlive.Load())))
	}
	return s
}

// CloseIdleConnections closes the connections that no computation uses. It does not
// wait for that.
func (c *Client) CloseIdleConnections() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	for _, cn := range c.conns {
		if cn.retire() {
			c.running.Go(cn.sayGoodbye)
		}
	}
}

// Close ends all computations with ErrClosed, takes leave of the service and waits
// until everything the client has started has come to its end.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	conns := slices.Clone(c.conns)
	c.mu.Unlock()
	var leaving sync.WaitGroup
	for _, cn := range conns {
		leaving.Go(cn.sayGoodbye)
	}
	leaving.Wait()
	c.cancel(ErrClosed)
	c.running.Wait()
	return nil
}

// await returns the one message that a request is about.
func await[M Message](ctx context.Context, computation *Computation) (M, error) {
	for {
		m, err := computation.Next(ctx)
		if err != nil {
			_ = computation.Close()
			var none M
			return none, err
		}
		if wanted, ok := m.(M); ok {
			_ = computation.finish(ErrClosed) // detaching might end the job
			return wanted, nil
		}
	}
}

// open sends a request on a channel of its own.
func (c *Client) open(ctx context.Context, request requestJSON, exclusive bool) (*Computation, error) {
	computation := newComputation(c.options, &c.count)
	cn, err := c.connection(ctx, func(cn *conn) bool { return cn.enroll(computation, exclusive) })
	if err != nil {
		return nil, err
	}
	request.Channel = computation.channel
	if err := cn.send(request); err != nil {
		cn.leave(computation, err)
		return nil, err
	}
	return computation.requested(), nil
}

// tell sends a request that has no answer.
func (c *Client) tell(ctx context.Context, request requestJSON) error {
	cn, err := c.connection(ctx, (*conn).alive)
	if err != nil {
		return err
	}
	return cn.tell(request)
}

// connection returns the first connection that suits, making one if none does.
func (c *Client) connection(ctx context.Context, suits func(*conn) bool) (*conn, error) {
	for {
		c.mu.Lock()
		if c.closed {
			c.mu.Unlock()
			return nil, ErrClosed
		}
		for _, cn := range c.conns {
			if suits(cn) {
				c.mu.Unlock()
				return cn, nil
			}
		}
		a := c.attempt
		if a == nil {
			a = &attempt{done: make(chan struct{})}
			c.attempt = a
			c.running.Go(func() { c.connect(a) })
		}
		c.mu.Unlock()

		select {
		case <-a.done:
			if a.err != nil {
				return nil, a.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// connect makes a connection when its time has come.
func (c *Client) connect(a *attempt) {
	cn, err := c.dial()
	c.mu.Lock()
	if err == nil {
		c.conns = append(c.conns, cn)
	}
	a.err = err
	c.attempt = nil
	c.mu.Unlock()
	close(a.done)
}

func (c *Client) dial() (*conn, error) {
	if err := c.gate.wait(c.ctx); err != nil {
		return nil, ErrClosed
	}
	cn, err := dial(c)
	if err != nil && c.ctx.Err() != nil {
		return nil, ErrClosed
	}
	if err != nil {
		c.count.failures.Add(1)
		c.gate.failed(err, 0)
		c.options.disconnected(err)
		return nil, err
	}
	c.count.connects.Add(1)
	c.count.open.Add(1)
	c.options.connected()
	return cn, nil
}

// lost forgets a connection.
func (c *Client) lost(cn *conn, err error) {
	c.mu.Lock()
	c.conns = slices.DeleteFunc(c.conns, func(other *conn) bool { return other == cn })
	c.mu.Unlock()
	c.count.open.Add(-1)
	if errors.Is(err, ErrClosed) {
		return
	}
	c.count.disconnects.Add(1)
	c.gate.failed(err, time.Since(cn.since))
	c.options.disconnected(err)
}
