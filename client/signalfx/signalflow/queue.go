package signalflow

import (
	"context"
	"sync"
	"time"
)

// queue holds the frames of one computation between the goroutine that reads the
// connection and the one that calls Next. It is bounded by bytes: a frame counts
// from push to done.
type queue struct {
	limit int
	ready chan struct{} // a token when there may be something to take
	space chan struct{} // a token when there may be room

	mu     sync.Mutex
	frames []frame
	head   int // frames before it are taken
	bytes  int
	err    error // the end of the stream, after the frames
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, ready: make(chan struct{}, 1), space: make(chan struct{}, 1)}
}

// push adds a frame and reports false if there is no room. A frame that is larger
// than the whole queue finds room when the queue is empty. After the end frames
// are dropped.
func (q *queue) push(f frame) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return true
	}
	if q.bytes > 0 && q.bytes+f.size() > q.limit {
		return false
	}
	if len(q.frames) == cap(q.frames) && q.head > 0 && q.head >= len(q.frames)/2 { // reuse what is taken before growing
		n := copy(q.frames, q.frames[q.head:])
		clear(q.frames[n:])
		q.frames, q.head = q.frames[:n], 0
	}
	q.frames = append(q.frames, f)
	q.bytes += f.size()
	signal(q.ready)
	return true
}

// end makes err the end of the stream, unless it has one. Frames that are already
// in the queue are still taken, unless discard is set; it returns how many were discarded.
func (q *queue) end(err error, discard bool) (discarded int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if discard {
		discarded = len(q.frames) - q.head
		q.frames, q.head, q.bytes = nil, 0, 0
		q.err = nil
	}
	if q.err == nil {
		q.err = err
	}
	signal(q.ready)
	signal(q.space)
	return discarded
}

// take returns the next frame. If there is none it waits for one, until ctx ends or
// the timer, which may be nil, fires.
func (q *queue) take(ctx context.Context, timeout <-chan time.Time) (frame, error) {
	for {
		if f, ok, err := q.tryTake(); ok || err != nil {
			return f, err
		}
		select {
		case <-q.ready:
		case <-timeout:
			return frame{}, errTimeout
		case <-ctx.Done():
			return frame{}, ctx.Err()
		}
	}
}

func (q *queue) tryTake() (f frame, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.head == len(q.frames) {
		return frame{}, false, q.err
	}
	f = q.frames[q.head]
	q.frames[q.head] = frame{}
	if q.head++; q.head == len(q.frames) {
		q.frames, q.head = q.frames[:0], 0
	}
	return f, true, nil
}

// done gives back the room of a frame that was taken.
func (q *queue) done(f frame) {
	q.mu.Lock()
	q.bytes = max(0, q.bytes-f.size())
	q.mu.Unlock()
	signal(q.space)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
