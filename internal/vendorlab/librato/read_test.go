package librato

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tagged stores measurements of three series.
func tagged(t *testing.T) *room {
	r := newRoom(t, Config{})
	r.ok(202, "POST", "/v1/measurements", `{"measurements":[
		{"name":"m","value":1,"time":1699999900,"tags":{"host":"web-1","region":"eu"}},
		{"name":"m","value":3,"time":1699999905,"tags":{"host":"web-1","region":"eu"}},
		{"name":"m","value":5,"time":1699999960,"tags":{"host":"web-1","region":"eu"}},
		{"name":"m","value":10,"time":1699999960,"tags":{"host":"web-2","region":"us"}},
		{"name":"m","count":4,"sum":20,"min":2,"max":8,"last":6,"stddev":2,"time":1699999960,"tags":{"host":"db"}}]}`)
	return r
}

// series flattens an answer to host=region:value,value.
func series(answer map[string]any) map[string][]float64 {
	flat := map[string][]float64{}
	for _, one := range answer["series"].([]any) {
		one := one.(map[string]any)
		tags, _ := one["tags"].(map[string]any)
		key := ""
		for _, name := range []string{"host", "region"} {
			if value, ok := tags[name].(string); ok {
				key += name + "=" + value + " "
			}
		}
		for _, row := range one["measurements"].([]any) {
			flat[key] = append(flat[key], row.(map[string]any)["value"].(float64))
		}
	}
	return flat
}

func TestReadTaggedData(t *testing.T) {
	const web1, web2, db = "host=web-1 region=eu ", "host=web-2 region=us ", "host=db "
	for _, test := range []struct {
		name, query string
		want        map[string][]float64
	}{
		{"all", "duration=100&resolution=1", map[string][]float64{web1: {1, 3, 5}, web2: {10}, db: {5}}},
		{"all, asked for", "duration=100&resolution=1&tags=*", map[string][]float64{web1: {1, 3, 5}, web2: {10}, db: {5}}},
		{"start and duration", "start_time=1699999900&duration=5&resolution=1", map[string][]float64{web1: {1, 3}}},
		{"start and end", "start_time=1699999901&end_time=1699999906&resolution=1", map[string][]float64{web1: {3}}},
		{"end and duration", "end_time=1699999904&duration=4&resolution=1", map[string][]float64{web1: {1}}},
		{"one tag", "duration=100&resolution=60&tags[host]=WEB-1", map[string][]float64{web1: {2, 5}}},
		{"one of two values", "duration=100&resolution=60&tags[host]=db&tags[host]=web-2", map[string][]float64{web2: {10}, db: {5}}},
		{"both tags", "duration=100&resolution=60&tags[host]=web*&tags[region]=us", map[string][]float64{web2: {10}}},
		{"another value", "duration=100&resolution=60&tags[region]=!eu", map[string][]float64{web2: {10}}},
		{"without a tag", "duration=100&resolution=60&tags[!region]=*", map[string][]float64{db: {5}}},
		{"search", "duration=100&resolution=60&tags_search=" + url.QueryEscape("region=u* and host=web*"), map[string][]float64{web2: {10}}},
		{"sums", "duration=100&resolution=60&summary_function=sum&tags[host]=web-1", map[string][]float64{web1: {4, 5}}},
		{"counts", "duration=100&resolution=60&summary_function=count&tags[host]=db", map[string][]float64{db: {4}}},
		{"deviation", "duration=100&resolution=60&summary_function=stddev&tags[host]=db", map[string][]float64{db: {2}}},
		{"maximum", "duration=100&resolution=60&summary_function=max&tags[host]=db", map[string][]float64{db: {8}}},
		{"derivative", "duration=100&resolution=1&summary_function=derivative&tags[host]=web-1", map[string][]float64{web1: {2, 2}}},
		{"grouped by all", "duration=100&resolution=60&group_by=*&group_by_function=max", map[string][]float64{"": {2, 10}}},
		{"grouped by a tag", "duration=100&resolution=60&group_by=region&group_by_function=sum", map[string][]float64{"region=eu ": {2, 5}, "region=us ": {10}}},
		{"grouped by two tags", "duration=100&resolution=60&group_by=host,region&group_by_function=sum", map[string][]float64{web1: {2, 5}, web2: {10}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := tagged(t).ok(200, "GET", "/v1/measurements/m?"+test.query, "")
			assert.Equal(t, test.want, series(answer))
			assert.Equal(t, "m", answer["name"])
		})
	}
	answer := tagged(t).ok(200, "GET", "/v1/measurements/m?duration=100&resolution=1&summary_function=all&tags[host]=db", "")
	row := answer["series"].([]any)[0].(map[string]any)["measurements"].([]any)[0]
	assert.Equal(t, map[string]any{"time": 1699999960.0, "value": 5.0, "count": 4.0, "sum": 20.0, "min": 2.0, "max": 8.0, "last": 6.0, "stddev": 2.0}, row)
}

func TestQuestionsAboutTaggedDataThatAreRefused(t *testing.T) {
	r := tagged(t)
	for name, query := range map[string]string{
		"no interval":                "resolution=1",
		"no resolution":              "duration=10",
		"start, end and duration":    "start_time=1&end_time=2&duration=1&resolution=1",
		"no number":                  "duration=x&resolution=1",
		"tags and a search":          "duration=1&resolution=1&tags[a]=b&tags_search=a=b",
		"search that is none":        "duration=1&resolution=1&tags_search=a",
		"group without its function": "duration=1&resolution=1&group_by=*",
		"group with all the numbers": "duration=1&resolution=1&group_by=*&group_by_function=sum&summary_function=all",
		"unknown function":           "duration=1&resolution=1&summary_function=median",
	} {
		t.Run(name, func(t *testing.T) { r.t = t; r.ok(400, "GET", "/v1/measurements/m?"+query, "") })
	}
	r.ok(404, "GET", "/v1/measurements/n?duration=1&resolution=1", "")
}

func TestComposites(t *testing.T) {
	for _, test := range []struct {
		compose string
		want    map[string][]float64
	}{
		{`s("m", {"host":"web*"})`, map[string][]float64{"host=web-1 region=eu ": {2, 5}, "host=web-2 region=us ": {10}}},
		{`series("M", "*")`, map[string][]float64{"host=web-1 region=eu ": {2, 5}, "host=web-2 region=us ": {10}, "host=db ": {5}}},
		{`sum([s("m", {"host":"web-1"}), s("m", {"host":"web-2"})])`, map[string][]float64{"": {2, 15}}},
		{`mean(s("m", {region:"*"}, {function:"mean", period:"60"}))`, map[string][]float64{"": {2, 7.5}}},
		{`min([[s("m","*")]])`, map[string][]float64{"": {2, 5}}},
		{`divide([s("m", {host='web-2'}), s("m", {host='db'})])`, map[string][]float64{"": {2}}},
		{`multiply([s("m", {host:"web-2"}), s("m", {host:"db"})])`, map[string][]float64{"": {50}}},
		{`derive(s("m", {host:"web-1"}), {detect_reset:"true"})`, map[string][]float64{"host=web-1 region=eu ": {3}}},
		{`s("nothing", "*")`, map[string][]float64{}},
		{`sum([])`, map[string][]float64{}},
	} {
		t.Run(test.compose, func(t *testing.T) {
			query := url.Values{"compose": {test.compose}, "start_time": {"1699999860"}, "resolution": {"60"}}.Encode()
			answer := tagged(t).ok(200, "GET", "/v1/measurements?"+query, "")
			assert.Equal(t, test.want, series(answer))
			assert.Equal(t, test.compose, answer["compose"])
		})
	}
}

func TestCompositeOfSources(t *testing.T) {
	query := url.Values{"compose": {`s("m","a")`}, "start_time": {"1699999910"}, "resolution": {"60"}}.Encode()
	answer := sourced(t).ok(200, "GET", "/v1/metrics?"+query, "")
	one := answer["measurements"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"name": "a"}, one["source"])
	assert.Equal(t, map[string]any{"metric": "m", "source": "a"}, one["query"])
	assert.Equal(t, "m", one["metric"].(map[string]any)["name"])
	assert.Equal(t, []any{map[string]any{"measure_time": 1699999920.0, "value": 5.0}}, one["series"])
}

func TestCompositesThatAreRefused(t *testing.T) {
	r := tagged(t)
	for _, compose := range []string{
		``, `s`, `s(`, `s("m"`, `s("m)`, `s("m","*") x`, `median(s("m","*"))`, `s()`, `s("m")`, `sum("m")`, `sum({a:"b"})`, `s("m",{a})`, `s("m",{"a:"b"})`,
		`window(s("m","*"),{size:"2"})`, `[s("m","*") s("m","*")]`, long(100),
	} {
		t.Run(compose, func(t *testing.T) {
			query := url.Values{"compose": {compose}, "start_time": {"0"}, "resolution": {"60"}}.Encode()
			answer := r.send("GET", "/v1/measurements?"+query, "")
			assert.Equal(t, 400, answer.Code, answer.Body)
			assert.Contains(t, answer.Body.String(), `"compose":[`)
		})
	}
	r.ok(400, "GET", "/v1/metrics?compose=x&resolution=1", "")
	r.ok(400, "GET", "/v1/metrics?compose=x&start_time=1", "")
	r.ok(400, "GET", "/v1/measurements", "")
}

func TestDeepCompositesAreRefused(t *testing.T) {
	text := ""
	for range 10_000 {
		text += "["
	}
	_, err := parseComposite(text)
	require.ErrorContains(t, err, "nested too deep")
}
