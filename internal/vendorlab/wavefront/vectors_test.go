package wavefront

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the vendor's Python SDK wrote is read, except for the SDK's own mistakes:
// texts that end in a backslash, nan and inf, numbers that are none, stars in span
// names. The recorded times are years apart, and its spans need no application.
func TestLinesOfThePythonSDK(t *testing.T) {
	want := map[string]map[Reason]int{
		"metric":    {LineUnparsable: 8, TagLength: 1, TagKeyChars: 4, TimestampWindow: 117},
		"delta":     {LineUnparsable: 3, TagKeyChars: 2, DeltaTooOld: 1, TimestampWindow: 1},
		"histogram": {LineUnparsable: 8, TagKeyChars: 5, HistogramCentroids: 1, TimestampWindow: 50},
		"span":      {LineUnparsable: 11, SpanNameChars: 14, SpanTagKeyChars: 1, SpanTagMissing: 85},
		"spanlogs":  {LineUnparsable: 4},
	}
	formats := map[string]string{"metric": "wavefront", "delta": "wavefront", "histogram": "histogram", "span": "trace", "spanlogs": "spanLogs"}
	got := map[string]map[Reason]int{}
	for _, v := range sdkVectors(t) {
		if v.Out == "" || formats[v.Kind] == "" {
			continue
		}
		r := newRoom(t, Config{})
		r.report(formats[v.Kind], v.Out)
		for _, reason := range r.reasons() {
			if got[v.Kind] == nil {
				got[v.Kind] = map[Reason]int{}
			}
			got[v.Kind][reason]++
		}
	}
	assert.Equal(t, want, got)
}

// Its event lines do not escape quotes and line feeds; as JSON they are fine.
func TestEventsOfThePythonSDK(t *testing.T) {
	accepted, refused := map[string]int{}, map[string]int{}
	for _, v := range sdkVectors(t) {
		if v.Kind != "event" || v.Out == "" {
			continue
		}
		r := newRoom(t, Config{})
		if v.In.Form == "line" {
			r.viaProxy("event", v.Out)
		} else {
			send(r.direct, "POST", "/api/v2/event", []byte(v.Out), "Content-Type", "application/json")
		}
		counts := r.store.Stats().Vendors[Vendor]
		accepted[v.In.Form] += int(counts.Events)
		refused[v.In.Form] += int(min(counts.Rejected, 1))
	}
	assert.Equal(t, map[string]int{"line": 13, "json": 19}, accepted)
	assert.Equal(t, map[string]int{"line": 8, "json": 2}, refused)
}

type sdkVector struct {
	Kind string
	In   struct{ Form string }
	Out  string
}

func sdkVectors(t *testing.T) (vectors []sdkVector) {
	file, err := os.Open("../../../testdata/vectors/wavefront/sdk_python.jsonl")
	require.NoError(t, err)
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		var v sdkVector
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &v))
		vectors = append(vectors, v)
	}
	require.NoError(t, scanner.Err())
	require.NotEmpty(t, vectors)
	return vectors
}
