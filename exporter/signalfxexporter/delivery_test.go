package signalfxexporter

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// gauges returns n gauges with values of their own, under a token attribute if there is one.
func gauges(md pmetric.Metrics, testID, token string, n int) {
	rm := md.ResourceMetrics().AppendEmpty()
	if token != "" {
		rm.Resource().Attributes().PutStr(translate.AccessTokenAttribute, token)
	}
	m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("g")
	points := m.SetEmptyGauge().DataPoints()
	for i := range n {
		p := points.AppendEmpty()
		p.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		p.SetIntValue(int64(i))
		p.Attributes().PutStr("test_id", testID)
		p.Attributes().PutInt("i", int64(i))
	}
}

func metricsOf(testID, token string, n int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	gauges(md, testID, token, n)
	return md
}

func exactlyOnce(t *testing.T, s *store.Store, testID string, n int) {
	t.Helper()
	distinct, total := testkit.Seen(s, testID)
	assert.Equal(t, n, distinct, "distinct points of %s", testID)
	assert.Equal(t, uint64(n), total, "arrivals of %s", testID)
}

func TestMetricsArriveInParts(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MaxDatapointsPerRequest = 1000
	p := newProbe(t)
	e := startMetrics(t, c, p)
	require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf("parts", "", 4500)))
	exactlyOnce(t, lab.Store, "parts", 4500)
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 0)) == 5 }))
	assert.EqualValues(t, 4500, p.Sum(t, "sent_items"))
	assert.EqualValues(t, 5, p.Sum(t, "requests", attribute.String("status", "2xx"), attribute.String("outcome", "delivered")))
	assert.Greater(t, p.Sum(t, "payload_size"), 5*p.Sum(t, "wire_size"))
	_, timed := p.Total(t, "request_duration")
	assert.EqualValues(t, p.Sum(t, "requests"), timed)
	p.SecretFree(t, testToken)
}

func TestStandardBatchIsAcceptedWhole(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), testbatch.Standard()))
	assert.Empty(t, lab.Store.Rejections(0, 10))
	// 9,000 numbers, and 1,000 histograms with count, sum, min, max and 10 buckets.
	assert.EqualValues(t, 9000+1000*14, lab.Store.Stats().Vendors["signalfx"].Points)
}

// A restart of the service while the collector runs loses nothing and repeats nothing.
func TestServiceRestart(t *testing.T) {
	s := store.New(store.Options{})
	lab := testkit.StartLab(t, vendorlab.Config{Store: s})
	address := lab.SignalFx.Address()
	c := testConfig(lab.SignalFx.URL())
	c.MaxDatapointsPerRequest = 100
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	e := startMetrics(t, c, newProbe(t))

	require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf("before", "", 1000)))
	require.NoError(t, s.Wait(t.Context(), func() bool { n, _ := testkit.Seen(s, "before"); return n == 1000 }))
	lab.Close()
	for i := range 5 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf(fmt.Sprint("during", i), "", 1000)))
	}
	testkit.StartLab(t, vendorlab.Config{Store: s, SignalFx: address})
	for i := range 5 {
		id := fmt.Sprint("during", i)
		require.NoError(t, s.Wait(t.Context(), func() bool { n, _ := testkit.Seen(s, id); return n == 1000 }))
		exactlyOnce(t, s, id, 1000)
	}
	exactlyOnce(t, s, "before", 1000)
}

func TestOnlyWhatFailedIsSentAgain(t *testing.T) {
	cases := map[string]faults.Fault{
		"throttled with Retry-After in seconds": {Status: 429, RetryAfter: 1, Count: 2},
		"throttled with a date":                 {Status: 503, RetryAfter: 1, RetryAfterDate: true, Count: 1},
		"failing":                               {Status: 500, Count: 3},
		"a page instead of OK":                  {Status: 200, Count: 1},
		"cut in the middle of the request":      {Reset: faults.ResetRequest, Count: 2},
	}
	for name, fault := range cases {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			c := testConfig(lab.SignalFx.URL())
			c.MaxDatapointsPerRequest = 100
			c.MaxParallelRequests = 2
			e := startMetrics(t, c, newProbe(t))
			require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf("warm", "", 10)))
			_, err := lab.Faults.Add(fault)
			require.NoError(t, err)
			require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf(name, "", 1000)))
			exactlyOnce(t, lab.Store, name, 1000)
		})
	}
}

func TestTooLargeIsSentInHalves(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	e := startMetrics(t, c, newProbe(t))
	_, err := lab.Faults.Add(faults.Fault{Status: 413, Count: 3})
	require.NoError(t, err)
	require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf("halves", "", 1000)))
	exactlyOnce(t, lab.Store, "halves", 1000)
}

func TestRefusedForGoodIsCountedAndNotRetried(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MaxDatapointsPerRequest = 100
	c.MaxParallelRequests = 1
	p := newProbe(t)
	e := startMetrics(t, c, p)
	_, err := lab.Faults.Add(faults.Fault{Status: 400, Count: 1})
	require.NoError(t, err)
	err = e.ConsumeMetrics(t.Context(), metricsOf("refused", "", 1000))
	assert.True(t, consumererror.IsPermanent(err))
	exactlyOnce(t, lab.Store, "refused", 900)
	assert.EqualValues(t, 100, p.Dropped(t, "refused"))
	assert.EqualValues(t, 900, p.Sum(t, "sent_items"))
}

func TestTwoTenantsOneThrottled(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{SignalFxTokens: []signalfx.Token{
		{Secret: "token-a", Scopes: []signalfx.Scope{signalfx.ScopeIngest}},
		{Secret: "token-b", Scopes: []signalfx.Scope{signalfx.ScopeIngest}},
	}})
	c := testConfig(lab.SignalFx.URL())
	c.MaxParallelRequests = 1 // tenants are sent in the order of the batch
	c.MaxDatapointsPerRequest = 50
	p := newProbe(t)
	e := startMetrics(t, c, p)
	md := pmetric.NewMetrics()
	for i := range 4 { // interleaved
		gauges(md, fmt.Sprint("a", i), "token-a", 100)
		gauges(md, fmt.Sprint("b", i), "token-b", 100)
	}
	_, err := lab.Faults.Add(faults.Fault{Status: 429, Count: 1})
	require.NoError(t, err)
	require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	for i := range 4 {
		exactlyOnce(t, lab.Store, fmt.Sprint("a", i), 100)
		exactlyOnce(t, lab.Store, fmt.Sprint("b", i), 100)
	}
	assert.Empty(t, lab.Store.Rejections(0, 10))
}

func TestOneTenantRefused(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	lab.SignalFxTokens.Revoke("token-b")
	p := newProbe(t)
	e := startMetrics(t, testConfig(lab.SignalFx.URL()), p)
	md := pmetric.NewMetrics()
	gauges(md, "a", "token-a", 100)
	gauges(md, "b", "token-b", 100)
	gauges(md, "c", "", 100)
	assert.True(t, consumererror.IsPermanent(e.ConsumeMetrics(t.Context(), md)))
	exactlyOnce(t, lab.Store, "a", 100)
	exactlyOnce(t, lab.Store, "b", 0)
	exactlyOnce(t, lab.Store, "c", 100)
	assert.EqualValues(t, 100, p.Dropped(t, "refused"))
}

func TestWhichTokenIsUsed(t *testing.T) {
	withToken := func(token string) client.Info {
		return client.Info{Metadata: client.NewMetadata(map[string][]string{"X-SF-Token": {token}})}
	}
	cases := map[string]struct {
		info        client.Info
		attribute   string
		passthrough bool
		want        string
	}{
		"the configured one":              {passthrough: true, want: testToken},
		"the resource's":                  {attribute: "of-resource", passthrough: true, want: "of-resource"},
		"the request's over the resource": {info: withToken("of-request"), attribute: "of-resource", passthrough: true, want: "of-request"},
		"an empty one does not count":     {info: withToken(""), passthrough: true, want: testToken},
		"no passthrough":                  {info: withToken("of-request"), attribute: "of-resource", want: testToken},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{SignalFxTokens: []signalfx.Token{{Secret: c.want, Scopes: []signalfx.Scope{signalfx.ScopeIngest}}}})
			config := testConfig(lab.SignalFx.URL())
			config.AccessTokenPassthrough = c.passthrough
			// A merging queue must not lose the token of the request.
			queue := exporterhelper.NewDefaultQueueConfig()
			queue.WaitForResult = true
			queue.Batch.GetOrInsertDefault().FlushTimeout = time.Millisecond
			config.QueueConfig = configoptional.Some(queue)
			e := startMetrics(t, config, newProbe(t))
			require.NoError(t, e.ConsumeMetrics(client.NewContext(t.Context(), c.info), metricsOf("one", c.attribute, 10)))
			exactlyOnce(t, lab.Store, "one", 10)
		})
	}
}

// A queue that merges requests keeps those apart that came with different tokens: merged, they would go to one
// tenant, or with the configured token to another one.
func TestMergingKeepsTokensApart(t *testing.T) {
	tokens := []string{"of-a", "of-b"}
	var known []signalfx.Token
	for _, token := range tokens {
		known = append(known, signalfx.Token{Secret: token, Scopes: []signalfx.Scope{signalfx.ScopeIngest}})
	}
	lab := testkit.StartLab(t, vendorlab.Config{SignalFxTokens: known})
	config := testConfig(lab.SignalFx.URL())
	config.AccessTokenPassthrough = true
	queue := exporterhelper.NewDefaultQueueConfig()
	batch := queue.Batch.GetOrInsertDefault()
	batch.FlushTimeout, batch.MinSize = time.Hour, 20
	config.QueueConfig = configoptional.Some(queue)
	p := newProbe(t)
	e, err := NewFactory().CreateMetrics(t.Context(), p.Settings(), config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), p))
	for _, token := range tokens {
		ctx := client.NewContext(t.Context(), client.Info{Metadata: client.NewMetadata(map[string][]string{"x-sf-token": {token}})})
		require.NoError(t, e.ConsumeMetrics(ctx, metricsOf(token, "", 15)))
	}
	require.NoError(t, e.Shutdown(t.Context()), "which sends what waits to be merged")
	for _, token := range tokens {
		exactlyOnce(t, lab.Store, token, 15)
	}
	assert.Zero(t, p.Dropped(t, "refused"))
}

func TestTokenRotation(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	e := startMetrics(t, testConfig(lab.SignalFx.URL()), p)
	lab.SignalFxTokens.Revoke(testToken)
	for range 3 {
		err := e.ConsumeMetrics(t.Context(), metricsOf("lost", "", 10))
		assert.True(t, consumererror.IsPermanent(err))
		assert.ErrorContains(t, err, "access token")
		assert.NotContains(t, err.Error(), testToken)
	}
	assert.EqualValues(t, 30, p.Dropped(t, "refused"))
	assert.Equal(t, componentstatus.StatusRecoverableError, <-p.Status)
	lab.SignalFxTokens.Restore(testToken)
	require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf("again", "", 10)))
	assert.Equal(t, componentstatus.StatusOK, <-p.Status)
	assert.Empty(t, p.Status, "only changes are reported")
	p.SecretFree(t, testToken)
}

func TestHistogramsAsOTLP(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MetricsConfig.SendOTLPHistograms = true
	c.MaxDatapointsPerRequest = 300
	e := startMetrics(t, c, newProbe(t))
	_, err := lab.Faults.Add(faults.Fault{Status: 503, Count: 2})
	require.NoError(t, err)
	require.NoError(t, e.ConsumeMetrics(t.Context(), testbatch.Mixed(10, 100, 60, 30)))
	assert.Empty(t, lab.Store.Rejections(0, 10))
	_, histograms := lab.Store.Series(store.Query{Metric: "app.request.duration.9"})
	assert.Equal(t, 100, histograms)
}

func TestEventsArrive(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	e, err := NewFactory().CreateLogs(t.Context(), p.Settings(), testConfig(lab.SignalFx.URL()))
	require.NoError(t, err)
	testkit.Run(t, e, p)
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i := range 50 {
		r := records.AppendEmpty()
		r.SetEventName("deploy")
		r.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		r.Attributes().PutStr("test_id", "events")
		r.Attributes().PutInt("i", int64(i))
	}
	records.AppendEmpty().Body().SetStr("an ordinary line")
	_, err = lab.Faults.Add(faults.Fault{Status: 503, Count: 2})
	require.NoError(t, err)
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	exactlyOnce(t, lab.Store, "events", 50)
	assert.Empty(t, lab.Store.Rejections(0, 10))
	assert.EqualValues(t, 1, p.Dropped(t, "not_an_event"))

	require.NoError(t, e.ConsumeLogs(t.Context(), plog.NewLogs()), "nothing to send is no request")
}

func TestSpansArrive(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MaxDatapointsPerRequest = 20
	c.Correlation = &CorrelationConfig{}
	p := newProbe(t)
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, e, p)
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("`correlation` has no effect").Len())
	td := ptrace.NewTraces()
	for range 3 {
		spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		for range 50 {
			s := spans.AppendEmpty()
			s.SetTraceID(pcommon.TraceID{1})
			s.SetSpanID(pcommon.SpanID{byte(td.SpanCount())})
			s.SetName("GET /")
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Now().Add(time.Second)))
			s.Attributes().PutStr("test_id", "spans")
		}
	}
	_, err = lab.Faults.Add(faults.Fault{Status: 500, Count: 2})
	require.NoError(t, err)
	require.NoError(t, e.ConsumeTraces(t.Context(), td))
	exactlyOnce(t, lab.Store, "spans", 150)
}

func TestDropsAreCountedAndWarnedAboutOnce(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	e := startMetrics(t, testConfig(lab.SignalFx.URL()), p)
	for range 3 {
		md := metricsOf("some", "", 3)
		points := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
		points.At(1).SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
		points.At(2).Attributes().PutStr("long", strings.Repeat("v", 300))
		require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	}
	assert.EqualValues(t, 3, p.Dropped(t, "no_recorded_value"))
	assert.EqualValues(t, 3, p.Sum(t, "changed_items", attribute.String("change", "value_too_long")))
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("Dropped items").Len())
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("Changed items").Len())
}

func TestShutdownDuringAnOutage(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	e := startMetrics(t, c, newProbe(t))
	_, err := lab.Faults.Add(faults.Fault{Status: 503, RetryAfter: 60})
	require.NoError(t, err)
	for range 20 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), metricsOf("x", "", 10)))
	}
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 0)) > 0 }))
}

func manySpans(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{1})
		s.SetSpanID(pcommon.SpanID{byte(i), byte(i >> 8), 1})
		s.SetName("GET /")
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Now().Add(time.Second)))
		s.Attributes().PutStr("test_id", "spans")
	}
	return td
}

// Spans of one resource that are too large for the service go in smaller requests, once each.
func TestTooManySpansOfOneResource(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), testConfig(lab.SignalFx.URL()))
	require.NoError(t, err)
	testkit.Run(t, e, p)
	_, err = lab.Faults.Add(faults.Fault{Status: 413, Count: 3})
	require.NoError(t, err)
	require.NoError(t, e.ConsumeTraces(t.Context(), manySpans(100)))
	exactlyOnce(t, lab.Store, "spans", 100)
	assert.Zero(t, p.Dropped(t, "refused"))
}

func TestRefusedSpansAreCountedOneByOne(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), testConfig(lab.SignalFx.URL()))
	require.NoError(t, err)
	testkit.Run(t, e, p)
	_, err = lab.Faults.Add(faults.Fault{Status: 400, Count: 1})
	require.NoError(t, err)
	require.Error(t, e.ConsumeTraces(t.Context(), manySpans(100)))
	assert.EqualValues(t, 100, p.Dropped(t, "refused"))
}

// A string that is not UTF-8 costs nothing but itself: a service refuses a whole
// protobuf message for one.
func TestStringsThatAreNotUTF8(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	c := testConfig(lab.SignalFx.URL())
	c.MetricsConfig.HistogramMode = translate.HistogramOTLP
	c.MetricsConfig.ScopeDimensions = []string{"name", "attributes"}
	metrics := startMetrics(t, c, p)
	md := testbatch.Mixed(1, 10, 0, 0)
	sm := md.ResourceMetrics().At(0).ScopeMetrics().At(0)
	sm.Scope().SetName("\xff")
	sm.Scope().Attributes().PutEmptySlice("\xfe").AppendEmpty().SetStr("\xfd")
	sm.Metrics().At(0).SetUnit("\xb5s")
	sm.Metrics().At(0).SetDescription("\xff")
	sm.Metrics().At(0).Histogram().DataPoints().At(0).Attributes().PutEmptyMap("m").PutStr("\xff", "\xff")
	require.NoError(t, metrics.ConsumeMetrics(t.Context(), md))

	traces, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	testkit.Run(t, traces, p)
	td := manySpans(10)
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	span.SetName("\xff")
	span.TraceState().FromRaw("\xff")
	span.Status().SetMessage("\xff")
	span.Attributes().PutStr("\xff", "\xff")
	span.Events().AppendEmpty().SetName("\xff")
	span.Links().AppendEmpty().Attributes().PutStr("k", "\xff")
	require.NoError(t, traces.ConsumeTraces(t.Context(), td))
	exactlyOnce(t, lab.Store, "spans", 10)
	assert.Empty(t, lab.Store.Rejections(0, 10))
}
