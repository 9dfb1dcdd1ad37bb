package translate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

// encoded is what a batch became, as the lab's decoder reads it.
type encoded struct {
	datapoints []*sfxpb.DataPoint
	histograms pmetric.Metrics
	items      int // points that put something into a part
	walked     int
	counts     Counts
}

var wide = Limits{Bytes: 1 << 20, Datapoints: 5000}

func encodeMetrics(t testing.TB, rules *MetricRules, limits Limits, md pmetric.Metrics) encoded {
	t.Helper()
	e := NewMetricEncoder(rules)
	out := encoded{histograms: pmetric.NewMetrics()}
	e.Begin(limits, func(p *parts.Part) {
		var m sfxpb.DataPointUploadMessage
		require.NoError(t, proto.Unmarshal(p.Body, &m))
		require.Len(t, m.Datapoints, p.Units())
		require.LessOrEqual(t, len(p.Body), limits.Bytes)
		require.LessOrEqual(t, p.Units(), limits.Datapoints)
		out.datapoints = append(out.datapoints, m.Datapoints...)
		out.items += p.Sent()
		p.Release()
	}, func(p *parts.Part) {
		// The collector's own decoder takes strings that are not UTF-8; a service does not.
		require.NoError(t, proto.Unmarshal(p.Body, &metricspb.MetricsData{}))
		request, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(p.Body)
		require.NoError(t, err)
		require.Equal(t, request.DataPointCount(), p.Units())
		request.ResourceMetrics().MoveAndAppendTo(out.histograms.ResourceMetrics())
		out.items += p.Sent()
		p.Release()
	})
	pdatawalk.Metrics(md, pdatawalk.All(md.ResourceMetrics().Len()), e, pdatawalk.Never)
	out.walked = e.End()
	out.counts = e.Counts
	return out
}

func encodeEvents(t testing.TB, rules *EventRules, ld plog.Logs) ([]*sfxpb.Event, Counts) {
	t.Helper()
	e := NewEventEncoder(rules)
	var events []*sfxpb.Event
	e.Begin(wide, func(p *parts.Part) {
		var m sfxpb.EventUploadMessage
		require.NoError(t, proto.Unmarshal(p.Body, &m))
		events = append(events, m.Events...)
		p.Release()
	})
	pdatawalk.Logs(ld, pdatawalk.All(ld.ResourceLogs().Len()), e, pdatawalk.Never)
	e.End()
	return events, e.Counts
}

func (e *encoded) String() string {
	var b strings.Builder
	for _, p := range e.datapoints {
		fmt.Fprintf(&b, "%s %s = %s @%d%s\n", p.GetMetricType(), p.GetMetric(), valueText(p.Value), p.GetTimestamp(), dimensionText(p.Dimensions))
	}
	if e.histograms.ResourceMetrics().Len() > 0 {
		json, _ := (&pmetric.JSONMarshaler{}).MarshalMetrics(e.histograms)
		fmt.Fprintf(&b, "OTLP %s\n", json)
	}
	return b.String() + countsText(&e.counts)
}

func eventsText(events []*sfxpb.Event, counts Counts) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s %s @%d%s\n", e.GetCategory(), e.GetEventType(), e.GetTimestamp(), dimensionText(e.Dimensions))
		for _, p := range e.Properties {
			fmt.Fprintf(&b, "    %s = %v\n", p.GetKey(), p.Value)
		}
	}
	return b.String() + countsText(&counts)
}

func valueText(v *sfxpb.Datum) string {
	if v.IntValue != nil {
		return fmt.Sprint("int ", v.GetIntValue())
	}
	return fmt.Sprint("double ", v.GetDoubleValue())
}

func dimensionText(dimensions []*sfxpb.Dimension) string {
	var b strings.Builder
	for _, d := range dimensions {
		fmt.Fprintf(&b, " %s=%s", abbreviated(d.GetKey()), abbreviated(d.GetValue()))
	}
	return b.String()
}

// abbreviated keeps golden files readable.
func abbreviated(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return fmt.Sprintf("%s...(%d characters)", string(runes[:10]), len(runes))
	}
	return s
}

func countsText(c *Counts) string {
	return testkit.CountsText("dropped", Reasons(), c.Dropped[:]) + testkit.CountsText("changed", Changes(), c.Changed[:])
}
