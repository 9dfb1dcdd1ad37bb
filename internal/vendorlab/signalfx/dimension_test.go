package signalfx

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rest calls the metadata API and decodes the answer.
func (r *room) rest(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("X-SF-Token", "some-token")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	recorder := httptest.NewRecorder()
	r.handler.ServeHTTP(recorder, request)
	var answer map[string]any
	if recorder.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer), recorder.Body.String())
	}
	return recorder.Code, answer
}

const hostA = "/v2/dimension/host/a"

func TestDimensionUpdates(t *testing.T) {
	before := `{"description":"d","customProperties":{"env":"prod","gone":"x"},"tags":["old","kept"]}`
	for _, test := range []struct {
		name, method, path, body string
		description              string
		properties               map[string]any
		tags                     []any
	}{
		{
			"the overwriting form leaves only what it names", "PUT", hostA, `{"key":"host","value":"a","customProperties":{"team":"x"}}`,
			"", map[string]any{"team": "x"}, []any{},
		},
		{
			"the merge form adds", "PATCH", hostA + "/_/sfxagent", `{"customProperties":{"team":"x"},"tags":["new"],"tagsToRemove":[]}`,
			"d", map[string]any{"env": "prod", "gone": "x", "team": "x"}, []any{"kept", "new", "old"},
		},
		{
			"the merge form removes", "PATCH", hostA + "/_/sfxagent", `{"customProperties":{"gone":null},"tagsToRemove":["old"]}`,
			"d", map[string]any{"env": "prod"}, []any{"kept"},
		},
		{
			"the merge form replaces a value", "PATCH", hostA + "/_/sfxagent", `{"customProperties":{"env":"test"},"tags":null,"tagsToRemove":null}`,
			"d", map[string]any{"env": "test", "gone": "x"}, []any{"kept", "old"},
		},
		{
			"a tag twice is one", "PATCH", hostA + "/_/sfxagent", `{"tags":["old","old"]}`,
			"d", map[string]any{"env": "prod", "gone": "x"}, []any{"kept", "old"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			status, _ := r.rest(t, "PUT", hostA, before)
			require.Equal(t, 200, status)
			status, answer := r.rest(t, test.method, test.path, test.body)
			require.Equal(t, 200, status, answer)
			_, read := r.rest(t, "GET", hostA, "")
			assert.Equal(t, answer, read, "the answer is what is read afterwards")
			assert.Equal(t, "host", read["key"])
			assert.Equal(t, "a", read["value"])
			assert.Equal(t, test.description, read["description"])
			assert.Equal(t, test.properties, read["customProperties"])
			assert.Equal(t, test.tags, read["tags"])
			assert.EqualValues(t, arrival, read["lastUpdated"])
			assert.Equal(t, map[string]int{"metadata": 1}, r.store.Requests(0, 0)[1].Accepted)
		})
	}
}

func TestDimensionNamesAreUnescapedOnce(t *testing.T) {
	catalog := NewCatalog()
	r := newRoom(Config{Catalog: catalog})
	status, answer := r.rest(t, "PATCH", "/v2/dimension/k8s.pod.uid/a%2Fb%3A%2520/_/sfxagent", `{"tags":["t"]}`)
	require.Equal(t, 200, status, answer)
	found, ok := catalog.Dimension("k8s.pod.uid", "a/b:%20")
	assert.True(t, ok)
	assert.Equal(t, []string{"t"}, found.Tags)
}

func TestDimensionKnownFromIngest(t *testing.T) {
	r := newRoom(Config{})
	status, _ := r.rest(t, "GET", hostA, "")
	assert.Equal(t, 404, status)
	assert.Empty(t, r.reasons(), "a question refuses no data")

	r.post("/v2/datapoint", "application/json", []byte(`{"gauge":[{"metric":"m","value":1,"dimensions":{"host":"a"}}]}`))
	status, answer := r.rest(t, "GET", hostA, "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "AAAAAAAAAAA", answer["creator"], "the vendor itself")
	assert.Equal(t, map[string]any{}, answer["customProperties"])
}

// many is {"p0":"x",...} with n members.
func many(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"p%d":"x"`, i)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func manyTags(n int) string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprintf(`"t%d"`, i)
	}
	return "[" + strings.Join(tags, ",") + "]"
}

func TestDimensionLimits(t *testing.T) {
	for _, test := range []struct {
		name, path, body string
		want             Reason // empty: accepted
	}{
		{"50 properties", hostA, `{"customProperties":` + many(50) + `}`, ""},
		{"51 properties", hostA, `{"customProperties":` + many(51) + `}`, PropertyCount},
		{"50 tags", hostA, `{"tags":` + manyTags(50) + `}`, ""},
		{"51 tags", hostA, `{"tags":` + manyTags(51) + `}`, TagCount},
		{"tag of 256 characters", hostA, `{"tags":["` + letters(256) + `"]}`, ""},
		{"tag of 257 characters", hostA, `{"tags":["` + letters(257) + `"]}`, TagName},
		{"tag that starts with a digit", hostA, `{"tags":["1a"]}`, TagName},
		{"empty tag", hostA, `{"tags":[""]}`, TagName},
		{"property name of 128 characters", hostA, `{"customProperties":{"` + letters(128) + `":"x"}}`, ""},
		{"property name of 129 characters", hostA, `{"customProperties":{"` + letters(129) + `":"x"}}`, PropertyName},
		{"property name with a slash", hostA, `{"customProperties":{"a/b":"x"}}`, PropertyName},
		{"property name of the vendor", hostA, `{"customProperties":{"sf_hires":"x"}}`, PropertyName},
		{"property value of 256 characters", hostA, `{"customProperties":{"p":"` + letters(256) + `"}}`, ""},
		{"property value of 257 characters", hostA, `{"customProperties":{"p":"` + letters(257) + `"}}`, PropertyValue},
		{"null in the overwriting form", hostA, `{"customProperties":{"p":null}}`, PropertyValue},
		{"description of 1,024 characters", hostA, `{"description":"` + letters(1024) + `"}`, ""},
		{"description of 1,025 characters", hostA, `{"description":"` + letters(1025) + `"}`, DescriptionLength},
		{"dimension name of the vendor", "/v2/dimension/sf_x/a", `{}`, DimensionName},
		{"dimension value of 257 characters", "/v2/dimension/host/" + strings.Repeat("x", 257), `{}`, DimensionValue},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			status, answer := r.rest(t, "PUT", test.path, test.body)
			if test.want == "" {
				require.Equal(t, 200, status, answer)
				assert.Empty(t, r.reasons())
				return
			}
			assert.Equal(t, 400, status)
			assert.EqualValues(t, 400, answer["code"])
			assert.Equal(t, []Reason{test.want}, r.reasons())
			status, _ = r.rest(t, "GET", test.path, "")
			assert.Equal(t, 404, status, "nothing was kept")
		})
	}
}

func TestLimitsHoldAfterMerging(t *testing.T) {
	r := newRoom(Config{})
	status, _ := r.rest(t, "PUT", hostA, `{"customProperties":`+many(50)+`}`)
	require.Equal(t, 200, status)
	status, _ = r.rest(t, "PATCH", hostA+"/_/sfxagent", `{"customProperties":{"more":"x"},"tags":["t"]}`)
	assert.Equal(t, 400, status)
	_, read := r.rest(t, "GET", hostA, "")
	assert.Len(t, read["customProperties"], 50, "not even in part")
	status, answer := r.rest(t, "PATCH", hostA+"/_/sfxagent", `{"customProperties":{"more":"x","p1":null}}`)
	assert.Equal(t, 200, status)
	assert.Empty(t, answer["tags"], "a refused update leaves nothing behind")
}

func TestDimensionRequestsThatAreWrong(t *testing.T) {
	for _, test := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"no body", "PUT", hostA, "", 400},
		{"null", "PUT", hostA, "null", 400},
		{"an array", "PUT", hostA, "[]", 400},
		{"broken JSON", "PATCH", hostA + "/_/sfxagent", "{", 400},
		{"a property that is a number", "PUT", hostA, `{"customProperties":{"p":1}}`, 400},
		{"another value than the path's", "PUT", hostA, `{"value":"b"}`, 400},
		{"DELETE", "DELETE", hostA, "", 405},
		{"the merge form by PUT", "PUT", hostA + "/_/sfxagent", "{}", 405},
		{"no value", "GET", "/v2/dimension/host/", "", 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(Config{})
			status, _ := r.rest(t, test.method, test.path, test.body)
			assert.Equal(t, test.want, status)
			assert.Equal(t, test.want, r.store.Requests(0, 1)[0].Status)
		})
	}
}

func TestMetadataNeedsTheAPIScope(t *testing.T) {
	tokens := NewTokens(
		Token{Secret: "some-token", Scopes: []Scope{ScopeIngest}},
		Token{Secret: "api", Scopes: []Scope{ScopeAPI}})
	r := newRoom(Config{Tokens: tokens})
	status, _ := r.rest(t, http.MethodPut, hostA, `{}`)
	assert.Equal(t, 403, status)
	request := httptest.NewRequest("PUT", hostA, strings.NewReader("{}"))
	request.Header.Set("X-SF-Token", "api")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	r.handler.ServeHTTP(recorder, request)
	assert.Equal(t, 200, recorder.Code)
}
