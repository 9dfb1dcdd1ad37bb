package translate

import (
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Strings in protobuf must be UTF-8, and a service that finds one that is not refuses
// the whole request. The functions here replace what is not UTF-8, in place.

// repaired returns text as UTF-8, and counts when it was not; counts may be nil.
func repaired(text string, counts *Counts) string {
	if utf8.ValidString(text) {
		return text
	}
	if counts != nil {
		counts.Changed[InvalidUTF8]++
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}

func repairMap(m pcommon.Map, counts *Counts) {
	badKey := false
	for key, value := range m.All() {
		badKey = badKey || !utf8.ValidString(key)
		repairValue(value, counts)
	}
	if !badKey {
		return
	}
	fixed := pcommon.NewMap()
	for key, value := range m.All() {
		value.CopyTo(fixed.PutEmpty(repaired(key, counts)))
	}
	fixed.MoveTo(m)
}

func repairValue(v pcommon.Value, counts *Counts) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if !utf8.ValidString(v.Str()) {
			v.SetStr(repaired(v.Str(), counts))
		}
	case pcommon.ValueTypeMap:
		repairMap(v.Map(), counts)
	case pcommon.ValueTypeSlice:
		for i := range v.Slice().Len() {
			repairValue(v.Slice().At(i), counts)
		}
	}
}

func repairScope(s pcommon.InstrumentationScope, counts *Counts) {
	s.SetName(repaired(s.Name(), counts))
	s.SetVersion(repaired(s.Version(), counts))
	repairMap(s.Attributes(), counts)
}

func repairTraces(td ptrace.Traces, counts *Counts) {
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		repairMap(rs.Resource().Attributes(), counts)
		rs.SetSchemaUrl(repaired(rs.SchemaUrl(), counts))
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			repairScope(ss.Scope(), counts)
			ss.SetSchemaUrl(repaired(ss.SchemaUrl(), counts))
			for k := range ss.Spans().Len() {
				repairSpan(ss.Spans().At(k), counts)
			}
		}
	}
}

func repairSpan(s ptrace.Span, counts *Counts) {
	s.SetName(repaired(s.Name(), counts))
	s.TraceState().FromRaw(repaired(s.TraceState().AsRaw(), counts))
	s.Status().SetMessage(repaired(s.Status().Message(), counts))
	repairMap(s.Attributes(), counts)
	for i := range s.Events().Len() {
		event := s.Events().At(i)
		event.SetName(repaired(event.Name(), counts))
		repairMap(event.Attributes(), counts)
	}
	for i := range s.Links().Len() {
		link := s.Links().At(i)
		link.TraceState().FromRaw(repaired(link.TraceState().AsRaw(), counts))
		repairMap(link.Attributes(), counts)
	}
}
