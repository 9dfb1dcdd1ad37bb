package flow

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Point is one value of one series.
type Point struct {
	Timestamp int64 `json:"timestamp"` // Unix milliseconds
	// Stream is the label of the publish() that it comes from, Metric what it was computed from.
	Stream     string      `json:"stream,omitempty"`
	Metric     string      `json:"metric,omitempty"`
	Dimensions []Dimension `json:"-"`
	// Value is null when the series has none at this time.
	Value json.RawMessage `json:"value"`

	number float64
	null   bool
}

// Dimension is one of those that tell series apart.
type Dimension struct{ Key, Value string }

func pointOf(timestamp int64, p *signalflow.Point) Point {
	out := Point{Timestamp: timestamp, Value: json.RawMessage("null"), null: p.IsNull()}
	switch {
	case out.null:
	case p.IsInteger():
		out.Value, out.number = strconv.AppendInt(nil, p.Int(), 10), p.Float()
	default:
		out.number = p.Float()
		if text, err := json.Marshal(out.number); err == nil { // not NaN, which JSON cannot hold
			out.Value = text
		} else {
			out.null = true
		}
	}
	if p.Series == nil { // its metadata never came
		out.Dimensions = []Dimension{{"tsid", p.TSID.String()}}
		return out
	}
	out.Stream, out.Metric = p.Series.StreamLabel(), p.Series.OriginatingMetric()
	out.Dimensions = dimensionsOf(p.Series)
	return out
}

func dimensionsOf(s *signalflow.Series) (all []Dimension) {
	for key, value := range s.Dimensions() {
		all = append(all, Dimension{key, value.Text()})
	}
	return all
}

// key tells series apart, also those of another execution.
func (p *Point) key() string { return keyOf(p.Stream, p.Metric, p.Dimensions) }

func keyOf(stream, metric string, dimensions []Dimension) string {
	var b strings.Builder
	b.WriteString(stream + "\x00" + metric)
	for _, d := range dimensions {
		b.WriteString("\x00" + d.Key + "\x00" + d.Value)
	}
	return b.String()
}

// MarshalJSON puts the dimensions into an object, in their order.
func (p Point) MarshalJSON() ([]byte, error) {
	type known Point
	text, err := json.Marshal(known(p))
	if err != nil {
		return nil, err
	}
	return append(append(append(text[:len(text)-1], `,"dimensions":`...), objectOf(p.Dimensions)...), '}'), nil
}

func objectOf(dimensions []Dimension) []byte {
	out := []byte{'{'}
	for i, d := range dimensions {
		if i > 0 {
			out = append(out, ',')
		}
		key, _ := json.Marshal(d.Key) // text always can be
		value, _ := json.Marshal(d.Value)
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}')
}

// pairs are the dimensions in one cell.
func pairs(dimensions []Dimension) string {
	texts := make([]string, len(dimensions))
	for i, d := range dimensions {
		texts[i] = d.Key + "=" + d.Value
	}
	return strings.Join(texts, ",")
}

// Event is an event, or an alert that began or ended.
type Event struct {
	Timestamp  int64          `json:"timestamp"` // Unix milliseconds
	Stream     string         `json:"stream,omitempty"`
	Properties map[string]any `json:"event"`
}

func eventOf(m *signalflow.Event) Event {
	e := Event{Timestamp: m.TimestampMs, Properties: map[string]any{}}
	for _, p := range m.Properties {
		text := p.Value.Text()
		e.Properties[p.Key] = text
		if raw := json.RawMessage(text); json.Valid(raw) { // what is no text is JSON
			e.Properties[p.Key] = raw
		}
	}
	if m.Series != nil {
		e.Stream = m.Series.StreamLabel()
	}
	return e
}
