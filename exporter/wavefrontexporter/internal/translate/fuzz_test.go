package translate

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// accounted fails unless every item was either sent or counted as dropped.
func accounted(t *testing.T, out *encoded, items int, sent ...lines) {
	t.Helper()
	total, dropped := 0, 0
	for _, l := range sent {
		total += len(l.items)
	}
	for _, n := range out.counts.Dropped {
		dropped += n
	}
	if out.walked != items || total+dropped != items {
		t.Fatalf("%d items in, %d walked, %d sent, %d dropped", items, out.walked, total, dropped)
	}
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// checkPoint fails when a point breaks a documented limit.
func checkPoint(t *testing.T, p *linetest.Point) {
	t.Helper()
	if n := units(p.Name); n > 256 || units(p.Source) > 128 || len(p.Tags) > 20 {
		t.Fatalf("%+v", p)
	}
	seen := make(map[string]bool)
	for _, tag := range p.Tags {
		if seen[tag.Key] || units(tag.Key) > 64 || units(tag.Value) > 255 || units(tag.Key)+units(tag.Value) > 254 || !utf8.ValidString(tag.Value) {
			t.Fatalf("tag %+v", tag)
		}
		seen[tag.Key] = true
	}
}

// FuzzMetrics feeds arbitrary batches: the proxy reads every line and finds it within
// the limits, and every point is either sent or counted as dropped.
func FuzzMetrics(f *testing.F) {
	marshaler := &pmetric.ProtoMarshaler{}
	for _, md := range []pmetric.Metrics{testbatch.Mixed(2, 20, 40, 30), hostileBatch()} {
		wire, err := marshaler.MarshalMetrics(md)
		require.NoError(f, err)
		f.Add(wire, uint8(0), uint16(400), uint16(3))
		f.Add(wire, uint8(3), uint16(60000), uint16(1000))
		f.Add(wire, uint8(6), uint16(2000), uint16(50))
	}
	f.Fuzz(func(t *testing.T, wire []byte, mode uint8, bytes, count uint16) {
		md, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(wire)
		if err != nil {
			t.Skip()
		}
		rules := testRules()
		rules.Times = TimeRules{}
		rules.Encode.BareKeys = mode&1 != 0
		rules.CutOwnTags = mode&2 != 0
		rules.ScopeAttributes = true
		rules.UnitKey = "unit"
		rules.Min = mode&4 != 0
		out := encodeMetrics(t, rules, Limits{Bytes: int(bytes), Lines: int(count), LineBytes: 1000}, md)
		accounted(t, &out, md.DataPointCount(), out.points, out.deltas, out.histograms)
		for _, line := range append(out.points.all, out.deltas.all...) {
			p, _ := linetest.ParseMetric(line)
			checkPoint(t, p)
		}
		for _, line := range out.histograms.all {
			d, _ := linetest.ParseHistogram(line)
			if len(d.Centroids) > 100 {
				t.Fatalf("%d centroids", len(d.Centroids))
			}
			checkPoint(t, &d.Point)
		}
	})
}

// FuzzSpans does the same for spans and their logs.
func FuzzSpans(f *testing.F) {
	td, s := oneSpan()
	s.Events().AppendEmpty().Attributes().PutStr("k\"", "v\\")
	s.Links().AppendEmpty().SetTraceID([16]byte{7})
	s.Attributes().PutStr("123", "\xff")
	wire, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	require.NoError(f, err)
	f.Add(wire, uint16(1024), uint16(10))
	f.Add(wire, uint16(60000), uint16(1000))
	f.Fuzz(func(t *testing.T, wire []byte, bytes, count uint16) {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(wire)
		if err != nil {
			t.Skip()
		}
		rules := testSpanRules()
		rules.Times = TimeRules{}
		rules.ExternalServices = true
		rules.LogBytes = 1024 + int(bytes)/2
		out := encodeSpans(t, rules, Limits{Bytes: int(bytes), Lines: int(count)}, td)
		accounted(t, &out, td.SpanCount(), out.spans)
		for _, line := range out.spans.all {
			s, _ := linetest.ParseSpan(strings.TrimSuffix(line, "\n"))
			if units(s.Name) > 128 || units(s.Source) > 128 || len(s.Tags) > 50 {
				t.Fatalf("%+v", s)
			}
			for _, key := range []string{"application", "service", "cluster", "shard"} {
				if s.Tag(key) == "" {
					t.Fatalf("no %s: %q", key, line)
				}
			}
		}
	})
}

// FuzzEvents does the same for events.
func FuzzEvents(f *testing.F) {
	ld, r := oneRecord()
	r.SetEventName("e\"\\")
	r.Attributes().PutEmptySlice(eventTagsAttribute).AppendEmpty().SetStr("t\n")
	wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	require.NoError(f, err)
	f.Add(wire, true, uint16(1000))
	f.Add(wire, false, uint16(60000))
	f.Fuzz(func(t *testing.T, wire []byte, json bool, bytes uint16) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire)
		if err != nil {
			t.Skip()
		}
		rules := &EventRules{TagRules: testTagRules(), All: bytes&1 != 0, JSON: json}
		out := encodeEvents(t, rules, Limits{Bytes: int(bytes), Lines: 10}, ld)
		accounted(t, &out, ld.LogRecordCount(), out.events)
	})
}

func hostileBatch() pmetric.Metrics {
	b := newBatch()
	fill(b.Resource, "r", 40)
	b.Resource.PutStr("same", "resource")
	b.Scope.Scope().Attributes().PutStr("same", "scope")
	a := b.gauge("\u2206g", 1).Attributes()
	a.PutStr("same", "point")
	a.PutStr("\xff", "\xfe")
	a.PutStr("source", "x\\")
	b.Histogram("h", delta, []float64{1, 2}, 1, 2, 3).Attributes().PutStr("le", "x")
	b.Histogram("h", cumulative, []float64{1, 2}, 1, 2, wavefront.MaxCentroidCount*2).Attributes().PutStr("le", "x")
	b.Exponential("x", delta, 20, 1, -100, ones(200)...)
	b.summary("s")
	b.gauge("flagged", 1).SetFlags(noRecordedValue)
	return b.Metrics
}
