package openjson

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type times struct {
	Created int64 `json:"created,omitempty"`
}

type object struct {
	Name string `json:"name"`
	times
	Kept  []int                      `json:"kept,omitzero"`
	Local string                     `json:"-"`
	More  map[string]json.RawMessage `json:"-"`
}

func TestWhatIsNotKnownSurvives(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"nothing more":           {`{"name":"a"}`, `{"name":"a"}`},
		"members in any order":   {`{"z":[1,{"q":null}],"name":"a","b":"<&>"}`, `{"name":"a","b":"<&>","z":[1,{"q":null}]}`},
		"those of what it holds": {`{"created":5,"name":"a","x":1}`, `{"name":"a","created":5,"x":1}`},
		"numbers as they were":   {`{"name":"a","big":12345678901234567890.10}`, `{"name":"a","big":12345678901234567890.10}`},
		"odd names":              {`{"name":"a","":1,"a\"b":2}`, `{"name":"a","":1,"a\"b":2}`},
		"null and empty":         {`{"name":null,"kept":[]}`, `{"name":"","kept":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			var o object
			more, err := Unmarshal([]byte(c.in), &o)
			require.NoError(t, err)
			out, err := Marshal(o, more)
			require.NoError(t, err)
			assert.Equal(t, c.out, string(out))
		})
	}
}

func TestKnownMembersWin(t *testing.T) {
	out, err := Marshal(object{Name: "a"}, map[string]json.RawMessage{"name": json.RawMessage(`"b"`), "x": json.RawMessage(`1`)})
	require.NoError(t, err)
	assert.Equal(t, `{"name":"a","x":1}`, string(out))
	out, err = Marshal(object{Name: "a"}, map[string]json.RawMessage{"kept": json.RawMessage(`null`), "created": json.RawMessage(`null`)})
	require.NoError(t, err)
	assert.Equal(t, `{"name":"a","created":null,"kept":null}`, string(out), "unless they are left out")
	out, err = Marshal(struct{}{}, map[string]json.RawMessage{"x": json.RawMessage(`1`)})
	require.NoError(t, err)
	assert.Equal(t, `{"x":1}`, string(out))
}

func TestWhatIsNoObject(t *testing.T) {
	for _, text := range []string{``, `[]`, `1`, `{"name":1}`} {
		var o object
		_, err := Unmarshal([]byte(text), &o)
		assert.Error(t, err, text)
	}
}

// FuzzRoundTrip: reading and writing twice changes nothing that one pass did not.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(`{"name":"a","x":{"y":[1,2]},"kept":[1]}`))
	f.Add([]byte(`{"\u0000":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var o object
		more, err := Unmarshal(text, &o)
		if err != nil {
			return
		}
		once, err := Marshal(o, more)
		require.NoError(t, err)
		var again object
		more, err = Unmarshal(once, &again)
		require.NoError(t, err, "%s", once)
		twice, err := Marshal(again, more)
		require.NoError(t, err)
		require.JSONEq(t, string(once), string(twice))
	})
}
