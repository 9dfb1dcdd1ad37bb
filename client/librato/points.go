package librato

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Point is one value of a series that was read.
type Point struct {
	Time time.Time
	// Value is NaN where the service has none.
	Value float64
	// More holds what else the service says about it, such as count, sum, min and max.
	More map[string]json.RawMessage
}

type pointWire struct {
	Time        *int64   `json:"time,omitempty"`
	MeasureTime *int64   `json:"measure_time,omitempty"`
	Value       *float64 `json:"value"`
}

// UnmarshalJSON reads a point of either dialect.
func (p *Point) UnmarshalJSON(text []byte) error {
	var wire pointWire
	more, err := openjson.Unmarshal(text, &wire)
	if err != nil {
		return err
	}
	*p = Point{Value: math.NaN(), More: more}
	if wire.Value != nil {
		p.Value = *wire.Value
	}
	if p.Time = timeOf(wire.Time); wire.Time == nil {
		p.Time = timeOf(wire.MeasureTime)
	}
	return nil
}

// MarshalJSON writes the point as the tag dialect does.
func (p Point) MarshalJSON() ([]byte, error) {
	seconds := p.Time.Unix()
	wire := pointWire{Time: &seconds}
	if !math.IsNaN(p.Value) {
		wire.Value = &p.Value
	}
	return openjson.Marshal(wire, p.More)
}

// Window says of which time data is read.
type Window struct {
	// Start or Duration is needed. End is now unless it is set.
	Start, End time.Time
	// Duration is the length of time up to End, or from Start.
	Duration time.Duration
	// Resolution is the step of the data, by default one second.
	Resolution time.Duration
}

// Errors of a Window.
var (
	ErrNoInterval = errors.New("the interval of time is missing; set a start or a duration")
	ErrNoStart    = errors.New("the start of the interval is missing; composites need one")
	ErrThreeTimes = errors.New("start, end and duration cannot all be set; leave one out")
)

// query checks the window as the API documents it.
func (w Window) query() (url.Values, error) {
	switch {
	case w.Start.IsZero() && w.Duration <= 0:
		return nil, ErrNoInterval
	case !w.Start.IsZero() && !w.End.IsZero() && w.Duration > 0:
		return nil, ErrThreeTimes
	}
	query := url.Values{"resolution": {wholeSeconds(max(w.Resolution, time.Second))}}
	setTimes(query, w.Start, w.End)
	if w.Duration > 0 {
		query.Set("duration", wholeSeconds(w.Duration))
	}
	return query, nil
}

func setTimes(query url.Values, start, end time.Time) {
	if !start.IsZero() {
		query.Set("start_time", strconv.FormatInt(start.Unix(), 10))
	}
	if !end.IsZero() {
		query.Set("end_time", strconv.FormatInt(end.Unix(), 10))
	}
}

func wholeSeconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
