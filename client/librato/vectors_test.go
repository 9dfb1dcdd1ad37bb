package librato

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const vectorsFolder = "../../testdata/vectors/librato"

// vectorFiles are the recordings that this client answers for so far.
var vectorFiles = []string{"submit", "tags", "queue", "chunking", "aggregator", "annotations", "errors", "metrics", "alerts", "spaces_charts"}

// vectorLine is one recorded request, or the lack of any; the lines of a case share its ID.
type vectorLine struct {
	ID   string
	Lib  string
	Call struct {
		Connect map[string]any
		Steps   []step
		Env     map[string]string
	}
	Of      int
	Method  string
	Path    string
	Headers struct {
		Authorization string
		ContentType   *string `json:"content-type"`
		Product       string  `json:"user-agent-product"`
	}
	Body         json.RawMessage
	BodyShape    map[string]listShape `json:"body_shape"`
	BodyTopLevel map[string]any       `json:"body_top_level"`
	Reply        *struct {
		Status int
		Body   json.RawMessage
	}
	Result any
	Raises *exception
	Note   string
}

type listShape struct {
	Count       int
	First, Last any
}

type exception struct {
	Class, Message string
	Code           int
}

// received is one request as the replaying server got it.
type received struct {
	method        string
	url           *url.URL
	authorization string
	contentType   string
	userAgent     string
	body          []byte
}

func TestVectors(t *testing.T) {
	unused := maps.Clone(deviations)
	for _, file := range vectorFiles {
		for _, lines := range readVectors(t, file) {
			id := lines[0].ID
			delete(unused, id)
			t.Run(id, func(t *testing.T) { replay(t, lines, deviations[id]) })
		}
	}
	assert.Empty(t, slices.Sorted(maps.Keys(unused)), "deviations of cases that no file holds")
}

// readVectors returns the cases of a file in their order.
func readVectors(t *testing.T, file string) [][]vectorLine {
	f, err := os.Open(filepath.Join(vectorsFolder, file+".jsonl"))
	require.NoError(t, err)
	defer f.Close()
	var cases [][]vectorLine
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var line vectorLine
		decoder := json.NewDecoder(bytes.NewReader(scanner.Bytes()))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&line))
		if last := len(cases) - 1; last >= 0 && cases[last][0].ID == line.ID {
			cases[last] = append(cases[last], line)
			continue
		}
		cases = append(cases, []vectorLine{line})
	}
	require.NoError(t, scanner.Err())
	require.NotEmpty(t, cases)
	return cases
}

func replay(t *testing.T, lines []vectorLine, d deviation) {
	lines = without(lines, d.skipped)
	var got []received
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, received{r.Method, r.URL, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("User-Agent"), body})
		answer(w, lines[min(len(got), len(lines))-1])
	}))
	defer server.Close()

	in := newInterpreter(t, server, lines[0])
	result, err := in.run(lines[0].Call.Steps)

	last := lines[len(lines)-1]
	checkRequests(t, lines, got, d)
	checkError(t, last.Raises, err, d)
	if err == nil && last.Raises == nil {
		if isManagement(last.ID) {
			assert.True(t, holds(essence(last.Result), essence(result)), "result: %v is not in %v", essence(last.Result), essence(result))
		} else {
			assert.Equal(t, essence(last.Result), essence(result), "result")
		}
	}
	if d.result != "" {
		assert.Equal(t, essence(parsed(t, []byte(d.result))), essence(result), "result")
	}
}

// without leaves out requests by their position.
func without(lines []vectorLine, skipped []int) (kept []vectorLine) {
	for i, line := range lines {
		if !slices.Contains(skipped, i) {
			kept = append(kept, line)
		}
	}
	return kept
}

// answer replays what the recorded server said. A body that is no JSON was recorded as a string.
func answer(w http.ResponseWriter, line vectorLine) {
	if line.Reply == nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	body := []byte(line.Reply.Body)
	var text string
	switch {
	case bytes.Equal(body, []byte("null")):
		body = nil
	case json.Unmarshal(body, &text) == nil:
		body = []byte(text)
	default:
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(line.Reply.Status)
	_, _ = w.Write(body)
}

func checkRequests(t *testing.T, lines []vectorLine, got []received, d deviation) {
	if d.asks != nil {
		var asked []string
		for _, r := range got {
			asked = append(asked, r.method+" "+r.url.EscapedPath())
			assert.Empty(t, r.url.RawQuery+string(r.body))
		}
		assert.Equal(t, d.asks, asked)
		return
	}
	want := lines
	if lines[0].Of == 0 || d.noRequest {
		want = nil
	}
	if d.requests > 0 {
		// More requests than recorded are repetitions of the last one.
		for want = want[:min(len(want), d.requests)]; len(want) < d.requests; {
			want = append(want, want[len(want)-1])
		}
	}
	require.Len(t, got, len(want), "requests")
	for i, line := range want {
		assert.Equal(t, line.Method, got[i].method, "method")
		assert.Equal(t, line.Headers.Authorization, got[i].authorization, "authorization")
		if product := line.Headers.Product; !strings.HasPrefix(product, "python-librato/") && !strings.HasPrefix(product, "appoptics_metrics/") {
			assert.Equal(t, product, got[i].userAgent, "a user agent that the caller chose")
		}
		recorded, err := url.Parse(line.Path)
		require.NoError(t, err)
		assert.Equal(t, recorded.EscapedPath(), got[i].url.EscapedPath(), "path")
		assert.Equal(t, recorded.Query(), got[i].url.Query(), "query")
		if line.Headers.ContentType == nil {
			assert.Empty(t, got[i].contentType, "content type")
			assert.Empty(t, got[i].body, "body")
			continue
		}
		assert.Equal(t, *line.Headers.ContentType, got[i].contentType, "content type")
		if line.BodyShape != nil {
			checkShape(t, line, parsed(t, got[i].body).(map[string]any))
			continue
		}
		body := []byte(line.Body)
		if i < len(d.bodies) {
			body = []byte(d.bodies[i])
		}
		want, ours := parsed(t, body), parsed(t, got[i].body)
		if isManagement(line.ID) {
			want, ours = said(line.ID, want), said(line.ID, ours)
		}
		assert.Equal(t, want, ours, "body")
	}
}

func checkShape(t *testing.T, line vectorLine, body map[string]any) {
	for name, shape := range line.BodyShape {
		list, ok := body[name].([]any)
		require.True(t, ok, "list %s", name)
		require.Len(t, list, shape.Count, "list %s", name)
		if shape.Count > 0 {
			assert.Equal(t, normal(shape.First), list[0])
			assert.Equal(t, normal(shape.Last), list[len(list)-1])
		}
		delete(body, name)
	}
	assert.Equal(t, normal(line.BodyTopLevel), normal(body), "top level")
}

// localErrors are ours for what the Python clients refuse before any request.
var localErrors = map[string]error{
	"At least one tag is needed.": ErrNoTags,
	"boom":                        errRaised,

	"You must provide 'start_time' or 'duration'": ErrNoInterval,
	"You must provide a 'start_time'":             ErrNoStart,
}

func checkError(t *testing.T, raised *exception, err error, d deviation) {
	switch {
	case d.fails != nil:
		assert.ErrorIs(t, err, d.fails)
	case d.message != "":
		fault := new(Fault)
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, d.message, fault.Error())
	case d.class != httpsend.Delivered:
		assert.Equal(t, d.class, httpsend.ClassOf(err))
	case raised == nil || d.succeeds:
		assert.NoError(t, err)
	case raised.Code != 0:
		failed, fault := new(httpsend.Error), new(Fault)
		require.ErrorAs(t, err, &failed)
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, raised.Code, failed.Status)
		_, message, _ := strings.Cut(raised.Message, "] ")
		assert.Equal(t, message, fault.Error())
	default:
		want := localErrors[raised.Message]
		require.NotNil(t, want, "no error of ours stands for %q", raised.Message)
		assert.ErrorIs(t, err, want)
	}
}

// parsed is a JSON text as comparable values.
func parsed(t *testing.T, text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value), "%s", text)
	require.False(t, decoder.More(), "%s", text)
	return normal(value)
}

// normal makes equal numbers equal values: 35 and 35.0 are, 2^53 and 2^53+1 are not.
func normal(value any) any {
	switch value := value.(type) {
	case json.Number:
		if i, err := value.Int64(); err == nil {
			return i
		}
		f, _ := value.Float64()
		if i := int64(f); float64(i) == f {
			return i
		}
		return f
	case map[string]any:
		out := map[string]any{}
		for k, v := range value {
			out[k] = normal(v)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = normal(v)
		}
		return out
	}
	return value
}

// essence reduces a result to what it says: neither the class that a Python client
// made of it, nor members that hold nothing.
func essence(value any) any {
	text, _ := json.Marshal(value)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain any
	_ = decoder.Decode(&plain)
	return strip(normal(plain))
}

func strip(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range value {
			if v = strip(v); v != nil && k != "class" && k != "query" {
				out[k] = v
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, v := range value {
			out = append(out, strip(v))
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return value
}
