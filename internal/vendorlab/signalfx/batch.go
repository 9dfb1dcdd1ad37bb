package signalfx

import (
	"encoding/json"
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Kinds of items, as counted per request and named in rejections.
const (
	kindDatapoint = "datapoint"
	kindEvent     = "event"
	kindSpan      = "span"
	kindMetadata  = "metadata" // a change of a dimension, metric or tag
)

// batch is what one request held, already checked.
type batch struct {
	samples []store.Sample
	events  []store.Event
	spans   []store.Span
	refused []store.Rejection
	// traces answers with a count of spans instead of "OK".
	traces       bool
	refusedSpans map[Reason][]string // span ids by reason
}

func (b *batch) addSample(s store.Sample) {
	if r := checkSample(&s); r != nil {
		b.refuse(kindDatapoint, r, s)
		return
	}
	b.samples = append(b.samples, s)
}

func (b *batch) addEvent(e store.Event) {
	if r := checkEvent(&e); r != nil {
		b.refuse(kindEvent, r, shownEvent(e))
		return
	}
	b.events = append(b.events, e)
}

func (b *batch) refuse(kind string, r *refusal, item any) {
	b.refused = append(b.refused, store.Rejection{
		Kind: kind, Reason: string(r.reason), Detail: r.detail, Item: intake.Shown(item),
	})
}

// shownEvent leaves out the fields that only the store sets.
func shownEvent(e store.Event) any {
	return struct {
		Type       string           `json:"eventType"`
		Category   string           `json:"category,omitempty"`
		Dimensions store.Dimensions `json:"dimensions"`
		Properties map[string]any   `json:"properties"`
		Timestamp  int64            `json:"timestamp"`
	}{e.Type, e.Category, e.Dimensions, e.Properties, e.Timestamp}
}

// truncate carries out a partial-acceptance fault: the first items stay, the rest is refused.
func (b *batch) truncate(ex *exchange.Exchange) {
	fault := refuse(PartialAcceptance, "dropped by a partial-acceptance fault")
	samples, events, spans := ex.Accepts(len(b.samples)), ex.Accepts(len(b.events)), ex.Accepts(len(b.spans))
	for _, s := range b.samples[samples:] {
		b.refuse(kindDatapoint, fault, s)
	}
	for _, e := range b.events[events:] {
		b.refuse(kindEvent, fault, shownEvent(e))
	}
	for _, s := range b.spans[spans:] {
		b.refuse(kindSpan, fault, s)
	}
	b.samples, b.events, b.spans = b.samples[:samples], b.events[:events], b.spans[:spans]
}

func (b *batch) save(st *store.Store, ex *exchange.Exchange, path string) {
	if len(b.samples) > 0 {
		st.AddSamples(Vendor, b.samples)
	}
	if len(b.events) > 0 {
		st.AddEvents(Vendor, b.events)
	}
	if len(b.spans) > 0 {
		st.AddSpans(Vendor, b.spans)
	}
	for i := range b.refused {
		b.refused[i].Path = path
		ex.Count(b.refused[i].Kind, 0, 1)
	}
	st.AddRejections(Vendor, b.refused)
	ex.Count(kindDatapoint, len(b.samples), 0)
	ex.Count(kindEvent, len(b.events), 0)
	ex.Count(kindSpan, len(b.spans), 0)
}

// answer is the body of a 200: the JSON string "OK", whatever was dropped. For
// traces it is the number of valid spans, or the refused span ids by reason.
func (b *batch) answer() []byte {
	if !b.traces {
		return []byte(`"OK"`)
	}
	if len(b.refusedSpans) > 0 {
		answer, _ := json.Marshal(b.refusedSpans)
		return answer
	}
	return fmt.Append(nil, len(b.spans))
}
