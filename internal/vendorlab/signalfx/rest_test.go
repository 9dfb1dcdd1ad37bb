package signalfx

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stocked knows hosts a, b and c from ingest, and something about a and b.
func stocked(t *testing.T) *room {
	t.Helper()
	r := newRoom(Config{CheckProgram: func(program string) error {
		if program == "bad" {
			return errors.New("line 1, column 1: bad")
		}
		return nil
	}})
	r.post("/v2/datapoint", "application/json", []byte(`{
		"gauge":[{"metric":"cpu.idle","value":1,"dimensions":{"host":"a"}},{"metric":"cpu.user","value":1,"dimensions":{"host":"b"}}],
		"counter":[{"metric":"requests","value":1,"dimensions":{"host":"c"}}]}`))
	for path, body := range map[string]string{
		hostA:                  `{"customProperties":{"region":"emea"},"tags":["linux"]}`,
		"/v2/dimension/host/b": `{"customProperties":{"region":"us"}}`,
	} {
		status, answer := r.rest(t, "PUT", path, body)
		require.Equal(t, 200, status, answer)
	}
	return r
}

// names are the field of each result.
func names(answer map[string]any, field string) []string {
	var list []string
	for _, result := range answer["results"].([]any) {
		list = append(list, fmt.Sprint(result.(map[string]any)[field]))
	}
	return list
}

func TestSearches(t *testing.T) {
	for _, test := range []struct {
		name, path, query, field string
		want                     []string
	}{
		{"all dimensions", "/v2/dimension", "", "value", []string{"a", "b", "c"}},
		{"dimensions of a key", "/v2/dimension", "key:host", "value", []string{"a", "b", "c"}},
		{"dimensions by key and value", "/v2/dimension", "host:b", "value", []string{"b"}},
		{"dimensions by property", "/v2/dimension", "region:emea", "value", []string{"a"}},
		{"dimensions by tag", "/v2/dimension", "tags:lin*", "value", []string{"a"}},
		{"a property that is there", "/v2/dimension", "_exists_:region", "value", []string{"a", "b"}},
		{"a property that is missing", "/v2/dimension", "_missing_:region", "value", []string{"c"}},
		{"AND", "/v2/dimension", "region:* AND host:b", "value", []string{"b"}},
		{"OR", "/v2/dimension", "host:a OR host:c", "value", []string{"a", "c"}},
		{"AND before OR", "/v2/dimension", "host:c OR host:a AND region:us", "value", []string{"c"}},
		{"parentheses", "/v2/dimension", "(host:c OR host:a) AND region:emea", "value", []string{"a"}},
		{"NOT", "/v2/dimension", "NOT host:a", "value", []string{"b", "c"}},
		{"side by side", "/v2/dimension", "host:a region:emea", "value", []string{"a"}},
		{"in quotes", "/v2/dimension", `host:"a"`, "value", []string{"a"}},
		{"an operator in quotes is text", "/v2/dimension", `"AND"`, "value", nil},
		{"any field", "/v2/dimension", "*:emea", "value", []string{"a"}},
		{"metrics by name", "/v2/metric", "name:cpu.*", "name", []string{"cpu.idle", "cpu.user"}},
		{"metrics by type", "/v2/metric", "type:COUNTER", "name", []string{"requests"}},
		{"series by metric", "/v2/metrictimeseries", "sf_metric:requests", "metric", []string{"requests"}},
		{"series by dimension", "/v2/metrictimeseries", "host:b", "metric", []string{"cpu.user"}},
		{"series by a dimension's property", "/v2/metrictimeseries", "region:emea", "metric", []string{"cpu.idle"}},
		{"tags in use", "/v2/tag", "name:linux", "name", []string{"linux"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, answer := stocked(t).rest(t, "GET", test.path+"?query="+url.QueryEscape(test.query), "")
			require.Equal(t, 200, status, answer)
			assert.Equal(t, test.want, names(answer, test.field))
			assert.EqualValues(t, len(test.want), answer["count"])
		})
	}
}

func TestSearchPages(t *testing.T) {
	for _, test := range []struct {
		parameters string
		want       []string
	}{
		{"?limit=2", []string{"a", "b"}},
		{"?offset=1&limit=1", []string{"b"}},
		{"?offset=5", nil},
		{"?orderBy=-value", []string{"c", "b", "a"}},
		{"?order_by=region", []string{"c", "a", "b"}},
	} {
		t.Run(test.parameters, func(t *testing.T) {
			status, answer := stocked(t).rest(t, "GET", "/v2/dimension"+test.parameters, "")
			require.Equal(t, 200, status)
			assert.Equal(t, test.want, names(answer, "value"))
			assert.EqualValues(t, 3, answer["count"], "all that match, not only the page")
		})
	}
}

func TestSearchesThatAreWrong(t *testing.T) {
	for _, parameters := range []string{
		"?limit=x", "?limit=-1", "?offset=9999&limit=2", "?offset=10001",
		"?query=AND", "?query=a+OR", "?query=%28a", "?query=a%29", "?query=NOT", "?query=" + strings.Repeat("a", maxQuery+1),
	} {
		t.Run(parameters[:min(len(parameters), 20)], func(t *testing.T) {
			status, _ := stocked(t).rest(t, "GET", "/v2/metric"+parameters, "")
			assert.Equal(t, 400, status)
		})
	}
}

func TestMetricMetadata(t *testing.T) {
	r := stocked(t)
	status, answer := r.rest(t, "GET", "/v2/metric/requests", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "COUNTER", answer["type"], "known from ingest")

	status, _ = r.rest(t, "PUT", "/v2/metric/requests", `{"type":"GAUGE","description":"d","customProperties":{"unit":"1"},"tags":["t"]}`)
	require.Equal(t, 200, status)
	_, answer = r.rest(t, "GET", "/v2/metric/requests", "")
	assert.Equal(t, "GAUGE", answer["type"])
	assert.Equal(t, "d", answer["description"])
	assert.Equal(t, map[string]any{"unit": "1"}, answer["customProperties"])

	for name, body := range map[string]string{
		"no type": `{}`, "unknown type": `{"type":"gauge"}`, "no body": "", "another name": `{"type":"GAUGE","name":"x"}`,
	} {
		status, _ = r.rest(t, "PUT", "/v2/metric/requests", body)
		assert.Equal(t, 400, status, name)
	}
	status, _ = r.rest(t, "GET", "/v2/metric/nothing", "")
	assert.Equal(t, 404, status)
}

func TestTimeSeriesByID(t *testing.T) {
	r := stocked(t)
	_, answer := r.rest(t, "GET", "/v2/metrictimeseries?query=host:a", "")
	listed := answer["results"].([]any)[0].(map[string]any)
	assert.Len(t, listed["id"], 11)
	status, read := r.rest(t, "GET", "/v2/metrictimeseries/"+listed["id"].(string), "")
	assert.Equal(t, 200, status)
	assert.Equal(t, listed, read)
	assert.Equal(t, "GAUGE", read["metricType"])
	assert.Equal(t, map[string]any{"host": "a"}, read["dimensions"])
	assert.Equal(t, map[string]any{"region": "emea"}, read["customProperties"], "those of its dimensions")
	assert.Equal(t, []any{"linux"}, read["tags"])
	for _, id := range []string{"AAAAAAAAAAA", "!"} {
		status, _ = r.rest(t, "GET", "/v2/metrictimeseries/"+id, "")
		assert.Equal(t, 404, status)
	}
}

func TestTags(t *testing.T) {
	r := stocked(t)
	status, _ := r.rest(t, "PUT", "/v2/tag/own", `{"description":"d","customProperties":{"a":"b"}}`)
	assert.Equal(t, 200, status)
	status, answer := r.rest(t, "GET", "/v2/tag/own", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "d", answer["description"])
	assert.NotContains(t, answer, "tags")

	status, _ = r.rest(t, "DELETE", "/v2/tag/linux", "")
	assert.Equal(t, 204, status, "a tag in use")
	_, answer = r.rest(t, "GET", hostA, "")
	assert.Empty(t, answer["tags"])
	status, _ = r.rest(t, "DELETE", "/v2/tag/linux", "")
	assert.Equal(t, 404, status)
	status, _ = r.rest(t, "PUT", "/v2/tag/1a", `{}`)
	assert.Equal(t, 400, status)
}

func TestSessions(t *testing.T) {
	tokens := NewTokens(Token{Secret: "some-token", Scopes: []Scope{ScopeAPI, ScopeIngest}})
	r := newRoom(Config{Tokens: tokens})
	do := func(method, path, body string, headers http.Header) int {
		request := httptest.NewRequest(method, path, strings.NewReader(body))
		request.Header = headers
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		r.handler.ServeHTTP(recorder, request)
		return recorder.Code
	}
	login := `{"email":"a@example.com","password":"p"}`
	assert.Equal(t, 401, do("POST", "/v2/session", login, http.Header{"X-Sf-Token": {""}}), "an empty token header")
	assert.Equal(t, 400, do("POST", "/v2/session", `{"email":"a@example.com"}`, http.Header{}))
	assert.Equal(t, 200, do("POST", "/v2/session", login, http.Header{}))

	_, answer := r.rest(t, "POST", "/v2/session", login)
	session := answer["accessToken"].(string)
	with := func() http.Header { return http.Header{"X-Sf-Token": {session}} }
	assert.Equal(t, 200, do("GET", "/v2/organization", "", with()))
	assert.Equal(t, 403, do("POST", "/v2/datapoint", jsonGauge, with()), "a session has no ingest scope")
	assert.Equal(t, 204, do("DELETE", "/v2/session", "", with()))
	assert.Equal(t, 401, do("GET", "/v2/organization", "", with()))
}

func TestOrganization(t *testing.T) {
	status, answer := stocked(t).rest(t, "GET", "/v2/organization", "")
	assert.Equal(t, 200, status)
	assert.NotEmpty(t, answer["id"])
	assert.NotEmpty(t, answer["organizationName"])
}
