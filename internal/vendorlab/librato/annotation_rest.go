package librato

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func (s *server) listStreams(c *call) (*reply, *apiError) {
	return pageOf(c, "annotations", s.Account.allStreams(), func(a annotationStream) string { return a.Name },
		ordering[annotationStream]{"name", func(a, b annotationStream) int { return strings.Compare(a.Name, b.Name) }})
}

// getStream answers a stream, and its events by source if an interval or a count is given.
func (s *server) getStream(c *call) (*reply, *apiError) {
	stream, ok := s.Account.stream(c.PathValue("stream"))
	if !ok {
		return nil, notFound()
	}
	events := map[string][]Annotation{}
	if c.has("start_time") || c.has("end_time") || c.has("count") {
		within, count, b := s.sourcedInterval(c)
		if b != nil {
			return nil, b.paramsError(http.StatusBadRequest, "")
		}
		found := slices.DeleteFunc(s.Account.Annotations(stream.Name), func(e Annotation) bool {
			return e.StartTime < within.start || e.StartTime > within.end || !matchesAny(e.source(), c.query["sources[]"])
		})
		if count > 0 && count < len(found) && c.has("start_time") {
			found = found[:count]
		} else if count > 0 && count < len(found) {
			found = found[len(found)-count:]
		}
		for _, e := range found {
			events[e.source()] = append(events[e.source()], e)
		}
	}
	// The vendor's documentation shows a list of one such object; its Python client,
	// which was used for years, reads the object itself.
	return &reply{status: http.StatusOK, body: map[string]any{
		"name": stream.Name, "display_name": stream.DisplayName, "events": events,
	}}, nil
}

func (e *Annotation) source() string {
	if e.Source == nil {
		return unassigned
	}
	return *e.Source
}

func (s *server) postAnnotation(c *call) (*reply, *apiError) {
	stream := c.PathValue("stream")
	e := Annotation{stream: stream, StartTime: s.Store.Now().Unix(), Links: []Link{}}
	b := readAnnotation(c.body, &e)
	if !nameRule.MatchString(stream) {
		b = breaks(NameInvalid, "name", "of the stream is invalid: 1 to 255 of A-Z a-z 0-9 . : - _")
	}
	if b != nil {
		return nil, s.refuseAnnotation(c, b)
	}
	batch := intake.Batch{Kinds: kinds}
	if c.ex.Accepts(1) > 0 {
		e = s.Account.addAnnotation(e)
		batch.Events = append(batch.Events, e.stored())
	} else {
		batch.Refuse(kinds.Event, intake.PartialAcceptance, "dropped by a partial-acceptance fault", e)
	}
	batch.Save(s.Store, Vendor, c.URL.Path, c.ex.Count)
	return &reply{status: http.StatusCreated, location: fmt.Sprintf("annotations/%s/%d", stream, e.ID), body: e}, nil
}

func (s *server) refuseAnnotation(c *call, b *broken) *apiError {
	batch := intake.Batch{Kinds: kinds}
	batch.Refuse(kinds.Event, string(b.reason), b.member+" "+b.text, c.body)
	batch.Save(s.Store, Vendor, c.URL.Path, c.ex.Count)
	return b.paramsError(http.StatusBadRequest, "")
}

func (s *server) putStream(c *call) (*reply, *apiError) {
	stream, ok := s.Account.stream(c.PathValue("stream"))
	if !ok {
		return nil, notFound()
	}
	if b := readTexts(c.body, map[string]**string{"display_name": &stream.DisplayName}); b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	s.Account.putStream(stream)
	return &reply{status: http.StatusNoContent}, nil
}

func (s *server) deleteStream(c *call) (*reply, *apiError) {
	if !s.Account.removeStream(c.PathValue("stream")) {
		return nil, notFound()
	}
	return &reply{status: http.StatusNoContent}, nil
}

// annotationOf finds the event in the path.
func (s *server) annotationOf(c *call) (Annotation, *apiError) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	e, ok := s.Account.annotation(c.PathValue("stream"), id)
	if err != nil || !ok {
		return e, notFound()
	}
	return e, nil
}

func (s *server) getAnnotation(c *call) (*reply, *apiError) {
	e, err := s.annotationOf(c)
	return &reply{status: http.StatusOK, body: e}, err
}

func (s *server) putAnnotation(c *call) (*reply, *apiError) {
	e, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	delete(c.body, "source") // cannot be changed
	delete(c.body, "start_time")
	if b := readAnnotation(c.body, &e); b != nil {
		return nil, s.refuseAnnotation(c, b)
	}
	s.changeAnnotation(e.ID, func(held *Annotation) { *held = e })
	return &reply{status: http.StatusNoContent}, nil
}

// changeAnnotation changes the event here and on the lab's timeline.
func (s *server) changeAnnotation(id int64, change func(*Annotation)) {
	var changed store.Event
	s.Account.changeAnnotation(id, func(e *Annotation) {
		change(e)
		changed = e.stored()
	})
	s.Store.ReviseEvent(func(e *store.Event) bool { return e.Vendor == Vendor && e.Properties["id"] == id },
		func(e *store.Event) {
			e.End, e.Dimensions, e.Properties = changed.End, changed.Dimensions, changed.Properties
		})
}

func (s *server) deleteAnnotation(c *call) (*reply, *apiError) {
	e, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	s.Account.removeAnnotation(e.ID)
	return &reply{status: http.StatusNoContent}, nil
}

func (s *server) postLink(c *call) (*reply, *apiError) {
	e, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	l, b := readLink(c.body)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	if slices.ContainsFunc(e.Links, func(other Link) bool { return other.Rel == l.Rel }) {
		return nil, breaks(NameTaken, "rel", "has already been taken").paramsError(http.StatusUnprocessableEntity, "")
	}
	s.changeAnnotation(e.ID, func(e *Annotation) { e.Links = append(e.Links, l) })
	return &reply{status: http.StatusCreated, location: fmt.Sprintf("annotations/%s/%d/links/%s", e.stream, e.ID, l.Rel), body: l}, nil
}

func (s *server) deleteLink(c *call) (*reply, *apiError) {
	e, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	is := func(l Link) bool { return l.Rel == c.PathValue("rel") }
	if !slices.ContainsFunc(e.Links, is) {
		return nil, notFound()
	}
	s.changeAnnotation(e.ID, func(e *Annotation) { e.Links = slices.DeleteFunc(e.Links, is) })
	return &reply{status: http.StatusNoContent}, nil
}
