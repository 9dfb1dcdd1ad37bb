package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type item struct {
	Name  string            `json:"name"`
	Big   int64             `json:"big"`
	Tags  []string          `json:"tags"`
	Props map[string]string `json:"props"`
}

var items = []item{
	{"a", 12345678901234567, []string{"x", "y"}, map[string]string{"team": "shop", "a.b": "dotted"}},
	{"b\x1b[31m\tc", 0, nil, nil},
}

func seq(list []item, err error) func(func(item, error) bool) {
	return func(yield func(item, error) bool) {
		for _, i := range list {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(item{}, err)
		}
	}
}

func TestEach(t *testing.T) {
	columns := []string{"name", "big", "tags", "props.team", "props.a.b", "missing"}
	for format, want := range map[Format]string{
		Table: "NAME      BIG                TAGS  PROPS.TEAM  PROPS.A.B  MISSING\n" +
			"a         12345678901234567  x,y   shop        dotted     \n" +
			"b\ufffd[31m c  0                                               \n",
		CSV: "name,big,tags,props.team,props.a.b,missing\n" +
			"a,12345678901234567,\"x,y\",shop,dotted,\n" +
			"b\x1b[31m\tc,0,,,,\n",
		JSON: "[\n" +
			`{"name":"a","big":12345678901234567,"tags":["x","y"],"props":{"a.b":"dotted","team":"shop"}},` + "\n" +
			`{"name":"b\u001b[31m\tc","big":0,"tags":null,"props":null}` + "\n]\n",
	} {
		t.Run(string(format), func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, Each(&b, format, columns, seq(items, nil)))
			assert.Equal(t, want, b.String())
		})
	}
}

func TestEachOfNothing(t *testing.T) {
	for format, want := range map[Format]string{Table: "NAME\n", CSV: "name\n", JSON: "[]\n"} {
		var b bytes.Buffer
		require.NoError(t, Each(&b, format, []string{"name"}, seq(nil, nil)))
		assert.Equal(t, want, b.String())
	}
}

func TestWhatCameBeforeAnErrorIsWritten(t *testing.T) {
	broken := errors.New("broken")
	for format, want := range map[Format]string{Table: "NAME\na\n", CSV: "name\na\n"} {
		var b bytes.Buffer
		require.ErrorIs(t, Each(&b, format, []string{"name"}, seq(items[:1], broken)), broken)
		assert.Equal(t, want, b.String())
	}
}

func TestOne(t *testing.T) {
	for format, want := range map[Format]string{
		Table: "tags        x,y\nprops.team  shop\nnone        \n",
		CSV:   "tags,props.team,none\n\"x,y\",shop,\n",
		JSON:  "{\n  \"name\": \"a\",\n  \"big\": 12345678901234567,\n  \"tags\": [\n    \"x\",\n    \"y\"\n  ],\n  \"props\": {\n    \"a.b\": \"dotted\",\n    \"team\": \"shop\"\n  }\n}\n",
	} {
		t.Run(string(format), func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, One(&b, format, []string{"tags", "props.team", "none"}, items[0]))
			assert.Equal(t, want, b.String())
		})
	}
	var b bytes.Buffer
	require.NoError(t, One(&b, Table, nil, items[0]))
	assert.Equal(t, "name   a\nbig    12345678901234567\ntags   x,y\nprops  a.b=dotted,team=shop\n", b.String(), "every member without columns")
}

func TestTimesAreDatesInTables(t *testing.T) {
	for text, want := range map[string]string{
		`{"created":1767366245000}`:    "created  2026-01-02T15:04:05Z\n",
		`{"created_at":1767366245}`:    "created_at  2026-01-02T15:04:05Z\n",
		`{"created":0}`:                "created  0\n",
		`{"created":-5}`:               "created  -5\n",
		`{"time":99999999999999}`:      "time  99999999999999\n",
		`{"created":"yesterday"}`:      "created  yesterday\n",
		`{"lastUpdated":1767366245.5}`: "lastUpdated  1767366245.5\n",
	} {
		var b bytes.Buffer
		require.NoError(t, One(&b, Table, nil, json.RawMessage(text)))
		assert.Equal(t, want, b.String())
	}
	var b bytes.Buffer
	require.NoError(t, One(&b, CSV, []string{"created"}, json.RawMessage(`{"created":1767366245000}`)))
	assert.Equal(t, "created\n1767366245000\n", b.String(), "programs get what the vendor said")
}

func TestFormats(t *testing.T) {
	for _, name := range Formats {
		_, err := ParseFormat(name)
		assert.NoError(t, err)
	}
	_, err := ParseFormat("yaml")
	assert.ErrorContains(t, err, "write table, json or csv")
}
