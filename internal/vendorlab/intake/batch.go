// Package intake holds what one request brought to a vendor room, already decoded
// and checked, until it is stored.
package intake

import (
	"encoding/json"
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// PartialAcceptance is the reason of items that a fault dropped, not a vendor rule.
const PartialAcceptance = "fault_partial_acceptance"

// Kinds are the vendor's words for items, as counted per request and named in rejections.
type Kinds struct{ Sample, Distribution, Event, Span, SpanLog string }

// Batch is the content of one request.
type Batch struct {
	Kinds    Kinds
	Samples  []store.Sample
	Events   []store.Event
	Spans    []store.Span
	SpanLogs []store.SpanLog
	Refused  []store.Rejection
}

// Count is told how many items of a kind were accepted and refused.
type Count func(kind string, accepted, refused int)

// Refuse notes an item that the vendor would drop.
func (b *Batch) Refuse(kind, reason, detail string, item any) {
	b.Refused = append(b.Refused, store.Rejection{Kind: kind, Reason: reason, Detail: detail, Item: Shown(item)})
}

// MaxShown bounds the memory that one offending item takes, in bytes.
const MaxShown = 4096

// Shown is an item as it is kept with its rejection: JSON, or its beginning as text.
func Shown(item any) any {
	if text, ok := item.(string); ok {
		return text[:min(len(text), MaxShown)]
	}
	text, err := json.Marshal(item)
	if err != nil { // NaN or infinity inside
		text = fmt.Append(nil, item)
	}
	if err != nil || len(text) > MaxShown {
		return string(text[:min(len(text), MaxShown)])
	}
	return json.RawMessage(text)
}

// Truncate carries out a partial-acceptance fault: the first items stay, the rest is refused.
func (b *Batch) Truncate(share float64) {
	if share >= 1 {
		return
	}
	b.Samples = keep(b, b.Samples, share, b.sampleKind)
	b.Events = keep(b, b.Events, share, func(*store.Event) string { return b.Kinds.Event })
	b.Spans = keep(b, b.Spans, share, func(*store.Span) string { return b.Kinds.Span })
	b.SpanLogs = keep(b, b.SpanLogs, share, func(*store.SpanLog) string { return b.Kinds.SpanLog })
}

func keep[T any](b *Batch, items []T, share float64, kind func(*T) string) []T {
	kept := exchange.Share(len(items), share)
	for i := range items[kept:] {
		item := &items[kept+i]
		b.Refuse(kind(item), PartialAcceptance, "dropped by a partial-acceptance fault", item)
	}
	return items[:kept]
}

func (b *Batch) sampleKind(s *store.Sample) string {
	if s.Value.Histogram() != nil && b.Kinds.Distribution != "" {
		return b.Kinds.Distribution
	}
	return b.Kinds.Sample
}

// Save stores everything.
func (b *Batch) Save(st *store.Store, vendor, path string, count Count) {
	if len(b.Samples) > 0 {
		st.AddSamples(vendor, b.Samples)
	}
	if len(b.Events) > 0 {
		st.AddEvents(vendor, b.Events)
	}
	if len(b.Spans) > 0 {
		st.AddSpans(vendor, b.Spans)
	}
	if len(b.SpanLogs) > 0 {
		st.AddSpanLogs(vendor, b.SpanLogs)
	}
	for i := range b.Refused {
		b.Refused[i].Path = path
		count(b.Refused[i].Kind, 0, 1)
	}
	st.AddRejections(vendor, b.Refused)
	for i := range b.Samples {
		count(b.sampleKind(&b.Samples[i]), 1, 0)
	}
	count(b.Kinds.Event, len(b.Events), 0)
	count(b.Kinds.Span, len(b.Spans), 0)
	count(b.Kinds.SpanLog, len(b.SpanLogs), 0)
}
