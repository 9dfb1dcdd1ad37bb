package librato

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func names(t *testing.T, answer map[string]any, resource string) (names []string) {
	t.Helper()
	for _, item := range answer[resource].([]any) {
		names = append(names, item.(map[string]any)["name"].(string))
	}
	return names
}

func TestListMetrics(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"cpu.user","value":1},{"name":"CPU.idle","value":1},{"name":"mem","value":1}]}`)
	for _, test := range []struct {
		query                 string
		want                  []string
		found, length, offset int
	}{
		{"", []string{"CPU.idle", "cpu.user", "mem"}, 3, 3, 0},
		{"?sort=desc&orderby=name", []string{"mem", "cpu.user", "CPU.idle"}, 3, 3, 0},
		{"?name=CPU", []string{"CPU.idle", "cpu.user"}, 2, 2, 0},
		{"?name=*user", []string{"cpu.user"}, 1, 1, 0},
		{"?offset=1&length=1", []string{"cpu.user"}, 3, 1, 1},
		{"?offset=9", nil, 3, 0, 9},
		{"?length=1000", []string{"CPU.idle", "cpu.user", "mem"}, 3, 3, 0},
		{"?name=nothing", nil, 0, 0, 0},
	} {
		t.Run(test.query, func(t *testing.T) {
			answer := r.ok(200, "GET", "/v1/metrics"+test.query, "")
			assert.Equal(t, test.want, names(t, answer, "metrics"))
			assert.Equal(t, map[string]any{"found": float64(test.found), "length": float64(test.length), "offset": float64(test.offset), "total": 3.0}, answer["query"])
		})
	}
	for _, query := range []string{"?offset=-1", "?length=0", "?length=x", "?orderby=size", "?sort=up"} {
		r.ok(400, "GET", "/v1/metrics"+query, "")
	}
}

func TestPagesHoldAHundred(t *testing.T) {
	r := newRoom(t, Config{})
	for i := range 101 {
		r.ok(200, "POST", "/v1/metrics", fmt.Sprintf(`{"gauges":[{"name":"m%d","value":1}]}`, i))
	}
	answer := r.ok(200, "GET", "/v1/metrics", "")
	assert.Len(t, answer["metrics"], 100)
	answer = r.ok(200, "GET", "/v1/metrics?offset=100", "")
	assert.Len(t, answer["metrics"], 1)
}

func TestMetricIsCreatedByItsFirstMeasurement(t *testing.T) {
	r := newRoom(t, Config{})
	for _, description := range []string{"first", "second"} {
		answer := r.send("POST", "/v1/metrics", `{"gauges":[{"name":"m","value":1,"description":"`+description+`","display_name":"M","period":60,
			"attributes":{"display_units_short":"ms","summarize_function":"sum","color":"#aa00ff","aggregate":true}}]}`, "User-Agent", "test/1")
		require.Equal(t, 200, answer.Code)
	}
	assert.Equal(t, map[string]any{
		"name": "m", "type": "gauge", "description": "first", "display_name": "M", "period": 60.0, "source_lag": nil,
		"attributes": map[string]any{"display_units_short": "ms", "summarize_function": "sum", "color": "#aa00ff", "aggregate": true, "created_by_ua": "test/1"},
	}, r.ok(200, "GET", "/v1/metrics/M", ""))
}

func TestPutMetric(t *testing.T) {
	r := newRoom(t, Config{})
	for _, step := range []struct {
		name, path, body string
		status           int
		errors           string
	}{
		{"change of what is not there", "/v1/metrics/m", `{"description":"x"}`, 404, "Not Found"},
		{"create", "/v1/metrics/m", `{"type":"gauge","name":"m","description":"x","attributes":{"display_min":0}}`, 201, ""},
		{"change", "/v1/metrics/M", `{"display_name":"The M","attributes":{"display_units_long":"ms"}}`, 204, ""},
		{"unset", "/v1/metrics/m", `{"description":null,"attributes":{"display_min":null}}`, 204, ""},
		{"another type", "/v1/metrics/m", `{"type":"counter"}`, 400, "was submitted as different type"},
		{"unknown type", "/v1/metrics/n", `{"type":"x"}`, 400, `"type":[`},
		{"composite without its text", "/v1/metrics/c", `{"type":"composite"}`, 400, `"composite":["is required"]`},
		{"composite that cannot be parsed", "/v1/metrics/c", `{"type":"composite","composite":"sum("}`, 400, `"composite":["cannot be parsed`},
		{"composite", "/v1/metrics/c", `{"type":"composite","composite":"sum([s(\"m\",\"*\")])"}`, 201, ""},
		{"summarized by an unknown function", "/v1/metrics/m", `{"attributes":{"summarize_function":"mean"}}`, 400, `"summarize_function":[`},
		{"stacked that is text", "/v1/metrics/m", `{"attributes":{"display_stacked":"yes"}}`, 400, `"display_stacked":[`},
		{"name that is not legal", "/v1/metrics/a%20b", `{"type":"gauge"}`, 400, `"name":[`},
	} {
		answer := r.send("PUT", step.path, step.body)
		require.Equal(t, step.status, answer.Code, "%s: %s", step.name, answer.Body)
		assert.Contains(t, answer.Body.String(), step.errors, step.name)
		if step.status == 201 {
			assert.Equal(t, step.path, answer.Header().Get("Location"))
		}
	}
	m, ok := r.account.Metric("m")
	require.True(t, ok)
	assert.Nil(t, m.Description)
	assert.Equal(t, "The M", *m.DisplayName)
	assert.Equal(t, map[string]any{"display_units_long": "ms", "created_by_ua": ""}, m.Attributes)
	assert.Equal(t, `sum([s("m","*")])`, r.ok(200, "GET", "/v1/metrics/c", "")["composite"])
}

func TestManyMetricsAtOnce(t *testing.T) {
	for _, test := range []struct {
		name, names string
		left        []string
	}{
		{"by name", `["a.1","B.1","nothing"]`, []string{"a.2"}},
		{"by pattern", `"a.*"`, []string{"b.1"}},
		{"one name", `"a.2"`, []string{"a.1", "b.1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"a.1","value":1},{"name":"a.2","value":1},{"name":"b.1","value":1}]}`)
			r.ok(204, "PUT", "/v1/metrics", `{"names":`+test.names+`,"period":30}`)
			for _, m := range r.account.Metrics() {
				assert.Equal(t, !contains(test.left, m.Name), m.Period != nil, m.Name)
			}
			r.ok(204, "DELETE", "/v1/metrics", `{"names":`+test.names+`}`)
			assert.Equal(t, test.left, names(t, r.ok(200, "GET", "/v1/metrics", ""), "metrics"))
			_, total := r.store.Series(store.Query{})
			assert.Equal(t, len(test.left), total, "data is gone too")
		})
	}
	newRoom(t, Config{}).ok(400, "DELETE", "/v1/metrics", `{}`)
	newRoom(t, Config{}).ok(400, "DELETE", "/v1/metrics", `{"names":[1]}`)
}

func contains(all []string, one string) bool { return oneOf(one, all...) }

func TestDeletedMetricStartsAnew(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"m","value":1}]}`)
	r.ok(204, "DELETE", "/v1/metrics/M", "")
	r.ok(404, "DELETE", "/v1/metrics/m", "")
	r.ok(404, "GET", "/v1/metrics/m", "")
	r.ok(200, "POST", "/v1/metrics", `{"counters":[{"name":"m","value":2}]}`)
	assert.Equal(t, "counter", r.only().Type)
}

func TestMetricsAreBounded(t *testing.T) {
	a := NewAccount()
	for i := range maxMetrics + 1 {
		a.create(Metric{Name: fmt.Sprint("m", i)})
	}
	assert.Len(t, a.Metrics(), maxMetrics)
	_, ok := a.Metric("m0")
	assert.False(t, ok, "the oldest left")
}

// sourced stores three measurements of source a and one each of b and none.
func sourced(t *testing.T) *room {
	r := newRoom(t, Config{})
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[
		{"name":"m","value":1,"source":"a","measure_time":1699999900},
		{"name":"m","value":3,"source":"a","measure_time":1699999905},
		{"name":"m","value":5,"source":"a","measure_time":1699999960},
		{"name":"m","value":10,"source":"b","measure_time":1699999960},
		{"name":"m","value":7,"measure_time":1699999960}]}`)
	return r
}

func TestReadSourcedData(t *testing.T) {
	row := func(time, value, count, sum, min, max float64) any {
		return map[string]any{"measure_time": time, "value": value, "count": count, "sum": sum, "min": min, "max": max}
	}
	one := func(time, value float64) []any { return []any{row(time, value, 1, value, value, value)} }
	for _, test := range []struct {
		name, query string
		want        map[string]any
	}{
		{"all", "start_time=1699999900&resolution=60", map[string]any{
			"a":          []any{row(1699999860, 2, 2, 4, 1, 3), row(1699999920, 5, 1, 5, 5, 5)},
			"b":          one(1699999920, 10),
			"unassigned": one(1699999920, 7)}},
		{"one source", "start_time=0&source=B", map[string]any{"b": one(1699999960, 10)}},
		{"some sources", "start_time=1699999910&sources[]=a*&sources[]=b", map[string]any{"a": one(1699999960, 5), "b": one(1699999960, 10)}},
		{"up to an end", "end_time=1699999900", map[string]any{"a": one(1699999900, 1)}},
		{"the last", "count=1&source=a", map[string]any{"a": one(1699999960, 5)}},
		{"the first from a start", "count=1&start_time=0&source=a", map[string]any{"a": one(1699999900, 1)}},
		{"the last up to an end", "count=1&end_time=1699999950&source=a", map[string]any{"a": one(1699999905, 3)}},
		{"summarized only", "start_time=1699999910&summarize_sources=true&breakout_sources=false", map[string]any{"all": []any{row(1699999960, 22.0/3, 1, 22.0/3, 22.0/3, 22.0/3)}}},
		{"grouped", "start_time=1699999910&group_by=max&breakout_sources=false", map[string]any{"all": one(1699999960, 10)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := sourced(t).ok(200, "GET", "/v1/metrics/m?"+test.query, "")
			assert.Equal(t, test.want, answer["measurements"])
			assert.Equal(t, "gauge", answer["type"])
		})
	}
	for _, query := range []string{"count=0", "start_time=x", "start_time=0&resolution=0", "count=1&start_time=0&end_time=1", "start_time=0&group_by=x"} {
		sourced(t).ok(400, "GET", "/v1/metrics/m?"+query, "")
	}
	sourced(t).ok(404, "GET", "/v1/metrics/n?count=1", "")
}

func TestCountersReadBackTheirLastValue(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(200, "POST", "/v1/metrics", `{"counters":[{"name":"c","value":5,"measure_time":1699999990},{"name":"c","value":9,"measure_time":1699999991}]}`)
	answer := r.ok(200, "GET", "/v1/metrics/c?start_time=0&resolution=60", "")
	row := answer["measurements"].(map[string]any)["unassigned"].([]any)[0].(map[string]any)
	assert.EqualValues(t, 9, row["value"])
	assert.EqualValues(t, 2, row["count"])
}

func TestMoreDataThanAPage(t *testing.T) {
	r := newRoom(t, Config{})
	for i := range 150 {
		r.ok(202, "POST", "/v1/measurements", fmt.Sprintf(`{"measurements":[{"name":"m","value":%d,"time":%d,"tags":{"a":"b"}}]}`, i, arrival-200+int64(i)))
	}
	answer := r.ok(200, "GET", "/v1/metrics/m?start_time=0", "")
	assert.Equal(t, map[string]any{"next_time": float64(arrival - 100)}, answer["query"])
	assert.Len(t, answer["measurements"].(map[string]any)["unassigned"], 100)

	answer = r.ok(200, "GET", "/v1/measurements/m?duration=1000&resolution=1&tags[a]=*", "")
	link := answer["links"].([]any)[0].(map[string]any)
	assert.Equal(t, "next", link["rel"])
	next, err := url.Parse(link["href"].(string))
	require.NoError(t, err)
	answer = r.ok(200, "GET", next.RequestURI(), "")
	assert.Len(t, answer["series"].([]any)[0].(map[string]any)["measurements"], 50)
	assert.Empty(t, answer["links"])
}
