package store

import (
	"container/list"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// Series is one time series with its newest points.
type Series struct {
	ID         string     `json:"id"` // stable: a hash of vendor, metric, type and dimensions
	Vendor     string     `json:"vendor"`
	Metric     string     `json:"metric"`
	Type       string     `json:"type"`
	Dimensions Dimensions `json:"dimensions"`
	Unit       string     `json:"unit,omitempty"` // as sent with a point, or noted about the metric
	Held       int        `json:"held"`           // points still in memory
	Received   uint64     `json:"received"`       // points that ever arrived
	FirstSeen  int64      `json:"first_seen"`
	LastSeen   int64      `json:"last_seen"` // arrival times, Unix milliseconds
	Last       Point      `json:"last"`      // the point that arrived last
}

type series struct {
	Series
	key    string
	points ring[Point]
	age    *list.Element
}

// index holds the series, the one that was updated longest ago leaving first.
// It is guarded by the store's mutex.
type index struct {
	limit, pointsPerSeries int

	byKey   map[string]*series
	byID    map[string]*series
	oldest  *list.List // of *series, the oldest at the front
	evicted uint64
	held    Points
	key     []byte // scratch
}

func newIndex(limits Limits) index {
	return index{
		limit:           limits.Series,
		pointsPerSeries: limits.PointsPerSeries,
		byKey:           map[string]*series{},
		byID:            map[string]*series{},
		oldest:          list.New(),
	}
}

func (x *index) add(vendor string, s *Sample, point Point, now int64) {
	x.key = appendSeriesKey(x.key[:0], vendor, s)
	found := x.byKey[string(x.key)]
	if found == nil {
		found = x.create(vendor, s, now)
	}
	if s.Bin == 0 || !found.accumulate(&point) {
		if len(found.points.items) < x.pointsPerSeries {
			x.held.Held++
		} else {
			x.held.Evicted++
		}
		found.points.add(point)
	}
	if s.Unit != "" {
		found.Unit = s.Unit
	}
	found.Received++
	found.LastSeen, found.Last = now, point
	x.oldest.MoveToBack(found.age)
}

// accumulate adds the point to the one that is held for its timestamp, if any, and
// makes it their sum.
func (s *series) accumulate(point *Point) bool {
	for i := len(s.points.items) - 1; i >= 0; i-- {
		if held := s.points.at(i); held.Timestamp == point.Timestamp {
			held.Value = Double(held.Value.Float() + point.Value.Float())
			*point = *held
			return true
		}
	}
	return false
}

func (x *index) create(vendor string, s *Sample, now int64) *series {
	for len(x.byKey) >= x.limit && x.oldest.Len() > 0 {
		old := x.oldest.Front().Value.(*series)
		x.remove(old)
		x.evicted++
		x.held.Evicted += uint64(len(old.points.items))
	}
	created := &series{
		Series: Series{
			ID:     seriesID(x.key),
			Vendor: vendor, Metric: s.Metric, Type: s.Type,
			Dimensions: slices.Clone(s.Dimensions),
			FirstSeen:  now,
		},
		key:    string(x.key),
		points: newRing[Point](x.pointsPerSeries),
	}
	created.age = x.oldest.PushBack(created)
	x.byKey[created.key] = created
	x.byID[created.ID] = created
	return created
}

func (x *index) remove(old *series) {
	x.oldest.Remove(old.age)
	delete(x.byKey, old.key)
	delete(x.byID, old.ID)
	x.held.Held -= len(old.points.items)
}

func (x *index) reset() {
	*x = newIndex(Limits{Series: x.limit, PointsPerSeries: x.pointsPerSeries})
}

func (s *series) snapshot() Series {
	out := s.Series
	out.Held = len(s.points.items)
	return out
}

// appendSeriesKey appends what makes a series. Lengths in front keep different
// series apart whatever bytes their names hold.
func appendSeriesKey(dst []byte, vendor string, s *Sample) []byte {
	dst = appendPart(dst, vendor)
	dst = appendPart(dst, s.Type)
	dst = appendPart(dst, s.Metric)
	for i := range s.Dimensions {
		dst = appendPart(dst, s.Dimensions[i].Key)
		dst = appendPart(dst, s.Dimensions[i].Value)
	}
	return dst
}

func appendPart(dst []byte, part string) []byte {
	dst = strconv.AppendInt(dst, int64(len(part)), 10)
	dst = append(dst, ':')
	return append(dst, part...)
}

// SeriesKey returns what identifies the sample's series, and whether the store knows it already.
func (s *Store) SeriesKey(vendor string, sample *Sample) (key string, known bool) {
	bytes := appendSeriesKey(nil, vendor, sample)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known = s.series.byKey[string(bytes)]
	return string(bytes), known
}

func seriesID(key []byte) string {
	id := strconv.FormatUint(xxhash.Sum64(key), 16)
	return strings.Repeat("0", 16-len(id)) + id
}

// Drop forgets the series that match and returns how many they were.
func (s *Store) Drop(match func(*Series) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	dropped := 0
	for _, candidate := range s.series.byKey {
		if match(&candidate.Series) {
			s.series.remove(candidate)
			dropped++
		}
	}
	s.wake()
	return dropped
}
