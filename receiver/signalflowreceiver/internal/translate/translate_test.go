package translate

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// stream plays a script to the client and returns what that reads.
func stream(t *testing.T, script func(*signalflowtest.Channel)) []signalflow.Message {
	t.Helper()
	server := signalflowtest.Start(t)
	server.Handle("p", func(ch *signalflowtest.Channel) { script(ch); ch.End() })
	endpoint, err := signalflow.ParseEndpoint(server.URL())
	require.NoError(t, err)
	client, err := signalflow.NewClient(signalflow.Options{Endpoint: endpoint, Token: server.Token, HTTPClient: server.HTTPClient()})
	require.NoError(t, err)
	defer client.Close()
	computation, err := client.Execute(t.Context(), signalflow.Request{Program: "p"})
	require.NoError(t, err)
	var messages []signalflow.Message
	for {
		m, err := computation.Next(t.Context())
		if err != nil {
			return messages
		}
		if data, ok := m.(*signalflow.Data); ok {
			copied := *data
			copied.Points = append([]signalflow.Point(nil), data.Points...)
			m = &copied
		}
		messages = append(messages, m)
	}
}

// golden compares JSON with a file; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

func TestMetrics(t *testing.T) {
	at := time.UnixMilli(1504064040000)
	script := func(ch *signalflowtest.Channel) {
		ch.Metadata(1, map[string]any{
			"sf_key": []string{"host", "sf_originatingMetric", "computationId", "cores", "virtual", "zones", "gone"}, "sf_type": "MetricTimeSeries",
			"sf_originatingMetric": "cpu.utilization", "sf_streamLabel": "cpu", "sf_organizationID": "org", "computationId": "c", "jobId": "j",
			"host": "h1", "cores": 4, "virtual": true, "zones": []string{"a", "b"}, "gone": nil, "owner": "ops", "sf_resolutionMs": 1000,
		})
		ch.Metadata(2, map[string]any{"sf_key": []string{"host"}, "host": "h2", "sf_streamLabel": "only the label", "sf_metric": "_SF_COMP_x_01-PUBLISH_METRIC"})
		ch.Metadata(3, map[string]any{"sf_key": []string{"host"}, "host": "h3", "sf_metric": "own.name"})
		ch.Metadata(4, map[string]any{"sf_key": []string{"host"}, "host": "h4"})
		ch.Data(at, signalflowtest.Double(1, 46.5), signalflowtest.Long(2, 7), signalflowtest.Int(3, -1), signalflowtest.Double(4, 0.25))
	}
	cases := map[string]*Rules{
		"gauges_named_by_what_is_known": {Program: "p", Realm: "us1", ScopeName: "scope", ScopeVersion: "1"},
		"delta_sums_with_a_template":    {Program: "p", NameTemplate: "{program}.{label}.{originating_metric}", Type: DeltaSum, Monotonic: true},
		"cumulative_sums":               {Program: "p", Type: CumulativeSum},
		"all_properties":                {Program: "p", AllProperties: true},
		"one_property":                  {Program: "p", Properties: []string{"owner", "host"}},
	}
	messages := stream(t, script)
	data := messages[len(messages)-1].(*signalflow.Data)
	for name, rules := range cases {
		t.Run(name, func(t *testing.T) {
			frame := rules.NewFrame(data.LogicalTimestampMs, 10_000, len(data.Points))
			for i := range data.Points {
				series := rules.Prepare(data.Points[i].Series)
				frame.Append(&series, &data.Points[i])
			}
			series := rules.Prepare(data.Points[0].Series)
			frame.AppendNoValue(&series)
			assert.Equal(t, 5, frame.Points())
			got, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(frame.Metrics())
			require.NoError(t, err)
			golden(t, name, got)
		})
	}
}

func TestIdentityIsThatOfLabelNameAndDimensions(t *testing.T) {
	base := map[string]any{"sf_key": []string{"host", "computationId"}, "host": "a", "sf_originatingMetric": "m", "sf_streamLabel": "l", "computationId": "1", "owner": "x"}
	variants := map[string]struct {
		key   string
		value any
		same  bool
	}{
		"another job": {"computationId", "2", true}, "another property": {"owner", "y", true},
		"another dimension": {"host", "b", false}, "another label": {"sf_streamLabel", "k", false}, "another metric": {"sf_originatingMetric", "n", false},
	}
	rules := &Rules{Program: "p"}
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			messages := stream(t, func(ch *signalflowtest.Channel) {
				ch.Metadata(1, base)
				other := map[string]any{}
				for key, value := range base {
					other[key] = value
				}
				other[v.key] = v.value
				ch.Metadata(2, other)
			})
			a, b := messages[0].(*signalflow.Metadata).Series, messages[1].(*signalflow.Metadata).Series
			assert.Equal(t, v.same, rules.Prepare(a).Identity == rules.Prepare(b).Identity)
		})
	}
}

func TestKindsOfSeries(t *testing.T) {
	messages := stream(t, func(ch *signalflowtest.Channel) {
		ch.Metadata(1, map[string]any{"sf_type": "EventTimeSeries"})
	})
	assert.False(t, (&Rules{}).Prepare(messages[0].(*signalflow.Metadata).Series).IsMetric)
}

func TestEvents(t *testing.T) {
	event := func(metadata, properties map[string]any) func(*signalflowtest.Channel) {
		return func(ch *signalflowtest.Channel) {
			ch.Message("event", map[string]any{"tsId": signalflowtest.ID(7), "timestampMs": 1504064040000, "metadata": metadata, "properties": properties})
		}
	}
	cases := map[string]func(*signalflowtest.Channel){
		"an_alert_opens": event(map[string]any{"sf_streamLabel": "hot", "host": "a", "sf_organizationID": "org"}, map[string]any{
			"incidentId": "i", "is": "anomalous", "was": "ok", "severity": "Critical", "inputs": `{"_S1":{"key":{"host":"a"},"value":91.5}}`,
		}),
		"an_alert_closes": event(map[string]any{"sf_eventType": "type"}, map[string]any{"incidentId": "i", "is": "ok", "was": "anomalous", "severity": "Critical"}),
		"a_custom_event":  event(map[string]any{"sf_eventType": "deployment", "service": "shop"}, map[string]any{"version": 12, "note": "{not JSON", "none": nil}),
		"metadata_came_before": func(ch *signalflowtest.Channel) {
			ch.Metadata(7, map[string]any{"sf_type": "EventTimeSeries", "sf_eventType": "deployment", "service": "shop"})
			event(nil, map[string]any{})(ch)
		},
	}
	rules := &Rules{Program: "p", Realm: "us1", ScopeName: "scope", ScopeVersion: "1"}
	for name, script := range cases {
		t.Run(name, func(t *testing.T) {
			messages := stream(t, script)
			e := messages[len(messages)-1].(*signalflow.Event)
			got, err := (&plog.JSONMarshaler{}).MarshalLogs(rules.Event(e, time.UnixMilli(1504064041000)))
			require.NoError(t, err)
			golden(t, name, got)
			assert.Equal(t, EventIdentity(e), EventIdentity(e))
		})
	}
}
