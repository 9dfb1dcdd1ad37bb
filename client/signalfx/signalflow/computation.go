package signalflow

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// Computation is the stream of one job: everything the service says about it, in
// the order it was said.
//
// One goroutine at a time calls Next; all other methods may be called at any time.
// A computation that is left before Next has returned an error must be closed.
type Computation struct {
	source  source // set before the computation is handed out, like channel
	channel string
	queue   *queue
	options *Options
	count   *counters

	// The fields below belong to Next.
	catalog  *catalog
	inflater inflater
	data     Data
	ended    error
	start    *time.Timer // until the first message
	// While data waits for the metadata of points from missing on, what comes
	// behind it is kept in stash.
	waiting bool
	missing int
	timer   *time.Timer
	stash   []frame

	mu         sync.Mutex
	handle     string
	resolution time.Duration
}

// source is what a computation needs of its transport.
type source interface {
	// leave forgets the computation, which has ended with err. Nothing is sent.
	leave(c *Computation, err error)
	// detach forgets the computation and tells the service that it is not wanted.
	detach(ctx context.Context, c *Computation, reason string) error
	// stop ends a job.
	stop(ctx context.Context, handle, reason string) error
}

var errTimeout = errors.New("signalflow: timeout")

// What the service is told when the user gives no reason of his own.
const defaultReason = "closed by the client"

// keptPoints is how much room a computation keeps between data messages.
const keptPoints = 1 << 17

func newComputation(o *Options, count *counters) *Computation {
	return &Computation{
		queue: newQueue(o.MaxQueuedBytes), options: o, count: count,
		catalog: newCatalog(o.MaxSeries), inflater: inflater{limit: o.MaxDecompressedSize},
	}
}

// requested starts the wait for the first message.
func (c *Computation) requested() *Computation {
	c.start = time.NewTimer(c.options.StartTimeout)
	return c
}

// Next returns the next message. It waits for one until ctx ends, after which it
// may be called again.
//
// The error io.EOF means that the job has come to its stop time. Every other error
// but that of ctx is the end too, and ClassOf tells what can be done. Everything
// that arrived before the end is returned first.
//
// Data whose metadata has not arrived, and all behind it, is held back for at most
// Options.MetadataTimeout; after it, Next returns it with points that have no Series.
func (c *Computation) Next(ctx context.Context) (Message, error) {
	for c.ended == nil {
		if c.waiting {
			if err := c.awaitMetadata(ctx); err != nil {
				return nil, err
			}
			return c.deliver(), nil
		}
		f, err := c.take(ctx)
		if err != nil {
			if err == ctx.Err() {
				return nil, err
			}
			if err == errTimeout {
				err = ErrStartTimeout
				_ = c.source.detach(ctx, c, err.Error())
			}
			return nil, c.finish(err)
		}
		m, err := c.interpret(f)
		c.queue.done(f)
		if err != nil {
			return nil, c.finish(err)
		}
		if m != nil {
			return m, nil
		}
	}
	return nil, c.ended
}

// Handle is the id of the job, "" until the service has told it.
func (c *Computation) Handle() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.handle
}

// Resolution is the step of the output, 0 until the service has told it. It may change.
func (c *Computation) Resolution() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resolution
}

// Stop asks the service to end the job. Next goes on to return what is on its way.
func (c *Computation) Stop(ctx context.Context, reason string) error {
	if handle := c.Handle(); handle != "" {
		return c.source.stop(ctx, handle, reason)
	}
	// Without a handle detaching is the way to end a job (vendor's metrics adapter).
	return c.Detach(ctx, reason)
}

// Detach ends the stream: Next returns what has arrived, then ErrClosed. To the
// service it is the same as a stop, as far as is known.
func (c *Computation) Detach(ctx context.Context, reason string) error {
	c.queue.end(ErrClosed, false)
	return c.source.detach(ctx, c, reason)
}

// Close ends the stream and drops what has arrived. It may be called more than once.
func (c *Computation) Close() error {
	c.queue.end(ErrClosed, true)
	return c.source.detach(context.Background(), c, defaultReason)
}

// finish makes err the end of the stream.
func (c *Computation) finish(err error) error {
	c.ended = err
	c.source.leave(c, err)
	c.count.ignore(IgnoredAfterEnd, len(c.stash)+c.queue.end(err, true))
	c.stash = nil
	return err
}

func (c *Computation) take(ctx context.Context) (frame, error) {
	if len(c.stash) > 0 {
		f := c.stash[0]
		c.stash[0] = frame{} // its body must not be kept
		c.stash = c.stash[1:]
		return f, nil
	}
	if c.start == nil {
		return c.queue.take(ctx, nil)
	}
	f, err := c.queue.take(ctx, c.start.C)
	if err == nil {
		c.start.Stop()
		c.start = nil
	}
	return f, err
}

// interpret decodes a frame. It returns nil for what is not passed on, and an error
// for the end of the stream.
func (c *Computation) interpret(f frame) (Message, error) {
	body, isJSON, err := c.inflater.open(f)
	if err != nil {
		return c.malformed(f.typ, err)
	}
	switch f.typ {
	case TypeData:
		return c.interpretData(f, body, isJSON)
	case TypeMetadata:
		s, err := c.learn(body)
		if err != nil {
			return c.malformed(f.typ, err)
		}
		return &Metadata{Series: s}, nil
	case TypeExpired:
		id, err := decodeExpired(body)
		if err != nil {
			return c.malformed(f.typ, err)
		}
		return &Expired{TSID: id, Series: c.catalog.remove(id)}, nil
	case TypeEvent:
		event, err := decodeEvent(body)
		if err != nil {
			return c.malformed(f.typ, err)
		}
		event.Series = c.catalog.series[event.TSID]
		return event, nil
	}
	return c.interpretRare(f.typ, body)
}

// interpretRare decodes messages that come few times in a stream.
func (c *Computation) interpretRare(t MessageType, body []byte) (Message, error) {
	switch t {
	case TypeControl:
		return c.interpretControl(body)
	case TypeInfo:
		info, err := decodeInfo(body)
		if err != nil {
			return c.malformed(t, err)
		}
		if info.Code == InfoRunningResolution {
			c.mu.Lock()
			c.resolution = time.Duration(info.Contents.ResolutionMs) * time.Millisecond
			c.mu.Unlock()
		}
		return info, nil
	case TypeError:
		e := decodeError(body)
		e.Message = c.options.scrub(e.Message)
		return nil, e
	case TypeComputationStarted:
		started, err := decodeStarted(body)
		if err != nil {
			return c.malformed(t, err)
		}
		return started, nil
	case TypeEstimation:
		return decodeEstimation(body), nil
	}
	c.count.ignore(IgnoredUnknownType, 1)
	return nil, nil
}

func (c *Computation) interpretControl(body []byte) (Message, error) {
	var control controlJSON
	if err := unmarshal(body, &control); err != nil {
		return c.malformed(TypeControl, err)
	}
	switch control.Event {
	case eventKeepAlive:
		return nil, nil
	case eventEndOfChannel:
		return nil, io.EOF
	case eventChannelAbort:
		return nil, &AbortError{State: control.AbortInfo.State, Reason: c.options.scrub(control.AbortInfo.Reason)}
	case EventJobStart:
		c.mu.Lock()
		c.handle = control.Handle
		c.mu.Unlock()
	}
	return control.message(), nil
}

func (c *Computation) malformed(t MessageType, err error) (Message, error) {
	c.count.ignore(IgnoredMalformed, 1)
	return malformed(t, err), nil
}

// learn keeps the metadata of a series.
func (c *Computation) learn(body []byte) (*Series, error) {
	id, properties, err := decodeMetadata(body)
	if err != nil {
		return nil, err
	}
	s, kept := c.catalog.put(id, properties)
	if !kept {
		c.count.ignore(IgnoredSeriesLimit, 1)
	}
	return s, nil
}

func (c *Computation) interpretData(f frame, body []byte, isJSON bool) (Message, error) {
	if cap(c.data.Points) > keptPoints {
		c.data.Points = nil
	}
	var unknown, trailing int
	var err error
	if isJSON {
		unknown, err = decodeDataJSON(&c.data, body)
	} else {
		unknown, trailing, err = decodeData(&c.data, f.form, body)
	}
	if err != nil {
		return c.malformed(TypeData, err)
	}
	c.count.ignore(IgnoredUnknownValue, unknown)
	c.count.ignore(IgnoredTrailing, min(trailing, 1))
	c.data.Unresolved, c.missing = c.catalog.resolve(c.data.Points)
	if c.missing < len(c.data.Points) && c.options.MetadataTimeout > 0 {
		c.startWaiting()
		return nil, nil
	}
	return c.deliver(), nil
}

func (c *Computation) deliver() *Data {
	c.count.points.Add(uint64(len(c.data.Points)))
	c.count.unresolved.Add(uint64(c.data.Unresolved))
	return &c.data
}
