package wavefront

import (
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

const eventPrefix = "@Event"

// event reads a line for the proxy:
//
//	@Event start [end] name {key=value}
//
// host, tag and eventTag may repeat; other keys are annotations, or, when they
// repeat, further dimensions.
func (d *decoder) event(line string) *refusal {
	p := newParser(line)
	p.literal(eventPrefix)
	start := p.timestamp()
	if start == noTime {
		p.fail("the start is missing")
	}
	end := p.timestamp()
	name := p.text("the name")
	tags := p.tags()
	if r := p.refusal(); r != nil {
		return r
	}
	if strings.TrimSpace(name) == "" {
		return refuse(EventInvalid, "the event has no name")
	}
	if len(line) > maxKept {
		return tooLargeEvent(len(line))
	}
	e := event{Name: name, StartTime: &start, EndTime: max(end, start+1), Annotations: map[string]string{}}
	for _, tag := range tags {
		switch tag.Key {
		case "host":
			e.Hosts = append(e.Hosts, tag.Value)
		case "tag", "eventTag":
			e.Tags = append(e.Tags, tag.Value)
		default:
			e.annotate(tag)
		}
	}
	d.Events = append(d.Events, e.stored())
	return nil
}

// event is the JSON form, which the service takes directly. Times are in milliseconds.
type event struct {
	Name        string            `json:"name"`
	StartTime   *int64            `json:"startTime"`
	EndTime     int64             `json:"endTime"`
	Annotations map[string]string `json:"annotations"`
	Hosts       []string          `json:"hosts"`
	Tags        []string          `json:"tags"`

	repeated map[string][]string
}

func (e *event) annotate(tag store.Dimension) {
	if values, ok := e.repeated[tag.Key]; ok {
		e.repeated[tag.Key] = append(values, tag.Value)
		return
	}
	if first, ok := e.Annotations[tag.Key]; ok {
		delete(e.Annotations, tag.Key)
		if e.repeated == nil {
			e.repeated = map[string][]string{}
		}
		e.repeated[tag.Key] = []string{first, tag.Value}
		return
	}
	e.Annotations[tag.Key] = tag.Value
}

// decodeEvent reads the body of POST /api/v2/event. Its refusal is answered with 400.
func decodeEvent(body []byte) (*event, *refusal) {
	var e event
	if err := decodeJSON(body, &e); err != nil {
		return nil, refuse(EventInvalid, "the body is not one event as JSON: %v", err)
	}
	switch {
	case len(body) > maxKept:
		return nil, tooLargeEvent(len(body))
	case strings.TrimSpace(e.Name) == "":
		return nil, refuse(EventInvalid, "name is missing or blank")
	case e.StartTime == nil:
		return nil, refuse(EventInvalid, "startTime is missing; it is in milliseconds since 1970")
	case e.Annotations == nil:
		return nil, refuse(EventInvalid, "annotations is missing; an event without any has an empty object")
	case e.EndTime != 0 && e.EndTime < *e.StartTime:
		return nil, refuse(EventInvalid, "endTime is before startTime")
	}
	return &e, nil
}

func tooLargeEvent(n int) *refusal {
	return refuse(EventInvalid, "the event has %d bytes, this stand-in takes %d", n, maxKept)
}

func (e *event) stored() store.Event {
	out := store.Event{
		Timestamp: *e.StartTime, End: e.EndTime, Type: e.Name, Category: e.Annotations["type"],
		Dimensions: store.Dimensions{}, Properties: map[string]any{},
	}
	for key, value := range e.Annotations {
		out.Dimensions = append(out.Dimensions, store.Dimension{Key: key, Value: value})
	}
	out.Dimensions.Sort()
	for key, values := range e.repeated {
		out.Properties[key] = values
	}
	if len(e.Hosts) > 0 {
		out.Properties["hosts"] = slices.Clone(e.Hosts)
	}
	if len(e.Tags) > 0 {
		out.Properties["tags"] = slices.Clone(e.Tags)
	}
	return out
}
