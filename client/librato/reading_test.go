package librato

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asked returns a client of a server that answers one page after the other, and the
// queries that it was asked.
func asked(t *testing.T, pages ...string) (*Client, *[]string) {
	var queries []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.RawQuery)
		_, _ = fmt.Fprint(w, pages[min(len(queries), len(pages))-1])
	}))
	t.Cleanup(server.Close)
	base, err := ParseBaseURL(server.URL)
	require.NoError(t, err)
	client, err := NewClient(server.Client(), base, Options{API: Librato})
	require.NoError(t, err)
	return client, &queries
}

func TestPagesOfTaggedMeasurementsFollowTheirLinks(t *testing.T) {
	const page = `{"name":"m","series":[],"links":[{"rel":"next","href":%q}]}`
	hour := TagQuery{Window: Window{Start: time.Unix(1000, 0)}}
	for name, c := range map[string]struct {
		pages   []string
		queries []string
		fails   string
	}{
		"one page": {[]string{`{"name":"m","series":[]}`}, []string{"resolution=1&start_time=1000"}, ""},
		"the query of a link, and nothing else of it": {
			[]string{fmt.Sprintf(page, "https://elsewhere.example.com/v9/x?start_time=2000"), `{"name":"m","series":[],"links":[{"rel":"prev","href":"/x?a=b"}]}`},
			[]string{"resolution=1&start_time=1000", "start_time=2000"}, ""},
		"a link to itself":          {[]string{fmt.Sprintf(page, "/x?start_time=1000&resolution=1")}, []string{"resolution=1&start_time=1000"}, "leads nowhere"},
		"a link without a query":    {[]string{fmt.Sprintf(page, "/x")}, []string{"resolution=1&start_time=1000"}, "leads nowhere"},
		"a link that is no URL":     {[]string{fmt.Sprintf(page, "://?")}, []string{"resolution=1&start_time=1000"}, "leads nowhere"},
		"an answer that is no page": {[]string{`[]`}, []string{"resolution=1&start_time=1000"}, "not what the API documents"},
	} {
		t.Run(name, func(t *testing.T) {
			client, queries := asked(t, c.pages...)
			var last error
			n := 0
			for _, err := range client.TaggedMeasurements(t.Context(), "m", hour) {
				last = err
				if n++; n > 5 {
					t.Fatal("does not end")
				}
			}
			if c.fails == "" {
				assert.NoError(t, last)
			} else {
				assert.ErrorContains(t, last, c.fails)
			}
			assert.Equal(t, c.queries, *queries)
		})
	}
}

func TestPagesOfSourcedMeasurementsGoOnFromTheirNextTime(t *testing.T) {
	const first, second = `{"name":"m","query":{"next_time":2000},"measurements":{"a":[{"measure_time":1000,"value":1}]}}`,
		`{"name":"m","measurements":{"a":[{"measure_time":2000,"value":2}]}}`
	read := func(q SourceQuery, pages ...string) (values []float64, queries []string) {
		client, asked := asked(t, pages...)
		for page, err := range client.SourcedMeasurements(t.Context(), "m", q) {
			require.NoError(t, err)
			for _, p := range page.Points["a"] {
				values = append(values, p.Value)
			}
			require.Less(t, len(values), 10, "does not end")
		}
		return values, *asked
	}
	values, queries := read(SourceQuery{Start: time.Unix(1000, 0)}, first, second)
	assert.Equal(t, []float64{1, 2}, values)
	assert.Equal(t, []string{"resolution=1&start_time=1000", "resolution=1&start_time=2000"}, queries)
	values, _ = read(SourceQuery{Start: time.Unix(1000, 0), Count: 5}, first, second)
	assert.Equal(t, []float64{1}, values, "a count is of one page")
	values, _ = read(SourceQuery{Start: time.Unix(2000, 0)}, first)
	assert.Equal(t, []float64{1}, values, "a next time that does not go on ends")
}

func TestWindows(t *testing.T) {
	for name, c := range map[string]struct {
		window Window
		want   string
		err    error
	}{
		"a start":              {Window{Start: time.Unix(5, 0)}, "resolution=1&start_time=5", nil},
		"a duration":           {Window{Duration: time.Minute, Resolution: time.Hour}, "duration=60&resolution=3600", nil},
		"all but the duration": {Window{Start: time.Unix(5, 0), End: time.Unix(9, 0)}, "end_time=9&resolution=1&start_time=5", nil},
		"nothing":              {Window{}, "", ErrNoInterval},
		"an end alone":         {Window{End: time.Unix(9, 0)}, "", ErrNoInterval},
		"all three":            {Window{Start: time.Unix(5, 0), End: time.Unix(9, 0), Duration: 4}, "", ErrThreeTimes},
	} {
		query, err := c.window.query()
		assert.ErrorIs(t, err, c.err, name)
		assert.Equal(t, c.want, query.Encode(), name)
	}
}

func TestFormsOfComposites(t *testing.T) {
	for name, text := range map[string]string{
		"a bare list":               `[{"tags":{"a":"b"},"measurements":[{"time":5,"value":2}]}]`,
		"an object with series":     `{"compose":"x","series":[{"tags":{"a":"b"},"measurements":[{"time":5,"value":2}]}]}`,
		"an object of the old form": `{"compose":"x","measurements":[{"source":{"name":"b"},"series":[{"measure_time":5,"value":2}]}]}`,
	} {
		client, _ := asked(t, text)
		data, err := client.Composite(t.Context(), SourceDialect, "x", Window{Start: time.Unix(1, 0)})
		require.NoError(t, err, name)
		require.Len(t, data.Series, 1, name)
		require.Len(t, data.Series[0].Points, 1, name)
		assert.Equal(t, 2.0, data.Series[0].Points[0].Value)
		assert.Equal(t, int64(5), data.Series[0].Points[0].Time.Unix())
	}
}

func TestJobsAreNamed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = fmt.Fprint(w, `{"id":42,"state":"working","progress":12.5}`)
			return
		}
		w.Header().Set("Location", "/v1/jobs/42")
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	base, _ := ParseBaseURL(server.URL)
	client, err := NewClient(server.Client(), base, Options{})
	require.NoError(t, err)
	id, err := client.DeleteMetrics(t.Context(), Names{Pattern: "cpu*"})
	require.NoError(t, err)
	assert.Equal(t, ID("42"), id)
	job, err := client.Job(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, "working", job.State)
	assert.Equal(t, 12.5, job.Progress)
}
