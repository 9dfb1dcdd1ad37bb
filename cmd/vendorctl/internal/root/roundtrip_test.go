package root

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnAccountMovesByExportAndApply: what export writes changes nothing where it came
// from, and makes another account the same.
func TestAnAccountMovesByExportAndApply(t *testing.T) {
	from, to := newStage(t), newStage(t)
	service := `{"type":"mail","title":"ops","settings":{"addresses":"ops@example.com"}}`
	for _, s := range []*stage{from, to} {
		if s == to { // so that ids differ
			_, code := s.run("", "librato", "space", "create", "Other")
			require.Zero(t, code)
		}
		_, code := s.run(service, "librato", "service", "create", "-f", "-")
		require.Zero(t, code)
	}
	account := `
alerts:
  - {name: b, services: [ops], conditions: [{type: absent, metric_name: "123", duration: 60, tags: [{name: host, values: ["on", "*"]}]}], attributes: {runbook_url: "http://x/", odd: {deep: [1, 2.50]}}}
  - {name: a, active: false, rearm_seconds: 120, md: true, conditions: [{type: above, metric_name: m, threshold: 1.0e+3}], future: {kept: true}}
spaces:
  - name: "yes"
    tags: true
    charts:
      - {name: c, type: bignumber, use_last_value: true, thresholds: [{operator: ">", value: 90, type: red}], streams: [{metric: m, source: "%", position: 0, gap_detection: false}]}
      - {name: "2026-01-02", type: line, min: -0.5, streams: []}
`
	out, code := from.run(account, "librato", "apply", "-f", "-")
	require.Zero(t, code, out)
	exported, code := from.run("", "librato", "export")
	require.Zero(t, code, exported)
	path := filepath.Join(t.TempDir(), "account.yaml")
	require.NoError(t, os.WriteFile(path, []byte(exported), 0o600))

	out, code = from.run("", "librato", "apply", "-f", path)
	assert.Zero(t, code)
	assert.Equal(t, "0 changed, 5 unchanged\n", out)
	out, code = to.run("", "librato", "apply", "-f", path)
	require.Zero(t, code, out)
	_, code = to.run("", "librato", "space", "delete", "Other")
	require.Zero(t, code)
	again, code := to.run("", "librato", "export")
	require.Zero(t, code)
	assert.Equal(t, exported, again)
	for _, kept := range []string{"future:", "2.5", `"yes"`, "- \"on\"", `"123"`, "gap_detection: false"} {
		assert.Contains(t, exported, kept)
	}
	some, code := from.run("", "librato", "export", "--alerts")
	require.Zero(t, code)
	assert.NotContains(t, some, "spaces:")
}
