package wavefrontexporter

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const (
	// maxNotesAtOnce is what one batch tells at most: vendor proxy, source tags of a
	// request. The others are told with the next batches.
	maxNotesAtOnce = 50
	// maxNotedSources bounds the memory of what was told. Beyond, all is told again.
	maxNotedSources = 10_000
	// maxDescriptions bounds likewise what is remembered of the resources that share a source.
	maxDescriptions = 100
	// notePause is the time after a failure in which nothing is told.
	notePause = 30 * time.Second
)

// sourceNotes tells the other side the tags and descriptions of sources that resources
// bring. It keeps no queue: what could not be told comes again with a later batch. A tag is
// only ever added, since other resources and people give a source tags, too.
type sourceNotes struct {
	rules     translate.SourceTagRules
	to        *destination
	encode    *wavefront.Encoder
	telemetry *telemetry
	now       func() time.Time

	mu     sync.Mutex // guards what follows; who does not get it at once leaves it
	told   map[string]*toldSource
	resume time.Time
}

// toldSource is what was told of a source.
type toldSource struct {
	tags        []string
	description string // that stands
	// descriptions are those that resources have told, each once until it says another:
	// resources that disagree must not overwrite each other for ever.
	descriptions map[uint64]string
}

func (s *service) newSourceNotes() *sourceNotes {
	c := s.config.SourceTags
	if len(c.Attributes) == 0 && c.Description == "" {
		return nil
	}
	text, _ := s.config.endpoint(sourceTags)
	return &sourceNotes{
		rules:     translate.SourceTagRules{Sources: s.config.Source.rules(), Attributes: c.Attributes, Description: c.Description},
		to:        s.destinations[text],
		encode:    &wavefront.Encoder{Limits: s.config.Limits.limits()},
		telemetry: s.telemetry, now: s.now,
		told: make(map[string]*toldSource),
	}
}

// tell tells what the resources of a batch say and was not told before. It never fails
// the batch.
func (n *sourceNotes) tell(ctx context.Context, md pmetric.Metrics) {
	if n == nil || !n.mu.TryLock() {
		return
	}
	defer n.mu.Unlock()
	if n.now().Before(n.resume) {
		return
	}
	news := n.news(md)
	if len(news) == 0 {
		return
	}
	if n.to.direct {
		for _, note := range news {
			if !n.done(n.putNote(ctx, note), note) {
				return
			}
		}
		return
	}
	if lines := n.lines(news); len(lines) > 0 {
		n.done(n.to.send(ctx, sourceTags, lines), news...)
	}
}

// news returns what is to be told.
func (n *sourceNotes) news(md pmetric.Metrics) []translate.SourceNote {
	var news []translate.SourceNote
	now := make(map[string]*toldSource) // what news tells
	for _, rm := range md.ResourceMetrics().All() {
		note, ok := n.rules.Of(rm.Resource().Attributes())
		if !ok {
			continue
		}
		note = n.told[note.Source].newsOf(note)
		note = now[note.Source].newsOf(note)
		if len(note.Tags) == 0 && note.Description == "" {
			continue
		}
		if now[note.Source] == nil {
			now[note.Source] = new(toldSource)
		}
		now[note.Source].add(note)
		if news = append(news, note); len(news) == maxNotesAtOnce {
			break
		}
	}
	return news
}

// newsOf takes out of a note what was told.
func (s *toldSource) newsOf(note translate.SourceNote) translate.SourceNote {
	if s == nil {
		return note
	}
	note.Tags = slices.DeleteFunc(note.Tags, func(tag string) bool { return slices.Contains(s.tags, tag) })
	if note.Description == s.description || note.Description == s.descriptions[note.Resource] {
		note.Description = ""
	}
	return note
}

// add takes note of what is told.
func (s *toldSource) add(note translate.SourceNote) {
	s.tags = append(s.tags, note.Tags...)
	if note.Description == "" {
		return
	}
	s.description = note.Description
	if s.descriptions == nil || len(s.descriptions) >= maxDescriptions {
		s.descriptions = make(map[uint64]string)
	}
	s.descriptions[note.Resource] = note.Description
}

// lines are the news for a proxy.
func (n *sourceNotes) lines(news []translate.SourceNote) (lines []byte) {
	for _, note := range news {
		// What cannot be written, such as a source over its limit, counts as told: it would not get better.
		if len(note.Tags) > 0 {
			lines, _, _ = n.encode.AppendSourceTags(lines, wavefront.Add, note.Source, note.Tags...)
		}
		if note.Description != "" {
			lines, _, _ = n.encode.AppendSourceDescription(lines, wavefront.Save, note.Source, note.Description)
		}
	}
	return lines
}

// putNote tells the service about one source.
func (n *sourceNotes) putNote(ctx context.Context, note translate.SourceNote) error {
	for _, tag := range note.Tags {
		if err := n.to.http.AddSourceTag(ctx, note.Source, tag); err != nil {
			return err
		}
	}
	if note.Description == "" {
		return nil
	}
	return n.to.http.SetSourceDescription(ctx, note.Source, note.Description)
}

// done remembers what was told, or refused for good. It reports false when the rest must wait.
func (n *sourceNotes) done(err error, news ...translate.SourceNote) bool {
	failed, _ := err.(*httpsend.Error)
	if failed != nil && failed.Class.Transient() {
		n.resume = n.now().Add(max(notePause, failed.RetryAfter))
		return false
	}
	if failed != nil && n.telemetry.First("source_tags "+failed.Class.String()) {
		n.telemetry.Logger.Error("Tags or descriptions of sources were refused; they are not sent again", zap.Error(failed), zap.Int("sources", len(news)))
	}
	for _, note := range news {
		n.remember(note)
	}
	return true
}

// remember keeps a note without its batch's memory.
func (n *sourceNotes) remember(note translate.SourceNote) {
	told := n.told[note.Source]
	if told == nil {
		if len(n.told) >= maxNotedSources {
			clear(n.told)
		}
		told = new(toldSource)
		n.told[strings.Clone(note.Source)] = told
	}
	for i, tag := range note.Tags {
		note.Tags[i] = strings.Clone(tag)
	}
	note.Description = strings.Clone(note.Description)
	told.add(note)
}
