package librato

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"
)

// AggregatorOptions say what an aggregator's measurements have in common.
type AggregatorOptions struct {
	// Source of what Add collects.
	Source string
	// Tags of what AddTagged collects.
	Tags Tags
	// Period floors times to its multiples since 1970, in whole seconds; 0 does not.
	Period time.Duration
	// Time of the next Submit; zero is, with a Period, that of the call, and without
	// one that of arrival.
	Time time.Time
}

// Aggregator sums up samples per metric and sends one complex measurement each:
// count, sum, smallest and largest. Neither the connection's tags nor its
// sanitizer apply. It is safe for concurrent use.
type Aggregator struct {
	conn   *Connection
	source string
	period int64 // seconds

	mu    sync.Mutex // guards what follows
	tags  Tags
	time  int64 // Unix seconds, 0 for none
	lanes [2]aggregates
}

// NewAggregator returns an empty aggregator.
func (c *Connection) NewAggregator(o AggregatorOptions) *Aggregator {
	return &Aggregator{
		conn: c, source: o.Source, period: int64(o.Period / time.Second),
		tags: maps.Clone(o.Tags), time: unixSeconds(o.Time),
	}
}

// Add counts a sample of a metric without tags.
func (a *Aggregator) Add(name string, sample Number) error { return a.add(untagged, name, sample) }

// AddTagged counts a sample of a metric with the aggregator's tags.
func (a *Aggregator) AddTagged(name string, sample Number) error { return a.add(tagged, name, sample) }

func (a *Aggregator) add(lane int, name string, sample Number) error {
	err := sample.Check()
	if name == "" {
		err = ErrNoName
	}
	if err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		err = a.lanes[lane].merge(aggregate{name, single(sample)})
	}
	if err != nil {
		return fmt.Errorf("metric %q: %w", name, err)
	}
	return nil
}

// Tags returns a copy of the aggregator's tags.
func (a *Aggregator) Tags() Tags {
	a.mu.Lock()
	defer a.mu.Unlock()
	return MergeTags(a.tags)
}

// SetTags replaces the aggregator's tags.
func (a *Aggregator) SetTags(tags Tags) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tags = maps.Clone(tags)
}

// AddTags adds to the aggregator's tags.
func (a *Aggregator) AddTags(tags Tags) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tags = MergeTags(a.tags, tags)
}

// Clear forgets all samples and the time; source, tags and period stay.
func (a *Aggregator) Clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lanes, a.time = [2]aggregates{}, 0
}

// Submit sends what was collected: first what has no tags, then what has. What was
// delivered, or refused for good, is forgotten; what may be delivered later stays, and so
// does its time, floored to the period: samples that are added before the next Submit
// count for that period. Both Python clients do the same.
func (a *Aggregator) Submit(ctx context.Context) (Outcome, error) {
	var outcome Outcome
	var refusal error
	for lane := range a.lanes {
		taken, frame := a.take(lane)
		n := len(taken.list)
		if n == 0 {
			continue
		}
		receipt, err := a.conn.Send(ctx, frame.Dialect(), frame.Body(taken.append(frame.Dialect())))
		switch {
		case err == nil:
			rejected := min(receipt.Rejected, n)
			outcome.Rejected += rejected
			outcome.Delivered += n - rejected
		case givenUp(err):
			outcome.Rejected += n
			refusal = err
		default:
			lost := a.giveBack(lane, taken)
			outcome.Rejected += lost
			outcome.Queued = a.Len()
			return outcome, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.time = 0
	return outcome, refusal
}

// take removes what a lane collected, and returns the frame to send it in.
func (a *Aggregator) take(lane int) (aggregates, Frame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	taken := a.lanes[lane]
	a.lanes[lane] = aggregates{}
	a.time = a.measureTime()
	shared := Shared{Time: a.time}
	list := Measurements
	if lane == tagged {
		shared.Tags = AppendTags(nil, a.tags)
	} else {
		shared.Source = a.source
		if a.conn.api == Librato {
			list = Gauges
		}
	}
	return taken, NewFrame(list, shared)
}

// giveBack counts what came in meanwhile into what could not be delivered. It
// returns how many metrics had to be left out because their sum left the range.
func (a *Aggregator) giveBack(lane int, taken aggregates) (lost int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, newer := range a.lanes[lane].list {
		if taken.merge(newer) != nil {
			lost++
		}
	}
	a.lanes[lane] = taken
	return lost
}

// Len is the number of metrics that wait.
func (a *Aggregator) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.lanes[untagged].list) + len(a.lanes[tagged].list)
}

// measureTime is the time that the measurements get, in Unix seconds, 0 for none.
func (a *Aggregator) measureTime() int64 {
	t := a.time
	if a.period <= 0 {
		return t
	}
	if t == 0 {
		t = a.conn.now().Unix()
	}
	return FloorTime(t, a.period)
}

// FloorTime returns the last multiple of period, in seconds, that is not after t.
func FloorTime(t, period int64) int64 {
	if period <= 0 {
		return t
	}
	rest := t % period
	if rest < 0 {
		rest += period
	}
	return t - rest
}

// AddAggregator moves what an aggregator collected into the queue, with the
// aggregator's source, tags and time; those of queue and connection do not apply.
func (q *Queue) AddAggregator(ctx context.Context, a *Aggregator) error {
	a.mu.Lock()
	lanes, tags, source, t := a.lanes, MergeTags(a.tags), a.source, a.measureTime()
	a.lanes, a.time = [2]aggregates{}, 0
	a.mu.Unlock()
	for lane, collected := range lanes {
		d, m := TagDialect, Measurement{Time: fromUnix(t)}
		if lane == untagged {
			m.Source = source
			if q.conn.api == Librato {
				d = SourceDialect
			}
		} else {
			m.Tags = tags
		}
		for i := range collected.list {
			m.Name, m.Complex = collected.list[i].name, &collected.list[i].Complex
			if err := q.put(lane, d, &m, m.Name, m.Tags); err != nil {
				return err // not reached: Add let nothing in that cannot be sent
			}
		}
	}
	return q.submitIfFull(ctx)
}
