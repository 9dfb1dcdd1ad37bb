package wavefrontexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// seriesOf is the number of series of a metric in the lab.
func seriesOf(s *store.Store, metric string) int {
	_, n := s.Series(store.Query{Metric: metric})
	return n
}

func TestTheLabTakesEverything(t *testing.T) {
	for name, mode := range map[string]Mode{"direct": ModeDirect, "proxy": ModeProxy} {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			c := testConfig(lab.WavefrontProxy.URL())
			if mode == ModeDirect {
				c = testConfig(lab.Wavefront.URL())
				c.Token = testToken
			}
			c.Mode = mode
			p := newProbe(t)
			require.NoError(t, startMetrics(t, c, p).ConsumeMetrics(t.Context(), mixed(20)))
			require.NoError(t, startTraces(t, c, newProbe(t)).ConsumeTraces(t.Context(), spansOf(20)))
			require.NoError(t, startLogs(t, c, newProbe(t)).ConsumeLogs(t.Context(), eventsOf(20)))
			assert.Empty(t, lab.Store.Rejections(0, 10))
			assert.Equal(t, 20, seriesOf(lab.Store, "g"))
			assert.Len(t, lab.Store.Spans(0, 100), 20)
			assert.Len(t, lab.Store.Events(0, 100), 20)
			logs := 0
			for _, trace := range lab.Store.Traces(0, 10) {
				for _, s := range trace.Spans {
					logs += len(s.Logs)
				}
			}
			assert.Equal(t, 10, logs)
		})
	}
}

func TestTokensOfCloudServices(t *testing.T) {
	credentials := map[string]CSPConfig{
		"of an app":  {AppID: "app", AppSecret: "app-s3cret", OrgID: "org"},
		"of a user":  {APIToken: "user-s3cret"},
		"of no user": {APIToken: "wrong-s3cret"},
	}
	for name, csp := range credentials {
		t.Run(name, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{WavefrontRoom: wavefront.Config{
				Tokens: wavefront.NewTokens(wavefront.Token{Secret: "no other", Permissions: wavefront.AllPermissions}),
				CSP:    wavefront.CSP{Apps: []wavefront.App{{ID: "app", Secret: "app-s3cret", OrgID: "org"}}, APITokens: []string{"user-s3cret"}},
			}})
			c := testConfig(lab.Wavefront.URL())
			csp.ClientConfig = defaultCSPClient()
			csp.ClientConfig.Endpoint = lab.Wavefront.URL()
			c.CSP = configoptional.Some(csp)
			p := newProbe(t)
			e := startMetrics(t, c, p)
			err := e.ConsumeMetrics(t.Context(), mixed(10))
			p.SecretFree(t, "s3cret")
			if name == "of no user" {
				assert.True(t, consumererror.IsPermanent(err))
				assert.NotContains(t, err.Error(), "s3cret")
				assert.Equal(t, componentstatus.StatusRecoverableError, <-p.Status)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, 10, seriesOf(lab.Store, "g"))
			assert.EqualValues(t, 1, p.Sum(t, "token_exchanges", attribute.String("outcome", "delivered")))
		})
	}
}

func TestATokenThatIsRefused(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.Wavefront.URL())
	c.Token = configopaque.String(testToken)
	p := newProbe(t)
	e := startMetrics(t, c, p)
	lab.WavefrontTokens.Revoke(testToken)
	for range 3 {
		err := e.ConsumeMetrics(t.Context(), mixed(10))
		assert.True(t, consumererror.IsPermanent(err))
		assert.NotContains(t, err.Error(), testToken)
	}
	assert.EqualValues(t, 90, p.Dropped(t, "refused"))
	assert.Equal(t, componentstatus.StatusRecoverableError, <-p.Status)
	lab.WavefrontTokens.Restore(testToken)
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(10)))
	assert.Equal(t, componentstatus.StatusOK, <-p.Status)
	assert.Empty(t, p.Status, "only changes are reported")
	p.SecretFree(t, testToken)
}

func TestAPermissionThatIsMissingIsNamed(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{WavefrontRoom: wavefront.Config{
		Tokens: wavefront.NewTokens(wavefront.Token{Secret: testToken, Permissions: []wavefront.Permission{wavefront.Events}}),
	}})
	c := testConfig(lab.Wavefront.URL())
	c.Token = testToken
	err := startMetrics(t, c, newProbe(t)).ConsumeMetrics(t.Context(), mixed(1))
	assert.ErrorContains(t, err, "Direct Data Ingestion permission")
}

// A restart of the service while the collector runs loses nothing and repeats nothing.
func TestServiceRestart(t *testing.T) {
	s := store.New(store.Options{})
	lab := testkit.StartLab(t, vendorlab.Config{Store: s})
	address := lab.WavefrontProxy.Address()
	c := testConfig(lab.WavefrontProxy.URL())
	c.MaxLinesPerRequest = 10
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	e := startMetrics(t, c, newProbe(t))
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(10)))
	require.NoError(t, s.Wait(t.Context(), func() bool { return seriesOf(s, "g") == 10 }))
	lab.Close()
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(50)))
	testkit.StartLab(t, vendorlab.Config{Store: s, WavefrontProxy: address})
	require.NoError(t, s.Wait(t.Context(), func() bool { return seriesOf(s, "g") == 50 && seriesOf(s, "h.m") == 50 }))
}

func TestShutdownDuringAnOutage(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.WavefrontProxy.URL())
	c.QueueConfig = configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	e := startMetrics(t, c, newProbe(t))
	_, err := lab.Faults.Add(faults.Fault{Status: 503, RetryAfter: 60})
	require.NoError(t, err)
	for range 20 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(10)))
	}
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 0)) > 0 }))
}
