package store

// AddRequest stores a request that was answered or cut, and stamps its id. It keeps the content's slices.
func (s *Store) AddRequest(request Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.traffic(request.Vendor)
	t.add(s.now(), Counts{Requests: 1, WireBytes: uint64(request.WireBytes)})
	t.statuses[request.Status]++
	s.requests.add(request)
	s.wake()
}

// Requests returns a page of the newest requests.
func (s *Store) Requests(offset, limit int) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.newest(offset, limit)
}

// Request returns one request, if it is still held.
func (s *Store) Request(id uint64) (Request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.requests.find(id); found != nil {
		return *found, true
	}
	return Request{}, false
}

// requestLog keeps the newest requests, and of them the newest contents up to a number of bytes.
type requestLog struct {
	ring[Request]
	maxBytes int
	bytes    int
	first    uint64 // id of the oldest request that may still have its content
	left     uint64 // contents that made room
}

func newRequestLog(l Limits) requestLog {
	return requestLog{ring: newRing[Request](l.Requests), maxBytes: l.BodyBytes, first: 1}
}

func (r *requestLog) reset() { *r = newRequestLog(Limits{Requests: r.limit, BodyBytes: r.maxBytes}) }

func (r *requestLog) add(request Request) {
	request.ID = r.total + 1
	request.Content.Held = len(request.Content.Body)
	if len(r.items) == r.limit && r.limit > 0 {
		r.bytes -= r.at(0).Content.size() // it is overwritten now
	}
	r.ring.add(request)
	r.bytes += request.Content.size()
	for ; r.bytes > r.maxBytes; r.first++ {
		if old := r.find(r.first); old != nil && old.Content.size() > 0 {
			r.bytes -= old.Content.size()
			r.left++
			old.Content = Content{Left: true}
		}
	}
}

// find returns the request with that id, or nil.
func (r *requestLog) find(id uint64) *Request {
	oldest := r.total - uint64(len(r.items)) + 1
	if id < oldest || id > r.total {
		return nil
	}
	return r.at(int(id - oldest))
}

// bodies tells how full the memory for contents is, in bytes; what left it counts requests.
func (r *requestLog) bodies() Ring { return Ring{Held: r.bytes, Limit: r.maxBytes, Evicted: r.left} }
