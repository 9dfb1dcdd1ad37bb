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
	Open        []openJSON       `json:"open,omitempty"`
	Events      map[uint64]int64 `json:"events,omitempty"`
}

// openJSON is one open time with the series that were delivered, 8 bytes for each.
type openJSON struct {
	Time   int64  `json:"time"`
	Series []byte `json:"series"`
}

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
	for place, t := range s.open {
		if t != None {
			c.Open = append(c.Open, openJSON{Time: t, Series: s.deliveredAt(place)})
		}
	}
	return json.Marshal(c)
}

func (s *State) deliveredAt(place int) []byte {
	var hashes []byte
	for i := range s.series {
		if one := &s.series[i]; one.delivered[place] == s.open[place] {
			hashes = binary.LittleEndian.AppendUint64(hashes, one.hash)
		}
	}
	return hashes
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
	for place, open := range c.Open {
		s.open[place] = open.Time
		for hashes := open.Series; len(hashes) >= 8; hashes = hashes[8:] {
			s.Mark(s.ID(binary.LittleEndian.Uint64(hashes)), place)
		}
	}
	return s, nil
}
