package derive

import (
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Defaults of [Options].
const (
	DefaultTTL       = time.Hour // upstream's default of `delta_translation_ttl`
	DefaultMaxSeries = 100_000   // about 15 MB
)

// Options bound what is remembered.
type Options struct {
	// TTL is how long a series is remembered without new points; 0 means DefaultTTL.
	TTL time.Duration
	// MaxSeries bounds the derived series that are remembered, of which a Linux host has
	// 13, and one per disk; 0 means DefaultMaxSeries. The longest unused give way.
	MaxSeries int
}

// Stats say what became of the series. All but Series only grow.
type Stats struct {
	// Series is how many derived series are remembered.
	Series int
	// Evicted series gave way to others before their time, Expired ones had no new points for the TTL.
	Evicted, Expired uint64
	// Resets are counters that began anew.
	Resets uint64
	// Incomplete are sets, or parts of one, from which nothing was derived because the rest never came.
	Incomplete uint64
	// Late are parts of sets that came after a value was derived without them.
	Late uint64
}

// Deriver adds derived metrics to batches. It is safe for concurrent use.
type Deriver struct {
	now    func() time.Time
	passes sync.Pool
	resets atomic.Uint64

	// One lock, held for about 100 ns per set: hashing the points and writing the
	// results, which take many times that, are outside.
	mu    sync.Mutex
	store store
}

// New returns a Deriver that reads the clock with now.
func New(options Options, now func() time.Time) *Deriver {
	if options.TTL <= 0 {
		options.TTL = DefaultTTL
	}
	if options.MaxSeries <= 0 {
		options.MaxSeries = DefaultMaxSeries
	}
	return &Deriver{
		now:    now,
		passes: sync.Pool{New: func() any { return newPass() }},
		store:  newStore(options.TTL, options.MaxSeries),
	}
}

// Apply appends the derived metrics to the scopes of md that they come from; what was
// in md stays as it is. A batch without host metrics costs one map look-up per metric.
// The caller owns md, which must not be read-only. The same batch must not be applied twice.
func (d *Deriver) Apply(md pmetric.Metrics) {
	var p *pass
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		for j := range rm.ScopeMetrics().Len() {
			scope := rm.ScopeMetrics().At(j)
			metrics := scope.Metrics()
			for k := range metrics.Len() {
				m := metrics.At(k)
				in := inputs[m.Name()]
				if in == nil {
					continue
				}
				if p == nil {
					p = d.passes.Get().(*pass)
				}
				p.enter(rm.Resource(), scope)
				in.gather(p, m)
			}
		}
	}
	if p != nil {
		d.finish(p)
	}
}

// finish settles the sets that were gathered and writes what they give.
func (d *Deriver) finish(p *pass) {
	p.collect()
	if len(p.sets) > 0 {
		d.settle(p)
	}
	for i := range p.results {
		r := &p.results[i]
		r.rule.derive(&p.writer, r)
	}
	d.resets.Add(p.writer.resets)
	if p.forget() {
		d.passes.Put(p)
	}
}

func (d *Deriver) settle(p *pass) {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.store.expire(now)
	for i := range p.sets {
		d.store.settle(&p.sets[i], now, p)
	}
}

// Stats returns what happened so far.
func (d *Deriver) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.store.stats
	s.Series = len(d.store.index)
	s.Resets = d.resets.Load()
	return s
}
