package apply

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parsed(t testing.TB, text string) object {
	var o object
	require.NoError(t, decode([]byte(text), &o), "%s", text)
	return o
}

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		current, desired, want string
		diff                   []string
	}{
		"what the file does not name stays": {`{"a":1,"b":{"x":1,"y":2}}`, `{"b":{"x":3}}`, `{"a":1,"b":{"x":3,"y":2}}`,
			[]string{"~ b.x: 1 -> 3"}},
		"null takes away":                {`{"a":1,"b":2}`, `{"a":null}`, `{"b":2}`, []string{"- a: 1"}},
		"null of what is not there":      {`{"b":2}`, `{"a":null}`, `{"b":2}`, nil},
		"90 is 90.0":                     {`{"threshold":90.0}`, `{"threshold":90}`, `{"threshold":90}`, nil},
		"large integers are not rounded": {`{"a":9007199254740993}`, `{"a":9007199254740992}`, `{"a":9007199254740992}`, []string{"~ a: 9007199254740993 -> 9007199254740992"}},
		"nothing and empty are the same": {`{"a":[],"b":null}`, `{"c":{},"b":[]}`, `{"a":[],"b":[],"c":{}}`, nil},
		"lists of values are replaced":   {`{"services":[1,2]}`, `{"services":[2]}`, `{"services":[2]}`, []string{"~ services: [1,2] -> [2]"}},
		"an item keeps its id and the rest": {
			`{"conditions":[{"id":1,"type":"above","metric_name":"cpu","threshold":90,"odd":true}]}`,
			`{"conditions":[{"type":"above","metric_name":"cpu","threshold":95}]}`,
			`{"conditions":[{"id":1,"type":"above","metric_name":"cpu","threshold":95,"odd":true}]}`,
			[]string{"~ conditions[0].threshold: 90 -> 95"}},
		"an item that is about something else is another one": {
			`{"streams":[{"id":1,"metric":"a"},{"id":2,"metric":"b","color":"#ff0000"}]}`,
			`{"streams":[{"metric":"b"},{"metric":"c"}]}`,
			`{"streams":[{"id":2,"metric":"b","color":"#ff0000"},{"metric":"c"}]}`,
			[]string{`+ streams[1]: {"metric":"c"}`, `- streams[0]: {"id":1,"metric":"a"}`}},
		"an order that changes": {
			`{"streams":[{"id":1,"metric":"a"},{"id":2,"metric":"b"}]}`, `{"streams":[{"metric":"b"},{"metric":"a"}]}`,
			`{"streams":[{"id":2,"metric":"b"},{"id":1,"metric":"a"}]}`, []string{"~ streams: in another order"}},
		"items without an id": {
			`{"thresholds":[{"operator":">","value":1}]}`, `{"thresholds":[{"operator":">","value":2},{"operator":"<","value":0}]}`,
			`{"thresholds":[{"operator":">","value":2},{"operator":"<","value":0}]}`,
			[]string{"~ thresholds[0].value: 1 -> 2", `+ thresholds[1]: {"operator":"<","value":0}`}},
		"two items about the same keep their order": {
			`{"streams":[{"id":1,"metric":"a"},{"id":2,"metric":"a"}]}`, `{"streams":[{"metric":"a"},{"metric":"a","color":"x"}]}`,
			`{"streams":[{"id":1,"metric":"a"},{"id":2,"metric":"a","color":"x"}]}`, []string{`+ streams[1].color: "x"`}},
	} {
		t.Run(name, func(t *testing.T) {
			current, desired := parsed(t, c.current), parsed(t, c.desired)
			merged := merge(current, desired)
			assert.Equal(t, parsed(t, c.want), merged)
			assert.Equal(t, parsed(t, c.current), current, "is not changed")
			assert.Equal(t, c.diff, diff(current, merged))
			assert.Empty(t, diff(merged, merge(merged, desired)), "once is enough")
		})
	}
}

func TestFilesThatAreNoGood(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "is empty",
		"- a":                                "is no map of alerts and spaces",
		"alert: []":                          `"alert" is neither alerts nor spaces`,
		"alerts: x":                          "alerts: is no list",
		"alerts: [{description: x}]":         "alerts[0]: has no name",
		"alerts: [x]":                        "alerts[0]: has no name",
		"alerts: [{name: a}, {name: A}]":     `alerts[1]: the name "A" is there twice`,
		"spaces: [{name: a, chart: []}]":     `spaces[0]: a space has no "chart"`,
		"spaces: [{name: a, tags: 1}]":       "spaces[0].tags: is neither true nor false",
		"spaces: [{name: a, charts: [{}]}]":  "spaces[0].charts[0]: has no name",
		"alerts: [{name: a}]\n---\nspaces: ": "more than one document",
	} {
		_, err := Parse([]byte(text))
		assert.ErrorContains(t, err, want, text)
	}
	f, err := Parse([]byte("alerts:\nspaces: [{name: a, tags: true, charts: [{name: b, type: line}]}]"))
	require.NoError(t, err)
	assert.Equal(t, &File{Spaces: []Space{{Name: "a", TagBased: new(true), Charts: []Chart{{"b", object{"name": "b", "type": "line"}}}}}}, f)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("alerts: [{name: a, conditions: [{type: above}]}]\nspaces: [{name: a, charts: [{name: b}]}]"))
	f.Add([]byte(`{"spaces":[{"name":"x","tags":false}]}`))
	f.Fuzz(func(t *testing.T, text []byte) { _, _ = Parse(text) })
}

// FuzzMerge: a file that was applied says nothing new, and nothing that it does not name is lost.
func FuzzMerge(f *testing.F) {
	f.Add(`{"a":1,"l":[{"id":1,"metric":"x"}]}`, `{"l":[{"metric":"x","c":2}],"a":null}`)
	f.Add(`{"l":[{"type":"x"},{"type":"x","name":"y"}]}`, `{"l":[{"name":"y"},{"type":"x"}]}`)
	f.Fuzz(func(t *testing.T, before, file string) {
		var current, desired object
		if decode([]byte(before), &current) != nil || decode([]byte(file), &desired) != nil {
			return
		}
		merged := merge(current, desired)
		for name := range current {
			if _, named := desired[name]; !named && !equal(current[name], merged[name]) {
				t.Fatalf("%s was lost", name)
			}
		}
		for name, value := range desired {
			if _, isList := value.([]any); !isList && value != nil {
				if _, isObject := value.(object); !isObject && !equal(value, merged[name]) {
					t.Fatalf("%s was not applied", name)
				}
			}
		}
		if _, err := json.Marshal(merged); err != nil {
			t.Fatal(err)
		}
	})
}

// A condition about all hosts, and one about some, stay what they are in any order.
func TestItemsAreToldApartByAllThatTheyAreAbout(t *testing.T) {
	all := object{"type": "above", "metric_name": "cpu", "threshold": json.Number("95")}
	some := object{"type": "above", "metric_name": "cpu", "threshold": json.Number("90"), "tags": []any{object{"name": "host", "values": []any{"web*"}}}}
	with := func(o object, id string) object { return merge(o, object{"id": json.Number(id)}) }
	held := []any{with(some, "1"), with(all, "2")}
	assert.Equal(t, held, mergeList(held, []any{some, all}))
	assert.Equal(t, []any{held[1], held[0]}, mergeList(held, []any{all, some}))
	assert.Equal(t, []any{held[1]}, mergeList(held, []any{all}))
	less := object{"type": "above", "threshold": json.Number("90")}
	assert.Equal(t, []any{held[0]}, mergeList(held, []any{less}), "the first that is about it, when none is exactly")
}
