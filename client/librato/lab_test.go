package librato_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// labClient returns a client of a lab's Librato, which knows both dialects.
func labClient(options librato.Options) (*librato.Client, *vendorlab.Lab, func()) {
	lab, err := vendorlab.Start(vendorlab.Config{})
	if err != nil {
		panic(err)
	}
	base, _ := librato.ParseBaseURL(lab.Librato.URL())
	options.API = librato.Librato
	options.Credentials, _ = librato.LibratoCredentials("user@example.com", "token")
	transport := &http.Transport{}
	client, err := librato.NewClient(&http.Client{Transport: transport, Timeout: time.Minute}, base, options)
	if err != nil {
		panic(err)
	}
	return client, lab, func() {
		transport.CloseIdleConnections()
		lab.Close()
	}
}

func startLab(t *testing.T, options librato.Options) (*librato.Client, *vendorlab.Lab) {
	client, lab, stop := labClient(options)
	t.Cleanup(stop)
	return client, lab
}

// namesOf drains a list.
func namesOf[T any](t *testing.T, items func(func(T, error) bool), name func(T) string) (names []string) {
	for item, err := range items {
		require.NoError(t, err)
		names = append(names, name(item))
	}
	return names
}

func TestMetricsOfALab(t *testing.T) {
	client, _ := startLab(t, librato.Options{})
	ctx := t.Context()
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		require.NoError(t, client.PutMetric(ctx, "m."+name, librato.Metric{Type: "gauge"}))
	}
	name := func(m librato.Metric) string { return m.Name }
	assert.Equal(t, []string{"m.a", "m.b", "m.c", "m.d", "m.e"}, namesOf(t, client.Metrics(ctx, librato.ListOptions{PageLength: 2}), name))
	assert.Equal(t, []string{"m.e", "m.d"}, namesOf(t, client.Metrics(ctx, librato.ListOptions{Descending: true, PageLength: 1}), name)[:2])

	job, err := client.UpdateMetrics(ctx, librato.Names{Pattern: "m.*"}, librato.Metric{Description: "all"})
	require.NoError(t, err)
	assert.Empty(t, job, "the lab is done at once")
	m, err := client.Metric(ctx, "m.c")
	require.NoError(t, err)
	assert.Equal(t, "all", m.Description)

	_, err = client.DeleteMetrics(ctx, librato.Names{List: []string{"m.a", "m.b"}})
	require.NoError(t, err)
	require.NoError(t, client.DeleteMetric(ctx, "m.c"))
	assert.Equal(t, []string{"m.d", "m.e"}, namesOf(t, client.Metrics(ctx, librato.ListOptions{}), name))

	_, err = client.Metric(ctx, "m.c")
	failed := new(httpsend.Error)
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, 404, failed.Status)

	require.NoError(t, client.PutComposite(ctx, "sum", `sum(s("m.d", "*"))`, librato.Metric{Description: "both"}))
	m, err = client.Metric(ctx, "sum")
	require.NoError(t, err)
	assert.Equal(t, "composite", m.Type)
	err = client.PutComposite(ctx, "bad", `sum(`, librato.Metric{})
	fault := new(librato.Fault)
	require.ErrorAs(t, err, &fault, "the server's message is kept")
	assert.Contains(t, fault.Error(), "composite")
}

func TestDataOfALab(t *testing.T) {
	client, _ := startLab(t, librato.Options{})
	ctx := t.Context()
	now := time.Now().Truncate(time.Minute)
	conn := librato.NewConnection(client, nil, nil)
	for i, host := range []string{"web-1", "web-2"} {
		_, err := conn.Submit(ctx, librato.Measurement{Name: "tagged", Value: librato.Int(int64(i + 1)), Tags: librato.Tags{"host": host}, Time: now.Add(-time.Minute)})
		require.NoError(t, err)
		_, err = conn.Submit(ctx, librato.Measurement{Name: "sourced", Value: librato.Int(int64(i + 10)), Source: host, Time: now.Add(-time.Minute)})
		require.NoError(t, err)
	}
	values := map[string]float64{}
	for page, err := range client.TaggedMeasurements(ctx, "tagged", librato.TagQuery{
		Window: librato.Window{Start: now.Add(-time.Hour), End: now, Resolution: time.Minute}, Tags: map[string][]string{"host": {"web-*"}},
	}) {
		require.NoError(t, err)
		for _, s := range page.Series {
			require.Len(t, s.Points, 1)
			values[s.Tags["host"]] = s.Points[0].Value
		}
	}
	assert.Equal(t, map[string]float64{"web-1": 1, "web-2": 2}, values)

	for page, err := range client.SourcedMeasurements(ctx, "sourced", librato.SourceQuery{Count: 1, Sources: []string{"web-2"}, Resolution: time.Minute}) {
		require.NoError(t, err)
		require.Len(t, page.Points["web-2"], 1)
		assert.Equal(t, 11.0, page.Points["web-2"][0].Value)
		assert.Equal(t, now.Add(-time.Minute).Unix(), page.Points["web-2"][0].Time.Unix())
		assert.Equal(t, "sourced", page.Name)
	}
	window := librato.Window{Start: now.Add(-time.Hour), End: now, Resolution: time.Minute}
	for d, expression := range map[librato.Dialect]string{
		librato.SourceDialect: `sum(s("sourced", "*"))`, librato.TagDialect: `sum(s("tagged", {"host": "*"}))`,
	} {
		data, err := client.Composite(ctx, d, expression, window)
		require.NoError(t, err, d)
		require.Len(t, data.Series, 1, d)
		require.NotEmpty(t, data.Series[0].Points, d)
	}
}

func TestAlertsOfALab(t *testing.T) {
	client, _ := startLab(t, librato.Options{})
	ctx := t.Context()
	service, err := client.CreateService(ctx, librato.Service{Type: "mail", Title: "ops", Settings: map[string]any{"addresses": "a@b"}})
	require.NoError(t, err)
	condition := librato.Above("cpu", 90)
	condition.Tags = librato.TagPatterns{{Name: "host", Values: []string{"web-*"}, Grouped: new(true)}}
	condition.Duration = 120
	created, err := client.CreateAlert(ctx, librato.Alert{
		Name: "cpu.high", Description: "hot", TagBased: new(true), RearmSeconds: 120,
		Conditions: []librato.Condition{condition, librato.Absent("cpu", 300)}, Services: []librato.Service{{ID: service.ID}},
		Attributes: map[string]any{"runbook_url": "http://example.com"},
	})
	require.NoError(t, err)
	assert.True(t, *created.Active, "by default")

	found, err := client.FindAlert(ctx, "CPU.high")
	require.NoError(t, err)
	assert.Equal(t, created.ID, found.ID)
	assert.Equal(t, "ops", found.Services[0].Title)
	_, err = client.FindAlert(ctx, "cpu")
	require.ErrorIs(t, err, librato.ErrNotFound, "a part of a name is not the name")

	found.Conditions = found.Conditions[:1]
	found.Description = ""
	require.NoError(t, client.UpdateAlert(ctx, *found))
	again, err := client.Alert(ctx, found.ID)
	require.NoError(t, err)
	found.UpdatedAt = again.UpdatedAt
	assert.Equal(t, found, again, "what was not changed is as it was")

	require.NoError(t, client.RemoveAlertService(ctx, found.ID, service.ID))
	require.NoError(t, client.AddAlertService(ctx, found.ID, service.ID))
	status, err := client.AlertStatus(ctx, found.ID)
	require.NoError(t, err)
	assert.Equal(t, "ok", status.Status)
	all, err := client.AlertStatuses(ctx)
	require.NoError(t, err)
	assert.Empty(t, all.Firing)
	require.NoError(t, client.ClearAlert(ctx, found.ID))
	require.NoError(t, client.DeleteAlert(ctx, found.ID))
	assert.Empty(t, namesOf(t, client.Alerts(ctx, librato.ListOptions{}), func(a librato.Alert) string { return a.Name }))

	service.Title = "operations"
	require.NoError(t, client.UpdateService(ctx, *service))
	read, err := client.Service(ctx, service.ID)
	require.NoError(t, err)
	assert.Equal(t, "operations", read.Title)
	require.NoError(t, client.DeleteService(ctx, service.ID))
}

func TestChartsKeepWhatNobodyKnows(t *testing.T) {
	client, _ := startLab(t, librato.Options{})
	ctx := t.Context()
	space, err := client.CreateSpace(ctx, librato.Space{Name: "Ops"})
	require.NoError(t, err)
	chart := librato.Chart{Name: "CPU", Type: librato.ChartLine, Streams: []librato.Stream{{
		Metric: "cpu", Color: "#ff0000", GapDetection: new(true), Tags: librato.TagPatterns{{Name: "host", Values: []string{"*"}}},
	}}}
	chart.More = map[string]json.RawMessage{"refresh": json.RawMessage(`{"every":60}`)}
	chart.Streams[0].More = map[string]json.RawMessage{"opacity": json.RawMessage(`0.5`)}
	stored, err := client.CreateChart(ctx, space.ID, chart)
	require.NoError(t, err)

	read, err := client.FindChart(ctx, space.ID, "cpu")
	require.NoError(t, err)
	assert.Equal(t, stored, read)
	read.Name = "Temperature"
	updated, err := client.UpdateChart(ctx, space.ID, *read)
	require.NoError(t, err)
	assert.Equal(t, read.Streams, updated.Streams)
	assert.JSONEq(t, `{"every":60}`, string(updated.More["refresh"]))
	assert.JSONEq(t, `0.5`, string(updated.Streams[0].More["opacity"]))
	assert.Equal(t, "#ff0000", updated.Streams[0].Color)

	_, err = client.CreateChart(ctx, space.ID, librato.BigNumber("last", librato.Stream{Composite: `s("cpu","*")`}))
	require.NoError(t, err)
	require.NoError(t, client.RenameSpace(ctx, space.ID, "Operations"))
	found, err := client.FindSpace(ctx, "operations")
	require.NoError(t, err)
	assert.Len(t, found.Charts, 2)
	require.NoError(t, client.DeleteChart(ctx, space.ID, stored.ID))
	assert.Equal(t, []string{"last"}, namesOf(t, client.Charts(ctx, space.ID), func(c librato.Chart) string { return c.Name }))
	require.NoError(t, client.DeleteSpace(ctx, space.ID))
	_, err = client.Space(ctx, space.ID)
	assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(err))
}

func TestThrottledCallsWaitAsLongAsTheyMay(t *testing.T) {
	for name, c := range map[string]struct {
		patience time.Duration
		class    httpsend.Class
	}{
		"without patience the error says when to come back": {0, httpsend.Throttled},
		"with patience the call comes back":                 {time.Minute, httpsend.Delivered},
	} {
		t.Run(name, func(t *testing.T) {
			client, lab := startLab(t, librato.Options{Patience: c.patience})
			_, err := lab.Faults.Add(faults.Fault{Path: "/v1/spaces", Status: 429, RetryAfter: 1, Count: 1})
			require.NoError(t, err)
			for _, err = range client.Spaces(t.Context(), librato.ListOptions{}) {
			}
			assert.Equal(t, c.class, httpsend.ClassOf(err))
			if failed := new(httpsend.Error); errors.As(err, &failed) {
				assert.Equal(t, time.Second, failed.RetryAfter)
			}
		})
	}
}
