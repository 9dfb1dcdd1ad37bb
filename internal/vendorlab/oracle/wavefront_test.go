package oracle

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wavefronthq/wavefront-sdk-go/application"
	"github.com/wavefronthq/wavefront-sdk-go/event"
	"github.com/wavefronthq/wavefront-sdk-go/histogram"
	"github.com/wavefronthq/wavefront-sdk-go/senders"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

const traceID, spanID = "7b3bf470-9456-11e8-9eb6-529269fb1459", "0313bafe-9457-11e8-9eb6-529269fb1459"

// TestWavefrontSDK sends one of everything with the vendor's SDK, by every way in.
func TestWavefrontSDK(t *testing.T) {
	csp := wavefront.Config{
		Tokens: wavefront.NewTokens(wavefront.Token{Secret: "never used"}),
		CSP:    wavefront.CSP{Apps: []wavefront.App{{ID: "app", Secret: "secret"}}, APITokens: []string{"user-token"}},
	}
	for _, test := range []struct {
		name string
		room wavefront.Config
		to   func(*vendorlab.Lab) (url string, options []senders.Option)
	}{
		{"direct with an API token", wavefront.Config{Tokens: wavefront.NewTokens(wavefront.Token{Secret: "good", Permissions: wavefront.AllPermissions})},
			func(l *vendorlab.Lab) (string, []senders.Option) {
				return l.Wavefront.URL(), []senders.Option{senders.APIToken("good")}
			}},
		{"direct with an application's credentials", csp,
			func(l *vendorlab.Lab) (string, []senders.Option) {
				return l.Wavefront.URL(), []senders.Option{senders.CSPClientCredentials("app", "secret", senders.CSPBaseURL(l.Wavefront.URL()))}
			}},
		{"direct with a user's token to exchange", csp,
			func(l *vendorlab.Lab) (string, []senders.Option) {
				return l.Wavefront.URL(), []senders.Option{senders.CSPAPIToken("user-token", senders.CSPBaseURL(l.Wavefront.URL()))}
			}},
		{"proxy", wavefront.Config{}, func(l *vendorlab.Lab) (string, []senders.Option) { return l.WavefrontProxy.URL(), nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := start(t, vendorlab.Config{WavefrontRoom: test.room})
			url, options := test.to(lab)
			// The SDK takes the port out of the address unless the options name it.
			sender, err := senders.NewSender(url, append(options, senders.SendInternalMetrics(false), senders.FlushInterval(time.Hour))...)
			require.NoError(t, err)
			defer sender.Close()
			sendOfEverything(t, sender)
			require.NoError(t, sender.Flush())
			checkEverything(t, lab)
		})
	}
}

func sendOfEverything(t *testing.T, sender senders.Sender) {
	t.Helper()
	now := time.Now()
	tags := map[string]string{"env": "prod", "test_id": "run"}
	require.NoError(t, sender.SendMetric("sdk.metric", 42.5, now.Unix(), "host-1", tags))
	require.NoError(t, sender.SendDeltaCounter("sdk.delta", 10, "host-1", tags))
	require.NoError(t, sender.SendDistribution("sdk.distribution", []histogram.Centroid{{Value: 30, Count: 20}, {Value: 5.1, Count: 10}},
		map[histogram.Granularity]bool{histogram.MINUTE: true}, now.Unix(), "host-1", tags))
	require.NoError(t, sender.SendSpan("sdk.span", now.UnixMilli(), 11, "host-1", traceID, spanID, nil, nil,
		[]senders.SpanTag{{Key: "application", Value: "shop"}, {Key: "service", Value: "cart"}},
		[]senders.SpanLog{{Timestamp: now.UnixMicro(), Fields: map[string]string{"event": "cache miss"}}}))
	require.NoError(t, sender.SendEvent("sdk.event", now.UnixMilli(), now.UnixMilli()+10, "host-1", tags, event.Severity("info")))
	beat := application.StartHeartbeatService(sender, application.New("shop", "cart"), "host-1", "go")
	beat.Close()
}

func checkEverything(t *testing.T, lab *vendorlab.Lab) {
	t.Helper()
	wait(t, lab, "everything", func() bool {
		traffic := lab.Store.Stats().Vendors[wavefront.Vendor]
		return traffic.Points >= 4 && traffic.Spans == 1 && traffic.SpanLogs == 1 && traffic.Events == 1
	})
	assert.Empty(t, lab.Store.Rejections(0, 0))
	assert.Equal(t, store.Double(42.5), seriesOf(t, lab, "sdk.metric").Last.Value)
	delta := seriesOf(t, lab, "sdk.delta")
	assert.Equal(t, "delta_counter", delta.Type)
	assert.Equal(t, 10.0, delta.Last.Value.Float())
	assert.EqualValues(t, 30, seriesOf(t, lab, "sdk.distribution.m").Last.Value.Histogram().Count)
	trace := lab.Store.Traces(0, 1)[0]
	assert.Equal(t, "sdk.span", trace.Root)
	require.Len(t, trace.Spans[0].Logs, 1)
	assert.Equal(t, "sdk.event", lab.Store.Events(0, 1)[0].Type)
	beats, _ := lab.Store.Series(store.Query{Text: "heartbeat"})
	require.NotEmpty(t, beats)
	for _, beat := range beats {
		assert.True(t, strings.HasPrefix(beat.Metric, "~component.heartbeat"), beat.Metric)
	}
	report := lab.Store.Audit("run")
	assert.Equal(t, int(report.Total), report.Distinct, "everything once")
}

// TestWavefrontSDKIsRefused checks that the SDK reads the lab's refusals as the vendor's.
func TestWavefrontSDKIsRefused(t *testing.T) {
	lab := start(t, vendorlab.Config{WavefrontRoom: wavefront.Config{Tokens: wavefront.NewTokens(wavefront.Token{Secret: "good", Permissions: wavefront.AllPermissions})}})
	sender, err := senders.NewSender(lab.Wavefront.URL(), senders.APIToken("bad"), senders.SendInternalMetrics(false), senders.FlushInterval(time.Hour))
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.SendMetric("sdk.metric", 1, 0, "host-1", nil))
	_ = sender.Flush()
	wait(t, lab, "the refused request", func() bool { return len(lab.Store.Requests(0, 1)) == 1 })
	assert.Equal(t, 401, lab.Store.Requests(0, 1)[0].Status)
	assert.NotZero(t, sender.GetFailureCount())
}
