package demo

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func aSeries(metric, kind, value string, dimensions map[string]string) series {
	s := series{Metric: metric, Type: kind, Dimensions: dimensions}
	s.Last.Value = json.RawMessage(value)
	return s
}

func TestPrintTable(t *testing.T) {
	var out strings.Builder
	printTable(&out, []series{
		aSeries("system.memory.usage", "gauge", "512", map[string]string{"host.name": "web-1", "state": "used"}),
		aSeries("system.cpu.time", "cumulative_counter", "12.25", map[string]string{"host.name": "web-1", "cpu": "cpu1", "state": "idle"}),
		aSeries("system.cpu.time", "cumulative_counter", "3.0000001", map[string]string{"host.name": "web-1", "cpu": "cpu0", "state": "user"}),
	})
	assert.Equal(t, `every series has the dimensions host.name=web-1

METRIC               TYPE                SERIES  OTHER DIMENSIONS (OF ONE)  ITS LAST VALUE
system.cpu.time      cumulative_counter  2       cpu=cpu0 state=user        3
system.memory.usage  gauge               1       state=used                 512
`, out.String())
}

func TestPrintTableOfNothing(t *testing.T) {
	var out strings.Builder
	printTable(&out, nil)
	assert.Equal(t, "METRIC  TYPE  SERIES  OTHER DIMENSIONS (OF ONE)  ITS LAST VALUE\n", out.String())
}

func TestRows(t *testing.T) {
	t.Run("one metric sent as two types takes two rows", func(t *testing.T) {
		got := rows([]series{aSeries("m", "gauge", "1", nil), aSeries("m", "counter", "2", nil)}, nil)
		assert.Equal(t, []row{
			{metric: "m", kind: "counter", last: "2", series: 1},
			{metric: "m", kind: "gauge", last: "1", series: 1},
		}, got)
	})
	t.Run("the example is the first by dimensions, none at all coming first", func(t *testing.T) {
		got := rows([]series{
			aSeries("m", "gauge", "2", map[string]string{"a": "2"}),
			aSeries("m", "gauge", "0", nil),
			aSeries("m", "gauge", "1", map[string]string{"a": "1"}),
		}, nil)
		assert.Equal(t, []row{{metric: "m", kind: "gauge", last: "0", series: 3}}, got)
	})
	t.Run("long dimensions are shortened", func(t *testing.T) {
		got := rows([]series{aSeries("m", "gauge", "1", map[string]string{"a": strings.Repeat("ä", 100)})}, nil)
		assert.Equal(t, "a="+strings.Repeat("ä", maxDimensions-3)+"…", got[0].dimensions)
	})
}

func TestCommonDimensions(t *testing.T) {
	a := aSeries("m", "gauge", "1", map[string]string{"host": "a", "os": "linux"})
	b := aSeries("m", "gauge", "1", map[string]string{"host": "b", "os": "linux"})
	none := aSeries("m", "gauge", "1", nil)
	assert.Equal(t, map[string]string{"os": "linux"}, commonDimensions([]series{a, b}))
	assert.Empty(t, commonDimensions([]series{a, none}))
	assert.Empty(t, commonDimensions(nil))
	assert.Len(t, a.Dimensions, 2, "the series itself must stay as it is")
}

func TestFormatValue(t *testing.T) {
	for value, want := range map[string]string{
		"0":                                    "0",
		"-9223372036854775808":                 "-9223372036854775808",
		"123456789012":                         "123456789012",
		"0.1234567891":                         "0.123457",
		"1.5e12":                               "1.5e+12",
		`"NaN"`:                                `"NaN"`,
		`{"count":3,"sum":1.5,"bounds":[1,2]}`: `{"count":3,"sum":1.5,"b…`,
		"null":                                 "null",
	} {
		assert.Equal(t, want, formatValue(json.RawMessage(value)))
	}
}
