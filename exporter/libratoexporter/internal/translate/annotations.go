package translate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// Attributes of log records that say what the annotation is.
const (
	streamAttribute      = "librato.annotation.stream"
	titleAttribute       = "librato.annotation.title"
	descriptionAttribute = "librato.annotation.description"
	sourceAttribute      = "librato.annotation.source"
	startAttribute       = "librato.annotation.start_time"
	endAttribute         = "librato.annotation.end_time"
	linksAttribute       = "librato.annotation.links"
	keyAttribute         = "librato.annotation.key"
)

// AnnotationRules say which log records become annotations.
type AnnotationRules struct {
	// All makes every record one.
	All bool
	// Stream is that of records that name none.
	Stream string
}

// Annotation is what a log record becomes.
type Annotation struct {
	Stream string
	// Key, when not empty, ties the records of one annotation together: one that opens it, one that ends it.
	Key   string
	Event librato.Annotation
}

// AnnotationEncoder makes annotations of a walk. It serves one walk.
type AnnotationEncoder struct {
	Counts Counts
	// Annotations are those of the walk so far. The service takes one in a request: a
	// part's body is the index of its annotation.
	Annotations []Annotation

	rules   *AnnotationRules
	now     time.Time
	builder parts.Builder
	source  string
}

// NewAnnotationEncoder returns an encoder whose parts go to emit.
func NewAnnotationEncoder(rules *AnnotationRules, now time.Time, emit func(*parts.Part)) *AnnotationEncoder {
	return &AnnotationEncoder{rules: rules, now: now, builder: parts.Builder{MaxBytes: 20, MaxUnits: 1, Emit: emit}}
}

// IndexOf is the index of a part's annotation.
func IndexOf(p *parts.Part) int {
	i, _ := strconv.Atoi(string(p.Body)) // the encoder wrote it
	return i
}

// End closes the walk and returns how many records were walked.
func (e *AnnotationEncoder) End() (walked int) {
	e.builder.Flush()
	return e.builder.Walked()
}

// Resource notes the source of what follows.
func (e *AnnotationEncoder) Resource(r pcommon.Resource) { e.source = hostOf(r) }

// Scope does nothing: annotations have no place for it.
func (e *AnnotationEncoder) Scope(pcommon.InstrumentationScope) {}

// Record makes an annotation of a record that is one.
func (e *AnnotationEncoder) Record(r plog.LogRecord) {
	e.builder.Start()
	a, reason, ok := e.annotation(r)
	if !ok {
		e.builder.Finish(0)
		e.Counts.Dropped[reason]++
		return
	}
	e.builder.Body = strconv.AppendInt(e.builder.Body, int64(len(e.Annotations)), 10)
	e.Annotations = append(e.Annotations, a)
	e.builder.Finish(1)
}

func (e *AnnotationEncoder) annotation(r plog.LogRecord) (a Annotation, reason Reason, ok bool) {
	stream := text(r, streamAttribute)
	if stream == "" && r.EventName() == "" && !e.rules.All {
		return a, NotAnAnnotation, false
	}
	if stream == "" {
		stream = e.rules.Stream
	}
	if a.Stream = librato.SanitizeName(stream); a.Stream != stream {
		e.Counts.Changed[NameChanged]++
	}
	body := r.Body().AsString()
	a.Event.Title = e.title(r, body)
	if a.Event.Title == "" {
		return a, NoTitle, false
	}
	a.Key = text(r, keyAttribute)
	if a.Event.Description = text(r, descriptionAttribute); a.Event.Description == "" && body != a.Event.Title {
		a.Event.Description = body
	}
	a.Event.Source = e.sourceOf(r)
	a.Event.Start, a.Event.End = e.times(r)
	a.Event.Links = e.links(r)
	return a, 0, true
}

func text(r plog.LogRecord, key string) string {
	if v, ok := r.Attributes().Get(key); ok {
		return v.AsString()
	}
	return ""
}

// maxTitle keeps titles readable; the vendor documents no limit.
const maxTitle = 255

// title is the attribute, else the event's name, else the first line of the body.
func (e *AnnotationEncoder) title(r plog.LogRecord, body string) string {
	title := text(r, titleAttribute)
	if title == "" {
		title = r.EventName()
	}
	if title == "" {
		title, _, _ = strings.Cut(strings.TrimSpace(body), "\n")
		title = strings.TrimSpace(title)
	}
	if len(title) > maxTitle {
		if runes := []rune(title); len(runes) > maxTitle {
			e.Counts.Changed[TitleCut]++
			return string(runes[:maxTitle])
		}
	}
	return title
}

func (e *AnnotationEncoder) sourceOf(r plog.LogRecord) string {
	source := text(r, sourceAttribute)
	if source == "" {
		source = e.source
	}
	source, changed := legalSource(source)
	if changed {
		e.Counts.Changed[SourceChanged]++
	}
	return source
}

// times are the annotation's; the end is zero for an open one.
func (e *AnnotationEncoder) times(r plog.LogRecord) (start, end time.Time) {
	start = e.now
	if t := r.Timestamp(); t != 0 {
		start = t.AsTime()
	} else if t := r.ObservedTimestamp(); t != 0 {
		start = t.AsTime()
	}
	if v, ok := r.Attributes().Get(startAttribute); ok {
		if t, ok := timeOf(v); ok {
			start = t
		} else {
			e.Counts.Changed[TimeLeftOut]++
		}
	}
	v, ok := r.Attributes().Get(endAttribute)
	if !ok {
		return start, end
	}
	if end, ok = timeOf(v); !ok || text(r, keyAttribute) == "" && end.Before(start) {
		e.Counts.Changed[TimeLeftOut]++
		return start, time.Time{}
	}
	return start, end
}

// timeOf reads Unix seconds, as a number, or RFC 3339.
func timeOf(v pcommon.Value) (time.Time, bool) {
	const latest = 1 << 40 // seconds: no more than a mistaken unit lies beyond
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return time.Unix(v.Int(), 0).UTC(), v.Int() > 0 && v.Int() < latest
	case pcommon.ValueTypeDouble:
		if s := v.Double(); s > 0 && s < latest {
			return time.Unix(int64(s), 0).UTC(), true
		}
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, v.AsString())
	return t, err == nil && t.Unix() > 0
}

// links reads a map of addresses by name, a list of maps with href, rel and label, or
// one address.
func (e *AnnotationEncoder) links(r plog.LogRecord) []librato.Link {
	v, ok := r.Attributes().Get(linksAttribute)
	if !ok {
		return nil
	}
	var links []librato.Link
	add := func(l librato.Link) {
		taken := slices.ContainsFunc(links, func(other librato.Link) bool { return other.Rel == l.Rel })
		if l.Rel == "" || l.Href == "" || taken {
			e.Counts.Changed[LinkLeftOut]++
			return
		}
		links = append(links, l)
	}
	switch v.Type() {
	case pcommon.ValueTypeMap:
		for rel, href := range v.Map().All() {
			add(librato.Link{Rel: rel, Href: href.AsString()})
		}
	case pcommon.ValueTypeSlice:
		for i, item := range v.Slice().All() {
			add(linkOf(i, item))
		}
	default:
		add(linkOf(0, v))
	}
	return links
}

// linkOf reads one link of a list: a map, or an address alone, which is named by its place.
func linkOf(i int, v pcommon.Value) librato.Link {
	l := librato.Link{Rel: "link" + strconv.Itoa(i+1)}
	if v.Type() != pcommon.ValueTypeMap {
		l.Href = v.AsString()
		return l
	}
	for key, to := range map[string]*string{"rel": &l.Rel, "href": &l.Href, "label": &l.Label} {
		if member, ok := v.Map().Get(key); ok {
			*to = member.AsString()
		}
	}
	return l
}
