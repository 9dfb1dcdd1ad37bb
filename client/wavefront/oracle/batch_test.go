package oracle

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	exporter "github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter"
	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// sendStandardBatch sends the standard batch through the whole exporter, and returns the
// bodies of its requests.
func sendStandardBatch(t *testing.T) (pmetric.Metrics, [][]byte) {
	t.Helper()
	var mu sync.Mutex
	var bodies [][]byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, body)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)

	factory := exporter.NewFactory()
	config := factory.CreateDefaultConfig().(*exporter.Config)
	config.ClientConfig.Endpoint = server.URL
	config.ClientConfig.Compression = ""
	config.Limits.MaxAge = 0 // the batch has a fixed time
	e, err := factory.CreateMetrics(t.Context(), exportertest.NewNopSettings(factory.Type()), config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	md := testbatch.Standard()
	md.MarkReadOnly()
	require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	require.NoError(t, e.Shutdown(t.Context())) // drains the queue
	return md, bodies
}

// meantByStandardBatch is what the standard batch says, by the plainest code, keyed by series.
func meantByStandardBatch(md pmetric.Metrics) map[string]reading {
	meant := make(map[string]reading)
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				add := func(p point, suffix string, value float64, extra ...string) {
					r := reading{m.Name() + suffix, value, p.Timestamp().AsTime().Unix(), tagsOf(rm.Resource().Attributes(), p.Attributes())}
					if len(extra) == 2 {
						r.Tags[extra[0]] = extra[1]
					}
					meant[r.key()] = r
				}
				switch m.Type() {
				case pmetric.MetricTypeGauge:
					for _, p := range m.Gauge().DataPoints().All() {
						add(p, "", p.DoubleValue())
					}
				case pmetric.MetricTypeSum:
					for _, p := range m.Sum().DataPoints().All() {
						add(p, "", float64(p.IntValue()))
					}
				case pmetric.MetricTypeHistogram:
					for _, p := range m.Histogram().DataPoints().All() {
						add(p, "_count", float64(p.Count()))
						add(p, "_sum", p.Sum())
						total := uint64(0)
						for i, n := range p.BucketCounts().All() {
							total += n
							le := "+Inf"
							if i < p.ExplicitBounds().Len() {
								le = strconv.FormatFloat(p.ExplicitBounds().At(i), 'f', -1, 64)
							}
							add(p, "", float64(total), "le", le)
						}
					}
				}
			}
		}
	}
	return meant
}

type point interface {
	Attributes() pcommon.Map
	Timestamp() pcommon.Timestamp
}

// tagsOf is the source and the tags of a point.
func tagsOf(resource, own pcommon.Map) map[string]string {
	tags := make(map[string]string)
	for _, attributes := range []pcommon.Map{resource, own} {
		for key, value := range attributes.All() {
			switch key {
			case "host.name":
				key = "source"
			case "service.name":
				key = "service"
			}
			tags[key] = value.AsString()
		}
	}
	return tags
}
