package signalflow

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

const (
	vectorTime = 1504064040000
	// captured is a frame of the real service of 2017, as the vendor's Ruby client has it.
	captured = "010501006368616e6e656c2d3100000000000000" +
		"1f8b08000000000000006360608c33343e6ac0c0c0c0ce042418a46fbbe43b30b048ce5737590016606a3b126cff80010cc002b3df087f4011f85af9bec9fee7dac0174f9845c10273d81bb31c1cda672a3ef3a8040b58dd7179e36051c6cd199d190d16f0600acb70f0903579b8feb91d00b0e0d7ee83000000"
	startText = `{"event":"STREAM_START","timestampMs":1504064040000,"type":"control-message","channel":"ch-1"}`
)

// threePoints are in most of the vectors.
var (
	threePoints = "02000000004802566840474000000000000100000000" + "00b786c8ffffffffffffffd600000000000000001b0000000000000000"
	threeSent   = []signalflowtest.Point{signalflowtest.Double(0x48025668, 46.5), signalflowtest.Long(0xb786c8, -42), signalflowtest.Null(0x1b)}
	threeRead   = []Point{
		{TSID: 0x48025668, Kind: KindDouble, bits: math.Float64bits(46.5)},
		{TSID: 0xb786c8, Kind: KindLong, bits: 0xffffffffffffffd6},
		{TSID: 0x1b, Kind: KindNull},
	}
)

// The vectors were checked with the vendor's Python client (1, 2, 3) and Go client (1).
var dataVectors = []struct {
	name     string
	hex      string
	maxDelay int64
	points   []Point
	sent     []signalflowtest.Point
}{
	{"form 1", "0105000063682d310000000000000000000000000000015e3133ec4000000003" + threePoints, 0, threeRead, threeSent},
	{"form 2", "0200050063682d310000000000000000000000000000015e3133ec400000000000002ee000000003" + threePoints, 12000, threeRead, threeSent},
	{"form 3", "0305000063682d310000000000000000000000000000015e3133ec400000000000002ee000000003" + threePoints, 12000, threeRead, threeSent},
	{"empty", "0105000063682d310000000000000000000000000000015e3133ec4000000000", 0, nil, nil},
	{
		"int, right-aligned", "0105000063682d310000000000000000000000000000015e3133ec400000000103000000000000001b000000000000002a", 0,
		[]Point{{TSID: 0x1b, Kind: KindInt, bits: 42}}, []signalflowtest.Point{signalflowtest.Int(0x1b, 42)},
	},
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	require.NoError(t, err)
	return b
}

func TestDataVectors(t *testing.T) {
	for _, tt := range dataVectors {
		t.Run(tt.name, func(t *testing.T) {
			raw := unhex(t, tt.hex)
			channel, f, err := parseFrame(raw)
			require.NoError(t, err)
			assert.Equal(t, "ch-1", string(channel))
			assert.Equal(t, TypeData, f.typ)
			assert.Equal(t, raw[0], f.form)

			var d Data
			unknown, trailing, err := decodeData(&d, f.form, f.body)
			require.NoError(t, err)
			assert.Zero(t, unknown)
			assert.Zero(t, trailing)
			assert.Equal(t, int64(vectorTime), d.LogicalTimestampMs)
			assert.Equal(t, tt.maxDelay, d.MaxDelayMs)
			assert.Equal(t, tt.points, d.Points)

			assert.Equal(t, tt.hex, hex.EncodeToString(signalflowtest.DataFrame(raw[0], signalflowtest.Plain, "ch-1", vectorTime, tt.maxDelay, tt.sent...)))
		})
	}
}

func TestJSONVector(t *testing.T) {
	raw := append(unhex(t, "0101020063682d31000000000000000000000000"), startText...)
	channel, f, err := parseFrame(raw)
	require.NoError(t, err)
	assert.Equal(t, "ch-1", string(channel))
	body, isJSON, err := (&inflater{limit: 1000}).open(f)
	require.NoError(t, err)
	assert.True(t, isJSON)
	assert.Equal(t, envelope{typ: TypeControl, channel: "ch-1", event: EventStreamStart}, decodeEnvelope(body))
	assert.Equal(t, raw, signalflowtest.Frame(1, 1, true, signalflowtest.Plain, "ch-1", []byte(startText)))
}

func TestCapturedVector(t *testing.T) {
	channel, f, err := parseFrame(unhex(t, captured))
	require.NoError(t, err)
	assert.Equal(t, "channel-1", string(channel))
	body, _, err := (&inflater{limit: 1000}).open(f)
	require.NoError(t, err)
	assert.Equal(t, "0000015e3133c53000000007"+"02000000001bdb446f"+"400004199f2734a0", hex.EncodeToString(body[:29]))
	var d Data
	_, _, err = decodeData(&d, f.form, body)
	require.NoError(t, err)
	assert.Equal(t, int64(1504064030000), d.LogicalTimestampMs)
	require.Len(t, d.Points, 7)
	for _, p := range d.Points {
		assert.Equal(t, KindDouble, p.Kind)
	}
	assert.Equal(t, math.Float64frombits(0x400004199f2734a0), d.Points[0].Float())
}

func TestEveryFormAndCompression(t *testing.T) {
	for _, form := range []byte{form1, form2, form3} {
		for _, compression := range []string{signalflowtest.Plain, signalflowtest.Gzip, signalflowtest.Zlib} {
			t.Run(string('0'+form)+compression, func(t *testing.T) {
				in := inflater{limit: 1 << 20}
				channel, f, err := parseFrame(signalflowtest.DataFrame(form, compression, "sixteen--no--nul", vectorTime, 7, threeSent...))
				require.NoError(t, err)
				assert.Equal(t, "sixteen--no--nul", string(channel))
				body, _, err := in.open(f)
				require.NoError(t, err)
				var d Data
				_, _, err = decodeData(&d, f.form, body)
				require.NoError(t, err)
				assert.Equal(t, threeRead, d.Points)

				_, f, err = parseFrame(signalflowtest.Frame(form, 1, true, compression, "c", []byte(startText)))
				require.NoError(t, err)
				body, isJSON, err := in.open(f)
				require.NoError(t, err)
				assert.True(t, isJSON)
				assert.Equal(t, startText, string(body))
			})
		}
	}
}

func TestHeaderForms(t *testing.T) {
	// A zero in byte 1 of form 2 or 3 means a version of two bytes; otherwise byte 1 is the type.
	tests := []struct {
		name  string
		head  [4]byte
		typ   MessageType
		flags uint8
	}{
		{"form 1", [4]byte{1, 5, 1, 0}, TypeData, 1},
		{"form 2, short version", [4]byte{2, 5, 3, 0}, TypeData, 3},
		{"form 2, long version", [4]byte{2, 0, 5, 3}, TypeData, 3},
		{"form 3, short version", [4]byte{3, 4, 2, 0}, TypeMetadata, 2},
		{"form 3, long version", [4]byte{3, 0, 4, 2}, TypeMetadata, 2},
		{"form 1, type 0", [4]byte{1, 0, 5, 0}, TypeUnknown, 5},
		{"unknown type", [4]byte{1, 200, 0, 0}, 200, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, f, err := parseFrame(append(tt.head[:], make([]byte, 16)...))
			require.NoError(t, err)
			assert.Equal(t, tt.typ, f.typ)
			assert.Equal(t, tt.flags, f.flags)
		})
	}
}

func TestPointValues(t *testing.T) {
	long := Point{Kind: KindLong, bits: 1<<63 | 5}
	assert.True(t, long.IsInteger())
	assert.Equal(t, int64(-1<<63+5), long.Int())
	assert.Equal(t, float64(-1<<63+5), long.Float())
	double := Point{Kind: KindDouble, bits: math.Float64bits(-2.75)}
	assert.False(t, double.IsInteger())
	assert.Equal(t, int64(-2), double.Int())
	assert.Equal(t, -2.75, double.Float())
	null := Point{}
	assert.True(t, null.IsNull())
	assert.Zero(t, null.Float())
}

func TestTSID(t *testing.T) {
	tests := map[string]TSID{"AAAAAEgCVmg": 1208112744, "__________8": math.MaxUint64, "AAAAAAAAACo": 42}
	for text, id := range tests {
		assert.Equal(t, text, id.String())
		parsed, err := ParseTSID(text)
		require.NoError(t, err)
		assert.Equal(t, id, parsed)
		parsed, err = ParseTSID(text + "=")
		require.NoError(t, err)
		assert.Equal(t, id, parsed)
	}
	for _, bad := range []string{"", "AAAA", "AAAAAEgCVm!", strings.Repeat("A", 12), strings.Repeat("A", 22)} {
		_, err := ParseTSID(bad)
		assert.Error(t, err, bad)
	}
}

// Broken messages must be reported, never crash.
func TestBrokenFrames(t *testing.T) {
	whole := unhex(t, dataVectors[0].hex)
	for n := range whole {
		_, f, err := parseFrame(whole[:n])
		if n < headerSize {
			assert.Error(t, err, n)
			continue
		}
		_, _, err = decodeData(new(Data), f.form, f.body)
		assert.Error(t, err, n)
	}
	t.Run("form 0", func(t *testing.T) {
		_, _, err := parseFrame(make([]byte, 40))
		assert.Error(t, err)
	})
	t.Run("count larger than any memory", func(t *testing.T) {
		body := append(bytes.Repeat([]byte{0}, 8), 0xff, 0xff, 0xff, 0xff)
		_, _, err := decodeData(new(Data), form1, body)
		assert.ErrorIs(t, err, errShortPoints)
	})
	t.Run("bytes behind the last point", func(t *testing.T) {
		var d Data
		_, trailing, err := decodeData(&d, form1, append(whole[headerSize:len(whole):len(whole)], 1, 2, 3))
		require.NoError(t, err)
		assert.Equal(t, 3, trailing)
		assert.Equal(t, threeRead, d.Points)
	})
	t.Run("value of an unknown kind", func(t *testing.T) {
		var d Data
		raw := signalflowtest.DataFrame(1, "", "c", 1, 0, threeSent[0], signalflowtest.Point{TSID: 7, Kind: 9}, threeSent[1])
		unknown, _, err := decodeData(&d, form1, raw[headerSize:])
		require.NoError(t, err)
		assert.Equal(t, 1, unknown)
		assert.Equal(t, threeRead[:2], d.Points)
	})
}

func TestBrokenCompression(t *testing.T) {
	whole := signalflowtest.Frame(1, 5, false, signalflowtest.Gzip, "c", bytes.Repeat([]byte("SignalFlow"), 100))[headerSize:]
	bomb := signalflowtest.Frame(1, 5, false, signalflowtest.Gzip, "c", make([]byte, 1<<20))[headerSize:]
	deflated := signalflowtest.Frame(1, 5, false, signalflowtest.Zlib, "c", make([]byte, 1<<20))[headerSize:]
	corrupt := bytes.Clone(whole)
	corrupt[len(corrupt)-6] ^= 0xff // in the checksum
	tests := []struct {
		name string
		body []byte
		want string
	}{
		{"empty", nil, "neither gzip nor zlib"},
		{"neither", []byte("{}"), "neither gzip nor zlib"},
		{"gzip header only", whole[:5], "gzip"},
		{"zlib header only", []byte{0x78, 0x9c}, "EOF"},
		{"zlib with dictionary", []byte{0x78, 0xbb, 0, 0, 0, 0}, "zlib"},
		{"cut off", whole[:len(whole)/2], "decompression"},
		{"wrong checksum", corrupt, "decompression"},
		{"gzip beyond the limit", bomb, "raise MaxDecompressedSize"},
		{"zlib beyond the limit", deflated, "raise MaxDecompressedSize"},
	}
	in := inflater{limit: 10_000}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := in.inflate(tt.body)
			require.ErrorContains(t, err, tt.want)
			got, err := in.inflate(whole) // a reused decompressor works on
			require.NoError(t, err)
			assert.Len(t, got, 1000)
			assert.LessOrEqual(t, cap(in.out), 1<<15, "room for a refused message must not be kept")
		})
	}
	t.Run("exactly the limit", func(t *testing.T) {
		exact := inflater{limit: 1000}
		got, err := exact.inflate(whole)
		require.NoError(t, err)
		assert.Len(t, got, 1000)
	})
}
