package store

import (
	"maps"
	"time"
)

// historySeconds is how far back the counts per second reach.
const historySeconds = 120

// Counts are totals of what arrived.
type Counts struct {
	Requests  uint64 `json:"requests"`
	WireBytes uint64 `json:"wire_bytes"`
	Points    uint64 `json:"points"`
	Events    uint64 `json:"events"`
	Spans     uint64 `json:"spans"`
	SpanLogs  uint64 `json:"span_logs"`
	Rejected  uint64 `json:"rejected"`
}

func (c *Counts) add(more Counts) {
	c.Requests += more.Requests
	c.WireBytes += more.WireBytes
	c.Points += more.Points
	c.Events += more.Events
	c.Spans += more.Spans
	c.SpanLogs += more.SpanLogs
	c.Rejected += more.Rejected
}

// Second is what arrived within one second.
type Second struct {
	Time int64 `json:"time"` // Unix seconds
	Counts
}

// Traffic is what one vendor received.
type Traffic struct {
	Counts
	// Reasons counts rejections, Statuses answers (0: the connection was cut).
	Reasons  map[string]uint64 `json:"rejected_by_reason"`
	Statuses map[int]uint64    `json:"answers_by_status"`
	// PerSecond holds the last two minutes without a gap, the oldest first. The
	// last entry is the running second.
	PerSecond []Second `json:"per_second"`
}

// Stats is the store's overview.
type Stats struct {
	Started    int64              `json:"started"` // Unix milliseconds
	Now        int64              `json:"now"`
	Discard    bool               `json:"discard"`
	Vendors    map[string]Traffic `json:"vendors"`
	Limits     Limits             `json:"limits"`
	Series     Ring               `json:"series"`
	Events     Ring               `json:"events"`
	Spans      Ring               `json:"spans"`
	SpanLogs   Ring               `json:"span_logs"`
	Rejections Ring               `json:"rejections"`
	Requests   Ring               `json:"requests"`
	Bodies     Ring               `json:"bodies"` // held and limit in bytes, evicted in requests
	Points     Points             `json:"points"`
}

// Points tells how many points are held, and what left because a series had too many or left itself.
type Points struct {
	Held    int    `json:"held"`
	Evicted uint64 `json:"evicted"`
}

// Stats returns the overview.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	stats := Stats{
		Started: s.started.UnixMilli(), Now: now.UnixMilli(),
		Discard: s.discard,
		Vendors: make(map[string]Traffic, len(s.vendors)),
		Limits:  s.limits,
		Series:  Ring{Held: len(s.series.byKey), Limit: s.limits.Series, Evicted: s.series.evicted},
		Events:  s.events.state(), Spans: s.spans.state(), SpanLogs: s.spanLogs.state(),
		Rejections: s.rejections.state(), Requests: s.requests.state(),
		Bodies: s.requests.bodies(), Points: s.series.held,
	}
	for vendor, t := range s.vendors {
		stats.Vendors[vendor] = t.snapshot(now)
	}
	return stats
}

// traffic is guarded by the store's mutex.
type traffic struct {
	total    Counts
	reasons  map[string]uint64
	statuses map[int]uint64
	seconds  [historySeconds]Second // at slotOf(Time)
}

func (s *Store) traffic(vendor string) *traffic {
	t := s.vendors[vendor]
	if t == nil {
		t = &traffic{reasons: map[string]uint64{}, statuses: map[int]uint64{}}
		s.vendors[vendor] = t
	}
	return t
}

func (t *traffic) add(now time.Time, counts Counts) {
	t.total.add(counts)
	second := now.Unix()
	slot := &t.seconds[slotOf(second)]
	if slot.Time != second {
		*slot = Second{Time: second}
	}
	slot.add(counts)
}

func (t *traffic) snapshot(now time.Time) Traffic {
	out := Traffic{
		Counts:    t.total,
		Reasons:   maps.Clone(t.reasons),
		Statuses:  maps.Clone(t.statuses),
		PerSecond: make([]Second, 0, historySeconds),
	}
	for second := now.Unix() - historySeconds + 1; second <= now.Unix(); second++ {
		slot := t.seconds[slotOf(second)]
		if slot.Time != second {
			slot = Second{Time: second}
		}
		out.PerSecond = append(out.PerSecond, slot)
	}
	return out
}

// slotOf is also right for times before 1970, which a test's clock may show.
func slotOf(second int64) int {
	return int((second%historySeconds + historySeconds) % historySeconds)
}
