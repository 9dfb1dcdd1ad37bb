package signalfx

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

// The golden bytes were computed from the vendor's message definitions and checked
// by an independent decoder.
func TestWireFormat(t *testing.T) {
	const at = 1442960607000
	host := AppendDimension(nil, "host", "a")
	properties := AppendBoolProperty(AppendIntProperty(nil, "v", 7), "ok", true)
	cases := map[string]struct {
		got  []byte
		want string
	}{
		"gauge with a double and one dimension": {
			AppendDatapoint(nil, AppendMetricName(nil, "m", ""), at, Double(0.5), Gauge, host),
			"0a240a0012016d18988e9eb9ff29220911000000000000e03f280032090a04686f7374120161",
		},
		"negative cumulative counter, no time, no dimensions": {
			AppendDatapoint(nil, AppendMetricName(nil, "c", ""), 0, Int(-1), CumulativeCounter),
			"0a160a001201631800220b18ffffffffffffffffff012803",
		},
		"event with a dimension and two properties": {
			AppendEvent(nil, "deploy", host, properties, UserDefined, at),
			"0a310a066465706c6f7912090a04686f73741201611a070a0176120218071a080a026f6b1202200120c0843d28988e9eb9ff29",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, hex.EncodeToString(c.got))
		})
	}
}

// A message that leaves the source out, as the vendor's Python client sends it, means the same.
func TestSourceMayBeLeftOut(t *testing.T) {
	short, err := hex.DecodeString("0a2212016d18988e9eb9ff29220911000000000000e03f280032090a04686f7374120161")
	require.NoError(t, err)
	var theirs, ours sfxpb.DataPointUploadMessage
	require.NoError(t, proto.Unmarshal(short, &theirs))
	require.NoError(t, proto.Unmarshal(
		AppendDatapoint(nil, AppendMetricName(nil, "m", ""), 1442960607000, Double(0.5), Gauge, AppendDimension(nil, "host", "a")), &ours))
	theirs.Datapoints[0].Source = proto.String("")
	assert.True(t, proto.Equal(&theirs, &ours))
}

func TestCountsBeyondTheWireAreDoubles(t *testing.T) {
	assert.Equal(t, Int(math.MaxInt64), Count(math.MaxInt64))
	assert.Equal(t, Double(float64(uint64(math.MaxInt64)+1)), Count(math.MaxInt64+1))
}

// FuzzDatapoint checks every datapoint against a standard decoder.
func FuzzDatapoint(f *testing.F) {
	f.Add("cpu.utilization", int64(1442960607000), int64(-5), 0.5, true, uint8(0), "host", "a")
	f.Add("", int64(-1), int64(math.MinInt64), math.Inf(1), false, uint8(3), "", string(make([]byte, 300)))
	f.Fuzz(func(t *testing.T, metric string, ms, i int64, d float64, double bool, kind uint8, key, value string) {
		v := Int(i)
		if double {
			v = Double(d)
		}
		kind &= 3
		dims := AppendDimension(nil, key, value)
		wire := AppendDatapoint(nil, AppendMetricName(nil, metric, "_sum"), ms, v, MetricType(kind), dims, dims)
		wire = AppendDatapoint(wire, AppendMetricName(nil, metric, ""), 0, Int(0), Gauge)

		var m sfxpb.DataPointUploadMessage
		if err := proto.Unmarshal(wire, &m); err != nil {
			t.Fatal(err)
		}
		if len(m.Datapoints) != 2 {
			t.Fatalf("%d datapoints", len(m.Datapoints))
		}
		p := m.Datapoints[0]
		if p.GetMetric() != metric+"_sum" || p.GetTimestamp() != ms || int32(p.GetMetricType()) != int32(kind) || len(p.Dimensions) != 2 {
			t.Fatalf("got %v", p)
		}
		for _, dim := range p.Dimensions {
			if dim.GetKey() != key || dim.GetValue() != value {
				t.Fatalf("got %v", dim)
			}
		}
		if double && math.Float64bits(p.Value.GetDoubleValue()) != math.Float64bits(d) || !double && p.Value.GetIntValue() != i {
			t.Fatalf("got %v", p.Value)
		}
	})
}

// FuzzEvent checks every event against a standard decoder.
func FuzzEvent(f *testing.F) {
	f.Add("deploy", "host", "a", "v", int64(7), 0.5, true, int64(1442960607000))
	f.Add("", "", "", "", int64(math.MinInt64), math.NaN(), false, int64(-1))
	f.Fuzz(func(t *testing.T, eventType, key, value, property string, i int64, d float64, ok bool, ms int64) {
		dims := AppendDimension(AppendDimension(nil, key, value), value, key)
		props := AppendStringProperty(nil, property, value)
		props = AppendIntProperty(props, property, i)
		props = AppendDoubleProperty(props, property, d)
		props = AppendBoolProperty(props, property, ok)
		var m sfxpb.EventUploadMessage
		if err := proto.Unmarshal(AppendEvent(nil, eventType, dims, props, UserDefined, ms), &m); err != nil {
			t.Fatal(err)
		}
		e := m.Events[0]
		if e.GetEventType() != eventType || e.GetTimestamp() != ms || len(e.Dimensions) != 2 || len(e.Properties) != 4 {
			t.Fatalf("got %v", e)
		}
		if e.Dimensions[1].GetKey() != value || e.Dimensions[1].GetValue() != key {
			t.Fatalf("got %v", e.Dimensions)
		}
		if p := e.Properties; p[0].Value.GetStrValue() != value || p[1].Value.GetIntValue() != i ||
			math.Float64bits(p[2].Value.GetDoubleValue()) != math.Float64bits(d) || p[3].Value.GetBoolValue() != ok {
			t.Fatalf("got %v", p)
		}
	})
}
