package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// The token is revoked, and replaced by another one with a restart. What was sent in between is
// dropped, since a wrong token does not get right by waiting, and every item of it is counted.
func TestTokenRevokedThenReplaced(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		if !strings.Contains(tg.settings, token) {
			return // a proxy without tokens
		}
		r := startRig(t, tg)
		revoke := map[string]func(string){
			"signalfx": r.lab.SignalFxTokens.Revoke, "wavefront": r.lab.WavefrontTokens.Revoke, "librato": r.lab.LibratoTokens.Revoke,
		}[tg.exporter]
		before := r.ship("before the token was revoked", harness.Metrics)
		before.send(2000)
		before.settle(expect{})
		revoke(token)
		between := r.ship("token revoked", harness.Metrics)
		between.send(2000)
		r.eventually("all counted", func() bool { return r.dropped(harness.Metrics)["refused"] == between.in })
		between.settle(expect{dropped: harness.Reasons{"refused": between.in}})
		r.collector.Terminate(harness.Patience)
		config := tg.config(r.lab)
		config.Settings = strings.ReplaceAll(config.Settings, token, "another-S3CRET")
		r.collector.Reconfigure(config)
		r.collector.Start()
		after := r.ship("token replaced", harness.Metrics)
		after.send(2000)
		after.settle(expect{})
		r.secretFree()
	})
}

// Access tokens that were exchanged for an app's secret end again and again under load: the
// exporter gets new ones, and nothing is lost by it.
func TestExchangedTokensExpireUnderLoad(t *testing.T) {
	t.Parallel()
	var tg target
	for i := range targets {
		if targets[i].name == "wavefront direct" {
			tg = targets[i]
		}
	}
	r := &rig{T: t, target: &tg}
	r.labConfig.Options.AuditKey = tg.key
	r.labConfig.WavefrontRoom = wavefront.Config{
		Tokens: wavefront.NewTokens(wavefront.Token{Secret: "no other", Permissions: wavefront.AllPermissions}),
		CSP:    wavefront.CSP{Apps: []wavefront.App{{ID: "app", Secret: "app-S3CRET", OrgID: "org"}}},
	}
	r.startLab()
	t.Cleanup(func() { r.lab.Close() })
	config := tg.config(r.lab)
	config.Settings = `{endpoint: "` + r.lab.Wavefront.URL() + `", timeout: 60s, max_lines_per_request: 200,
		csp: {app_id: app, app_secret: app-S3CRET, client: {endpoint: "` + r.lab.Wavefront.URL() + `"}}}`
	r.collector = harness.Start(t, config)
	var shipments []*shipment
	for _, s := range tg.takes() {
		shipments = append(shipments, r.ship("exchanged token expires", s))
	}
	for range count("E2E_EXPIRIES", 2, 20) {
		r.lab.WavefrontTokens.ExpireExchanged()
		for _, sh := range shipments {
			sh.send(tg.items(sh.signal) / 2)
		}
		r.idle()
	}
	for _, sh := range shipments {
		sh.settle(expect{})
	}
	assert.Greater(t, r.collector.Counters().Sum("otelcol_exporter_wavefront_token_exchanges", `outcome="delivered"`), 1)
	r.secretFree()
}
