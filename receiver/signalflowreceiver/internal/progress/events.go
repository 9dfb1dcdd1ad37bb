package progress

import (
	"maps"
	"slices"
)

const (
	// keptEvents is from how many events on the old ones are looked for.
	keptEvents = 1024
	// maxEvents is how many are remembered whatever their age. A stream of more within
	// minutes may repeat some when it is begun again.
	maxEvents = 50_000
)

// Event notes that an event is delivered. It reports false if it was before.
func (s *State) Event(hash uint64, timestampMs int64) bool {
	if _, ok := s.events[hash]; ok {
		return false
	}
	if len(s.events) >= min(max(keptEvents, 2*s.pruned), maxEvents+1) {
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
	if len(s.events) > maxEvents {
		s.forgetOlderHalf()
	}
	s.pruned = len(s.events)
}

func (s *State) forgetOlderHalf() {
	times := slices.Sorted(maps.Values(s.events))
	middle := times[len(times)/2]
	for hash, t := range s.events {
		if t < middle {
			delete(s.events, hash)
		}
	}
	for hash := range s.events { // many may have the same time
		if len(s.events) <= maxEvents/2 {
			break
		}
		delete(s.events, hash)
	}
}
