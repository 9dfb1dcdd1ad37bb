package librato

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzObjects: what was read of the API, in whatever shape, is written back with all
// that it said, and reads the same again.
func FuzzObjects(f *testing.F) {
	for _, seed := range []string{
		`{"id":7,"name":"a","conditions":[{"id":1,"type":"above","metric_name":"m","source":null,"threshold":200.0,"tags":{}}],"services":[17,{"id":"x","title":"t"}],"odd":{"deep":[1,null]}}`,
		`{"id":"3","name":"c","streams":[{"metric":"m","tags":[{"name":"r","values":["a"],"more":1}],"color":"#fff"}],"thresholds":[],"min":0}`,
		`{"name":"s","charts":[{"id":1}],"tags":false,"settings":{"a":1},"events":[{"web":[{"id":1,"title":"x"}]}]}`,
		`[{"tags":{"a":"b"},"measurements":[{"time":1,"value":null,"sum":3}]}]`,
		`{"series":[{"series":[{"measure_time":5,"value":1e300}]}],"measurements":{"unassigned":[{"measure_time":1}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		again[Alert](t, text)
		again[Chart](t, text)
		again[Space](t, text)
		again[Service](t, text)
		again[AnnotationStream](t, text)
		again[TaggedData](t, text)
		again[SourcedData](t, text)
		again[CompositeData](t, text)
	})
}

// again reads, writes and reads.
func again[T any](t *testing.T, text []byte) {
	var first, second T
	if json.Unmarshal(text, &first) != nil {
		return
	}
	written, err := json.Marshal(first)
	require.NoError(t, err, "%T of %s", first, text)
	require.NoError(t, json.Unmarshal(written, &second), "%T of %s, written as %s", first, text, written)
	rewritten, err := json.Marshal(second)
	require.NoError(t, err)
	require.Equal(t, string(written), string(rewritten), "%T", first)
	// No member that the type does not know is lost.
	if more := reflect.ValueOf(first).FieldByName("More"); more.IsValid() {
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(written, &members))
		for _, key := range more.MapKeys() {
			require.Contains(t, members, key.String())
		}
	}
}

func TestPointsWithoutAValueStayWithout(t *testing.T) {
	var p Point
	require.NoError(t, json.Unmarshal([]byte(`{"time":5,"value":null,"sum":3}`), &p))
	require.True(t, math.IsNaN(p.Value))
	text, err := json.Marshal(p)
	require.NoError(t, err)
	require.JSONEq(t, `{"time":5,"value":null,"sum":3}`, string(text))
}
