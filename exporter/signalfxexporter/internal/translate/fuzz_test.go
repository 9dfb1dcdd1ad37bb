package translate

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

// FuzzMetrics feeds arbitrary batches: every message decodes and keeps the vendor's
// limits, and every point is either sent or counted as dropped.
func FuzzMetrics(f *testing.F) {
	marshaler := &pmetric.ProtoMarshaler{}
	for _, md := range []pmetric.Metrics{testbatch.Mixed(2, 20, 40, 30), hostileBatch()} {
		wire, err := marshaler.MarshalMetrics(md)
		require.NoError(f, err)
		f.Add(wire, uint8(0), uint16(400), uint16(3))
		f.Add(wire, uint8(3), uint16(60000), uint16(1000))
		f.Add(wire, uint8(4), uint16(2000), uint16(50))
	}
	f.Fuzz(func(t *testing.T, wire []byte, mode uint8, bytes, datapoints uint16) {
		md, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(wire)
		if err != nil {
			t.Skip()
		}
		rules := testRules()
		rules.Histograms = HistogramMode(int(mode) % len(histogramModes))
		rules.Filter = mustFilter(nil, DefaultExcludes())
		rules.ScopeAttributes = true
		rules.Static = map[string]string{"env": "prod"}
		out := encodeMetrics(t, rules, Limits{Bytes: int(bytes), Datapoints: int(datapoints)}, md)
		dropped := 0
		for _, n := range out.counts.Dropped {
			dropped += n
		}
		if out.walked != md.DataPointCount() || out.items+dropped != out.walked {
			t.Fatalf("%d points in, %d walked, %d sent, %d dropped", md.DataPointCount(), out.walked, out.items, dropped)
		}
		for _, p := range out.datapoints {
			checkLimits(t, p.GetMetric(), len(p.Dimensions))
			checkDimensions(t, p.Dimensions)
			if p.Value.DoubleValue != nil && !isFinite(p.Value.GetDoubleValue()) || p.Value.DoubleValue == nil && p.Value.IntValue == nil {
				t.Fatalf("value %v", p.Value)
			}
		}
	})
}

func checkDimensions(t *testing.T, dimensions []*sfxpb.Dimension) {
	seen := map[string]bool{}
	for _, d := range dimensions {
		checkKey(t, d.GetKey(), seen)
		if n := utf8.RuneCountInString(d.GetValue()); n == 0 || n > signalfx.MaxDimensionValueLength || !utf8.ValidString(d.GetValue()) {
			t.Fatalf("value %q", d.GetValue())
		}
	}
}

func checkKey(t *testing.T, key string, seen map[string]bool) {
	if n := utf8.RuneCountInString(key); n == 0 || n > signalfx.MaxDimensionKeyLength || !utf8.ValidString(key) {
		t.Fatalf("key %q", key)
	}
	if seen[key] {
		t.Fatalf("two of the key %q", key)
	}
	seen[key] = true
}

func checkLimits(t *testing.T, metric string, dimensions int) {
	if n := utf8.RuneCountInString(metric); n == 0 || n > signalfx.MaxMetricNameLength || !utf8.ValidString(metric) {
		t.Fatalf("metric %q", metric)
	}
	if dimensions > signalfx.MaxDimensions {
		t.Fatalf("%d dimensions", dimensions)
	}
}

func hostileBatch() pmetric.Metrics {
	b := newBatch()
	fill(b.Resource, "r", 40)
	b.Resource.PutStr("same", "resource")
	b.Scope.Scope().Attributes().PutStr("same", "scope")
	a := b.Gauge("g").Attributes()
	a.PutStr("same", "point")
	a.PutStr("\xff", "\xfe")
	b.histogram("h", delta, []float64{1, 2}, 1, 2, 3).Attributes().PutStr("le", "x")
	b.exponential("x", 20, 1, -100, ones(200)...)
	addSummary(b)
	b.Gauge("flagged").SetFlags(noRecordedValue)
	return b.Metrics
}

// FuzzEvents feeds arbitrary batches: every message decodes and keeps the vendor's
// limits, and every record is either sent or counted as dropped.
func FuzzEvents(f *testing.F) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	fill(rl.Resource().Attributes(), "r", 40)
	record := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetEventName("deploy \xff")
	record.Body().SetStr("\xff")
	record.Attributes().PutStr(eventCategoryAttribute, "ALERT")
	properties := record.Attributes().PutEmptyMap(eventPropertiesAttribute)
	properties.PutStr("body", strings.Repeat("é", 300))
	properties.PutStr("same key", "a")
	properties.PutStr("same_key", "b")
	fill(properties, "p", 60)
	record.Attributes().PutStr("same key", "a")
	record.Attributes().PutStr("same_key", "b")
	wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	require.NoError(f, err)
	f.Add(wire, true)
	f.Fuzz(func(t *testing.T, wire []byte, all bool) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire)
		if err != nil {
			t.Skip()
		}
		rules := &EventRules{DimensionSources: testRules().DimensionSources, All: all, Properties: RecordFields{Body: true, Severity: true, TraceID: true, SpanID: true}}
		events, counts := encodeEvents(t, rules, ld)
		dropped := 0
		for _, n := range counts.Dropped {
			dropped += n
		}
		if len(events)+dropped != ld.LogRecordCount() {
			t.Fatalf("%d records in, %d events, %d dropped", ld.LogRecordCount(), len(events), dropped)
		}
		for _, e := range events {
			checkLimits(t, e.GetEventType(), len(e.Dimensions))
			if len(e.Properties) > signalfx.MaxProperties || e.GetCategory() == 0 {
				t.Fatalf("%d properties, category %d", len(e.Properties), e.GetCategory())
			}
			checkDimensions(t, e.Dimensions)
			seen := map[string]bool{}
			for _, p := range e.Properties {
				checkKey(t, p.GetKey(), seen)
				if text := p.GetValue().GetStrValue(); utf8.RuneCountInString(text) > signalfx.MaxPropertyValueLength || !utf8.ValidString(text) {
					t.Fatalf("property %q", text)
				}
			}
		}
	})
}

// FuzzTraces feeds arbitrary batches: every message decodes, and every span is either
// sent or counted as dropped.
func FuzzTraces(f *testing.F) {
	td := ptrace.NewTraces()
	for range 3 {
		spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		for range 5 {
			spans.AppendEmpty().SetName("\xff")
		}
	}
	wire, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	require.NoError(f, err)
	f.Add(wire, uint16(100), uint16(2))
	f.Fuzz(func(t *testing.T, wire []byte, bytes, spans uint16) {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(wire)
		if err != nil {
			t.Skip()
		}
		var e TraceEncoder
		sent := 0
		e.Encode(td, pdatawalk.All(td.ResourceSpans().Len()), Limits{Bytes: int(bytes), Datapoints: int(spans)}, func(p *parts.Part) {
			if err := proto.Unmarshal(p.Body, &tracepb.TracesData{}); err != nil || len(p.Body) > int(bytes) || p.Units() > int(spans) {
				t.Fatalf("%d bytes, %d spans: %v", len(p.Body), p.Units(), err)
			}
			sent += p.Units()
			p.Release()
		}, pdatawalk.Never)
		if sent+e.Counts.Dropped[TooLarge] != td.SpanCount() {
			t.Fatalf("%d spans in, %d sent, %d dropped", td.SpanCount(), sent, e.Counts.Dropped[TooLarge])
		}
	})
}
