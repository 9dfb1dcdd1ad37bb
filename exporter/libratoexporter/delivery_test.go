package libratoexporter

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
)

func TestMeasurementsArriveInParts(t *testing.T) {
	for name, c := range map[string]struct {
		config   func(string) *Config
		path     string
		requests int
		auth     string
	}{
		"tags, 500 in a request":    {testConfig, "/v1/measurements", 3, "Basic czNjcmV0LXRva2VuOg=="},
		"sources, 300 in a request": {sourceConfig, "/v1/metrics", 4, "Basic dXNlckBleGFtcGxlLmNvbTpzM2NyZXQtdG9rZW4="},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			e := startMetrics(t, c.config(s.URL+"/prefix/"), p)
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "parts", 1200)))
			s.exactlyOnce(1200)
			requests := s.seen()
			require.Len(t, requests, c.requests)
			for _, r := range requests {
				assert.Equal(t, "/prefix"+c.path, r.path)
				assert.Equal(t, c.auth, r.header.Get("Authorization"))
			}
			assert.EqualValues(t, 1200, p.Sum(t, "sent_items"))
			assert.EqualValues(t, c.requests, p.Sum(t, "requests", attribute.String("status", "2xx"), attribute.String("outcome", "delivered")))
			assert.Positive(t, p.Sum(t, "payload_size"))
			assert.Positive(t, p.Sum(t, "wire_size"))
			_, timed := p.Total(t, "request_duration")
			assert.EqualValues(t, p.Sum(t, "requests"), timed)
			p.SecretFree(t, testToken)
		})
	}
}

func TestWithoutCredentials(t *testing.T) {
	s := newStandin(t)
	c := testConfig(s.URL)
	c.Token = ""
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "x", 1)))
	assert.NotContains(t, s.seen()[0].header, "Authorization")
}

func TestEqualTagsAreSentOnce(t *testing.T) {
	s := newStandin(t)
	e := startMetrics(t, testConfig(s.URL), newProbe(t))
	md := gauges("g", "x", 1)
	attrs := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	for i := range 9 {
		attrs.At(0).CopyTo(attrs.AppendEmpty())
		attrs.At(i + 1).SetName(fmt.Sprint("g", i))
	}
	require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	require.Len(t, s.taken, 10)
	assert.Equal(t, 1, strings.Count(string(s.seen()[0].body), `"tags":`))
	for _, m := range s.taken {
		assert.Equal(t, map[string]string{"host.name": "web-1", "test_id": "x", "i": "0"}, m.Tags)
	}
	md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(5).Gauge().DataPoints().At(0).Attributes().PutStr("other", "x")
	require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	assert.Equal(t, 10, strings.Count(string(s.seen()[1].body), `"tags":`), "one differs, and the service merges nothing")
}

func TestOnlyWhatFailedIsSentAgain(t *testing.T) {
	limit := `{"request_time":1,"error":"You have hit the API limit for measurements [measure:raw_rate]."}`
	for name, a := range map[string][]*answer{
		"throttled":                            {nil, {status: 429}, {status: 429, header: map[string]string{"Retry-After": "1"}}},
		"rate limit as 403":                    {nil, {status: 403, body: limit}},
		"rate limit as 403, with its headers":  {{status: 403, body: limit, header: map[string]string{"X-Librato-RateLimit-Agg": "limit=1,remaining=0,reset=1"}}},
		"maintenance":                          {nil, nil, {status: 503, body: `{"errors":{"system":["down for maintenance"]}}`}},
		"failing, in HTML":                     {{status: 502, body: "<html>"}, nil, {status: 500}},
		"one 400 in HTML":                      {nil, {status: 400, body: "<html>", header: map[string]string{"Content-Type": "text/html"}}},
		"too large":                            {{status: 413}, {status: 413}},
		"a 400 that does not come back":        {nil, {status: 400, body: `{"errors":{"params":{"value":["is bad"]}}}`}},
		"a 400 with a list, and one in halves": {{status: 400, body: `{"errors":["no"]}`}, {status: 400, body: `{"errors":["no"]}`}},
	} {
		for dialect, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
			t.Run(name+" in "+dialect, func(t *testing.T) {
				s := newStandin(t)
				c := config(s.URL)
				c.MaxMeasurementsPerRequest = 20
				c.MaxParallelRequests = 2
				e := startMetrics(t, c, newProbe(t))
				s.next(a...)
				require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "x", 200)))
				s.exactlyOnce(200)
			})
		}
	}
}

func TestCulpritIsFound(t *testing.T) {
	for name, body := range map[string]string{
		"errors as an object": `{"errors":{"params":{"measure_time":["is too far in the past"]}},"request_time":1}`,
		"errors as a list":    `{"errors":["measure_time is too far in the past"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			s.refuse = func(m wiretest.Measurement) string {
				if m.Tags["i"] == "123" || m.Tags["i"] == "456" {
					return body
				}
				return ""
			}
			e := startMetrics(t, testConfig(s.URL), p)
			err := e.ConsumeMetrics(t.Context(), gauges("culprit", "x", 1000))
			assert.True(t, consumererror.IsPermanent(err))
			s.exactlyOnce(998)
			assert.EqualValues(t, 2, p.Dropped(t, "refused"))
			assert.EqualValues(t, 998, p.Sum(t, "sent_items"))
			assert.Positive(t, p.Sum(t, "splits"))
			reports := p.Logs.FilterMessageSnippet("refused data for good").All()
			require.Len(t, reports, 1, "once for a metric and status")
			assert.Equal(t, "culprit", reports[0].ContextMap()["metric"])
			assert.Contains(t, reports[0].ContextMap()["error"], "is too far in the past")
		})
	}
}

func TestCulpritIsFoundThoughTheServiceSaysNothing(t *testing.T) {
	for name, body := range map[string]string{
		"no body": " ", "no error": "{}", "an empty list": `{"errors":[]}`, "an empty object": `{"errors":{}}`,
		"an empty text": `{"error":""}`, "another text": "Bad Request",
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			s.refuse = func(m wiretest.Measurement) string {
				if m.Tags["i"] == "123" {
					return body
				}
				return ""
			}
			e := startMetrics(t, testConfig(s.URL), p)
			assert.True(t, consumererror.IsPermanent(e.ConsumeMetrics(t.Context(), gauges("culprit", "x", 500))))
			s.exactlyOnce(499)
			assert.EqualValues(t, 1, p.Dropped(t, "refused"))
		})
	}
}

func TestSearchHasAnEnd(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	s.refuse = func(wiretest.Measurement) string { return `{"errors":{"params":{"name":["is bad"]}}}` }
	e := startMetrics(t, testConfig(s.URL), p)
	assert.True(t, consumererror.IsPermanent(e.ConsumeMetrics(t.Context(), gauges("g", "x", 2000))))
	assert.EqualValues(t, 2000, p.Dropped(t, "refused"))
	assert.LessOrEqual(t, len(s.seen()), 4+maxSplits)
}

// The service names one metric in an answer, and there are more than a search in halves
// could find: what is sound arrives all the same.
// A conflict of a metric that is not in the request ends the search like any other refusal.
func TestRejectedInsideSuccess(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	s.next(&answer{status: http.StatusAccepted, body: `{"measurements":{"summary":{"total":10,"failed":2}},"errors":["tags: bad"]}`, also: true})
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "x", 10)), "sending again would not help")
	assert.Len(t, s.seen(), 1)
	assert.EqualValues(t, 2, p.Dropped(t, "rejected_inside"))
	assert.EqualValues(t, 8, p.Sum(t, "sent_items"))
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("refused measurements in it").Len())
}

func TestRefusedForGood(t *testing.T) {
	for name, a := range map[string]answer{
		"404":               {status: 404, body: `{"errors":{"request":["Not Found"]}}`},
		"415":               {status: 415},
		"400 in HTML twice": {status: 400, body: "<html>Bad Request</html>"},
		"a redirect":        {status: 302, header: map[string]string{"Location": "http://127.0.0.1:1/"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			c := testConfig(s.URL)
			c.MaxMeasurementsPerRequest = 100
			c.MaxParallelRequests = 1
			e := startMetrics(t, c, p)
			s.next(&a, map[bool]*answer{true: &a}[a.status == 400])
			assert.True(t, consumererror.IsPermanent(e.ConsumeMetrics(t.Context(), gauges("g", "x", 300))))
			s.exactlyOnce(200)
			assert.EqualValues(t, 100, p.Dropped(t, "refused"))
		})
	}
}

func TestAccessRefusedAndRestored(t *testing.T) {
	for name, a := range map[string]answer{
		"401":                {status: 401, body: `{"errors":{"request":["Authorization Required"]}}`},
		"403 without TLS":    {status: 403, body: `{"errors":{"request":["Please use secured connection through https!"]}}`},
		"403 without tags":   {status: 403, body: `{"errors":["Tag based measurements are not enabled for this account."]}`},
		"401 with the token": {status: 401, body: `{"error":"no such token ` + testToken + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			c := testConfig(s.URL)
			c.MaxMeasurementsPerRequest = 10
			c.MaxParallelRequests = 1
			e := startMetrics(t, c, p)
			s.next(&a)
			err := e.ConsumeMetrics(t.Context(), gauges("lost", "x", 100))
			assert.True(t, consumererror.IsPermanent(err))
			assert.NotContains(t, err.Error(), testToken)
			assert.Len(t, s.seen(), 1, "no credentials, no further requests")
			assert.EqualValues(t, 100, p.Dropped(t, "refused"))
			assert.Equal(t, componentstatus.StatusRecoverableError, <-p.Status)
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("again", "x", 5)))
			assert.Equal(t, componentstatus.StatusOK, <-p.Status)
			assert.Empty(t, p.Status, "only changes are reported")
			p.SecretFree(t, testToken)
		})
	}
}

// A retry must not run a batch through the conversion again.
// What a full queue refuses comes with the next total.
func TestMetricsAreUpdatedOnce(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	c := testConfig(s.URL)
	c.MetricsConfig.UpdateMetrics = true
	c.MetricsConfig.Period = time.Minute
	e := startMetrics(t, c, p)
	md := gauges("a b", "x", 1)
	m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	m.SetUnit("ms")
	m.SetDescription("How long.")
	s.next(nil, &answer{status: 503})
	for range 3 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	}
	var puts []request
	for _, r := range s.seen() {
		if r.method == http.MethodPut {
			puts = append(puts, r)
		}
	}
	require.Len(t, puts, 2, "the first one failed")
	assert.Equal(t, "/v1/metrics/a-b", puts[1].path)
	assert.JSONEq(t, `{"type":"gauge","description":"How long.","period":60,"attributes":{"display_units_long":"milliseconds","display_units_short":"ms"}}`, string(puts[1].body))
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("`update_metrics`").Len())
}

// A metric that nothing was sent of would be created by its update.
func TestOnlyMetricsThatWereSentAreUpdated(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	s.refuse = func(m wiretest.Measurement) string {
		if m.Name == "conflict" {
			return `{"errors":{"params":{"type":["'conflict' is a counter, but was submitted as different type"]}}}`
		}
		return ""
	}
	c := testConfig(s.URL)
	c.MetricsConfig.UpdateMetrics = true
	e := startMetrics(t, c, p)
	for range 2 {
		md := gauges("sent", "x", 2)
		gauges("conflict", "x", 1).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
		for name, change := range map[string]func(pmetric.NumberDataPoint){
			"flagged": func(p pmetric.NumberDataPoint) { p.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)) },
			"old":     func(p pmetric.NumberDataPoint) { p.SetTimestamp(1) },
			"large":   func(p pmetric.NumberDataPoint) { p.SetDoubleValue(1e200) },
		} {
			other := gauges(name, "x", 1)
			change(other.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(0))
			other.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
		}
		withoutSum := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty() // sent as count.count
		withoutSum.SetName("count")
		withoutSum.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		withoutSum.Histogram().DataPoints().AppendEmpty().SetCount(3)
		require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	}
	var puts []string
	for _, r := range s.seen() {
		if r.method == http.MethodPut {
			puts = append(puts, r.path)
		}
	}
	assert.Equal(t, []string{"/v1/metrics/sent"}, puts)
}

func TestRequestsKeepTheirSize(t *testing.T) {
	for name, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
		t.Run(name, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			c := config(s.URL)
			c.MaxRequestSize = 1000
			c.MetricsConfig.Period = time.Minute
			e := startMetrics(t, c, p)
			for n := range 30 {
				md := gauges(strings.Repeat("n", 1+n), "x", 20)
				md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetUnit("ms")
				require.NoError(t, e.ConsumeMetrics(t.Context(), md))
			}
			s.exactlyOnce(600)
			for _, r := range s.seen() {
				assert.LessOrEqual(t, len(r.body), 1000)
			}
		})
	}
}

func TestDropsAreCountedAndWarnedAboutOnce(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	for range 3 {
		md := gauges("g", "some", 4)
		points := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
		points.At(1).SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
		points.At(2).SetDoubleValue(1e200)
		points.At(3).Attributes().PutStr("long", strings.Repeat("v", 300))
		require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	}
	assert.EqualValues(t, 3, p.Dropped(t, "no_recorded_value"))
	assert.EqualValues(t, 3, p.Dropped(t, "out_of_range"))
	assert.EqualValues(t, 3, p.Sum(t, "changed_items", attribute.String("change", "tag_value_changed")))
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("Dropped items").Len(), "no value is no cause for a warning")
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("Changed items").Len())
}

func TestNothingToSendIsNoRequest(t *testing.T) {
	s := newStandin(t)
	e := startMetrics(t, testConfig(s.URL), newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), pmetric.NewMetrics()))
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("", "x", 5)))
	assert.Empty(t, s.seen())
}

func TestShutdownDuringAnOutage(t *testing.T) {
	s := newStandin(t)
	e, err := NewFactory().CreateMetrics(t.Context(), newProbe(t).Settings(), withQueue(testConfig(s.URL)))
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), newProbe(t)))
	for range 40 {
		s.next(&answer{status: 503, header: map[string]string{"Retry-After": "60"}})
	}
	for range 20 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), gauges("g", "x", 10)))
	}
	wait(t, func() bool { return len(s.seen()) > 0 })
	require.NoError(t, e.Shutdown(context.WithoutCancel(t.Context())))
}
