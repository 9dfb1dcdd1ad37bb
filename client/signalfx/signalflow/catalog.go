package signalflow

// catalog holds the metadata of a computation's series. It belongs to the
// goroutine that calls Next.
type catalog struct {
	limit      int
	dictionary *dictionary
	// series has a nil entry where waiting for metadata was given up.
	series map[TSID]*Series
	// first stands before the first series of a data message.
	first   Series
	scratch []byte
}

func newCatalog(limit int) *catalog {
	return &catalog{limit: limit, dictionary: new(dictionary), series: make(map[TSID]*Series)}
}

// full means that metadata of more series would not be kept, so nobody waits for it.
func (c *catalog) full() bool { return len(c.series) >= c.limit }

// put keeps the metadata of a series and reports false if the catalog is full.
// Metadata that says nothing new leaves the series as it is, so that what a
// caller has derived from it stays good.
func (c *catalog) put(id TSID, properties []byte) (*Series, bool) {
	c.scratch = c.dictionary.pack(c.scratch[:0], properties)
	old, ok := c.series[id]
	if old != nil && old.packed == string(c.scratch) {
		return old, true
	}
	s := &Series{dictionary: c.dictionary, packed: string(c.scratch), id: id}
	if !ok && c.full() {
		return s, false
	}
	old.leave()
	c.series[id] = s
	return s, true
}

// remove forgets a series and returns it, nil if there was no metadata.
func (c *catalog) remove(id TSID) *Series {
	s := c.series[id]
	delete(c.series, id)
	s.leave()
	return s
}

// leave makes sure that no guess leads to s, and none from s to others that left.
func (s *Series) leave() {
	if s != nil {
		s.gone, s.next = true, nil
	}
}

// giveUp makes later points of a series without metadata pass without a wait.
func (c *catalog) giveUp(id TSID) {
	if _, ok := c.series[id]; !ok && !c.full() {
		c.series[id] = nil
	}
}

// resolve sets the series of points and returns how many have none. missing is the
// index of the first point that is worth waiting for, len(points) if none is.
//
// The points of a block come in the same order every time, so the series that
// followed last time is the first guess; it saves most look-ups in a large map.
func (c *catalog) resolve(points []Point) (unresolved, missing int) {
	missing = len(points)
	full := c.full()
	previous := &c.first
	for i := range points {
		p := &points[i]
		s := previous.next
		if s == nil || s.id != p.TSID || s.gone {
			var known bool
			if s, known = c.series[p.TSID]; s == nil {
				unresolved++
				p.Series = nil
				if !known && !full && missing == len(points) {
					missing = i
				}
				continue
			}
			previous.next = s
		}
		p.Series = s
		previous = s
	}
	return unresolved, missing
}

// missing returns the index of the first point at or after from that is worth waiting for.
func (c *catalog) missing(points []Point, from int) int {
	if c.full() {
		return len(points)
	}
	for ; from < len(points); from++ {
		if _, known := c.series[points[from].TSID]; !known {
			break
		}
	}
	return from
}
