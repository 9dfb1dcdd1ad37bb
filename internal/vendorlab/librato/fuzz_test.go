package librato

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Whatever the request: an answer that is JSON or empty, no crash, and everything
// that is kept can be shown.
func (r *room) check(method, path, body, contentType string) {
	answer := r.send(method, path, body, "Content-Type", contentType)
	if answer.Code >= 500 {
		r.t.Fatalf("status %d", answer.Code)
	}
	if answer.Body.Len() > 0 && !json.Valid(answer.Body.Bytes()) {
		r.t.Fatalf("the answer is no JSON: %s", answer.Body)
	}
	page, _ := r.store.Series(store.Query{})
	for _, kept := range []any{page, r.store.Events(0, 0), r.store.Rejections(0, 0), r.store.Requests(0, 0), r.account.Metrics()} {
		if _, err := json.Marshal(kept); err != nil {
			r.t.Fatalf("cannot be shown: %v", err)
		}
	}
}

func fuzzBody(f *testing.F, method, path, contentType string, reads []string, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := newRoom(t, Config{})
		r.ok(201, "POST", "/v1/spaces", `{"name":"s"}`)
		r.check(method, path, body, contentType)
		for _, read := range reads {
			r.check("GET", read, "", "")
		}
	})
}

func FuzzSourced(f *testing.F) {
	fuzzBody(f, "POST", "/v1/metrics", typeJSON, []string{"/v1/metrics", "/v1/metrics/m?start_time=0&resolution=60&group_by=sum"},
		`{"gauges":[{"name":"m","value":9e126},{"name":"m","value":-9e126}],"counters":{"c":{"value":1}},"source":"s","measure_time":1700000000}`,
		`{"gauges":{"0":{"name":"m","count":9223372036854775807,"sum":9e126,"min":1e999,"sum_squares":"x"}},"period":1e30}`,
		`{"gauges":[null,{"name":"m","value":1,"attributes":{"color":{},"display_max":"1"}}]}`)
}

func FuzzSourcedForm(f *testing.F) {
	fuzzBody(f, "POST", "/v1/metrics", typeForm, []string{"/v1/metrics", "/v1/metrics/m?count=1"},
		`gauges[0][name]=m&gauges[0][value]=1e1&gauges[0][attributes][aggregate]=true&counters[c][value]=3&source=s`, `gauges[]=1&[a]=b&a[[b]=c&gauges[x][=1`)
}

func FuzzTagged(f *testing.F) {
	fuzzBody(f, "POST", "/v1/measurements", typeJSON, []string{"/v1/measurements/m?duration=100&resolution=60&summary_function=all"},
		`{"tags":{"A":"B"},"time":1700000000,"measurements":[{"name":"m","count":1,"sum":9e126,"stddev":9e126,"last":1},{"name":"m","value":1}]}`)
}

func FuzzMetric(f *testing.F) {
	fuzzBody(f, "PUT", "/v1/metrics/m", typeJSON, []string{"/v1/metrics/m"},
		`{"type":"composite","composite":"sum([s(\"m\",{a:'b'})])","attributes":{"display_min":1e-200},"period":null}`)
}

func FuzzMetrics(f *testing.F) {
	fuzzBody(f, "PUT", "/v1/metrics", typeJSON, nil, `{"names":["m"],"period":1}`, `{"names":"m*"}`)
}

func FuzzAnnotation(f *testing.F) {
	fuzzBody(f, "POST", "/v1/annotations/s", typeJSON, []string{"/v1/annotations/s?count=3"},
		`{"title":"t","source":"s","start_time":1,"end_time":2,"links":[{"rel":"a","href":"b"}]}`, `{"title":"t","links":{"0":null}}`)
}

func FuzzAlert(f *testing.F) {
	fuzzBody(f, "POST", "/v1/alerts", typeJSON, []string{"/v1/alerts", "/v1/alerts/2"},
		`{"name":"a","conditions":[{"type":"above","metric_name":"m","threshold":1,"duration":60}],"services":[{"id":1}],"rearm_seconds":120}`)
}

func FuzzService(f *testing.F) {
	fuzzBody(f, "POST", "/v1/services", typeForm, []string{"/v1/services"}, `type=mail&title=t&settings[addresses]=x`)
}

func FuzzChart(f *testing.F) {
	fuzzBody(f, "POST", "/v1/spaces/1/charts", typeJSON, []string{"/v1/spaces/1/charts", "/v1/spaces/1"},
		`{"name":"c","type":"bignumber","streams":[{"metric":"m","color":"#112233","transform_function":"x/60"}],"thresholds":[{"operator":">","value":1,"type":"red"}]}`)
}

func FuzzCompose(f *testing.F) {
	for _, seed := range []string{`divide([sum(s("m","*")), mean(series('m', {a:"b"}, {period:"60"}))])`, `derive(s("m","%"))`, `[[[`, `s("m",{"a"="b"})`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := newRoom(t, Config{})
		r.ok(202, "POST", "/v1/measurements", `{"tags":{"a":"b"},"measurements":[{"name":"m","value":9e126},{"name":"m","value":0}]}`)
		query := url.Values{"compose": {text}, "start_time": {"0"}, "resolution": {"1"}}.Encode()
		r.check("GET", "/v1/measurements?"+query, "", "")
		r.check("GET", "/v1/metrics?"+query, "", "")
	})
}

func FuzzQueries(f *testing.F) {
	for _, seed := range []string{"duration=100&resolution=1&tags[a]=!b&group_by=a,c&group_by_function=sum", "tags_search=a=b+and+c=*d", "start_time=0&count=9&sources[]=*", "offset=1&length=2&name=*m*&sort=desc"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := newRoom(t, Config{})
		r.ok(202, "POST", "/v1/measurements", `{"tags":{"a":"b"},"measurements":[{"name":"m","value":1}]}`)
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, resource := range []string{"/v1/measurements/m", "/v1/metrics/m", "/v1/metrics", "/v1/annotations"} {
			r.check("GET", resource+"?"+values.Encode(), "", "")
		}
	})
}
