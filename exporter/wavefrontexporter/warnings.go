package wavefrontexporter

import "sync"

// warnings remembers which causes have been warned about, so that each is logged once.
type warnings struct{ seen sync.Map }

// first reports whether it is asked about a cause for the first time.
func (w *warnings) first(cause string) bool {
	_, known := w.seen.LoadOrStore(cause, struct{}{})
	return !known
}
