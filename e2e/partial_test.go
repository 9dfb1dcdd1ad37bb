package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
)

// Two tenants in one batch; the vendor throttles one of them. The other one's data is not held up,
// and that of both arrives once.
func TestTwoTenantsOneThrottled(t *testing.T) {
	t.Parallel()
	tg := &targets[0]
	require.Equal(t, "signalfx", tg.name)
	r := newRig(t, tg)
	back, err := url.Parse(r.lab.SignalFx.URL())
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(back)
	var throttled atomic.Int64
	var open atomic.Bool
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("X-SF-Token") == "throttled-S3CRET" && !open.Load() {
			_, _ = io.Copy(io.Discard, req.Body)
			throttled.Add(1)
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(front.Close)
	r.collector = harness.Start(t, tg.configTo(front.URL, ""))

	free, held := r.ship("two tenants: the free one", harness.Metrics), r.ship("two tenants: the throttled one", harness.Metrics)
	both := pmetric.NewMetrics()
	for _, sh := range []*shipment{free, held} {
		tenant := "free-S3CRET"
		if sh == held {
			tenant = "throttled-S3CRET"
		}
		md := gauges(tg.key, sh.id, 2000)
		md.ResourceMetrics().At(0).Resource().Attributes().PutStr("com.splunk.signalfx.access_token", tenant)
		md.ResourceMetrics().MoveAndAppendTo(both.ResourceMetrics())
		sh.in = 2000
	}
	r.collector.Send(harness.Metrics, marshal(both))
	r.eventually("the free tenant's data", func() bool { got, _ := r.arrived(harness.Metrics, free.id); return got == free.in })
	r.eventually("a throttled attempt", func() bool { return throttled.Load() > 1 })
	got, _ := r.arrived(harness.Metrics, held.id)
	assert.Zero(t, got)
	open.Store(true)
	held.settle(expect{})
	free.settle(expect{})
	r.secretFree()
}

// SIGTERM while a part of a request has been delivered and the rest waits for its next attempt. The
// helper's queue on disk keeps requests whole, so after the restart that part comes again; nothing
// else does, and nothing is lost.
func TestTerminationAfterAPart(t *testing.T) {
	t.Parallel()
	tg := &targets[0]
	r := newRig(t, tg)
	back, err := url.Parse(r.lab.SignalFx.URL())
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(back)
	var taken, refused atomic.Int64
	var open atomic.Bool
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !open.Load() && taken.Add(1) > 3 {
			_, _ = io.Copy(io.Discard, req.Body)
			refused.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(front.Close)
	config := tg.configTo(front.URL, "")
	config.More = "max_parallel_requests: 1"
	r.collector = harness.Start(t, config)
	sh := r.ship("SIGTERM after a part of a request", harness.Metrics)
	sh.in = 2000
	r.collector.Send(harness.Metrics, harness.Metrics.Batch(tg.key, sh.id, 0, sh.in))
	r.eventually("a refused attempt", func() bool { return refused.Load() > 1 })
	part, _ := r.arrived(harness.Metrics, sh.id)
	assert.Equal(t, 3*200, part)
	r.collector.Terminate(harness.Patience)
	open.Store(true)
	r.collector.Start()
	sh.settle(expect{again: part, note: "requests on disk are whole"})
}

// One point in the middle of a batch that the vendor would refuse, or refuse a whole request for. It
// is dropped alone and counted; the rest arrives once.
func TestOneBadPoint(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		r := startRig(t, tg, func(c *harness.Config) {
			if tg.exporter == "librato" {
				c.More = "max_age: 0s" // leave it to the service
			}
		})
		sh := r.ship("one bad point in a batch", harness.Metrics)
		md := gauges(tg.key, sh.id, 2000)
		metric := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
		bad := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty()
		metric.Gauge().DataPoints().At(1234).CopyTo(bad.SetEmptyGauge().DataPoints().AppendEmpty())
		var reason string
		switch tg.exporter {
		case "signalfx":
			bad.SetName(strings.Repeat("n", 257))
			reason = "metric_name_too_long"
		case "wavefront":
			bad.SetName(strings.Repeat("n", 257))
			reason = "name_too_long"
		case "librato":
			bad.SetName("old")
			bad.Gauge().DataPoints().At(0).SetTimestamp(pcommon.NewTimestampFromTime(time.Now().Add(-3 * time.Hour)))
			reason = "refused"
		}
		sh.in = 2001
		r.collector.Send(harness.Metrics, marshal(md))
		sh.settle(expect{dropped: harness.Reasons{reason: 1}})
		if tg.exporter != "librato" {
			assert.Empty(t, r.lab.Store.Rejections(0, 1), "the vendor's limits are kept before sending")
		}
	})
}

// gauges is one metric of n points.
func gauges(key, id string, n int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("e2e.gauge")
	now := pcommon.NewTimestampFromTime(time.Now())
	points := m.SetEmptyGauge().DataPoints()
	for i := range n {
		p := points.AppendEmpty()
		p.SetTimestamp(now)
		p.SetIntValue(int64(i))
		p.Attributes().PutStr(key, id)
	}
	return md
}

func marshal(md pmetric.Metrics) []byte {
	body, err := pmetricotlp.NewExportRequestFromMetrics(md).MarshalProto()
	if err != nil {
		panic(err)
	}
	return body
}
