// Package progress knows how far a program's stream was delivered, and which points
// beyond that were, so that a stream that is begun again neither loses nor repeats.
//
// A program sends the data of one logical time in several messages, one per
// publish() block, and nothing tells which is the last. So the latest times stay
// open, each with the series that were delivered; a time is complete when Size
// later ones have been seen. No clock decides that.
package progress

import (
	"math"
	"slices"
	"time"
)

// Size is how many of the latest logical times stay open.
const Size = 3

// None is the logical time before everything.
const None = math.MinInt64

// State belongs to one goroutine. All logical times are in milliseconds since 1970.
type State struct {
	// Program is the hash of the program's text.
	Program uint64
	// Origin is the start that was asked for when the program ran first.
	Origin int64
	// Stop is the end that was asked for then, 0 without one.
	Stop int64
	// LatestEvent is the time of the newest event that was delivered, for programs without data.
	LatestEvent int64
	// Resolution is the output's step in milliseconds, 0 if unknown.
	Resolution int64
	// Done means that a job with a stop time has come to its end.
	Done bool

	watermark int64 // everything up to it was delivered
	open      [Size]int64
	series    []series // by SeriesID
	ids       map[uint64]SeriesID
	events    map[uint64]int64 // delivered events and their times
	pruned    int              // how many events the latest pruning left
}

// SeriesID is one output series, however the service numbers it. Series stand in the
// order in which they were first seen, which is that of the points in a message.
type SeriesID uint32

type series struct {
	hash      uint64
	delivered [Size]int64 // per open time: that time, if delivered
}

// neverDelivered is what a series begins with.
var neverDelivered = [Size]int64{None, None, None}

// New returns the state of a program that has never run.
func New(program uint64, origin time.Time) *State {
	s := &State{Program: program, Origin: origin.UnixMilli(), ids: make(map[uint64]SeriesID), events: make(map[uint64]int64)}
	s.watermark = None
	s.clear()
	return s
}

func (s *State) clear() {
	for i := range s.open {
		s.open[i] = None
	}
}

// Open returns the place of a logical time among the open ones, which may complete
// an older one. It reports false if all of that time was delivered before.
func (s *State) Open(t int64) (place int, ok bool) {
	if t <= s.watermark {
		return 0, false
	}
	oldest := 0
	for i, open := range s.open {
		if open == t {
			return i, true
		}
		if open < s.open[oldest] {
			oldest = i
		}
	}
	if t < s.open[oldest] {
		return 0, false
	}
	if s.open[oldest] != None {
		s.watermark = s.open[oldest]
	}
	s.open[oldest] = t
	return oldest, true
}

// Mark notes that a point of a series at an open time is delivered. It reports
// false if it was before.
func (s *State) Mark(id SeriesID, place int) bool {
	delivered := &s.series[id].delivered[place]
	if *delivered == s.open[place] {
		return false
	}
	*delivered = s.open[place]
	return true
}

// Unmark takes Mark back.
func (s *State) Unmark(id SeriesID, place int) { s.series[id].delivered[place] = None }

// ID returns the series with a hash.
func (s *State) ID(hash uint64) SeriesID {
	id, ok := s.ids[hash]
	if !ok {
		id = SeriesID(len(s.series))
		s.series = append(s.series, series{hash: hash, delivered: neverDelivered})
		s.ids[hash] = id
	}
	return id
}

// Forget removes series that have nothing to do with the open times. Callers must
// ask for all ids again.
func (s *State) Forget() {
	s.series = slices.DeleteFunc(s.series, func(one series) bool { return !s.isOpen(&one) })
	s.series = slices.Clone(s.series) // lets go of the room of those that left
	s.ids = make(map[uint64]SeriesID, len(s.series))
	for i := range s.series {
		s.ids[s.series[i].hash] = SeriesID(i)
	}
}

func (s *State) isOpen(one *series) bool {
	for i, t := range one.delivered {
		if t != None && t == s.open[i] {
			return true
		}
	}
	return false
}

// Series is how many series are remembered.
func (s *State) Series() int { return len(s.series) }

// Complete makes all open times complete, at the end of a job.
func (s *State) Complete() {
	s.watermark = max(s.watermark, s.Newest())
	s.clear()
}

// Newest is the latest logical time that was seen, None without any.
func (s *State) Newest() int64 {
	newest := s.watermark
	for _, t := range s.open {
		newest = max(newest, t)
	}
	return newest
}

// slack is how far behind its newest event a stream without data is begun again:
// events carry no logical time and may come late.
const slack = 10 * time.Minute

// Resume is the logical time from which on the stream is needed.
func (s *State) Resume() int64 {
	switch {
	case s.watermark != None:
		return s.watermark
	case s.Newest() == None:
		return max(s.Origin, s.LatestEvent-slack.Milliseconds())
	}
	return s.Origin
}
