package librato

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the vendor's Python clients send is taken, or refused for what is wrong with
// it: the AppOptics client forgets tags, neither cleans the names of an aggregator,
// and NaN is no JSON. What asks for an object that was never made is not found.
func TestRequestsOfThePythonClients(t *testing.T) {
	refused := map[string]int{}
	for _, v := range clientVectors(t) {
		r := newRoom(t, Config{MaxAge: -1}) // recorded with another clock
		answer := r.send(v.Method, v.Path, v.body(), "Authorization", v.Headers["authorization"], "Content-Type", v.Headers["content-type"])
		if answer.Code < 300 || answer.Code == 404 {
			continue
		}
		require.Equal(t, 400, answer.Code, v.ID)
		refused[culprit(t, answer.Body.Bytes())]++
	}
	assert.Equal(t, map[string]int{"tags": 17, "name": 2, "services": 2, "request": 1}, refused)
}

// culprit names what an error is about.
func culprit(t *testing.T, body []byte) string {
	var answer struct {
		Errors struct {
			Params  map[string][]string
			Request []string
		}
	}
	require.NoError(t, json.Unmarshal(body, &answer), string(body))
	if answer.Errors.Request != nil {
		return "request"
	}
	delete(answer.Errors.Params, "name")
	for name := range answer.Errors.Params {
		return name
	}
	return "name"
}

type clientVector struct {
	ID, Method, Path string
	Headers          map[string]string
	Body             json.RawMessage
	BodyRaw          string          `json:"body_raw"`
	Shape            json.RawMessage `json:"body_shape"`
}

func (v *clientVector) body() string {
	if string(v.Body) == "null" || v.Body == nil {
		return v.BodyRaw
	}
	return string(v.Body)
}

// clientVectors are the recorded requests, except those that were too long to record.
func clientVectors(t *testing.T) (vectors []clientVector) {
	files, err := filepath.Glob("../../../testdata/vectors/librato/*.jsonl")
	require.NoError(t, err)
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		scanner := bufio.NewScanner(strings.NewReader(string(text)))
		scanner.Buffer(nil, 8<<20)
		for scanner.Scan() {
			var v clientVector
			require.NoError(t, json.Unmarshal(scanner.Bytes(), &v), path)
			if v.Method != "" && v.Shape == nil {
				vectors = append(vectors, v)
			}
		}
		require.NoError(t, scanner.Err())
	}
	require.NotEmpty(t, vectors)
	return vectors
}
