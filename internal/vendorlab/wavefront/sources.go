package wavefront

import (
	"slices"
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/shelf"
)

// Source is what is noted about a source.
type Source struct {
	ID          string   `json:"id"`
	Tags        []string `json:"tags"` // sorted
	Description string   `json:"description,omitempty"`
}

// Sources holds what is noted about sources, in bounded number: the one that was
// changed longest ago leaves first. All methods may be called concurrently.
type Sources struct {
	mu   sync.Mutex
	byID *shelf.Shelf[string, Source]
}

// Bounds of the memory for sources.
const (
	maxSources    = 10_000
	maxSourceTags = 1_000
)

// NewSources returns an empty set.
func NewSources() *Sources { return &Sources{byID: shelf.New[string, Source](maxSources)} }

// Get returns one source.
func (s *Sources) Get(id string) (Source, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source, ok := s.byID.Get(id)
	return source, ok
}

// All returns all sources, the one that was changed last first.
func (s *Sources) All() []Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.byID.Values()
	slices.Reverse(all)
	return all
}

// Reset forgets everything.
func (s *Sources) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID.Clear()
}

// apply carries out a change. Deleting what is not there changes nothing.
func (s *Sources) apply(c sourceChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source, ok := s.byID.Get(c.Source)
	if !ok && c.Action == "delete" {
		return
	}
	source.ID = c.Source
	switch {
	case c.Description != nil && c.Action == "delete":
		source.Description = ""
	case c.Description != nil:
		source.Description = *c.Description
	default:
		source.Tags = changedTags(source.Tags, c)
	}
	s.byID.Put(source.ID, source)
}

func changedTags(held []string, c sourceChange) []string {
	tags := slices.Clone(held) // readers hold the old one
	switch c.Action {
	case "add":
		tags = append(tags, c.Tags...)
	case "save":
		tags = slices.Clone(c.Tags)
	case "delete":
		tags = slices.DeleteFunc(tags, func(tag string) bool { return slices.Contains(c.Tags, tag) })
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	return tags[:min(len(tags), maxSourceTags)]
}
