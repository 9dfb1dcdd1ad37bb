package progress

// keptEvents is from how many events on the old ones are looked for.
const keptEvents = 1024

// Event notes that an event is delivered. It reports false if it was before.
func (s *State) Event(hash uint64, timestampMs int64) bool {
	if _, ok := s.events[hash]; ok {
		return false
	}
	if len(s.events) >= max(keptEvents, 2*s.pruned) {
		s.prune()
	}
	s.events[hash] = timestampMs
	s.LatestEvent = max(s.LatestEvent, timestampMs)
	return true
}

// UnmarkEvent takes Event back.
func (s *State) UnmarkEvent(hash uint64) { delete(s.events, hash) }

// prune forgets events that cannot come again: a resumed stream begins behind them.
func (s *State) prune() {
	oldest := s.Resume() - slack.Milliseconds()
	for hash, t := range s.events {
		if t < oldest {
			delete(s.events, hash)
		}
	}
	s.pruned = len(s.events)
}
