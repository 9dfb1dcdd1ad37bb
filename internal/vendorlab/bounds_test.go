package vendorlab_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// TestNothingGrowsBeyondItsLimit sends far more of everything than the lab is to keep.
func TestNothingGrowsBeyondItsLimit(t *testing.T) {
	lab := start(t, vendorlab.Config{Options: store.Options{Limits: store.Limits{
		Series: 7, PointsPerSeries: 3, Events: 5, Spans: 5, SpanLogs: 5, Rejections: 5, Requests: 5, AuditIdentities: 5, BodyBytes: 300,
	}}})
	for i := range 40 {
		post(t, lab.SignalFx.URL()+"/v2/datapoint", "application/json", fmt.Sprintf(`{"gauge":[{"metric":"m%d","value":1,"dimensions":{"test_id":"run-%d"}},{"metric":"same","value":%d},{"metric":"bad","value":"NaN"}]}`, i, i, i))
		post(t, lab.SignalFx.URL()+"/v2/event", "application/json", `[{"category":"USER_DEFINED","eventType":"e"}]`)
		post(t, lab.Wavefront.URL()+"/report?f=trace", "text/plain", spanLine)
		post(t, lab.Wavefront.URL()+"/report?f=spanLogs", "text/plain", `{"traceId":"7b3bf470-9456-11e8-9eb6-529269fb1459","spanId":"0313bafe-9457-11e8-9eb6-529269fb1459","logs":[{"timestamp":1,"fields":{"a":"b"}}]}`)
	}
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool {
		vendors := lab.Store.Stats().Vendors
		return vendors["signalfx"].Requests+vendors["wavefront"].Requests == 160
	}))
	stats := lab.Store.Stats()
	for name, ring := range map[string]store.Ring{
		"series": stats.Series, "events": stats.Events, "spans": stats.Spans, "span logs": stats.SpanLogs, "rejections": stats.Rejections, "requests": stats.Requests, "bodies": stats.Bodies,
	} {
		assert.LessOrEqual(t, ring.Held, ring.Limit, name)
		assert.NotZero(t, ring.Held, name)
		assert.NotZero(t, ring.Evicted, name)
	}
	assert.LessOrEqual(t, stats.Points.Held, 7*3)
	assert.EqualValues(t, 80, uint64(stats.Points.Held)+stats.Points.Evicted, "every point is held or was told to have left")
	report := lab.Store.Audit()
	assert.Len(t, report.Entries, 5)
	assert.EqualValues(t, 35, report.Untracked)
}

// TestLabKnowsNothingOfOurs: what decodes with our own code could not disagree with it.
func TestLabKnowsNothingOfOurs(t *testing.T) {
	const module = "github.com/otelcol-custom/otelcol-custom/"
	imports, err := exec.Command("go", "list", "-deps", "./...").Output()
	require.NoError(t, err)
	ours := 0
	for path := range strings.Lines(string(imports)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(path), module); ok {
			ours++
			assert.True(t, strings.HasPrefix(path, "internal/vendorlab"), path)
		}
	}
	assert.Greater(t, ours, 10, "the list is not that of the lab")
}
