package librato

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Queue collects measurements and sends them in requests of at most QueueChunk.
// What was delivered is never sent again, and a request that the service refuses
// for good does not hold up those behind it. It is safe for concurrent use; Submit
// what is left before letting go of it.
type Queue struct {
	conn       *Connection
	autoSubmit int

	sending sync.Mutex // held while requests are made, so that they keep their order

	mu    sync.Mutex // guards what follows
	tags  Tags
	lanes [2][]*chunk // without tags, with tags: sent in this order
	count int
}

// The lanes of a queue.
const (
	untagged = iota
	tagged
)

// NewQueue returns a queue whose measurements inherit tags. When autoSubmit is not
// 0, an Add that makes the queue that long submits it.
func (c *Connection) NewQueue(autoSubmit int, tags Tags) *Queue {
	return &Queue{conn: c, autoSubmit: autoSubmit, tags: maps.Clone(tags)}
}

// Tags returns a copy of the queue's own tags.
func (q *Queue) Tags() Tags {
	q.mu.Lock()
	defer q.mu.Unlock()
	return MergeTags(q.tags)
}

// SetTags replaces the queue's own tags, for what is added from now on.
func (q *Queue) SetTags(tags Tags) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tags = maps.Clone(tags)
}

// AddTags adds to the queue's own tags, for what is added from now on.
func (q *Queue) AddTags(tags Tags) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tags = MergeTags(q.tags, tags)
}

// Len is the number of measurements that wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.count
}

// Add queues a measurement: in the tag dialect when it, the queue or the
// connection has tags, else, for Librato, in the source dialect.
//
//	Tags   InheritTags  sent
//	empty  any          those of the connection, overlaid by the queue's
//	set    false        exactly Tags
//	set    true         those of the connection, overlaid by the queue's, overlaid by Tags
//
// In the tag dialect a single value is sent as a sum of one sample. An error of the
// measurement itself leaves it out; an error of an automatic Submit does not.
func (q *Queue) Add(ctx context.Context, m Measurement) error {
	tags := m.Tags
	if len(m.Tags) == 0 || m.InheritTags {
		tags = MergeTags(q.conn.Tags(), q.Tags(), m.Tags)
	}
	d, err := q.conn.dialectFor(m.Tags != nil || len(tags) > 0)
	if err != nil {
		return err
	}
	lane := untagged
	if d == TagDialect {
		lane = tagged
		if m.Complex == nil {
			m.Complex = &Complex{Count: 1, Sum: m.Value}
		}
	}
	if err := q.put(lane, d, &m, q.conn.sanitize(m.Name), tags); err != nil {
		return err
	}
	return q.submitIfFull(ctx)
}

func (q *Queue) put(lane int, d Dialect, m *Measurement, name string, tags Tags) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	chunks := q.lanes[lane]
	if len(chunks) == 0 || chunks[len(chunks)-1].count == QueueChunk {
		chunks = append(chunks, &chunk{dialect: d})
	}
	if err := chunks[len(chunks)-1].add(m, name, tags); err != nil {
		return fmt.Errorf("metric %q: %w", name, err)
	}
	q.lanes[lane] = chunks
	q.count++
	return nil
}

func (q *Queue) submitIfFull(ctx context.Context) error {
	if q.autoSubmit <= 0 || q.Len() < q.autoSubmit {
		return nil
	}
	_, err := q.Submit(ctx)
	return err
}

// Outcome counts what became of measurements.
type Outcome struct {
	// Delivered: the service took them.
	Delivered int
	// Rejected: the service refused them, alone or with their request, and they are lost.
	Rejected int
	// Queued: they wait for another Submit.
	Queued int
}

// Submit sends what is queued: first what has no tags, then what has, in the order
// of Add. It stops at the first request that may succeed later, and keeps that
// request and what comes behind it. A request that the service refuses for good is
// given up, and its error returned when there is none to stop at.
func (q *Queue) Submit(ctx context.Context) (Outcome, error) {
	q.sending.Lock()
	defer q.sending.Unlock()
	var outcome Outcome
	var refusal error
	for lane := range q.lanes {
		for c := q.take(lane); c != nil; c = q.take(lane) {
			receipt, err := q.conn.Send(ctx, c.dialect, c.body())
			switch {
			case err == nil:
				rejected := min(receipt.Rejected, c.count)
				outcome.Rejected += rejected
				outcome.Delivered += c.count - rejected
			case givenUp(err):
				outcome.Rejected += c.count
				if refusal == nil {
					refusal = fmt.Errorf("%d measurements were refused and given up: %w", c.count, err)
				}
			default:
				q.giveBack(lane, c)
				outcome.Queued = q.Len()
				return outcome, fmt.Errorf("%d measurements stay queued: %w", outcome.Queued, err)
			}
		}
	}
	return outcome, refusal
}

// givenUp reports whether sending the same again cannot help. Credentials can be
// mended, so what they held up is kept.
func givenUp(err error) bool {
	class := httpsend.ClassOf(err)
	return class == httpsend.Rejected || class == httpsend.TooLarge
}

// take removes the first chunk of a lane.
func (q *Queue) take(lane int) *chunk {
	q.mu.Lock()
	defer q.mu.Unlock()
	chunks := q.lanes[lane]
	if len(chunks) == 0 {
		return nil
	}
	q.lanes[lane] = chunks[1:]
	q.count -= chunks[0].count
	return chunks[0]
}

// giveBack puts a chunk that was taken in front again.
func (q *Queue) giveBack(lane int, c *chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lanes[lane] = append([]*chunk{c}, q.lanes[lane]...)
	q.count += c.count
}
