package compute

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// events is events(): custom events as they arrived.
type events struct {
	eventType string // may hold wildcards
	filter    filter // nil: all
}

// Event is one event of a publication.
type Event struct {
	Of         *Publication
	TSID       uint64 // of its event time series
	New        bool   // the first of that series
	Time       int64  // Unix milliseconds
	Type       string
	Dimensions store.Dimensions
	Properties map[string]any
	// Watched is, of a detector's event, the name of the variable it watches.
	Watched string
}

func (e *events) takes(event *store.Event) bool {
	if !wildcard.Match(e.eventType, event.Type) {
		return false
	}
	return e.filter == nil || e.filter.matches(func(property string) []string {
		if value, ok := event.Dimensions.Get(property); ok {
			return []string{value}
		}
		if value, ok := event.Properties[property]; ok {
			return []string{fmt.Sprint(value)}
		}
		return nil
	})
}

// loadEvents takes in events that were not seen yet and are not older than the run.
func (r *Run) loadEvents() {
	held := r.source.Store.Events(0, 0)
	if len(held) > 0 && held[0].ID < r.lastEvent {
		r.lastEvent = 0 // the store was reset
	}
	seen := r.lastEvent
	for i := len(held) - 1; i >= 0; i-- {
		event := &held[i]
		if event.ID <= seen {
			continue
		}
		r.lastEvent = event.ID
		if event.Vendor != r.source.Vendor || event.Timestamp < r.begin {
			continue
		}
		for k, p := range r.plan.publications {
			if p.events != nil && p.events.takes(event) {
				r.pending[k] = append(r.pending[k], *event)
			}
		}
	}
	for _, pending := range r.pending {
		slices.SortStableFunc(pending, func(a, b store.Event) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	}
}

// happened returns, and forgets, the pending events of publication i before a time.
func (r *Run) happened(i int, p *Publication, before int64) []Event {
	n, _ := slices.BinarySearchFunc(r.pending[i], before, func(e store.Event, t int64) int { return cmp.Compare(e.Timestamp, t) })
	out := make([]Event, n)
	for k, event := range r.pending[i][:n] {
		id := newIdentity("event")
		id.text(event.Type)
		id.dimensions(event.Dimensions)
		out[k] = Event{
			Of: p, TSID: p.tsid(id.Sum64()), Time: event.Timestamp,
			Type: event.Type, Dimensions: event.Dimensions, Properties: event.Properties,
		}
	}
	r.pending[i] = r.pending[i][n:]
	return out
}
