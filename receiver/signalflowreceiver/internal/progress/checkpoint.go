package progress

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// version of the checkpoint's form; another one is not read.
const version = 1

type checkpointJSON struct {
	Version     int              `json:"version"`
	Program     uint64           `json:"program"`
	Origin      int64            `json:"origin"`
	Stop        int64            `json:"stop,omitempty"`
	LatestEvent int64            `json:"latest_event,omitempty"`
	Resolution  int64            `json:"resolution"`
	Done        bool             `json:"done"`
	Watermark   *int64           `json:"watermark,omitempty"`
	Open        []int64          `json:"open,omitempty"` // times
	Series      []byte           `json:"series,omitempty"`
	Events      map[uint64]int64 `json:"events,omitempty"`
}

// Of each series that was delivered at open times, a checkpoint has its hash (8 bytes,
// little-endian) and a byte in which bit i is set if it was at the time Open[i].
const seriesSize = 8 + 1

// Encode returns the state in the form in which it is stored.
func (s *State) Encode() ([]byte, error) {
	s.prune()
	c := checkpointJSON{
		Version: version, Program: s.Program, Origin: s.Origin, Stop: s.Stop, LatestEvent: s.LatestEvent, Resolution: s.Resolution,
		Done: s.Done, Events: s.events,
	}
	if s.watermark != None {
		c.Watermark = &s.watermark
	}
	var places []int
	for place, t := range s.open {
		if t != None {
			c.Open = append(c.Open, t)
			places = append(places, place)
		}
	}
	c.Series = s.appendDelivered(make([]byte, 0, seriesSize*len(s.series)), places)
	return json.Marshal(c)
}

// appendDelivered appends the series that were delivered at open times.
func (s *State) appendDelivered(dst []byte, places []int) []byte {
	for i := range s.series {
		one := &s.series[i]
		var at byte
		for bit, place := range places {
			if one.delivered[place] == s.open[place] {
				at |= 1 << bit
			}
		}
		if at != 0 {
			dst = append(binary.LittleEndian.AppendUint64(dst, one.hash), at)
		}
	}
	return dst
}

// Decode reads a stored state.
func Decode(stored []byte) (*State, error) {
	var c checkpointJSON
	if err := json.Unmarshal(stored, &c); err != nil {
		return nil, fmt.Errorf("the checkpoint is damaged: %w", err)
	}
	if c.Version != version || len(c.Open) > Size {
		return nil, errors.New("the checkpoint was written by another version")
	}
	s := &State{
		Program: c.Program, Origin: c.Origin, Stop: c.Stop, LatestEvent: c.LatestEvent, Resolution: c.Resolution, Done: c.Done,
		watermark: None, ids: make(map[uint64]SeriesID), events: c.Events,
	}
	if s.events == nil {
		s.events = make(map[uint64]int64)
	}
	if c.Watermark != nil {
		s.watermark = *c.Watermark
	}
	s.clear()
	copy(s.open[:], c.Open)
	for stored := c.Series; len(stored) >= seriesSize; stored = stored[seriesSize:] {
		id := s.ID(binary.LittleEndian.Uint64(stored))
		for place := range c.Open {
			if stored[8]&(1<<place) != 0 {
				s.Mark(id, place)
			}
		}
	}
	return s, nil
}
