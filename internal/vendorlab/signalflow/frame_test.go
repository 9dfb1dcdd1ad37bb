package signalflow

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
)

// threePoints was checked with two of the vendor's clients: -42, 46.5 and nothing.
var threePoints = data{time: 1504064040000, maxDelay: 12000, points: []compute.Point{
	{TSID: 0x48025668, Value: compute.DoubleValue(46.5)},
	{TSID: 0xb786c8, Value: compute.LongValue(-42)},
	{TSID: 0x1b},
}}

const pointsHex = "00000003020000000048025668" + "4047400000000000" + "010000000000b786c8" + "ffffffffffffffd6" + "00000000000000001b" + "0000000000000000"

func TestDataFrames(t *testing.T) {
	for _, test := range []struct {
		name string
		wire Wire
		want string
	}{
		{"version 1", Wire{Version: 1}, "0105000063682d310000000000000000000000000000015e3133ec40" + pointsHex},
		{"version 2", Wire{Version: 2}, "0200050063682d310000000000000000000000000000015e3133ec400000000000002ee0" + pointsHex},
		{"version 3", Wire{Version: 3}, "0305000063682d310000000000000000000000000000015e3133ec400000000000002ee0" + pointsHex},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, hex.EncodeToString(test.wire.dataFrame("ch-1", threePoints, true)), "too small to be compressed")
		})
	}
	t.Run("empty", func(t *testing.T) {
		assert.Equal(t, "0105000063682d310000000000000000000000000000015e3133ec4000000000",
			hex.EncodeToString(Wire{Version: 1}.dataFrame("ch-1", data{time: 1504064040000}, false)))
	})
	t.Run("int", func(t *testing.T) {
		frame := Wire{Version: 1, Ints: true}.dataFrame("ch-1", data{points: []compute.Point{
			{TSID: 0x1b, Value: compute.LongValue(42)}, {TSID: 0x1c, Value: compute.LongValue(math.MaxInt32 + 1)}}}, false)
		assert.Equal(t, "03000000000000001b000000000000002a"+"01000000000000001c0000000080000000", hex.EncodeToString(frame[32:]))
	})
	t.Run("a channel of 16 bytes has no NUL", func(t *testing.T) {
		frame := Wire{Version: 1}.dataFrame("channel-12345678", data{}, false)
		assert.Equal(t, "channel-12345678", string(frame[4:20]))
		assert.Len(t, frame, 32)
	})
}

func TestJSONFrame(t *testing.T) {
	text := []byte(`{"event":"STREAM_START","timestampMs":1504064040000,"type":"control-message","channel":"ch-1"}`)
	frame := Wire{Version: 1}.jsonFrame(1, "ch-1", text, false)
	assert.Equal(t, "0101020063682d31000000000000000000000000", hex.EncodeToString(frame[:20]))
	assert.Equal(t, text, frame[20:])
}

func TestLargeDataIsCompressed(t *testing.T) {
	points := make([]compute.Point, 7)
	for i := range points {
		points[i].TSID = uint64(i)
	}
	d := data{time: 1, points: points}
	for name, wire := range map[string]Wire{"gzip": {Version: 1}, "zlib": {Version: 3, Zlib: true}, "version 2": {Version: 2}} {
		t.Run(name, func(t *testing.T) {
			plain, packed := wire.dataFrame("c", d, false), wire.dataFrame("c", d, true)
			assert.Less(t, len(packed), len(plain))
			assert.Equal(t, decode(t, true, plain).values, decode(t, true, packed).values)
		})
	}
}

func TestWireForms(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -5, 1.5)
	var want []string
	for name, test := range map[string]struct {
		wire   Wire
		more   string
		binary bool
		byte0  byte
		byte2  byte // of the first JSON frame
	}{
		"text":                 {wire: Wire{Version: 1}},
		"compressed":           {wire: Wire{Version: 1}, more: `"compress":true,`, binary: true, byte0: 1, byte2: flagCompressed | flagJSON},
		"zlib":                 {wire: Wire{Version: 1, Zlib: true}, more: `"compress":true,`, binary: true, byte0: 1, byte2: flagCompressed | flagJSON},
		"JSON in binary":       {wire: Wire{Version: 1, BinaryJSON: true}, binary: true, byte0: 1, byte2: flagJSON},
		"version 2":            {wire: Wire{Version: 2}, more: `"compress":true,`, binary: true, byte0: 2, byte2: 1},
		"version 3":            {wire: Wire{Version: 3}, more: `"compress":true,`, binary: true, byte0: 3, byte2: flagCompressed | flagJSON},
		"version 3 and no zip": {wire: Wire{Version: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, r.server.SetWire(test.wire))
			c := r.connect()
			c.execute("data('cpu').publish('x')", test.more+between(-5, -5))
			all := c.until(event("END_OF_CHANNEL"))
			assert.Equal(t, test.binary, all[0].binary)
			if test.binary {
				assert.Equal(t, test.byte0, all[0].header[0])
				assert.Equal(t, test.byte2, all[0].header[2])
			}
			if want == nil {
				want = story(all)
			}
			assert.Equal(t, want, story(all), "the same in all forms")
		})
	}
	assert.Error(t, r.server.SetWire(Wire{Version: 4}))
}

func TestMistakesComeInTheFormThatWasAskedFor(t *testing.T) {
	c := newRoom(t, Config{}).connect()
	c.execute("nothing", `"compress":true,`)
	m := c.next()
	assert.True(t, m.binary)
	assert.Equal(t, "error", m.kind)
}

func TestSeriesIDs(t *testing.T) {
	assert.Equal(t, "AAAAAEgCVmg", tsID(0x48025668))
	assert.Equal(t, "__________8", tsID(math.MaxUint64))
	assert.Equal(t, "AAAAAAAAACo", tsID(42))
}
