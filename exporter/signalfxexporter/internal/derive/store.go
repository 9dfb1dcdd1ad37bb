package derive

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// store remembers series, in order of use. Expiry and eviction take from the old end, so
// neither needs a goroutine or a search. The series lie in one slice and are linked
// by index, which costs a series about 170 bytes, its place in the index included.
type store struct {
	ttl   time.Duration
	max   int
	list  []series // list[0] is the ring's anchor: its next is the oldest series, its previous the newest
	index map[identity]int32
	free  int32 // first of the unused places, linked by next; 0 for none
	stats Stats
}

// series is what is remembered of a derived series.
type series struct {
	identity
	at   pcommon.Timestamp // of the newest set
	ids  uint64            // its points' ids
	base base
	held *gathered // part of a newer set
	// before is what the newest set's differences were taken from.
	before base

	used           int64 // clock at the last use, in Unix nanoseconds
	previous, next int32
	count          int32 // of the newest set's points; 0 before the first set
	hasBase        bool
	hasBefore      bool
	restarted      bool // the counters began anew with the newest set
}

func newStore(ttl time.Duration, limit int) store {
	return store{ttl: ttl, max: limit, list: make([]series, 1), index: make(map[identity]int32)}
}

// get finds or makes a series. The pointer is good until the next call.
func (st *store) get(id identity, now time.Time) *series {
	i, ok := st.index[id]
	if ok {
		st.unlink(i)
	} else {
		if len(st.index) >= st.max {
			st.stats.Evicted++
			st.remove(st.list[0].next)
		}
		i = st.place()
		st.list[i] = series{identity: id}
		st.index[id] = i
	}
	st.link(i)
	s := &st.list[i]
	s.used = now.UnixNano()
	return s
}

// expire forgets what was not used for the TTL.
func (st *store) expire(now time.Time) {
	limit := now.Add(-st.ttl).UnixNano()
	for i := st.list[0].next; i != 0 && st.list[i].used < limit; i = st.list[0].next {
		st.stats.Expired++
		st.remove(i)
	}
}

func (st *store) remove(i int32) {
	s := &st.list[i]
	if s.held != nil {
		st.stats.Incomplete++
	}
	delete(st.index, s.identity)
	st.unlink(i)
	*s = series{next: st.free}
	st.free = i
}

func (st *store) place() int32 {
	i := st.free
	if i != 0 {
		st.free = st.list[i].next
		return i
	}
	st.list = append(st.list, series{})
	return int32(len(st.list) - 1)
}

func (st *store) link(i int32) {
	newest := st.list[0].previous
	st.list[i].previous, st.list[i].next = newest, 0
	st.list[newest].next, st.list[0].previous = i, i
}

func (st *store) unlink(i int32) {
	before, after := st.list[i].previous, st.list[i].next
	st.list[before].next, st.list[after].previous = after, before
}
