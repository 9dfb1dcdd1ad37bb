package librato

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAlertFromItsBeginningToItsEnd(t *testing.T) {
	r := newRoom(t, Config{})
	service := r.ok(201, "POST", "/v1/services", `{"type":"mail","title":"Ops","settings":{"addresses":"ops@example.com"}}`)
	assert.EqualValues(t, 1, service["id"])
	// As the vendor's Python client sends it.
	answer := r.send("POST", "/v1/alerts", `{"name":"my.alert","md":false,"id":null,"attributes":{"runbook_url":"http://example.com"},"version":2,"description":null,
		"rearm_seconds":null,"active":true,"services":["1"],"created_at":null,"updated_at":null,"rearm_per_signal":null,
		"conditions":[{"type":"above","metric_name":"cpu","source":"*","tags":[],"summary_function":"average","duration":null,"threshold":42.5}]}`)
	require.Equal(t, 201, answer.Code, answer.Body)
	assert.Equal(t, "/v1/alerts/3", answer.Header().Get("Location"))
	assert.JSONEq(t, `{"id":3,"name":"my.alert","md":false,"attributes":{"runbook_url":"http://example.com"},"version":2,"description":null,
		"rearm_seconds":600,"active":true,"rearm_per_signal":false,"created_at":1700000000,"updated_at":1700000000,
		"services":[{"id":1,"type":"mail","title":"Ops","settings":{"addresses":"ops@example.com"},"created_at":1700000000,"updated_at":1700000000}],
		"conditions":[{"id":2,"type":"above","metric_name":"cpu","source":"*","tags":[],"summary_function":"average","duration":null,"threshold":42.5}]}`, answer.Body.String())

	r.ok(204, "PUT", "/v1/alerts/3", `{"description":"what it was is gone"}`)
	alert := r.ok(200, "GET", "/v1/alerts/3", "")
	assert.Equal(t, []any{}, alert["conditions"], "conditions that are left out are removed")
	assert.Equal(t, map[string]any{}, alert["attributes"])
	assert.Len(t, alert["services"], 1)
	assert.Equal(t, "my.alert", alert["name"])

	assert.Equal(t, map[string]any{"alert": map[string]any{"id": 3.0}, "status": "ok"}, r.ok(200, "GET", "/v1/alerts/3/status", ""))
	assert.Equal(t, map[string]any{"firing": []any{}, "cleared": []any{}}, r.ok(200, "GET", "/v1/alerts/status", ""))
	r.ok(204, "POST", "/v1/alerts/3/clear", "")

	other := r.ok(201, "POST", "/v1/services", `{"type":"slack","title":"Chat"}`)
	link := fmt.Sprintf(`{"service":%v}`, other["id"])
	assert.Len(t, r.ok(201, "POST", "/v1/alerts/3/services", link)["services"], 2)
	r.ok(400, "POST", "/v1/alerts/3/services", `{"service":99}`)
	r.ok(204, "DELETE", "/v1/alerts/3/services/1", "")
	r.ok(404, "DELETE", "/v1/alerts/3/services/1", "")
	r.ok(204, "DELETE", fmt.Sprintf("/v1/services/%v", other["id"]), "")
	assert.Empty(t, r.ok(200, "GET", "/v1/alerts/3", "")["services"], "a service that is gone is unlinked")

	r.ok(204, "DELETE", "/v1/alerts/3", "")
	for _, path := range []string{"/v1/alerts/3", "/v1/alerts/3/status", "/v1/alerts/x"} {
		r.ok(404, "GET", path, "")
	}
	r.ok(404, "POST", "/v1/alerts/3/clear", "")
	r.ok(404, "PUT", "/v1/alerts/3", `{}`)
	r.ok(404, "DELETE", "/v1/alerts/3", "")
}

func TestAlertsThatAreRefused(t *testing.T) {
	condition := func(members string) string { return `{"name":"a","conditions":[{` + members + `}]}` }
	for _, test := range []struct {
		name, body string
		status     int
		errors     string
	}{
		{"no name", `{}`, 400, `"name":["is invalid`},
		{"blank in the name", `{"name":"a b"}`, 400, `"name":["is invalid`},
		{"name that is taken", `{"name":"TAKEN"}`, 422, `"name":["has already been taken"]`},
		{"conditions that are text", `{"name":"a","conditions":"x"}`, 400, `"conditions":[`},
		{"condition that is no object", `{"name":"a","conditions":[1]}`, 400, `"conditions":["one is no object"]`},
		{"condition of no type", condition(`"metric_name":"m"`), 400, `"conditions":["type is none of above, below and absent"]`},
		{"condition without its metric", condition(`"type":"above","threshold":1`), 400, `"conditions":["metric_name can't be blank"]`},
		{"condition without its threshold", condition(`"type":"below","metric_name":"m"`), 400, `"conditions":["threshold is not a number"]`},
		{"condition by an unknown function", condition(`"type":"below","metric_name":"m","threshold":1,"summary_function":"mean"`), 400, `"conditions":["summary_function is none`},
		{"absence without its duration", condition(`"type":"absent","metric_name":"m"`), 400, `"conditions":["duration is not from 60 to 3600"]`},
		{"duration that is too long", condition(`"type":"above","metric_name":"m","threshold":1,"duration":3601`), 400, `"conditions":["duration is not`},
		{"rearmed after half a minute", `{"name":"a","rearm_seconds":90}`, 400, `"rearm_seconds":["is not a multiple of 60"]`},
		{"active that is text", `{"name":"a","active":"yes"}`, 400, `"active":["is not a boolean"]`},
		{"attributes that are a list", `{"name":"a","attributes":[]}`, 400, `"attributes":["is not an object"]`},
		{"services that are text", `{"name":"a","services":"x"}`, 400, `"services":["is not an array"]`},
		{"service that does not exist", `{"name":"a","services":[99]}`, 400, `"services":["there is no service 99"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.ok(201, "POST", "/v1/alerts", `{"name":"taken"}`)
			answer := r.send("POST", "/v1/alerts", test.body)
			assert.Equal(t, test.status, answer.Code)
			assert.Contains(t, answer.Body.String(), test.errors)
			assert.Len(t, r.account.records(kindAlert), 1)
		})
	}
}

func TestAbsenceNeedsNoThreshold(t *testing.T) {
	newRoom(t, Config{}).ok(201, "POST", "/v1/alerts", `{"name":"a","conditions":[{"type":"absent","metric_name":"m","duration":60}]}`)
}

func TestListsOfObjects(t *testing.T) {
	r := newRoom(t, Config{})
	for _, name := range []string{"b", "a", "c"} {
		r.ok(201, "POST", "/v1/alerts", `{"name":"alert.`+name+`"}`)
		r.ok(201, "POST", "/v1/spaces", `{"name":"Space `+name+`"}`)
		r.ok(201, "POST", "/v1/services", `{"type":"mail","title":"Service `+name+`"}`)
		r.now = r.now.Add(1e9)
	}
	answer := r.ok(200, "GET", "/v1/alerts?name=ALERT&orderby=updated_at&sort=desc&length=2", "")
	assert.Equal(t, []string{"alert.c", "alert.a"}, names(t, answer, "alerts"))
	assert.Equal(t, map[string]any{"found": 3.0, "length": 2.0, "offset": 0.0, "total": 3.0}, answer["query"])
	assert.Equal(t, []string{"Space a", "Space b", "Space c"}, names(t, r.ok(200, "GET", "/v1/spaces", ""), "spaces"))
	assert.Equal(t, []string{"Space b"}, names(t, r.ok(200, "GET", "/v1/spaces?name=*B", ""), "spaces"))
	services := r.ok(200, "GET", "/v1/services?offset=2", "")["services"].([]any)
	assert.Equal(t, "Service c", services[0].(map[string]any)["title"])
	r.ok(400, "GET", "/v1/alerts?version=3", "")
	r.ok(400, "GET", "/v1/alerts?orderby=name", "")
}

func TestSpacesAndCharts(t *testing.T) {
	r := newRoom(t, Config{})
	space := r.ok(201, "POST", "/v1/spaces", `{"name":"My space","tags":true}`)
	assert.EqualValues(t, 1, space["id"])
	answer := r.send("POST", "/v1/spaces/1/charts", `{"name":"CPU","type":"stacked","min":0,"streams":[{"metric":"cpu","source":"*","summary_function":"average"}]}`)
	require.Equal(t, 201, answer.Code, answer.Body)
	assert.Equal(t, "/v1/spaces/1/charts/3", answer.Header().Get("Location"))

	chart := r.ok(200, "PUT", "/v1/spaces/1/charts/3", `{"name":"CPUs","streams":[{"composite":"sum([s(\"cpu\",\"*\")])","color":"#ff0000"}]}`)
	assert.Equal(t, "CPUs", chart["name"])
	assert.Equal(t, "stacked", chart["type"])
	assert.Equal(t, []any{map[string]any{"id": 4.0, "composite": `sum([s("cpu","*")])`, "color": "#ff0000"}}, chart["streams"], "all streams are replaced")

	assert.Equal(t, []any{map[string]any{"id": 3.0}}, r.ok(200, "GET", "/v1/spaces/1", "")["charts"])
	var charts []map[string]any
	require.NoError(t, json.Unmarshal(r.send("GET", "/v1/spaces/1/charts", "").Body.Bytes(), &charts), "a bare list")
	assert.Len(t, charts, 1)
	assert.Equal(t, chart, r.ok(200, "GET", "/v1/spaces/1/charts/3", ""))

	r.ok(204, "PUT", "/v1/spaces/1", `{"name":"Renamed"}`)
	assert.Equal(t, "Renamed", r.ok(200, "GET", "/v1/spaces/1", "")["name"])
	r.ok(201, "POST", "/v1/spaces", `{"name":"Other"}`)
	r.ok(404, "GET", "/v1/spaces/5/charts/3", "")
	r.ok(404, "POST", "/v1/spaces/99/charts", `{"name":"x"}`)
	r.ok(404, "GET", "/v1/spaces/99/charts", "")

	r.ok(204, "DELETE", "/v1/spaces/1", "")
	assert.Empty(t, r.account.records(kindChart), "charts go with their space")
}

func TestChartsThatAreRefused(t *testing.T) {
	for _, test := range []struct{ name, body, errors string }{
		{"no name", `{}`, `"name":["can't be blank"]`},
		{"unknown type", `{"name":"c","type":"pie"}`, `"type":["is none of line, stacked, bignumber"]`},
		{"stream of nothing", `{"name":"c","streams":[{}]}`, `"streams":["metric or composite is required"]`},
		{"stream of a composite and a metric", `{"name":"c","streams":[{"metric":"m","composite":"s(\"m\",\"*\")"}]}`, `"streams":["composite excludes`},
		{"stream of a composite that cannot be parsed", `{"name":"c","streams":[{"composite":"x"}]}`, `"streams":["composite cannot be parsed`},
		{"stream that is text", `{"name":"c","streams":["x"]}`, `"streams":[`},
		{"stream grouped by an unknown function", `{"name":"c","streams":[{"metric":"m","group_function":"x"}]}`, `"streams":["group_function is none`},
		{"color that is none", `{"name":"c","streams":[{"metric":"m","color":"red"}]}`, `"streams":["color is not`},
		{"transformation that computes with more than x", `{"name":"c","streams":[{"metric":"m","transform_function":"y"}]}`, `"streams":["transform_function is invalid"]`},
		{"threshold without a value", `{"name":"c","type":"bignumber","thresholds":[{"operator":">","type":"red"}]}`, `"thresholds":["value is not a number"]`},
		{"threshold of an unknown color", `{"name":"c","thresholds":[{"operator":">","value":1,"type":"blue"}]}`, `"thresholds":["type is none`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.ok(201, "POST", "/v1/spaces", `{"name":"s"}`)
			answer := r.send("POST", "/v1/spaces/1/charts", test.body)
			assert.Equal(t, 400, answer.Code, answer.Body)
			assert.Contains(t, answer.Body.String(), test.errors)
		})
	}
}

func TestSpacesAndServicesThatAreRefused(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(201, "POST", "/v1/spaces", `{"name":"s"}`)
	r.ok(422, "POST", "/v1/spaces", `{"name":"S"}`)
	r.ok(400, "POST", "/v1/spaces", `{}`)
	r.ok(400, "POST", "/v1/spaces", `{"name":"t","tags":"x"}`)
	r.ok(400, "POST", "/v1/services", `{"type":"mail"}`)
	r.ok(400, "POST", "/v1/services", `{"title":"x"}`)
	r.ok(400, "POST", "/v1/services", `{"type":"mail","title":"x","settings":[]}`)
}

func TestObjectsAreBounded(t *testing.T) {
	r := newRoom(t, Config{})
	for i := range maxObjects + 1 {
		r.ok(201, "POST", "/v1/spaces", fmt.Sprintf(`{"name":"s%d"}`, i))
	}
	assert.Len(t, r.account.records(kindSpace), maxObjects)
	r.ok(404, "GET", "/v1/spaces/1", "")
}

func TestReset(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(201, "POST", "/v1/spaces", `{"name":"s"}`)
	r.ok(201, "POST", "/v1/annotations/s", `{"title":"t"}`)
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"m","value":1}]}`)
	r.account.Reset()
	for _, path := range []string{"metrics", "annotations", "spaces", "alerts", "services"} {
		assert.Empty(t, r.ok(200, "GET", "/v1/"+path, "")[strings.TrimSuffix(path, "/")])
	}
}
