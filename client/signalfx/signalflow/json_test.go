package signalflow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseValue(t *testing.T) {
	tests := []struct {
		json string
		kind ValueKind
		text string
	}{
		{`null`, ValueNull, "null"},
		{`"plain"`, ValueString, "plain"},
		{`"a\"b\\cé\ud83d\ude00"`, ValueString, `a"b\cé😀`},
		{`"lone \ud800 surrogate"`, ValueString, "lone \ufffd surrogate"},
		{"\"not \xff UTF-8\"", ValueString, "not \ufffd UTF-8"},
		{`true`, ValueBool, "true"},
		{`false`, ValueBool, "false"},
		{`-42`, ValueInt, "-42"},
		{`15000000`, ValueInt, "15000000"},
		{`9223372036854775807`, ValueInt, "9223372036854775807"},
		{`9223372036854775808`, ValueFloat, "9.223372036854776e+18"},
		{`1.5`, ValueFloat, "1.5"},
		{`1e3`, ValueFloat, "1000"},
		{`1e999`, ValueFloat, "+Inf"},
		{` ["a", 1] `, ValueJSON, `["a", 1]`},
		{`{"a":{"b":[]}}`, ValueJSON, `{"a":{"b":[]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.json, func(t *testing.T) {
			v, ok := ParseValue(tt.json)
			require.True(t, ok)
			assert.Equal(t, tt.kind, v.Kind())
			assert.Equal(t, tt.text, v.Text())
		})
	}
	for _, bad := range []string{"", "x", `{"a"`, `"a" "b"`} {
		_, ok := ParseValue(bad)
		assert.False(t, ok, bad)
	}
	list, _ := ParseValue(`["a", 2, [3], {"k": true}]`)
	require.Len(t, list.List(), 4)
	assert.Nil(t, list.Map())
	assert.Equal(t, int64(2), list.List()[1].Int())
	assert.Equal(t, 2.0, list.List()[1].Float())
	assert.True(t, list.List()[3].Map()[0].Value.Bool())
	assert.Zero(t, list.Int())
	assert.Zero(t, list.Float())
	assert.Nil(t, Value{}.List())
}

func newSeries(t testing.TB, c *catalog, id TSID, properties string) *Series {
	t.Helper()
	raw, err := checkJSON([]byte(properties))
	require.NoError(t, err)
	s, ok := c.put(id, raw)
	require.True(t, ok)
	return s
}

func collect(s *Series) (all, dimensions []string) {
	for key, value := range s.Properties() {
		all = append(all, key+"="+value.Text())
	}
	for key, value := range s.Dimensions() {
		dimensions = append(dimensions, key+"="+value.Text())
	}
	return all, dimensions
}

func TestSeries(t *testing.T) {
	c := newCatalog(10)
	s := newSeries(t, c, 7, `{"host":"web-1","sf_key":["host","computationId","sf_originatingMetric","n"],"sf_originatingMetric":"cpu","computationId":"job",
		"sf_isPreQuantized":true,"sf_resolutionMs":10000,"n":1.5,"note":null,"tags":["x"],"custom":"free text","emoji \u2603":"\u2603"}`)
	all, dimensions := collect(s)
	assert.Equal(t, []string{
		"host=web-1", `sf_key=["host","computationId","sf_originatingMetric","n"]`, "sf_originatingMetric=cpu", "computationId=job",
		"sf_isPreQuantized=true", "sf_resolutionMs=10000", "n=1.5", "note=null", `tags=["x"]`, "custom=free text", "emoji ☃=☃",
	}, all)
	assert.Equal(t, []string{"host=web-1", "n=1.5"}, dimensions)
	assert.Equal(t, TSID(7), s.ID())
	assert.Equal(t, "cpu", s.OriginatingMetric())
	assert.Empty(t, s.StreamLabel())

	_, dimensions = collect(newSeries(t, c, 8, `{"host":"web-1","sf_metric":"m","jobId":"j"}`))
	assert.Equal(t, []string{"host=web-1"}, dimensions, "without a list of keys")
	all, _ = collect(newSeries(t, c, 9, `null`))
	assert.Empty(t, all)
}

// What does not fit the dictionary must read the same as what does.
func TestDictionaryOverflow(t *testing.T) {
	c := newCatalog(1 << 20)
	for i := range maxDictionaryKeys + maxDictionaryValues {
		s := newSeries(t, c, TSID(i), fmt.Sprintf(`{"host":"host-%d","key-%d":[%d],"same":"same"}`, i, i, i))
		all, _ := collect(s)
		require.Equal(t, []string{fmt.Sprintf("host=host-%d", i), fmt.Sprintf("key-%d=[%d]", i, i), "same=same"}, all)
	}
	assert.Len(t, c.dictionary.keys, maxDictionaryKeys)
	assert.Len(t, c.dictionary.keys[0].values, maxDictionaryValues)
}

func TestCatalogGuesses(t *testing.T) {
	c := newCatalog(5)
	for id := range TSID(4) {
		newSeries(t, c, id, fmt.Sprintf(`{"id":"%d"}`, id))
	}
	resolve := func(ids ...TSID) (found []string, unresolved, missing int) {
		points := make([]Point, len(ids))
		for i, id := range ids {
			points[i].TSID = id
		}
		unresolved, missing = c.resolve(points)
		for _, p := range points {
			text := "-"
			if p.Series != nil {
				text = p.Series.Text("id")
			}
			found = append(found, text)
		}
		return found, unresolved, missing
	}
	check := func(want string, wantUnresolved, wantMissing int, ids ...TSID) {
		t.Helper()
		for range 2 { // the second time by guesses
			found, unresolved, missing := resolve(ids...)
			assert.Equal(t, want, strings.Join(found, " "))
			assert.Equal(t, wantUnresolved, unresolved)
			assert.Equal(t, wantMissing, missing)
		}
	}
	check("0 1 2", 0, 3, 0, 1, 2)
	check("2 0 3 3 1", 0, 5, 2, 0, 3, 3, 1)
	check("0 - 1", 1, 1, 0, 77, 1)
	assert.Equal(t, 3, c.missing([]Point{{TSID: 0}, {TSID: 1}, {TSID: 2}}, 0))

	check("0 1 2", 0, 3, 0, 1, 2)
	gone := c.remove(1)
	assert.Equal(t, "1", gone.Text("id"))
	assert.Nil(t, gone.next, "series that are gone must not keep others")
	assert.Nil(t, c.remove(1))
	check("0 - 2", 1, 1, 0, 1, 2)
	newSeries(t, c, 1, `{"id":"new"}`)
	check("0 new 2", 0, 3, 0, 1, 2)
	newSeries(t, c, 1, `{"id":"newer"}`)
	check("0 newer 2", 0, 3, 0, 1, 2)

	c.giveUp(77)
	check("0 - 2", 1, 3, 0, 77, 2)
	assert.True(t, c.full())
	check("- 0", 1, 2, 99, 0) // nobody waits for what would not be kept
	_, kept := c.put(99, []byte(`{}`))
	assert.False(t, kept)
	_, kept = c.put(77, []byte(`{"id":"late"}`))
	assert.True(t, kept, "there is room for one that was given up")
}

func TestDecodeDataJSON(t *testing.T) {
	var d Data
	unknown, err := decodeDataJSON(&d, []byte(`{"data":[{"tsId":"AAAAAEgCVmg","value":46.5},{"value":-42,"tsId":"AAAAAAC3hsg"},
		{"tsId":"AAAAAAAAABs","value":null},{"tsId":"AAAAAAAAABs","value":"NaN"},{"tsId":"AAAAAAAAABs"}], "logicalTimestampMs":1504064040000,"maxDelayMs":12000}`))
	require.NoError(t, err)
	assert.Equal(t, 2, unknown)
	assert.Equal(t, Data{LogicalTimestampMs: vectorTime, MaxDelayMs: 12000, Points: threeRead}, d)

	for _, bad := range []string{
		`{}`, `[]`, `{"logicalTimestampMs":"soon","data":[]}`, `{"logicalTimestampMs":1,"data":[{}]}`, `{"logicalTimestampMs":1,"data":[5]}`,
		`{"logicalTimestampMs":1,"data":[{"tsId":"short","value":1}]}`, `{"logicalTimestampMs":1,"data":[{"tsId":7,"value":1}]}`, `{"logicalTimestampMs":null}`,
	} {
		_, err := decodeDataJSON(&d, []byte(bad))
		assert.Error(t, err, bad)
	}
	_, err = decodeDataJSON(&d, []byte(`{"logicalTimestampMs":1}`))
	require.NoError(t, err)
	assert.Empty(t, d.Points)
}

// Series are kept for as long as a program runs, so each may cost little.
func TestSeriesMemory(t *testing.T) {
	const n = 25_000
	c := newCatalog(MaxSeries)
	before := heap()
	length := 0
	for i := range n {
		message := typicalMetadata(i)
		id, properties, err := decodeMetadata(message)
		require.NoError(t, err)
		_, _ = c.put(id, properties)
		length = len(message)
	}
	each := (heap() - before) / n
	t.Logf("%d bytes per series, of a message of %d", each, length)
	assert.Less(t, each, int64(400))
	runtime.KeepAlive(c)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// typicalMetadata is modeled on captured metadata of a container's series.
func typicalMetadata(i int) []byte {
	return fmt.Appendf(nil, `{"type":"metadata","channel":"c1","tsId":%q,"properties":{"sf_key":["computationId","sf_originatingMetric","host","kubernetes_cluster","plugin","plugin_instance","kubernetes_pod_uid","sf_metric"],`+
		`"sf_organizationID":"CZcUmHRAkAA","sf_type":"MetricTimeSeries","sf_metric":"_SF_COMP_DZkT1XKAcAA_02-PUBLISH_METRIC","sf_originatingMetric":"cpu.utilization","sf_streamLabel":"cpu","sf_resolutionMs":10000,"sf_createdOnMs":%d,`+
		`"sf_isPreQuantized":true,"sf_singletonFixedDimensions":["sf_metric"],"computationId":"DZkT1XKAcAA","host":"ip-10-2-%d-%d.eu-west-1.compute.internal","dsname":"value",`+
		`"kubernetes_cluster":"production-%d","kubernetes_pod_uid":"c0ffee00-1234-4321-8888-%012d","plugin":"signalfx-metadata","plugin_instance":"utilization","environment":"production","team":"platform-observability"}}`,
		TSID(i).String(), 1504064000000+i, i/256, i%256, i%8, i)
}

func FuzzFrame(f *testing.F) {
	for _, v := range dataVectors {
		f.Add(unhex(f, v.hex))
	}
	f.Add(unhex(f, captured))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, frm, err := parseFrame(raw)
		if err != nil {
			return
		}
		in := inflater{limit: 1 << 16}
		body, isJSON, err := in.open(frm)
		if err != nil || isJSON {
			return
		}
		var d Data
		unknown, trailing, err := decodeData(&d, frm.form, body)
		if err == nil && (len(d.Points)+unknown)*pointSize+trailing > len(body) {
			t.Fatal("more points than bytes")
		}
	})
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(startText))
	f.Add(typicalMetadata(1))
	f.Add([]byte(`{"logicalTimestampMs":1,"data":[{"tsId":"AAAAAEgCVmg","value":46.5},{"tsId":"AAAAAAC3hsg","value":null}]}`))
	f.Add([]byte(`{"type":"error","errors":[{"code":1}],"message":null,"context":{"line":"3"}}`))
	f.Add([]byte(`{"message":{"messageCode":"x","blockSerialNumber":1,"contents":{"dimensionCounts":[{"dimensions":["a"],"count":1}]}}}`))
	f.Add([]byte(` { "a\u0062" : [ 1 , {"b":"}]\"\\"} , null ] , "c" : -1.5e3 } `))
	f.Fuzz(func(t *testing.T, raw []byte) {
		body, err := checkJSON(raw)
		if err != nil {
			return
		}
		decodeEnvelope(body)
		decodeError(body)
		_, _ = decodeInfo(body)
		_, _ = decodeEvent(body)
		_, _ = decodeDataJSON(new(Data), body)
		_ = decodeEstimation(body)
		_, _ = decodeStarted(body)
		_ = unmarshal(body, new(controlJSON))
		c := newCatalog(10)
		id, properties, _ := decodeMetadata(body)
		s, _ := c.put(id, properties)
		sameAsStandard(t, properties, parseProperties(properties), s)
		sameAsStandard(t, body, parseProperties(body), newSeries(t, c, 1, string(body)))
	})
}

// sameAsStandard compares what we read of an object with what encoding/json reads.
func sameAsStandard(t *testing.T, object []byte, list []Property, s *Series) {
	t.Helper()
	i := 0
	for key, value := range s.Properties() {
		if list[i].Key != key || list[i].Value != value {
			t.Fatalf("packed %q=%q, read %q=%q", key, value.Text(), list[i].Key, list[i].Value.Text())
		}
		i++
	}
	if i != len(list) {
		t.Fatalf("packed %d properties of %d", i, len(list))
	}
	var want map[string]any
	if json.Unmarshal(object, &want) != nil {
		return
	}
	got := make(map[string]Value)
	for _, p := range list {
		got[p.Key] = p.Value
	}
	if len(got) != len(want) {
		t.Fatalf("read %d keys, want %d", len(got), len(want))
	}
	for key, w := range want {
		if !sameValue(got[key], w) {
			t.Fatalf("%q: read %q, want %v", key, got[key].Text(), w)
		}
	}
}

func sameValue(got Value, want any) bool {
	switch want := want.(type) {
	case nil:
		return got.Kind() == ValueNull
	case string:
		return got.Kind() == ValueString && got.Text() == want
	case bool:
		return got.Kind() == ValueBool && got.Bool() == want
	case float64:
		return got.Float() == want || math.IsNaN(want)
	}
	var again any
	if json.Unmarshal([]byte(got.Text()), &again) != nil {
		return false
	}
	a, _ := json.Marshal(again)
	b, _ := json.Marshal(want)
	return got.Kind() == ValueJSON && bytes.Equal(a, b)
}
