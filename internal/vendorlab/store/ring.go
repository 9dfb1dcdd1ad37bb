package store

// ring keeps the newest items up to a limit. It grows as it fills.
type ring[T any] struct {
	limit int
	items []T
	next  int    // where the next item goes once the ring is full
	total uint64 // items ever added
}

func newRing[T any](limit int) ring[T] { return ring[T]{limit: limit} }

func (r *ring[T]) add(item T) {
	r.total++
	if len(r.items) < r.limit {
		r.items = append(r.items, item)
		return
	}
	if r.limit == 0 {
		return
	}
	r.items[r.next] = item
	r.next = (r.next + 1) % r.limit
}

// at returns the item at position i, 0 being the oldest.
func (r *ring[T]) at(i int) *T {
	return &r.items[(r.next+i)%len(r.items)]
}

// newest returns up to limit items (0: all) after skipping offset, the newest first.
func (r *ring[T]) newest(offset, limit int) []T {
	page := []T{}
	if limit <= 0 {
		limit = len(r.items)
	}
	for i := len(r.items) - 1 - max(offset, 0); i >= 0 && len(page) < limit; i-- {
		page = append(page, *r.at(i))
	}
	return page
}

func (r *ring[T]) reset() { *r = newRing[T](r.limit) }

// Ring tells how full a bounded list is.
type Ring struct {
	Held    int    `json:"held"`
	Limit   int    `json:"limit"`
	Evicted uint64 `json:"evicted"` // items that left because newer ones needed the room
}

func (r *ring[T]) state() Ring {
	return Ring{Held: len(r.items), Limit: r.limit, Evicted: r.total - uint64(len(r.items))}
}
