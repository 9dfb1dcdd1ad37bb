package librato

import (
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Annotation is one event of a stream. Times are in seconds.
type Annotation struct {
	ID          int64   `json:"id"`
	Title       string  `json:"title"`
	Source      *string `json:"source"`
	Description *string `json:"description"`
	StartTime   int64   `json:"start_time"`
	EndTime     *int64  `json:"end_time"`
	Links       []Link  `json:"links"`

	stream string
}

// Link is a link of an annotation; Rel is unique within it.
type Link struct {
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Label string `json:"label,omitempty"`
}

// annotationStream exists from its first event on.
type annotationStream struct {
	Name        string  `json:"name"`
	DisplayName *string `json:"display_name"`
}

// addAnnotation gives the event an id and keeps it.
func (a *Account) addAnnotation(event Annotation) Annotation {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := strings.ToLower(event.stream)
	if _, ok := a.streams.Get(key); !ok {
		a.streams.Put(key, annotationStream{Name: event.stream})
	}
	a.lastID++
	event.ID = a.lastID
	a.events.Put(event.ID, event)
	return event
}

// Annotations returns the events of a stream in order of their start.
func (a *Account) Annotations(stream string) []Annotation {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := slices.DeleteFunc(a.events.Values(), func(e Annotation) bool { return !strings.EqualFold(e.stream, stream) })
	slices.SortStableFunc(found, func(a, b Annotation) int { return int(a.StartTime - b.StartTime) })
	return found
}

func (a *Account) annotation(stream string, id int64) (Annotation, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.events.Get(id)
	return e, ok && strings.EqualFold(e.stream, stream)
}

// changeAnnotation replaces an event by what change makes of it.
func (a *Account) changeAnnotation(id int64, change func(*Annotation)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e, ok := a.events.Get(id); ok {
		e.Links = slices.Clone(e.Links) // readers hold the old one
		change(&e)
		a.events.Put(id, e)
	}
}

func (a *Account) removeAnnotation(id int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events.Remove(id)
}

func (a *Account) allStreams() []annotationStream {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.streams.Values()
}

func (a *Account) stream(name string) (annotationStream, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.streams.Get(strings.ToLower(name))
}

func (a *Account) putStream(s annotationStream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.streams.Put(strings.ToLower(s.Name), s)
}

// removeStream forgets a stream with its events.
func (a *Account) removeStream(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.events.Values() {
		if strings.EqualFold(e.stream, name) {
			a.events.Remove(e.ID)
		}
	}
	return a.streams.Remove(strings.ToLower(name))
}

// stored is the annotation on the lab's timeline.
func (e *Annotation) stored() store.Event {
	out := store.Event{
		Timestamp: e.StartTime * 1000, Type: e.stream, Category: kinds.Event,
		Dimensions: store.Dimensions{}, Properties: map[string]any{"id": e.ID, "title": e.Title}, Given: "id",
	}
	if e.EndTime != nil {
		out.End = *e.EndTime * 1000
	}
	if e.Source != nil {
		out.Dimensions = store.Dimensions{{Key: sourceKey, Value: *e.Source}}
	}
	if e.Description != nil {
		out.Properties["description"] = *e.Description
	}
	if len(e.Links) > 0 {
		out.Properties["links"] = slices.Clone(e.Links)
	}
	return out
}

// readAnnotation reads the members that are there into e.
func readAnnotation(from object, e *Annotation) *broken {
	var b *broken
	if from.has("title") {
		if e.Title, b = from.text("title"); b != nil {
			return b
		}
	}
	if strings.TrimSpace(e.Title) == "" {
		return breaks(PropertyInvalid, "title", "can't be blank")
	}
	if b := readTexts(from, map[string]**string{"source": &e.Source, "description": &e.Description}); b != nil {
		return b
	}
	if e.Source != nil && !nameRule.MatchString(*e.Source) {
		return breaks(SourceInvalid, "source", "is invalid: 1 to 255 of A-Z a-z 0-9 . : - _")
	}
	if b := readSeconds(from, map[string]**int64{"end_time": &e.EndTime}); b != nil {
		return b
	}
	if from.has("start_time") {
		start := &e.StartTime
		if b := readSeconds(from, map[string]**int64{"start_time": &start}); b != nil {
			return b
		}
		e.StartTime = *start
	}
	if e.EndTime != nil && *e.EndTime < e.StartTime {
		return breaks(TimeInvalid, "end_time", "is before start_time")
	}
	if from.has("links") {
		e.Links, b = readLinks(from["links"])
	}
	return b
}

func readLinks(value any) (links []Link, b *broken) {
	list, ok := listed(value)
	if !ok {
		return nil, breaks(PropertyInvalid, "links", "is not an array")
	}
	for _, item := range list {
		l, b := readLink(item)
		if b == nil && slices.ContainsFunc(links, func(other Link) bool { return other.Rel == l.Rel }) {
			b = breaks(NameTaken, "links", "has the rel %q twice", shorten(l.Rel))
		}
		if b != nil {
			return nil, b
		}
		links = append(links, l)
	}
	return links, nil
}

func readLink(from object) (l Link, b *broken) {
	var errs [3]*broken
	l.Rel, errs[0] = from.text("rel")
	l.Href, errs[1] = from.text("href")
	l.Label, errs[2] = from.text("label")
	for _, b := range errs {
		if b != nil {
			return l, b
		}
	}
	if l.Rel == "" || l.Href == "" {
		return l, breaks(PropertyInvalid, "links", "need rel and href")
	}
	return l, nil
}
