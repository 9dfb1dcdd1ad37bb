package translate

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
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
			seen := map[string]bool{}
			for _, d := range p.Dimensions {
				if seen[d.GetKey()] {
					t.Fatalf("two dimensions %q", d.GetKey())
				}
				seen[d.GetKey()] = true
				if n := utf8.RuneCountInString(d.GetKey()); n == 0 || n > signalfx.MaxDimensionKeyLength || !utf8.ValidString(d.GetKey()) {
					t.Fatalf("key %q", d.GetKey())
				}
				if n := utf8.RuneCountInString(d.GetValue()); n == 0 || n > signalfx.MaxDimensionValueLength || !utf8.ValidString(d.GetValue()) {
					t.Fatalf("value %q", d.GetValue())
				}
			}
			if p.Value.DoubleValue != nil && !isFinite(p.Value.GetDoubleValue()) || p.Value.DoubleValue == nil && p.Value.IntValue == nil {
				t.Fatalf("value %v", p.Value)
			}
		}
	})
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
	fill(b.resource, "r", 40)
	b.resource.PutStr("same", "resource")
	b.ScopeMetrics.Scope().Attributes().PutStr("same", "scope")
	a := b.gauge("g").Attributes()
	a.PutStr("same", "point")
	a.PutStr("\xff", "\xfe")
	b.histogram("h", delta, []float64{1, 2}, 1, 2, 3).Attributes().PutStr("le", "x")
	b.exponential("x", 20, 1, -100, ones(200)...)
	addSummary(b)
	b.gauge("flagged").SetFlags(noRecordedValue)
	return b.Metrics
}
