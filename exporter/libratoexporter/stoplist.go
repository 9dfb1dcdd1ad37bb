package libratoexporter

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
)

// stopList holds the names of metrics that the service knows as another type than we
// send. One measurement of such a metric fails its whole request, and always will.
type stopList struct {
	mu    sync.Mutex // held to change names
	names atomic.Pointer[map[string]struct{}]
}

// maxStopped bounds the list, since names come from outside.
const maxStopped = 10_000

// load returns the folded names; nobody changes the map.
func (l *stopList) load() map[string]struct{} {
	if names := l.names.Load(); names != nil {
		return *names
	}
	return nil
}

// add reports whether a name is new.
func (l *stopList) add(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, folded := l.load(), translate.FoldName(name)
	if _, known := old[folded]; known || len(old) >= maxStopped {
		return false
	}
	names := maps.Clone(old)
	if names == nil {
		names = make(map[string]struct{}, 1)
	}
	names[folded] = struct{}{}
	l.names.Store(&names)
	return true
}
