package librato

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendString(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", `""`},
		{"plain", "cpu.user", `"cpu.user"`},
		{"quote and backslash", `a"b\c`, `"a\"b\\c"`},
		{"short escapes", "a\nb\rc\td", `"a\nb\rc\td"`},
		{"other control characters", "\x00\x1f\x7f", "\"\\u0000\\u001f\x7f\""},
		{"characters outside ASCII as they are", "é日😀", `"é日😀"`},
		{"bytes that are no UTF-8", "a\xffb\xc3", "\"a\uFFFDb\uFFFD\""},
		{"a replacement character that was sent", "\uFFFD", "\"\uFFFD\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, string(appendString(nil, c.in)))
			assert.Equal(t, c.want, string(appendString(nil, []byte(c.in))), "as bytes")
		})
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "cpu", `"\`, "\x00", "é\xff", "\xed\xa0\x80", "\xf0\x9f\x98"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := appendString(nil, s)
		var back string
		require.NoError(t, json.Unmarshal(text, &back), "%s", text)
		// encoding/json, too, puts one U+FFFD in place of each byte that is no UTF-8.
		assert.Equal(t, strings.Join(strings.Split(string([]rune(s)), ""), ""), back)
	})
}

// FuzzMeasurement makes sure that whatever comes in, a request body is JSON that says what came in.
func FuzzMeasurement(f *testing.F) {
	f.Add("cpu", "host", "web-1", "attic", 1.5, int64(1700000000), uint64(3))
	f.Add("", "\"", "\\", "\xff", 1e300, int64(-1), uint64(0))
	f.Fuzz(func(t *testing.T, name, tag, value, source string, number float64, at int64, count uint64) {
		head := AppendHead(nil, name, &Properties{Description: value, Attributes: &Attributes{DisplayMin: &number}})
		complex := Complex{Count: count, Sum: Float(number), Has: HasMin | HasDeviation, Min: Float(-number), Deviation: Float(1)}
		for list, origin := range map[List][]byte{
			Measurements: AppendTag(nil, tag, value), Gauges: AppendSource(nil, source), Counters: nil,
		} {
			d := list.Dialect()
			body, err := d.AppendValue(nil, head, Float(number), at, origin)
			if err != nil {
				require.Empty(t, body)
				require.Error(t, Float(number).Check())
				continue
			}
			if body, err = d.AppendComplex(body, head, &complex, at, origin); err != nil {
				require.ErrorIs(t, err, ErrNoSamples)
			}
			checkBody(t, list, body, name, number, count)
		}
	})
}

func checkBody(t *testing.T, list List, measurements []byte, name string, number float64, count uint64) {
	var text []byte
	for _, chunk := range NewFrame(list, Shared{Source: name, Time: 1}).Body(measurements) {
		text = append(text, chunk...)
	}
	var body map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &body), "%s", text)
	var got []struct {
		Name  string
		Value *float64
		Count *uint64
	}
	member := map[List]string{Measurements: "measurements", Gauges: "gauges", Counters: "counters"}[list]
	require.NoError(t, json.Unmarshal(body[member], &got))
	require.NotEmpty(t, got)
	assert.Equal(t, string([]rune(name)), got[0].Name)
	assert.Equal(t, number, *got[0].Value)
	if count > 0 {
		require.Len(t, got, 2)
		assert.Equal(t, count, *got[1].Count)
	}
}
