package librato

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestAnnotationFromItsBeginningToItsEnd(t *testing.T) {
	r := newRoom(t, Config{})
	answer := r.send("POST", "/v1/annotations/Deploys", `{"title":"v1","source":"web-1","description":"first","start_time":1699999990,
		"links":[{"rel":"commit","href":"http://example.com/1","label":"the commit"}]}`)
	require.Equal(t, 201, answer.Code, answer.Body)
	assert.Equal(t, "/v1/annotations/Deploys/1", answer.Header().Get("Location"))
	assert.JSONEq(t, `{"id":1,"title":"v1","source":"web-1","description":"first","start_time":1699999990,"end_time":null,
		"links":[{"rel":"commit","href":"http://example.com/1","label":"the commit"}]}`, answer.Body.String())
	assert.Equal(t, []store.Event{{
		ID: 1, Vendor: Vendor, Received: arrival * 1000, Timestamp: 1699999990000, Type: "Deploys", Category: "annotation",
		Dimensions: source("web-1"), Properties: map[string]any{"id": int64(1), "title": "v1", "description": "first",
			"links": []Link{{"commit", "http://example.com/1", "the commit"}}}, Given: "id",
	}}, r.store.Events(0, 0))

	r.ok(204, "PUT", "/v1/annotations/deploys/1", `{"end_time":1700000000,"description":null,"source":"ignored","start_time":5}`)
	event := r.ok(200, "GET", "/v1/annotations/Deploys/1", "")
	assert.EqualValues(t, 1700000000, event["end_time"])
	assert.EqualValues(t, 1699999990, event["start_time"])
	assert.Equal(t, "web-1", event["source"])
	assert.Nil(t, event["description"])
	assert.EqualValues(t, 1700000000000, r.store.Events(0, 1)[0].End, "the timeline shows it too")

	answer = r.send("POST", "/v1/annotations/Deploys/1/links", `{"rel":"log","href":"http://example.com/2"}`)
	assert.Equal(t, 201, answer.Code)
	assert.Equal(t, "/v1/annotations/Deploys/1/links/log", answer.Header().Get("Location"))
	r.ok(422, "POST", "/v1/annotations/Deploys/1/links", `{"rel":"log","href":"http://example.com/3"}`)
	r.ok(400, "POST", "/v1/annotations/Deploys/1/links", `{"rel":"log"}`)
	r.ok(204, "DELETE", "/v1/annotations/Deploys/1/links/commit", "")
	r.ok(404, "DELETE", "/v1/annotations/Deploys/1/links/commit", "")
	assert.Equal(t, []any{map[string]any{"rel": "log", "href": "http://example.com/2"}}, r.ok(200, "GET", "/v1/annotations/Deploys/1", "")["links"])

	r.ok(204, "DELETE", "/v1/annotations/Deploys/1", "")
	r.ok(404, "GET", "/v1/annotations/Deploys/1", "")
	r.ok(204, "DELETE", "/v1/annotations/Deploys", "")
	r.ok(404, "DELETE", "/v1/annotations/Deploys", "")
}

func TestAnnotationWithTheLeast(t *testing.T) {
	r := newRoom(t, Config{})
	event := r.ok(201, "POST", "/v1/annotations/s", `{"title":"t"}`)
	assert.EqualValues(t, arrival, event["start_time"])
	assert.Nil(t, event["source"])
	assert.Equal(t, []any{}, event["links"])
}

func TestAnnotationAsAForm(t *testing.T) {
	r := newRoom(t, Config{})
	answer := r.send("POST", "/v1/annotations/s", "title=t&start_time=1699999990&links[0][rel]=a&links[0][href]=b", "Content-Type", typeForm)
	require.Equal(t, 201, answer.Code, answer.Body)
	assert.Contains(t, answer.Body.String(), `"links":[{"rel":"a","href":"b"}]`)
}

func TestAnnotationsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, path, body string
		want             Reason
		errors           string
	}{
		{"no title", "s", `{}`, PropertyInvalid, `"title":["can't be blank"]`},
		{"blank title", "s", `{"title":" "}`, PropertyInvalid, `"title":["can't be blank"]`},
		{"title that is a number", "s", `{"title":1}`, PropertyInvalid, `"title":["is not a string"]`},
		{"source that is not legal", "s", `{"title":"t","source":"a b"}`, SourceInvalid, `"source":[`},
		{"start that is text", "s", `{"title":"t","start_time":"now"}`, TimeInvalid, `"start_time":[`},
		{"start that no clock reaches", "s", `{"title":"t","start_time":9007199254740991}`, TimeInvalid, `"start_time":[`},
		{"end before the start", "s", `{"title":"t","start_time":2,"end_time":1}`, TimeInvalid, `"end_time":["is before start_time"]`},
		{"links that are text", "s", `{"title":"t","links":"x"}`, PropertyInvalid, `"links":[`},
		{"link without its address", "s", `{"title":"t","links":[{"rel":"a"}]}`, PropertyInvalid, `"links":[`},
		{"two links of one kind", "s", `{"title":"t","links":[{"rel":"a","href":"b"},{"rel":"a","href":"c"}]}`, NameTaken, `"links":[`},
		{"stream that is not legal", "a%20b", `{"title":"t"}`, NameInvalid, `"name":[`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", "/v1/annotations/"+test.path, test.body)
			assert.Equal(t, 400, answer.Code)
			assert.Contains(t, answer.Body.String(), test.errors)
			assert.Equal(t, test.want, r.reasons()[0])
			assert.Empty(t, r.store.Events(0, 0))
			r.ok(404, "GET", "/v1/annotations/"+test.path, "")
		})
	}
}

func TestStreams(t *testing.T) {
	r := newRoom(t, Config{})
	for i, source := range []string{`"a"`, `"b"`, `null`} {
		r.ok(201, "POST", "/v1/annotations/two", fmt.Sprintf(`{"title":"t%d","source":%s,"start_time":%d}`, i, source, 1699999990-i))
	}
	r.ok(201, "POST", "/v1/annotations/one", `{"title":"t"}`)

	answer := r.ok(200, "GET", "/v1/annotations?length=1", "")
	assert.Equal(t, []string{"one"}, names(t, answer, "annotations"))
	assert.Equal(t, map[string]any{"found": 2.0, "length": 1.0, "offset": 0.0, "total": 2.0}, answer["query"])

	r.ok(204, "PUT", "/v1/annotations/two", `{"display_name":"Two"}`)
	r.ok(404, "PUT", "/v1/annotations/three", `{"display_name":"x"}`)
	answer = r.ok(200, "GET", "/v1/annotations/two", "")
	assert.Equal(t, map[string]any{"name": "two", "display_name": "Two", "events": map[string]any{}}, answer)

	for query, want := range map[string][]string{
		"start_time=0":                         {"a", "b", "unassigned"},
		"start_time=1699999989":                {"a", "b"},
		"end_time=1699999989":                  {"b", "unassigned"},
		"count=1":                              {"a"},
		"count=1&start_time=0":                 {"unassigned"},
		"start_time=0&sources[]=a&sources[]=B": {"a", "b"},
	} {
		events := r.ok(200, "GET", "/v1/annotations/two?"+query, "")["events"].(map[string]any)
		var sources []string
		for source, list := range events {
			assert.Len(t, list, 1)
			sources = append(sources, source)
		}
		assert.ElementsMatch(t, want, sources, query)
	}
	r.ok(400, "GET", "/v1/annotations/two?count=0", "")
	r.ok(404, "GET", "/v1/annotations/two/x", "")
	r.ok(404, "GET", "/v1/annotations/one/1", "")

	r.ok(204, "DELETE", "/v1/annotations/two", "")
	assert.Empty(t, r.account.Annotations("two"))
	assert.Len(t, r.account.Annotations("one"), 1)
}

func TestAnnotationsAreBounded(t *testing.T) {
	a := NewAccount()
	for i := range maxAnnotations + 1 {
		a.addAnnotation(Annotation{stream: "s", Title: fmt.Sprint(i)})
	}
	all := a.Annotations("s")
	assert.Len(t, all, maxAnnotations)
	assert.Equal(t, "1", all[0].Title, "the oldest left")
}
