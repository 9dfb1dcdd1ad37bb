package dimensions_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
)

// The lab has its own reading of the vendor's rules, and refuses what breaks them.
func TestAgainstTheLab(t *testing.T) {
	for _, put := range []bool{false, true} {
		t.Run(map[bool]string{false: "patch", true: "put"}[put], func(t *testing.T) {
			lab, err := vendorlab.Start(vendorlab.Config{})
			require.NoError(t, err)
			defer lab.Close()
			api, closeIdle := labAPI(t, lab)
			defer closeIdle()

			u := dimensions.New(dimensions.Options{
				API: api, Token: "token", Queue: dimensions.DefaultQueueOptions(), Put: put, StripK8sLabelPrefix: true,
				Rename: translate.NewDimensionRules("_-.", nil).Rename,
			})
			u.Start()
			update := dimensions.Update{Key: "k8s.pod.uid", Value: "a/b:c..", Complete: true}
			update.Add("k8s.pod.label.app.kubernetes.io/name", "web")
			update.Add("sf_mine", "1")
			update.Add("0digit", strings.Repeat("x", 256))
			update.Add("too long", strings.Repeat("x", 257))
			update.Add("canary", "")
			update.Add("-no-tag", "")
			for i := range 60 {
				update.Add("p"+strings.Repeat("x", i), "1")
			}
			assert.Equal(t, dimensions.Accepted, u.Add(update))
			u.Shutdown(context.Background())

			got, ok := lab.SignalFxCatalog.Dimension("k8s.pod.uid", "a/b:c..")
			require.True(t, ok)
			assert.Len(t, got.CustomProperties, 50)
			assert.Subset(t, slices.Collect(maps.Keys(got.CustomProperties)), []string{"app.kubernetes.io_name", "attr_sf_mine", "attr_0digit", "p"})
			assert.Equal(t, []string{"canary"}, got.Tags)
			assert.Empty(t, lab.Store.Rejections(0, 0))
		})
	}
}

func TestMetricsAgainstTheLab(t *testing.T) {
	lab, err := vendorlab.Start(vendorlab.Config{})
	require.NoError(t, err)
	defer lab.Close()
	api, closeIdle := labAPI(t, lab)
	defer closeIdle()

	u := dimensions.NewMetrics(dimensions.MetricOptions{API: api, Token: "token", Queue: dimensions.DefaultQueueOptions()})
	u.Start()
	u.Add("", "http.requests/total", dimensions.Metric{Type: signalfx.MetadataCumulativeCounter, Description: strings.Repeat("é", 2000), Unit: "{request}"})
	u.Shutdown(context.Background())

	got, ok := lab.SignalFxCatalog.Metric("http.requests/total")
	require.True(t, ok)
	assert.Equal(t, strings.Repeat("é", 1024), got.Description)
	assert.Equal(t, map[string]string{"unit": "{request}"}, got.CustomProperties)
}

func labAPI(t *testing.T, lab *vendorlab.Lab) (*signalfx.API, func()) {
	base, err := signalfx.ParseBaseURL(lab.SignalFx.URL())
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{}}
	return signalfx.NewAPI(client, base, signalfx.APIOptions{}), client.CloseIdleConnections
}
