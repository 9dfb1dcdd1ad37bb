package signalfx

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestObjectsAreServedAsTheyWereGiven(t *testing.T) {
	for _, kind := range []string{"chart", "dashboard", "dashboardgroup", "detector", "crosslink"} {
		t.Run(kind, func(t *testing.T) {
			r := stocked(t)
			given := `{"name":"CPU","programText":"data('x').publish()","tags":["a"],"options":{"type":"Line","n":9007199254740993}}`
			status, made := r.rest(t, "POST", "/v2/"+kind, given)
			require.Equal(t, 200, status, made)
			path := "/v2/" + kind + "/" + made["id"].(string)
			status, read := r.rest(t, "GET", path, "")
			assert.Equal(t, 200, status)
			assert.Equal(t, made, read)
			assert.EqualValues(t, arrival, read["created"])

			status, read = r.rest(t, "PUT", path, `{"name":"Memory","programText":"p"}`)
			assert.Equal(t, 200, status)
			assert.Equal(t, made["id"], read["id"])
			assert.NotContains(t, read, "options")
			_, list := r.rest(t, "GET", "/v2/"+kind+"?name=mem", "")
			assert.Equal(t, []string{"Memory"}, names(list, "name"))

			status, _ = r.rest(t, "DELETE", path, "")
			assert.Equal(t, 204, status)
			for _, method := range []string{"GET", "DELETE"} {
				status, _ = r.rest(t, method, path, "")
				assert.Equal(t, 404, status)
			}
			status, _ = r.rest(t, "PUT", path, `{}`)
			assert.Equal(t, 404, status)
			status, _ = r.rest(t, "POST", "/v2/"+kind, "")
			assert.Equal(t, 400, status)
		})
	}
}

func TestListsByParameters(t *testing.T) {
	r := stocked(t)
	for _, body := range []string{
		`{"name":"one","propertyName":"host","propertyValue":"a"}`,
		`{"name":"two","propertyName":"host","propertyValue":"b","tags":["x","y"]}`,
	} {
		r.rest(t, "POST", "/v2/crosslink", body)
	}
	for parameters, want := range map[string][]string{
		"":                     {"one", "two"},
		"?propertyName=host":   {"one", "two"},
		"?propertyValue=b":     {"two"},
		"?tags=x&tags=y":       {"two"},
		"?tags=z":              nil,
		"?limit=1":             {"one"},
		"?orderBy=-name":       {"two", "one"},
		"?offset=1&name=O":     {"two"},
		"?context=nothing":     nil,
		"?name=ONE&offset=100": nil,
	} {
		_, answer := r.rest(t, "GET", "/v2/crosslink"+parameters, "")
		assert.Equal(t, want, names(answer, "name"), parameters)
	}
}

func TestDetectorValidation(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want int
	}{
		"good":       {`{"name":"d","programText":"p"}`, 204},
		"no name":    {`{"programText":"p"}`, 400},
		"no program": {`{"name":"d"}`, 400},
		"bad":        {`{"name":"d","programText":"bad"}`, 400},
		"no body":    {"", 400},
	} {
		status, answer := stocked(t).rest(t, "POST", "/v2/detector/validate", test.body)
		assert.Equal(t, test.want, status, name)
		if name == "bad" {
			assert.Contains(t, answer["message"], "line 1, column 1")
		}
	}
}

// array calls a path that answers a plain array.
func (r *room) array(t *testing.T, path string) (answer []map[string]any) {
	t.Helper()
	request := httptest.NewRequest("GET", path, nil)
	request.Header.Set("X-SF-Token", "some-token")
	recorder := httptest.NewRecorder()
	r.handler.ServeHTTP(recorder, request)
	require.Equal(t, 200, recorder.Code)
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer), recorder.Body.String())
	return answer
}

func TestIncidents(t *testing.T) {
	catalog := NewCatalog()
	r := newRoom(Config{Catalog: catalog})
	_, detector := r.rest(t, "POST", "/v2/detector", `{"name":"d","programText":"p"}`)
	id := detector["id"].(string)
	incident, err := catalog.AddObject("incident", map[string]any{"detectorId": id, "active": true, "severity": "Critical"})
	require.NoError(t, err)
	_, err = catalog.AddObject("event", map[string]any{"detectorId": id, "anomalyState": "ANOMALOUS"})
	require.NoError(t, err)
	_, err = catalog.AddObject("incident", map[string]any{"detectorId": "other", "active": false})
	require.NoError(t, err)

	for kind, members := range map[string]map[string]any{"nothing": {}, "incident": nil} {
		_, err = catalog.AddObject(kind, members)
		require.Error(t, err)
	}

	assert.Len(t, r.array(t, "/v2/incident"), 1)
	assert.Len(t, r.array(t, "/v2/incident?include_resolved=true"), 2)
	assert.Len(t, r.array(t, "/v2/detector/"+id+"/incidents"), 1)
	assert.Equal(t, "ANOMALOUS", r.array(t, "/v2/detector/"+id+"/events")[0]["anomalyState"])

	status, answer := r.rest(t, "PUT", "/v2/incident/"+incident+"/clear", "null")
	assert.Equal(t, 200, status)
	assert.Equal(t, "MANUALLY_RESOLVED", answer["anomalyState"])
	assert.Empty(t, r.array(t, "/v2/incident"))
	_, answer = r.rest(t, "GET", "/v2/incident/"+incident, "")
	assert.Equal(t, false, answer["active"])
	for _, path := range []string{"/v2/incident/x", "/v2/detector/x/events"} {
		status, _ = r.rest(t, "GET", path, "")
		assert.Equal(t, 404, status)
	}
}

func FuzzMetadataRequests(f *testing.F) {
	f.Add("GET", "/v2/dimension?query=a:b AND (c OR NOT d)", "")
	f.Add("PUT", hostA, `{"customProperties":{"a":"b","c":null},"tags":["x"]}`)
	f.Add("PATCH", hostA+"/_/sfxagent", `{"customProperties":{"a":null},"tagsToRemove":["x"]}`)
	f.Add("PUT", "/v2/metric/m", `{"type":"GAUGE"}`)
	f.Add("POST", "/v2/chart", `{"name":1,"id":{}}`)
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if !strings.HasPrefix(target, "/v2/") {
			t.Skip()
		}
		request := httptest.NewRequest("GET", "/", strings.NewReader(body))
		parsed, err := request.URL.Parse(target)
		if err != nil {
			t.Skip()
		}
		request.Method, request.URL = method, parsed
		request.Header.Set("X-SF-Token", "t")
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		newRoom(Config{}).handler.ServeHTTP(recorder, request)
		if recorder.Code >= 500 {
			t.Fatalf("%s %s: %d", method, target, recorder.Code)
		}
		if text := recorder.Body.Bytes(); recorder.Code != 301 && recorder.Code != 307 && len(text) > 0 && !json.Valid(text) {
			t.Fatalf("%s %s: the answer is no JSON: %s", method, target, text)
		}
	})
}
