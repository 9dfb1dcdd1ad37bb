package librato

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// ID is what the service calls a resource by. It is written as a number in some
// answers and as a string in others.
type ID string

// UnmarshalJSON takes a number, a string or null.
func (id *ID) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	switch value := value.(type) {
	case nil:
		*id = ""
	case string:
		*id = ID(value)
	case float64:
		*id = ID(text)
	default:
		return errors.New("an ID is a number or a string")
	}
	return nil
}

// MarshalJSON writes a number where the ID is one: most resources have those, and
// references to them are documented as numbers.
func (id ID) MarshalJSON() ([]byte, error) {
	if n, err := strconv.ParseUint(string(id), 10, 63); err == nil && strconv.FormatUint(n, 10) == string(id) {
		return []byte(id), nil
	}
	return json.Marshal(string(id))
}

// annotationWire is an event as the API writes it: times in Unix seconds, null for none.
type annotationWire struct {
	ID          ID     `json:"id,omitempty"`
	Title       string `json:"title,omitempty"`
	Source      string `json:"source,omitempty"`
	Description string `json:"description,omitempty"`
	Start       *int64 `json:"start_time,omitempty"`
	End         *int64 `json:"end_time,omitempty"`
	Links       []Link `json:"links,omitempty"`
}

// wire leaves out the ID, which is the path's.
func (a *Annotation) wire() annotationWire {
	return annotationWire{
		Title: a.Title, Source: a.Source, Description: a.Description,
		Start: wireTime(a.Start), End: wireTime(a.End), Links: a.Links,
	}
}

func wireTime(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	seconds := t.Unix()
	return &seconds
}

func timeOf(seconds *int64) time.Time {
	if seconds == nil {
		return time.Time{}
	}
	return time.Unix(*seconds, 0).UTC()
}

// MarshalJSON writes the event as the API does.
func (a Annotation) MarshalJSON() ([]byte, error) {
	wire := a.wire()
	wire.ID = a.ID
	return json.Marshal(wire)
}

// UnmarshalJSON reads an event as the API writes it.
func (a *Annotation) UnmarshalJSON(text []byte) error {
	var wire annotationWire
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	*a = Annotation{
		ID: wire.ID, Title: wire.Title, Source: wire.Source, Description: wire.Description,
		Start: timeOf(wire.Start), End: timeOf(wire.End), Links: wire.Links,
	}
	return nil
}

// UnmarshalJSON reads a stream. The vendor's docs put the map of events into a list
// of one; its clients expect the map itself.
func (s *AnnotationStream) UnmarshalJSON(text []byte) error {
	var wire struct {
		Name        string          `json:"name"`
		DisplayName string          `json:"display_name"`
		Events      json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	*s = AnnotationStream{Name: wire.Name, DisplayName: wire.DisplayName}
	if len(wire.Events) == 0 {
		return nil
	}
	if wire.Events[0] != '[' {
		return json.Unmarshal(wire.Events, &s.Events)
	}
	var maps []map[string][]Annotation
	if err := json.Unmarshal(wire.Events, &maps); err != nil {
		return err
	}
	s.Events = map[string][]Annotation{}
	for _, events := range maps {
		for source, list := range events {
			s.Events[source] = append(s.Events[source], list...)
		}
	}
	return nil
}
