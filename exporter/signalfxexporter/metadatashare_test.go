package signalfxexporter

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/experimentalmetricmetadata"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
)

// pod returns what a receiver with `metadata_exporters` tells of a pod.
func pod(uid string, pairs ...string) []*experimentalmetricmetadata.MetadataUpdate {
	added := make(map[string]string)
	for i := 0; i < len(pairs); i += 2 {
		added[pairs[i]] = pairs[i+1]
	}
	return []*experimentalmetricmetadata.MetadataUpdate{{
		ResourceIDKey: "k8s.pod.uid", ResourceID: experimentalmetricmetadata.ResourceID(uid),
		MetadataDelta: experimentalmetricmetadata.MetadataDelta{MetadataToAdd: added},
	}}
}

// podEntity returns the state of a pod as an entity event.
func podEntity(uid string, pairs ...string) plog.Logs {
	ld := plog.NewLogs()
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.SetEventName("entity.state")
	r.Attributes().PutStr("entity.type", "k8s.pod")
	r.Attributes().PutEmptyMap("entity.id").PutStr("k8s.pod.uid", uid)
	about := r.Attributes().PutEmptyMap("entity.description")
	for i := 0; i < len(pairs); i += 2 {
		about.PutStr(pairs[i], pairs[i+1])
	}
	return ld
}

// pipelines creates a metrics and a logs exporter of one component.
func pipelines(t *testing.T, c *Config, p *testkit.Probe) (exporter.Metrics, exporter.Logs) {
	t.Helper()
	factory := NewFactory()
	metrics, err := factory.CreateMetrics(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	logs, err := factory.CreateLogs(t.Context(), p.Settings(), c)
	require.NoError(t, err)
	return metrics, logs
}

func consume(t *testing.T, e exporter.Metrics, updates []*experimentalmetricmetadata.MetadataUpdate) {
	t.Helper()
	require.NoError(t, e.(experimentalmetricmetadata.MetadataExporter).ConsumeMetadata(updates))
}

func TestPipelinesDoNotOverwriteEachOther(t *testing.T) {
	for _, method := range []string{methodPatch, methodPut} {
		t.Run(method, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			c := testConfig(lab.SignalFx.URL())
			c.MetadataConfig.DimensionClient.Method = method
			c.MetadataConfig.DimensionClient.SendDelay = 0
			p := newProbe(t)
			metrics, logs := pipelines(t, c, p)
			require.NoError(t, metrics.Start(t.Context(), p))
			require.NoError(t, logs.Start(t.Context(), p))
			has := func() map[string]string {
				d, _ := lab.SignalFxCatalog.Dimension("k8s.pod.uid", "0fab")
				return d.CustomProperties
			}
			consume(t, metrics, pod("0fab", "owner", "shop"))
			require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return has()["owner"] == "shop" }))
			require.NoError(t, logs.ConsumeLogs(t.Context(), podEntity("0fab", "phase", "Running")))
			require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return has()["phase"] == "Running" }))
			consume(t, metrics, pod("0fab", "owner", "shop", "tier", "1"))

			require.NoError(t, metrics.Shutdown(t.Context()))
			require.NoError(t, logs.ConsumeLogs(t.Context(), podEntity("0fab", "phase", "Failed")), "the writer is still there for the other pipeline")
			require.NoError(t, logs.Shutdown(t.Context()), "what waits is sent")
			assert.Equal(t, map[string]string{"owner": "shop", "tier": "1", "phase": "Failed"}, has())
		})
	}
}

func TestMetadataIsOnlyTakenWhileRunning(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	p := newProbe(t)
	metrics, logs := pipelines(t, testConfig(lab.SignalFx.URL()), p)
	taker := metrics.(experimentalmetricmetadata.MetadataExporter)
	refused := func() {
		t.Helper()
		assert.ErrorIs(t, taker.ConsumeMetadata(pod("1", "a", "b")), errNotRunning)
		assert.ErrorIs(t, logs.ConsumeLogs(t.Context(), podEntity("1", "a", "b")), errNotRunning)
	}
	refused()
	require.NoError(t, metrics.Start(t.Context(), p))
	require.NoError(t, logs.Start(t.Context(), p))
	require.NoError(t, taker.ConsumeMetadata(pod("1", "a", "b")))
	require.NoError(t, logs.Shutdown(t.Context()))
	require.NoError(t, metrics.Shutdown(t.Context()))
	refused()
	_, known := lab.SignalFxCatalog.Dimension("k8s.pod.uid", "1")
	assert.True(t, known)
}

func TestAStartThatFailsLeavesNothing(t *testing.T) {
	c := testConfig("http://127.0.0.1:1")
	c.APITLS = configoptional.Some(configtls.ClientConfig{Config: configtls.Config{CAFile: "testdata/missing.pem"}})
	p := newProbe(t)
	metrics, logs := pipelines(t, c, p)
	assert.ErrorContains(t, metrics.Start(t.Context(), p), "missing.pem")
	assert.ErrorContains(t, logs.Start(t.Context(), p), "missing.pem")
	assert.NoError(t, metrics.Shutdown(t.Context()))
	assert.NoError(t, logs.Shutdown(t.Context()))
}

func TestComponentsHaveWritersOfTheirOwn(t *testing.T) {
	one, two := testkit.StartLab(t, vendorlab.Config{}), testkit.StartLab(t, vendorlab.Config{})
	factory := NewFactory()
	for _, lab := range []*vendorlab.Lab{one, two} {
		e, err := factory.CreateMetrics(t.Context(), newProbe(t).Settings(), testConfig(lab.SignalFx.URL()))
		require.NoError(t, err)
		require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
		if lab == one {
			consume(t, e, pod("1", "a", "b"))
		}
		defer func() {
			require.NoError(t, e.Shutdown(context.Background()))
			_, known := lab.SignalFxCatalog.Dimension("k8s.pod.uid", "1")
			assert.Equal(t, lab == one, known)
		}()
	}
}

// The race detector watches; what counts is that nothing is stranded.
func TestPipelinesComeAndGoWhileMetadataComes(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig(lab.SignalFx.URL())
	c.MetadataConfig.DimensionClient.SendDelay = 0
	p := newProbe(t)
	all := &metadataWriters{writers: make(map[*Config]*metadataWriter)}
	var pipelines sync.WaitGroup
	for i := range 4 {
		pipelines.Go(func() {
			share := all.share(c, p.Settings())
			for n := range 10 {
				if !assert.NoError(t, share.start(t.Context(), p)) {
					return
				}
				share.writer.Load().updater.Add(dimensions.Update{Key: "k", Value: fmt.Sprint(i, n), Tags: map[string]bool{"t": true}})
				assert.NoError(t, share.shutdown(t.Context()))
				assert.NoError(t, share.shutdown(t.Context()), "twice")
			}
		})
	}
	pipelines.Wait()
	assert.Empty(t, all.writers)
	for i := range 4 {
		for n := range 10 {
			_, known := lab.SignalFxCatalog.Dimension("k", fmt.Sprint(i, n))
			assert.True(t, known, "%d %d", i, n)
		}
	}
}
