package librato

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Annotation is an event in an annotation stream. The vendor gives annotations no
// tags and no route for more than one at a time.
type Annotation struct {
	// ID is set by the service.
	ID ID
	// Title is required.
	Title       string
	Source      string
	Description string
	// Start defaults to the time of arrival; End is zero for an open event. Both
	// have a resolution of one second.
	Start, End time.Time
	Links      []Link
}

// Link is a link of an annotation.
type Link struct {
	// Rel names the link, once in an annotation.
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Label string `json:"label,omitempty"`
}

// AnnotationStream is a named series of annotations; its first one creates it.
type AnnotationStream struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name,omitempty"`
	// Events are by source; those without one stand under "unassigned".
	Events map[string][]Annotation `json:"events,omitempty"`
}

// Interval chooses the events of a stream. The service needs Start and End, or
// Count; the zero Interval asks for no events.
type Interval struct {
	Start, End time.Time
	// Count is how many of the last events to return, 0 for no choice.
	Count int
	// Sources to return, with * as wildcard; none for all.
	Sources []string
}

// ErrNoTitle is the service's rule that an annotation has a title.
var ErrNoTitle = errors.New("the annotation has no title; set one")

const annotationsRoute = "annotations"

// AnnotationStreams lists streams, without events. Pages are fetched as the caller goes on.
func (c *Client) AnnotationStreams(ctx context.Context, o ListOptions) iter.Seq2[AnnotationStream, error] {
	return list[AnnotationStream](ctx, c, annotationsRoute, o.query())
}

// AnnotationStream returns a stream with the events of an interval.
func (c *Client) AnnotationStream(ctx context.Context, stream string, events Interval) (*AnnotationStream, error) {
	var found AnnotationStream
	if err := c.annotations(ctx, http.MethodGet, events.query(), nil, &found, stream); err != nil {
		return nil, err
	}
	return &found, nil
}

func (i Interval) query() url.Values {
	query := url.Values{}
	if !i.Start.IsZero() {
		query.Set("start_time", strconv.FormatInt(i.Start.Unix(), 10))
	}
	if !i.End.IsZero() {
		query.Set("end_time", strconv.FormatInt(i.End.Unix(), 10))
	}
	if i.Count > 0 {
		query.Set("count", strconv.Itoa(i.Count))
	}
	if len(i.Sources) > 0 {
		query["sources[]"] = i.Sources
	}
	return query
}

// UpdateAnnotationStream sets what a stream is shown as.
func (c *Client) UpdateAnnotationStream(ctx context.Context, stream, displayName string) error {
	in := map[string]string{"name": stream, "display_name": displayName}
	return c.annotations(ctx, http.MethodPut, nil, in, nil, stream)
}

// DeleteAnnotationStream deletes a stream with all its events.
func (c *Client) DeleteAnnotationStream(ctx context.Context, stream string) error {
	return c.annotations(ctx, http.MethodDelete, nil, nil, nil, stream)
}

// PostAnnotation adds an event to a stream and returns it as the service stored
// it, with its ID: that of the answer's body, or else of its Location. When it is in
// neither the ID stays empty: receivers that only capture say no more than that they took it.
func (c *Client) PostAnnotation(ctx context.Context, stream string, event Annotation) (*Annotation, error) {
	if event.Title == "" {
		return nil, ErrNoTitle
	}
	path, err := route(stream)
	if err != nil {
		return nil, err
	}
	var stored Annotation
	var header http.Header
	err = httpsend.Patiently(ctx, c.patience, func() (err error) {
		header, err = c.exchangeHeader(ctx, http.MethodPost, "/"+annotationsRoute+path, nil, event.wire(), &stored)
		return err
	})
	if err != nil && !isOtherJSON(err) {
		return nil, err
	}
	if stored.ID == "" {
		stored.ID = ID(lastSegment(header.Get("Location")))
	}
	return &stored, nil
}

// isOtherJSON reports whether an answer of success could not be read.
func isOtherJSON(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, form := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || form
}

// Annotation returns one event.
func (c *Client) Annotation(ctx context.Context, stream string, id ID) (*Annotation, error) {
	var event Annotation
	if err := c.annotations(ctx, http.MethodGet, nil, nil, &event, stream, string(id)); err != nil {
		return nil, err
	}
	return &event, nil
}

// UpdateAnnotation changes the title, description, end and links of an event: those
// that are set in change. It can neither empty a text nor open an event again.
func (c *Client) UpdateAnnotation(ctx context.Context, stream string, id ID, change Annotation) error {
	in := change.wire()
	in.Source, in.Start = "", nil // the service does not take them here
	return c.annotations(ctx, http.MethodPut, nil, in, nil, stream, string(id))
}

// DeleteAnnotation deletes one event.
func (c *Client) DeleteAnnotation(ctx context.Context, stream string, id ID) error {
	return c.annotations(ctx, http.MethodDelete, nil, nil, nil, stream, string(id))
}

// AddAnnotationLink adds a link to an event.
func (c *Client) AddAnnotationLink(ctx context.Context, stream string, id ID, link Link) error {
	return c.annotations(ctx, http.MethodPost, nil, link, nil, stream, string(id), "links")
}

// DeleteAnnotationLink deletes the link of an event that rel names.
func (c *Client) DeleteAnnotationLink(ctx context.Context, stream string, id ID, rel string) error {
	return c.annotations(ctx, http.MethodDelete, nil, nil, nil, stream, string(id), "links", rel)
}

// annotations makes a request of a path below the annotations.
func (c *Client) annotations(ctx context.Context, method string, query url.Values, in, out any, segments ...string) error {
	path, err := route(segments...)
	if err != nil {
		return err
	}
	return c.manage(ctx, method, "/"+annotationsRoute+path, query, in, out)
}
