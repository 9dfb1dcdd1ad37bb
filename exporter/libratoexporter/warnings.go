package libratoexporter

import "sync"

// warnings remembers which causes have been warned about, so that each is logged
// once. Causes may come from outside, so there is an end to them.
type warnings struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

// maxWarnings bounds the causes; what comes after them is only counted.
const maxWarnings = 200

// first reports whether it is asked about a cause for the first time.
func (w *warnings) first(cause string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.seen[cause]; known || len(w.seen) >= maxWarnings {
		return false
	}
	if w.seen == nil {
		w.seen = make(map[string]struct{})
	}
	w.seen[cause] = struct{}{}
	return true
}
