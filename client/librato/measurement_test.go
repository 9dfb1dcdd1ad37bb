package librato

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

func TestAppendValue(t *testing.T) {
	head := AppendHead(nil, "cpu", nil)
	host, zone := AppendTag(nil, "host", "web-1"), AppendTag(nil, "zone", `a\b`)
	for _, c := range []struct {
		name    string
		dialect Dialect
		time    int64
		origin  [][]byte
		want    string
	}{
		{"tags, the least", TagDialect, 0, nil, `,{"name":"cpu","value":1.5}`},
		{"tags in several chunks", TagDialect, 1700000000, [][]byte{host, nil, zone},
			`,{"name":"cpu","value":1.5,"time":1700000000,"tags":{"host":"web-1","zone":"a\\b"}}`},
		{"tags of empty chunks leave those of the frame", TagDialect, 0, [][]byte{nil, {}}, `,{"name":"cpu","value":1.5}`},
		{"sources, the least", SourceDialect, 0, nil, `,{"name":"cpu","value":1.5}`},
		{"sources with a source and a time", SourceDialect, 1700000000, [][]byte{AppendSource(nil, "attic")},
			`,{"name":"cpu","value":1.5,"measure_time":1700000000,"source":"attic"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.dialect.AppendValue([]byte("x"), head, Float(1.5), c.time, c.origin...)
			require.NoError(t, err)
			assert.Equal(t, "x"+c.want, string(got))
		})
	}
}

func TestAppendComplex(t *testing.T) {
	full := Complex{
		Count: 4, Sum: Float(20), Min: Int(0), Max: Int(9), Last: Int(3),
		Has: HasMin | HasMax | HasLast | HasDeviation, Deviation: Float(2),
	}
	squares := Complex{Count: 4, Sum: Float(20), Has: HasSumSquares, SumSquares: Float(116)}
	huge := Complex{Count: 4, Sum: Float(1e100), Has: HasDeviation, Deviation: Float(1)}
	equal := Complex{Count: 3, Sum: Float(0.3), Has: HasSumSquares, SumSquares: Float(0.02999)}
	for _, c := range []struct {
		name    string
		dialect Dialect
		in      Complex
		want    string
	}{
		{"tags: a minimum of 0 is sent", TagDialect, full, `,{"name":"lat","count":4,"sum":20,"min":0,"max":9,"last":3,"stddev":2}`},
		{"sources: no last, the sum of squares from the deviation", SourceDialect, full,
			`,{"name":"lat","count":4,"sum":20,"min":0,"max":9,"sum_squares":116}`},
		{"tags: the deviation from the sum of squares", TagDialect, squares, `,{"name":"lat","count":4,"sum":20,"stddev":2}`},
		{"sources: the sum of squares as given", SourceDialect, squares, `,{"name":"lat","count":4,"sum":20,"sum_squares":116}`},
		{"sources: a sum of squares out of range is left out", SourceDialect, huge, `,{"name":"lat","count":4,"sum":1e+100}`},
		{"tags: rounding leaves no negative variance", TagDialect, equal, `,{"name":"lat","count":3,"sum":0.3,"stddev":0}`},
		{"a maximum without a minimum", TagDialect, Complex{Count: 2, Sum: Int(3), Has: HasMax, Max: Int(2)}, `,{"name":"lat","count":2,"sum":3,"max":2}`},
		{"a minimum without a maximum", SourceDialect, Complex{Count: 2, Sum: Int(3), Has: HasMin, Min: Int(1)}, `,{"name":"lat","count":2,"sum":3,"min":1}`},
		{"count and sum alone", TagDialect, Complex{Count: 1, Sum: Int(-7)}, `,{"name":"lat","count":1,"sum":-7}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.dialect.AppendComplex(nil, AppendHead(nil, "lat", nil), &c.in, 0)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(got))
		})
	}
}

func TestUnsendableLeavesTheBufferAlone(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Complex
		want error
	}{
		{"no samples", Complex{Sum: Int(1)}, ErrNoSamples},
		{"sum is NaN", Complex{Count: 1, Sum: Float(math.NaN())}, ErrNotFinite},
		{"minimum is infinite", Complex{Count: 1, Has: HasMin, Min: Float(math.Inf(1))}, ErrNotFinite},
		{"deviation out of range", Complex{Count: 1, Has: HasDeviation, Deviation: Float(1e127)}, ErrOutOfRange},
		{"sum of squares out of range", Complex{Count: 1, Has: HasSumSquares, SumSquares: Float(1e127)}, ErrOutOfRange},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := TagDialect.AppendComplex([]byte("x"), nil, &c.in, 0)
			assert.ErrorIs(t, err, c.want)
			assert.Equal(t, "x", string(got))
		})
	}
	unset := Complex{Count: 1, Max: Float(math.NaN())}
	assert.NoError(t, unset.Check(), "a member that is not there is not looked at")
	got, err := SourceDialect.AppendValue([]byte("x"), nil, Float(math.NaN()), 0)
	assert.ErrorIs(t, err, ErrNotFinite)
	assert.Equal(t, "x", string(got))
}

func TestProperties(t *testing.T) {
	yes, no, zero, nan := true, false, 0.0, math.NaN()
	for _, c := range []struct {
		name string
		in   *Properties
		want string
	}{
		{"none", nil, ``},
		{"nothing set", &Properties{Attributes: &Attributes{}}, ``},
		{"all", &Properties{
			DisplayName: "CPU", Description: `a "b"`, Period: 60,
			Attributes: &Attributes{Color: "#fff000", DisplayMax: &zero, DisplayMin: &zero, DisplayUnitsLong: "Percent",
				DisplayUnitsShort: "%", DisplayStacked: &no, SummarizeFunction: "sum", Aggregate: &yes, GapDetection: &no, CreatedByUA: "read only"},
		}, `,"display_name":"CPU","description":"a \"b\"","period":60,"attributes":{"color":"#fff000","display_max":0,"display_min":0,` +
			`"display_units_long":"Percent","display_units_short":"%","display_stacked":false,"summarize_function":"sum","aggregate":true,"gap_detection":false}`},
		{"a hint that JSON cannot hold", &Properties{Period: 1, Attributes: &Attributes{DisplayMax: &nan}}, `,"period":1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, `,{"name":"m"`+c.want, string(AppendHead(nil, "m", c.in)))
		})
	}
}

func TestFrame(t *testing.T) {
	one := []byte(`,{"name":"a","value":1}`)
	for _, c := range []struct {
		name   string
		list   List
		shared Shared
		want   string
	}{
		{"measurements", Measurements, Shared{}, `{"measurements":[{"name":"a","value":1}]}`},
		{"gauges", Gauges, Shared{}, `{"gauges":[{"name":"a","value":1}]}`},
		{"counters of a source", Counters, Shared{Source: "s", Time: 60, Period: 10},
			`{"source":"s","measure_time":60,"period":10,"counters":[{"name":"a","value":1}]}`},
		{"measurements that share tags", Measurements, Shared{Tags: AppendTags(nil, Tags{"b": "2", "a": "1"}), Time: 60},
			`{"tags":{"a":"1","b":"2"},"time":60,"measurements":[{"name":"a","value":1}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			frame := NewFrame(c.list, c.shared)
			body := bytes.Join(frame.Body(one), nil)
			assert.Equal(t, c.want, string(body))
			assert.Len(t, body, frame.Size()+len(one)-1)
		})
	}
}

// TestHalvesAreBodies makes sure that a part cut between measurements is a request again.
func TestHalvesAreBodies(t *testing.T) {
	var whole *parts.Part
	b := parts.Builder{Emit: func(p *parts.Part) { whole = p }, MaxBytes: 1 << 20, MaxUnits: 10}
	for _, name := range []string{"a", "b", "c"} {
		b.Start()
		var err error
		b.Body, err = TagDialect.AppendValue(b.Body, AppendHead(nil, name, nil), Int(1), 0)
		require.NoError(t, err)
		require.True(t, b.Finish(1))
	}
	b.Flush()
	first, second, ok := whole.Halves()
	require.True(t, ok)
	frame := NewFrame(Measurements, Shared{})
	text := func(p parts.Part) string { return string(bytes.Join(frame.Body(p.Body), nil)) }
	assert.Equal(t, `{"measurements":[{"name":"a","value":1}]}`, text(first))
	assert.Equal(t, `{"measurements":[{"name":"b","value":1},{"name":"c","value":1}]}`, text(second))
}

func TestMergeTags(t *testing.T) {
	connection, queue := Tags{"a": "c", "b": "c", "c": "c"}, Tags{"b": "q", "c": "q"}
	assert.Equal(t, Tags{"a": "c", "b": "q", "c": "m"}, MergeTags(connection, queue, Tags{"c": "m"}))
	assert.Equal(t, Tags{"a": "c", "b": "c", "c": "c"}, connection, "layers stay as they are")
	assert.Equal(t, Tags{}, MergeTags(nil, nil))
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	head, host := AppendHead(nil, "cpu", nil), AppendTag(nil, "host", "web-1")
	summary := Complex{Count: 3, Sum: Float(1.5), Has: HasMin | HasMax, Min: Float(0.1), Max: Float(1)}
	buf := make([]byte, 0, 4096)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		point := AppendTag(buf[:0], "cpu", "0")
		out, _ := TagDialect.AppendValue(point, head, Float(12.25), 1700000000, host, point)
		out, _ = SourceDialect.AppendComplex(out, head, &summary, 1700000000, host)
		out, _ = AppendSanitizedTagValue(out, "bad value=", true)
		_, _ = AppendSanitizedName(out, "bad name")
	}))
}

func TestTagValuesOfOneName(t *testing.T) {
	name := AppendTagName(nil, "host")
	for _, c := range []struct {
		name, value, want string
		lower, changed    bool
	}{
		{"legal", "Web-1/a b?", `,"host":"Web-1/a b?"`, false, false},
		{"lower case", "Web-1", `,"host":"web-1"`, true, true},
		{"a backslash is escaped", `C:\x`, `,"host":"C:\\x"`, false, false},
		{"a run of others", "a\"\"é\nb", `,"host":"a-b"`, false, true},
		{"too long", strings.Repeat("v", 300), `,"host":"` + strings.Repeat("v", 255) + `"`, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tag, changed := AppendTagValue(nil, name, c.value, c.lower)
			assert.Equal(t, c.want, string(tag))
			assert.Equal(t, c.changed, changed)
			tag, _ = AppendTagValue(nil, name, []byte(c.value), c.lower)
			assert.Equal(t, c.want, string(tag))
		})
	}
}
