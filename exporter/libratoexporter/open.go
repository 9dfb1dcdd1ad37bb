package libratoexporter

import (
	"sync"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// openAnnotations remembers the annotations that were posted without an end, so that a
// later record can end them. The service gives the ID, so this cannot stand in front of
// the queue; ending an annotation twice changes nothing.
type openAnnotations struct {
	max int
	ttl time.Duration

	mu  sync.Mutex // guards ids
	ids map[string]openAnnotation
}

type openAnnotation struct {
	id    librato.ID
	until time.Time
}

func newOpenAnnotations(limit int, ttl time.Duration) *openAnnotations {
	return &openAnnotations{max: limit, ttl: ttl, ids: make(map[string]openAnnotation)}
}

// find returns the ID of an open annotation, empty when there is none.
func (o *openAnnotations) find(key string, now time.Time) librato.ID {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.ids[key]; now.Before(a.until) {
		return a.id
	}
	return ""
}

// put returns by how many the number of entries changed. Full, it first forgets what is
// too old; then it takes nothing new.
func (o *openAnnotations) put(key string, id librato.ID, now time.Time) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := len(o.ids)
	if len(o.ids) >= o.max {
		for k, a := range o.ids {
			if !now.Before(a.until) {
				delete(o.ids, k)
			}
		}
	}
	if _, known := o.ids[key]; known || len(o.ids) < o.max {
		o.ids[key] = openAnnotation{id, now.Add(o.ttl)}
	}
	return len(o.ids) - before
}

func (o *openAnnotations) forget(key string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := len(o.ids)
	delete(o.ids, key)
	return len(o.ids) - before
}
