package translate

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// FuzzMetrics feeds arbitrary batches: every body is valid and within the limits, as a
// strict reader sees it, and every point is either sent or counted as dropped.
func FuzzMetrics(f *testing.F) {
	marshaler := &pmetric.ProtoMarshaler{}
	for _, md := range []pmetric.Metrics{testbatch.Mixed(2, 20, 40, 30), hostileBatch()} {
		wire, err := marshaler.MarshalMetrics(md)
		require.NoError(f, err)
		for options := range uint8(8) {
			f.Add(wire, options, uint16(400+1000*uint16(options)), uint16(3+40*uint16(options)))
		}
	}
	f.Fuzz(func(t *testing.T, wire []byte, options uint8, bytes, measurements uint16) {
		md, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(wire)
		if err != nil {
			t.Skip()
		}
		rules := testRules()
		rules.Times = TimeRules{}
		rules.Tags.Resource, rules.Tags.ScopeName = Patterns{"*"}, true
		rules.Tags.LowerValues = options&8 != 0
		if options&1 != 0 {
			rules.Dialect = librato.SourceDialect
		}
		if options&2 != 0 {
			rules.Source = []string{"service.name", "shard"}
		} else {
			rules.Tags.Static = map[string]string{"Env": "prod"}
		}
		if options&4 != 0 {
			rules.Buckets = true
			percentiles(0, 50, 99.9, 100)(rules)
		}
		rules.Cumulative = options&16 != 0
		limits := Limits{Bytes: int(bytes), Measurements: int(measurements)}
		out := encode(t, rules, limits, md)
		dropped := 0
		for _, n := range out.counts.Dropped {
			dropped += n
		}
		if out.walked != md.DataPointCount() || out.items+dropped != out.walked {
			t.Fatalf("%d points in, %d walked, %d sent, %d dropped", md.DataPointCount(), out.walked, out.items, dropped)
		}
		again := encode(t, rules, limits, md)
		require.Equal(t, out.bodies, again.bodies, "the same input gives the same bytes")
	})
}

func hostileBatch() pmetric.Metrics {
	b := newBatch()
	fill(b.Resource, "r", 40)
	b.Resource.PutStr("same", "resource")
	a := b.Gauge("g").Attributes()
	a.PutStr("Same", "point")
	a.PutStr("\xff", "\xfe")
	a.PutStr("le", "x")
	fill(a, "p", 20)
	b.histogram("h", delta, []float64{1, 2}, 1, 2, 3).Attributes().PutStr("LE", "x")
	b.histogram("infinite", delta, []float64{math.Inf(-1), 2, math.Inf(1)}, 1, 2, 3, 4)
	b.histogram("falling", cumulative, []float64{5, 2, math.NaN()}, 1, 2, 3, 4)
	x := b.exponential("x", 20, 1, -100, 1, 2, 3)
	x.Negative().SetOffset(math.MaxInt32)
	x.Negative().BucketCounts().FromRaw([]uint64{1, math.MaxUint64})
	x.SetZeroThreshold(math.NaN())
	b.exponential("far", -11, 0, math.MinInt32, 1, 2, 3)
	b.summary("s", 5, 0, 0.5, math.NaN(), 2)
	b.Gauge("flagged").SetFlags(noRecordedValue)
	b.Sum("negative", true, cumulative, -1)
	return b.Metrics
}
