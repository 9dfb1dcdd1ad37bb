package librato

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneRequest is a client whose server answers with reply and notes the request.
func oneRequest(t *testing.T, status int, reply string) (client *Client, request *string) {
	request = new(string)
	return newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*request = r.Method + " " + r.RequestURI + " " + string(body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, reply)
	}), request
}

func TestAnnotationCalls(t *testing.T) {
	end := time.Unix(1700000060, 0)
	link := Link{Rel: "ci", Href: "http://example.com/1"}
	for _, c := range []struct {
		name string
		call func(*Client) error
		want string
	}{
		{"an open event gets its end", func(c *Client) error {
			return c.UpdateAnnotation(t.Context(), "deploys", "189", Annotation{End: end})
		}, `PUT /v1/annotations/deploys/189 {"end_time":1700000060}`},
		{"an update leaves out what cannot be changed", func(c *Client) error {
			return c.UpdateAnnotation(t.Context(), "deploys", "189", Annotation{ID: "1", Title: "v92", Source: "s", Description: "d", Start: end, Links: []Link{link}})
		}, `PUT /v1/annotations/deploys/189 {"title":"v92","description":"d","links":[{"rel":"ci","href":"http://example.com/1"}]}`},
		{"an event is deleted", func(c *Client) error { return c.DeleteAnnotation(t.Context(), "deploys", "189") }, `DELETE /v1/annotations/deploys/189 `},
		{"a link is added", func(c *Client) error { return c.AddAnnotationLink(t.Context(), "deploys", "189", link) },
			`POST /v1/annotations/deploys/189/links {"rel":"ci","href":"http://example.com/1"}`},
		{"a link is deleted", func(c *Client) error { return c.DeleteAnnotationLink(t.Context(), "deploys", "189", "a/b") },
			`DELETE /v1/annotations/deploys/189/links/a%2Fb `},
		{"a stream whose name needs escaping", func(c *Client) error { return c.DeleteAnnotationStream(t.Context(), "my deploys/é") },
			`DELETE /v1/annotations/my%20deploys%2F%C3%A9 `},
		{"events of an interval", func(c *Client) error {
			_, err := c.AnnotationStream(t.Context(), "deploys", Interval{Start: time.Unix(1, 0), End: time.Unix(2, 0), Count: 3, Sources: []string{"a*", "b"}})
			return err
		}, `GET /v1/annotations/deploys?count=3&end_time=2&sources%5B%5D=a%2A&sources%5B%5D=b&start_time=1 `},
		{"a metric's properties", func(c *Client) error {
			return c.PutMetric(t.Context(), "cpu", Metric{Type: "gauge", Attributes: &Attributes{DisplayUnitsShort: "%"}})
		}, `PUT /v1/metrics/cpu {"type":"gauge","attributes":{"display_units_short":"%"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, request := oneRequest(t, http.StatusNoContent, "")
			require.NoError(t, c.call(client))
			assert.Equal(t, c.want, *request)
		})
	}
}

func TestAnnotationRefusesBeforeAnyRequest(t *testing.T) {
	client, request := oneRequest(t, http.StatusNoContent, "")
	_, err := client.PostAnnotation(t.Context(), "deploys", Annotation{})
	assert.ErrorIs(t, err, ErrNoTitle)
	assert.Error(t, client.DeleteAnnotation(t.Context(), "deploys", ""), "would delete the stream")
	assert.Error(t, client.DeleteAnnotationStream(t.Context(), ""))
	assert.Error(t, client.DeleteAnnotationStream(t.Context(), ".."))
	_, err = client.Metric(t.Context(), "")
	assert.Error(t, err)
	assert.Empty(t, *request)
}

func TestStreamEventsInBothForms(t *testing.T) {
	events := `{"unassigned":[{"id":45,"title":"v91","end_time":null,"start_time":1234567890}],"web":[{"id":"46","title":"v92"}]}`
	for _, form := range []string{events, "[" + events + "]"} {
		var s AnnotationStream
		require.NoError(t, json.Unmarshal([]byte(`{"name":"deploys","events":`+form+`}`), &s))
		want := Annotation{ID: "45", Title: "v91", Start: time.Unix(1234567890, 0).UTC()}
		assert.Equal(t, []Annotation{want}, s.Events["unassigned"])
		assert.Equal(t, ID("46"), s.Events["web"][0].ID)
	}
	var s AnnotationStream
	assert.Error(t, json.Unmarshal([]byte(`{"events":[3]}`), &s))
	assert.Error(t, json.Unmarshal([]byte(`{"events":7}`), &s))
	assert.NoError(t, json.Unmarshal([]byte(`{"events":null}`), &s))
}

func TestID(t *testing.T) {
	for _, c := range []struct{ in, id, out string }{
		{`45`, "45", `45`}, {`"45"`, "45", `45`}, {`"ab"`, "ab", `"ab"`}, {`"045"`, "045", `"045"`}, {`null`, "", `""`},
	} {
		var id ID
		require.NoError(t, json.Unmarshal([]byte(c.in), &id))
		assert.Equal(t, ID(c.id), id)
		out, err := json.Marshal(id)
		require.NoError(t, err)
		assert.Equal(t, c.out, string(out))
	}
	var id ID
	assert.Error(t, json.Unmarshal([]byte(`{}`), &id))
}

// Receivers that only capture do not answer as the vendor does. What they took must
// not look lost.
func TestPostedToAReceiverThatOnlyCaptures(t *testing.T) {
	for _, body := range []string{"OK", `"ok"`, `{}`, `[1]`, `{"id":null}`, ""} {
		client, _ := oneRequest(t, http.StatusOK, body)
		stored, err := client.PostAnnotation(t.Context(), "deploys", Annotation{Title: "v91"})
		require.NoError(t, err, body)
		assert.Empty(t, stored.ID, body)
	}
}

func TestAnnotationWhoseIDIsInTheLocation(t *testing.T) {
	for body, want := range map[string]ID{"": "17", `{}`: "17", "OK": "17", `{"title":"v91"}`: "17", `{"id":18}`: "18"} {
		client := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/v1/annotations/deploys/17")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, body)
		})
		stored, err := client.PostAnnotation(t.Context(), "deploys", Annotation{Title: "v91"})
		require.NoError(t, err, body)
		assert.Equal(t, want, stored.ID, body)
	}
}

func TestAnswerThatIsNotTheAPI(t *testing.T) {
	client, _ := oneRequest(t, http.StatusOK, "<html>welcome</html>")
	_, err := client.AnnotationStream(t.Context(), "deploys", Interval{})
	assert.ErrorContains(t, err, "check that the endpoint is the service")
}

// TestPages lists 5 metrics in pages of 2, of an account that has more: what was
// found counts, not what the account holds.
func TestPages(t *testing.T) {
	var offsets []string
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		offsets = append(offsets, r.URL.RawQuery)
		length := min(2, 5-offset)
		fmt.Fprintf(w, `{"query":{"found":5,"total":90,"length":%d,"offset":%d},"metrics":[`, length, offset)
		for i := range length {
			if i > 0 {
				_, _ = io.WriteString(w, ",")
			}
			fmt.Fprintf(w, `{"name":"m%d"}`, offset+i)
		}
		_, _ = io.WriteString(w, "]}")
	})
	var names []string
	for m, err := range client.Metrics(t.Context(), ListOptions{Name: "m", OrderBy: "name", Descending: true, PageLength: 2}) {
		require.NoError(t, err)
		names = append(names, m.Name)
	}
	assert.Equal(t, []string{"m0", "m1", "m2", "m3", "m4"}, names)
	common := "&orderby=name&sort=desc"
	assert.Equal(t, []string{"length=2&name=m" + common, "length=2&name=m&offset=2" + common, "length=2&name=m&offset=4" + common}, offsets)

	for range client.Metrics(t.Context(), ListOptions{Offset: 1}) {
		break // a caller that has enough asks for no more
	}
	assert.Len(t, offsets, 4)
}

func TestPagesEndWithTheFirstError(t *testing.T) {
	client, _ := oneRequest(t, http.StatusOK, `{"metrics":{}}`)
	errs := 0
	for _, err := range client.Metrics(t.Context(), ListOptions{}) {
		require.Error(t, err)
		errs++
	}
	assert.Equal(t, 1, errs)
}
