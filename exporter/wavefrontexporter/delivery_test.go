package wavefrontexporter

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// mixed returns n gauges, n delta sums and n delta histograms, which a tag i tells apart.
func mixed(n int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	at := pcommon.NewTimestampFromTime(time.Now())
	gauge, sum, histogram := metrics.AppendEmpty(), metrics.AppendEmpty(), metrics.AppendEmpty()
	gauge.SetName("g")
	gauge.SetEmptyGauge()
	sum.SetName("s")
	sum.SetEmptySum().SetIsMonotonic(true)
	sum.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	histogram.SetName("h")
	histogram.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	for i := range n {
		for _, p := range []pmetric.NumberDataPoint{gauge.Gauge().DataPoints().AppendEmpty(), sum.Sum().DataPoints().AppendEmpty()} {
			p.SetTimestamp(at)
			p.SetIntValue(int64(i + 1))
			p.Attributes().PutInt("i", int64(i))
		}
		h := histogram.Histogram().DataPoints().AppendEmpty()
		h.SetTimestamp(at)
		h.ExplicitBounds().FromRaw([]float64{1, 2})
		h.BucketCounts().FromRaw([]uint64{1, 2, 3})
		h.Attributes().PutInt("i", int64(i))
	}
	return md
}

// onceEach checks that every i from 0 to n-1 arrived once in lines of a name.
func onceEach(t *testing.T, lines []string, name string, n int) {
	t.Helper()
	seen := make(map[string]int)
	for _, line := range lines {
		if p, err := linetest.ParseMetric(line); err == nil && p.Name == name {
			seen[p.Tag("i")]++
		} else if d, err := linetest.ParseHistogram(line); err == nil && d.Name == name {
			seen[d.Tag("i")]++
		}
	}
	for i := range n {
		assert.Equal(t, 1, seen[fmt.Sprint(i)], "%s %d", name, i)
	}
	assert.Len(t, seen, n)
}

func (s *sink) mixedOnceEach(t *testing.T, n int) {
	t.Helper()
	onceEach(t, s.of("wavefront"), "g", n)
	onceEach(t, s.of("wavefront"), "\u2206s", n)
	onceEach(t, s.of("histogram"), "h", n)
}

func TestMetricsArriveInParts(t *testing.T) {
	s := newSink(t)
	c := testConfig(s.URL)
	c.Token = testToken
	c.MaxLinesPerRequest = 100
	p := newProbe(t)
	e := startMetrics(t, c, p)
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(450)))
	s.mixedOnceEach(t, 450)
	assert.Equal(t, "Bearer "+testToken, s.headers[0].Get("Authorization"))
	assert.Len(t, s.bodies, 15, "five requests each")
	for _, kind := range []string{"points", "delta_counters", "histograms"} {
		assert.EqualValues(t, 450, p.Sum(t, "sent_lines", attribute.String("type", kind)), kind)
	}
	assert.EqualValues(t, 15, p.Sum(t, "requests", attribute.String("status", "2xx"), attribute.String("outcome", "delivered")))
	assert.Greater(t, p.Sum(t, "payload_size"), 3*p.Sum(t, "wire_size"))
	_, timed := p.Total(t, "request_duration")
	assert.EqualValues(t, p.Sum(t, "requests"), timed)
	p.SecretFree(t, testToken)
}

func TestStandardBatchIsTakenWhole(t *testing.T) {
	s := newSink(t)
	c := testConfig(s.URL)
	c.Limits.MaxAge = 0 // the batch has a fixed time
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), testbatch.Standard()))
	// 9,000 numbers, and 1,000 histograms with count, sum and 10 buckets.
	assert.Len(t, s.of("wavefront"), 9000+1000*12)
}

func TestOnlyWhatFailedIsSentAgain(t *testing.T) {
	reset := func(w http.ResponseWriter, _ *http.Request) bool {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
		return true
	}
	cases := map[string]func(*sink){
		"pushback":                  func(s *sink) { s.status(406, 3) },
		"too many requests":         func(s *sink) { s.status(429, 2, "Retry-After", "1") },
		"a timeout of the service":  func(s *sink) { s.status(408, 1) },
		"an unregistered proxy":     func(s *sink) { s.status(407, 1) },
		"failing":                   func(s *sink) { s.status(500, 4) },
		"unavailable, with a date":  func(s *sink) { s.status(503, 1, "Retry-After", time.Now().UTC().Format(http.TimeFormat)) },
		"no answer":                 func(s *sink) { s.answer(reset) },
		"too large: sent in halves": func(s *sink) { s.status(413, 3) },
		"one of several kinds, then all": func(s *sink) {
			s.answer(func(http.ResponseWriter, *http.Request) bool { return false })
			s.status(503, 9)
		},
	}
	for name, fault := range cases {
		t.Run(name, func(t *testing.T) {
			s := newSink(t)
			c := testConfig(s.URL)
			c.MaxLinesPerRequest = 10
			c.MaxParallelRequests = 2
			e := startMetrics(t, c, newProbe(t))
			fault(s)
			require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(100)))
			s.mixedOnceEach(t, 100)
		})
	}
}

func TestRefusedForGoodIsCountedAndNotRetried(t *testing.T) {
	for name, code := range map[string]int{"nothing usable": 400, "no such path": 404, "a redirect": 302} {
		t.Run(name, func(t *testing.T) {
			s := newSink(t)
			c := testConfig(s.URL)
			c.MaxLinesPerRequest = 10
			c.MaxParallelRequests = 1
			p := newProbe(t)
			e := startMetrics(t, c, p)
			s.status(code, 1)
			err := e.ConsumeMetrics(t.Context(), mixed(50))
			assert.True(t, consumererror.IsPermanent(err), err)
			assert.EqualValues(t, 10, p.Dropped(t, "refused"))
			assert.EqualValues(t, 140, p.Sum(t, "sent_lines"))
		})
	}
}

// A tenant that takes points and no distributions is not well and ill by turns.
func TestATypeOfDataThatIsRefusedDoesNotMakeTheHealthFlap(t *testing.T) {
	s := newSink(t)
	var status atomic.Int32
	status.Store(http.StatusForbidden)
	s.refuse("histogram", &status)
	p := newProbe(t)
	e := startMetrics(t, testConfig(s.URL), p)
	for range 3 {
		assert.True(t, consumererror.IsPermanent(e.ConsumeMetrics(t.Context(), mixed(2))))
	}
	assert.Equal(t, componentstatus.StatusRecoverableError, <-p.Status)
	assert.Empty(t, p.Status)
	status.Store(0)
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(2)))
	assert.Equal(t, componentstatus.StatusOK, <-p.Status)
	assert.Empty(t, p.Status)
}
