package oracle

import (
	"testing"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/logger"
	"github.com/influxdata/telegraf/metric"
	output "github.com/influxdata/telegraf/plugins/outputs/librato"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func telegrafTo(t *testing.T, lab *vendorlab.Lab, token string) *output.Librato {
	t.Helper()
	out := output.NewLibrato(lab.Librato.URL() + "/v1/metrics")
	out.APIUser = config.NewSecret([]byte("me@example.com"))
	out.APIToken = config.NewSecret([]byte(token))
	out.Timeout = config.Duration(patience)
	out.Log = logger.New("outputs", "librato", "")
	require.NoError(t, out.Connect())
	t.Cleanup(func() { require.NoError(t, out.Close()) })
	return out
}

func TestTelegrafWritesToLibrato(t *testing.T) {
	lab := start(t, vendorlab.Config{LibratoRoom: librato.Config{Tokens: librato.NewTokens(librato.Token{User: "me@example.com", Secret: "good"})}})
	now := time.Now()
	var metrics []telegraf.Metric
	for range 400 { // more than Telegraf sends at once
		metrics = append(metrics, metric.New("cpu", map[string]string{"host": "web-1"}, map[string]any{"usage_idle": 97.5, "usage_user": int64(3)}, now.Add(-time.Duration(len(metrics))*time.Second)))
	}
	require.NoError(t, telegrafTo(t, lab, "good").Write(metrics))
	wait(t, lab, "all measurements", func() bool { return lab.Store.Stats().Vendors[librato.Vendor].Points == 800 })
	assert.Empty(t, lab.Store.Rejections(0, 0))
	idle := seriesOf(t, lab, "cpu.usage_idle")
	assert.EqualValues(t, 400, idle.Received)
	assert.Equal(t, store.Dimensions{{Key: "source", Value: "web-1"}}, idle.Dimensions)
	assert.Equal(t, 97.5, idle.Last.Value.Float())
	assert.Equal(t, 3.0, seriesOf(t, lab, "cpu.usage_user").Last.Value.Float())

	assert.ErrorContains(t, telegrafTo(t, lab, "bad").Write(metrics[:1]), "401")
}
