package delta

import (
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Options say what a Tracker converts and bound what it remembers.
type Options struct {
	// Sums, Histograms and Summaries are converted; exponential histograms are histograms.
	Sums, Histograms, Summaries bool
	// MaxSeries is how many series are remembered; those beyond it are dropped.
	MaxSeries int
	// TTL is how long a series without points is remembered.
	TTL time.Duration
	// Buckets keeps those of histograms; without it they are removed from the points.
	Buckets bool
	// Started is when counting began: a run that starts later is known from its beginning.
	Started time.Time
	// Check, if set, says why a point of a time cannot be sent: TooOld or InFuture. Such a
	// point must not move its series on: the next total then makes up for it. Now is in
	// nanoseconds.
	Check func(at pcommon.Timestamp, now int64) (Reason, bool)
	// Undoable makes every Outcome carry what Undo needs.
	Undoable bool
}

// Tracker converts batches. It is safe for concurrent use.
type Tracker struct {
	options Options
	ids     identities
	pool    sync.Pool // of *[]entry

	mu     sync.Mutex // guards what follows
	series map[uint64]state
	// horizon is when the tracker began, or the last point of a series that it has forgotten
	// since: of a series that it does not know, only a run that began later is all new.
	horizon pcommon.Timestamp
	sweepAt int64
	batch   uint64 // the number of the last batch
}

// state is the last point of a series.
type state struct {
	at    pcommon.Timestamp
	seen  int64  // when it came, in nanoseconds
	batch uint64 // in which it came
	// bits is the total of a sum, by kind, or the count of a histogram or summary; sum is
	// theirs, NaN when the point had none, so that no difference to it is one.
	bits uint64
	sum  float64
	kind kind
	// buckets are a histogram's; they are replaced, never changed.
	buckets *buckets
}

type kind uint8

const (
	integer kind = iota
	double
	distribution
)

// New returns a tracker that remembers nothing yet.
func New(o Options) *Tracker {
	return &Tracker{
		options: o, ids: newIdentities(), horizon: pcommon.NewTimestampFromTime(o.Started),
		pool:   sync.Pool{New: func() any { return new([]entry) }},
		series: make(map[uint64]state),
	}
}

// entry is how a series was before a batch.
type entry struct {
	id    uint64
	was   state
	known bool
}

// Outcome is what a conversion did. Done or Undo must be called.
type Outcome struct {
	// Dropped is how many points were removed for each reason.
	Dropped [reasonCount]int
	// Kept is how many summaries have no difference, and stayed for their quantiles alone.
	Kept int
	// Series is by how many the number of remembered series changed.
	Series  int
	tracker *Tracker
	batch   uint64
	journal *[]entry
}

// Convert changes md in place: running totals become differences, under the temporality
// delta; points that have none yet are removed, and with the last one its metric. What
// is not a running total stays.
func (t *Tracker) Convert(md pmetric.Metrics, now time.Time) *Outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batch++
	o := &Outcome{tracker: t, batch: t.batch}
	if t.options.Undoable {
		o.journal = t.pool.Get().(*[]entry)
	}
	before := len(t.series)
	c := conversion{Tracker: t, outcome: o, now: now.UnixNano()}
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		c.resource = t.ids.ofMap(rm.Resource().Attributes())
		for j := range rm.ScopeMetrics().Len() {
			c.scope(rm.ScopeMetrics().At(j))
		}
	}
	t.sweep(c.now)
	o.Series = len(t.series) - before
	return o
}

// sweep forgets what has been silent for too long.
func (t *Tracker) sweep(now int64) {
	if t.sweepAt == 0 {
		t.sweepAt = now + int64(t.options.TTL)/2
	}
	if now < t.sweepAt && len(t.series) < t.options.MaxSeries {
		return
	}
	if now < t.sweepAt-int64(t.options.TTL)/2+int64(time.Second) {
		return // full, and swept a moment ago
	}
	t.sweepAt = now + int64(t.options.TTL)/2
	for id, s := range t.series {
		if now-s.seen > int64(t.options.TTL) {
			t.horizon = max(t.horizon, s.last())
			delete(t.series, id)
		}
	}
}

// last is the time of the last point, or that of its arrival when it had none.
func (s *state) last() pcommon.Timestamp {
	if s.at == 0 {
		return pcommon.Timestamp(s.seen)
	}
	return s.at
}

// Len is the number of remembered series.
func (t *Tracker) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.series)
}

// Done ends an outcome whose batch was taken on.
func (o *Outcome) Done() {
	if o.journal != nil {
		clear(*o.journal)
		*o.journal = (*o.journal)[:0]
		o.tracker.pool.Put(o.journal)
		o.journal = nil
	}
}

// Undo ends an outcome, of a tracker that is Undoable, whose batch went nowhere: the series forget its points, so that
// the next ones make up for them. A series that has moved on since stays as it is. It
// returns by how many the number of remembered series changed.
func (o *Outcome) Undo() int {
	t := o.tracker
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.series)
	if o.journal != nil {
		for i := len(*o.journal) - 1; i >= 0; i-- {
			e := &(*o.journal)[i]
			if t.series[e.id].batch != o.batch {
				continue
			}
			if e.known {
				t.series[e.id] = e.was
			} else {
				delete(t.series, e.id)
			}
		}
	}
	o.Done()
	return len(t.series) - before
}
