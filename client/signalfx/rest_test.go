package signalfx_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// labREST returns clients of a lab.
func labREST(options signalfx.APIOptions) (*signalfx.API, *signalfx.Ingest, *vendorlab.Lab, func()) {
	lab, err := vendorlab.Start(vendorlab.Config{})
	if err != nil {
		panic(err)
	}
	base, _ := signalfx.ParseBaseURL(lab.SignalFx.URL())
	transport := &http.Transport{}
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	ingest, err := signalfx.NewIngest(client, base, signalfx.IngestOptions{})
	if err != nil {
		panic(err)
	}
	return signalfx.NewAPI(client, base, options), ingest, lab, func() {
		transport.CloseIdleConnections()
		lab.Close()
	}
}

func startREST(t *testing.T, options signalfx.APIOptions) (*signalfx.REST, *signalfx.Ingest, *vendorlab.Lab) {
	api, ingest, lab, stop := labREST(options)
	t.Cleanup(stop)
	return api.REST("token"), ingest, lab
}

func collect[T any](t *testing.T, items func(func(T, error) bool), name func(T) string) (names []string) {
	for item, err := range items {
		require.NoError(t, err)
		names = append(names, name(item))
	}
	return names
}

func TestCatalogOfALab(t *testing.T) {
	rest, ingest, lab := startREST(t, signalfx.APIOptions{})
	ctx := t.Context()
	var body []byte
	for i, host := range []string{"web-1", "web-2", "db/1"} {
		body = signalfx.AppendDatapoint(body, signalfx.AppendMetricName(nil, "cpu", ""), 0, signalfx.Int(int64(i)), signalfx.Gauge,
			signalfx.AppendDimension(nil, "host", host))
	}
	require.NoError(t, ingest.SendDatapoints(ctx, "token", body))
	require.NoError(t, lab.Store.Wait(ctx, func() bool { return lab.Store.Stats().Vendors["signalfx"].Points == 3 }))

	require.NoError(t, rest.PutDimension(ctx, &signalfx.Dimension{Key: "host", Value: "db/1", CustomProperties: map[string]string{"team": "db"}, Tags: []string{"prod"}}))
	d, err := rest.Dimension(ctx, "host", "db/1")
	require.NoError(t, err)
	assert.Equal(t, "db", d.CustomProperties["team"])
	require.NoError(t, rest.PatchDimension(ctx, "host", "db/1", &signalfx.DimensionPatch{Tags: []string{"gold"}}))
	value := func(d signalfx.Dimension) string { return d.Value }
	assert.Equal(t, []string{"db/1"}, collect(t, rest.Dimensions(ctx, signalfx.Search{Query: "team:db"}), value))
	assert.Equal(t, []string{"web-2", "web-1"}, collect(t, rest.Dimensions(ctx, signalfx.Search{Query: "value:web-*", OrderBy: "-value", PageLength: 1}), value))

	require.NoError(t, rest.PutMetric(ctx, &signalfx.Metric{Name: "cpu", Type: signalfx.MetadataGauge, Description: "busy"}))
	m, err := rest.Metric(ctx, "cpu")
	require.NoError(t, err)
	assert.Equal(t, "busy", m.Description)
	assert.Equal(t, []string{"cpu"}, collect(t, rest.Metrics(ctx, signalfx.Search{Query: "name:c*"}), func(m signalfx.Metric) string { return m.Name }))

	require.NoError(t, rest.PutTag(ctx, &signalfx.Tag{Name: "prod", Description: "live"}))
	tag, err := rest.Tag(ctx, "prod")
	require.NoError(t, err)
	assert.Equal(t, "live", tag.Description)
	assert.Equal(t, []string{"gold", "prod"}, collect(t, rest.Tags(ctx, signalfx.Search{OrderBy: "name"}), func(t signalfx.Tag) string { return t.Name }))
	require.NoError(t, rest.DeleteTag(ctx, "prod"))
	err = rest.DeleteTag(ctx, "prod")
	failed := new(httpsend.Error)
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, 404, failed.Status)

	var series []signalfx.TimeSeries
	for s, err := range rest.SearchTimeSeries(ctx, signalfx.Search{Query: "sf_metric:cpu AND host:db*"}) {
		require.NoError(t, err)
		series = append(series, s)
	}
	require.Len(t, series, 1)
	one, err := rest.TimeSeries(ctx, series[0].ID)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"host": "db/1"}, one.Dimensions)
	assert.Equal(t, map[string]string{"team": "db"}, one.CustomProperties)
	assert.Equal(t, []string{"gold"}, one.Tags)
}

func TestSessionsOfALab(t *testing.T) {
	api, _, lab, stop := labREST(signalfx.APIOptions{})
	defer stop()
	ctx := t.Context()
	token, err := api.Login(ctx, "a@example.com", "secret")
	require.NoError(t, err)
	session := api.REST(token)
	organization, err := session.Organization(ctx)
	require.NoError(t, err)
	assert.Equal(t, "Vendor lab", organization.Name)
	require.NoError(t, session.Logout(ctx))

	_, err = api.Login(ctx, "a@example.com", "")
	failed := new(httpsend.Error)
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "email and password must be there", failed.Message, "the service's message without the JSON around it")

	_, err = lab.Faults.Add(faults.Fault{Path: "/v2/organization", Status: 200, Body: `{"id":"o","apiAccessToken":"secret","plan":"x"}`, Count: 1})
	require.NoError(t, err)
	organization, err = session.Organization(ctx)
	require.NoError(t, err)
	text, err := json.Marshal(organization)
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"o","organizationName":"","dpmLimit":0,"plan":"x"}`, string(text), "a token is no business of whoever prints it")
}

func TestDetectorsOfALab(t *testing.T) {
	rest, _, lab := startREST(t, signalfx.APIOptions{})
	ctx := t.Context()
	detector := &signalfx.Detector{
		Name: "hot", ProgramText: "detect(when(data('cpu').mean() > 90)).publish('hot')", Tags: []string{"ops"},
		Rules: []signalfx.Rule{{DetectLabel: "hot", Severity: "Critical", More: map[string]json.RawMessage{"notifications": json.RawMessage(`[{"type":"Email"}]`)}}},
		More:  map[string]json.RawMessage{"visualizationOptions": json.RawMessage(`{"showDataMarkers":true}`)},
	}
	err := rest.ValidateDetector(ctx, &signalfx.Detector{Name: "no program"})
	require.ErrorContains(t, err, "programText: must be there")
	require.NoError(t, rest.ValidateDetector(ctx, detector))
	created, err := rest.CreateDetector(ctx, detector)
	require.NoError(t, err)

	read, err := rest.Detector(ctx, created.ID)
	require.NoError(t, err)
	read.Description = "too hot"
	updated, err := rest.UpdateDetector(ctx, read)
	require.NoError(t, err)
	assert.JSONEq(t, `{"showDataMarkers":true}`, string(updated.More["visualizationOptions"]), "what this package does not know is kept")
	assert.JSONEq(t, `[{"type":"Email"}]`, string(updated.Rules[0].More["notifications"]))
	name := func(d signalfx.Detector) string { return d.Name }
	assert.Equal(t, []string{"hot"}, collect(t, rest.Detectors(ctx, signalfx.ListOptions{Name: "ho", Tags: []string{"ops"}}), name))
	assert.Empty(t, collect(t, rest.Detectors(ctx, signalfx.ListOptions{Tags: []string{"other"}}), name))

	for _, id := range []string{"i1", "i2", "i3"} {
		_, err = lab.SignalFxCatalog.AddObject("incident", map[string]any{"id": id, "incidentId": id, "detectorId": created.ID, "active": id != "i2"})
		require.NoError(t, err)
	}
	_, err = lab.SignalFxCatalog.AddObject("event", map[string]any{"id": "e1", "detectorId": created.ID})
	require.NoError(t, err)
	incident := func(i signalfx.Incident) string { return i.ID }
	assert.Len(t, collect(t, rest.Incidents(ctx, signalfx.IncidentOptions{PageLength: 1}), incident), 2)
	assert.Len(t, collect(t, rest.Incidents(ctx, signalfx.IncidentOptions{PageLength: 2, Resolved: true}), incident), 3)
	assert.Len(t, collect(t, rest.DetectorIncidents(ctx, created.ID, signalfx.ListOptions{}), incident), 3)
	assert.Equal(t, []string{"e1"}, collect(t, rest.DetectorEvents(ctx, created.ID, signalfx.ListOptions{}), func(o signalfx.Object) string { return o.ID }))
	require.NoError(t, rest.ClearIncident(ctx, "i1"))
	one, err := rest.Incident(ctx, "i1")
	require.NoError(t, err)
	assert.False(t, one.Active)
	require.NoError(t, rest.DeleteDetector(ctx, created.ID))
}

func TestObjectsOfALab(t *testing.T) {
	rest, _, lab := startREST(t, signalfx.APIOptions{})
	ctx := t.Context()
	ids := map[string]string{}
	for _, kind := range []string{"chart", "dashboard", "dashboardgroup", "crosslink"} {
		for _, name := range []string{"one", "two", "three"} {
			id, err := lab.SignalFxCatalog.AddObject(kind, map[string]any{"name": name, "propertyName": name, "extra": map[string]any{"of": kind}})
			require.NoError(t, err)
			ids[kind+name] = id
		}
	}
	for kind, get := range map[string]func(context.Context, string) (*signalfx.Object, error){
		"chart": rest.Chart, "dashboard": rest.Dashboard, "dashboardgroup": rest.DashboardGroup, "crosslink": rest.DataLink,
	} {
		object, err := get(ctx, ids[kind+"two"])
		require.NoError(t, err, kind)
		assert.Equal(t, "two", object.Name)
		assert.JSONEq(t, `{"of":"`+kind+`"}`, string(object.More["extra"]))
		_, err = get(ctx, "")
		assert.ErrorContains(t, err, "needs a name or an id")
	}
	name := func(o signalfx.Object) string { return o.Name }
	all := signalfx.ListOptions{PageLength: 2}
	assert.Len(t, collect(t, rest.Charts(ctx, all), name), 3)
	assert.Len(t, collect(t, rest.Dashboards(ctx, all), name), 3)
	assert.Len(t, collect(t, rest.DashboardGroups(ctx, signalfx.ListOptions{Name: "TW"}), name), 1)
	assert.Equal(t, []string{"three"}, collect(t, rest.DataLinks(ctx, signalfx.DataLinkOptions{PropertyName: "three"}), name))
}

func TestListsEndWithTheReachOfASearch(t *testing.T) {
	rest, _, lab := startREST(t, signalfx.APIOptions{})
	_, err := lab.Faults.Add(faults.Fault{Path: "/v2/tag", Status: 200, Body: `{"count":20000,"results":[{"name":"a"},{"name":"b"}]}`})
	require.NoError(t, err)
	seen := 0
	for _, err = range rest.Tags(t.Context(), signalfx.Search{Offset: signalfx.MaxReach - 4, PageLength: 2}) {
		if err == nil {
			seen++
		}
	}
	assert.Equal(t, 4, seen)
	assert.ErrorIs(t, err, signalfx.ErrReach)
}

func TestRESTWaitsAsLongAsItMay(t *testing.T) {
	for name, c := range map[string]struct {
		patience time.Duration
		class    httpsend.Class
	}{
		"without patience the error says when to come back": {0, httpsend.Throttled},
		"with patience the call comes back":                 {time.Minute, httpsend.Delivered},
	} {
		t.Run(name, func(t *testing.T) {
			rest, _, lab := startREST(t, signalfx.APIOptions{Patience: c.patience})
			_, err := lab.Faults.Add(faults.Fault{Path: "/v2/organization", Status: 429, RetryAfter: 1, Count: 1})
			require.NoError(t, err)
			_, err = rest.Organization(t.Context())
			assert.Equal(t, c.class, httpsend.ClassOf(err))
			if failed := new(httpsend.Error); errors.As(err, &failed) {
				assert.Equal(t, time.Second, failed.RetryAfter)
			}
		})
	}
}

// TestListsAskNoMoreThanTheyNeed: a bare list ends with a page that is not full, a
// counted one with its count.
func TestListsAskNoMoreThanTheyNeed(t *testing.T) {
	for name, c := range map[string]struct {
		pages []string
		want  int
	}{
		"a bare list":               {[]string{`[{},{}]`, `[{}]`}, 3},
		"a bare list of full pages": {[]string{`[{},{}]`, `[]`}, 2},
		"a counted list":            {[]string{`{"count":4,"results":[{},{}]}`, `{"count":4,"results":[{},{}]}`}, 4},
		"a count that is too high":  {[]string{`{"count":9,"results":[{},{}]}`, `{"count":9,"results":[]}`}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				if assert.LessOrEqual(t, requests, len(c.pages)) {
					_, _ = io.WriteString(w, c.pages[requests-1])
				}
			}))
			defer server.Close()
			base, _ := signalfx.ParseBaseURL(server.URL)
			rest := signalfx.NewAPI(server.Client(), base, signalfx.APIOptions{}).REST("token")
			items := collect(t, rest.Incidents(t.Context(), signalfx.IncidentOptions{PageLength: 2}), func(signalfx.Incident) string { return "" })
			assert.Len(t, items, c.want)
			assert.Equal(t, len(c.pages), requests)
		})
	}
}
