package exporterconf

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// disk is a storage extension that can be full: then it writes nothing, and deletes nothing either,
// since that is a write to a database.
type disk struct {
	component.StartFunc
	component.ShutdownFunc

	mu   sync.Mutex // guards what follows
	full bool
	held map[string]string
}

func (d *disk) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return d, nil
}

func (d *disk) Batch(_ context.Context, operations ...*storage.Operation) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := maps.Clone(d.held)
	writes := false
	for _, o := range operations {
		switch o.Type {
		case storage.Get:
			o.Value = nil
			if value, ok := next[o.Key]; ok {
				o.Value = []byte(value)
			}
		case storage.Set:
			next[o.Key], writes = string(o.Value), true
		case storage.Delete:
			delete(next, o.Key)
			writes = true
		}
	}
	if writes && d.full {
		return errors.New("no space left on device")
	}
	d.held = next
	return nil
}

func (d *disk) Get(ctx context.Context, key string) ([]byte, error) {
	get := storage.GetOperation(key)
	err := d.Batch(ctx, get)
	return get.Value, err
}

func (d *disk) Set(ctx context.Context, key string, value []byte) error {
	return d.Batch(ctx, storage.SetOperation(key, value))
}
func (d *disk) Delete(ctx context.Context, key string) error {
	return d.Batch(ctx, storage.DeleteOperation(key))
}
func (d *disk) Close(context.Context) error { return nil }

func (d *disk) fill(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

func (d *disk) keys() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var keys []string
	for key := range d.held {
		keys = append(keys, key)
	}
	return keys
}

// host has the disk, and takes reports.
type host struct {
	extensions map[component.ID]component.Component
	reports    int
}

func (h *host) GetExtensions() map[component.ID]component.Component { return h.extensions }
func (h *host) Report(*componentstatus.Event)                       { h.reports++ }

func named(name string) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	m.SetEmptyGauge().DataPoints().AppendEmpty()
	return md
}

// The collector's queue writes down that it takes a request out, and forgets the request when it
// cannot. What was accepted before the disk was full must arrive all the same.
func TestAFullDiskLosesNothing(t *testing.T) {
	id := component.MustNewID("file_storage")
	d := &disk{held: map[string]string{}}
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.StorageID, queue.NumConsumers = &id, 1
	arrived, vendor := make(chan string), make(chan struct{})
	push := func(_ context.Context, md pmetric.Metrics) error {
		if md.ResourceMetrics().Len() == 0 {
			return nil // what the queue finds in the place of a request that it refused
		}
		arrived <- md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Name()
		<-vendor
		return nil
	}
	h := &host{extensions: map[component.ID]component.Component{id: d}}
	start := func(_ context.Context, inner component.Host) error {
		componentstatus.ReportStatus(inner, componentstatus.NewEvent(componentstatus.StatusOK))
		return nil
	}
	e, err := NewMetrics(t.Context(), exportertest.NewNopSettings(component.MustNewType("x")), struct{}{}, push,
		HelperOptions(start, nil, configretry.BackOffConfig{}, configoptional.Some(queue))...)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), h))
	assert.Equal(t, 1, h.reports, "the host still learns of the component's health")

	for i := range 4 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), named(fmt.Sprint(i))))
	}
	assert.Equal(t, "0", <-arrived)
	d.fill(true)
	require.Error(t, e.ConsumeMetrics(t.Context(), named("refused")))
	vendor <- struct{}{}
	for _, want := range []string{"1", "2"} {
		assert.Equal(t, want, <-arrived)
		vendor <- struct{}{}
	}
	assert.Equal(t, "3", <-arrived)
	d.fill(false)
	vendor <- struct{}{}
	require.NoError(t, e.ConsumeMetrics(t.Context(), named("later")))
	assert.Equal(t, "later", <-arrived)
	vendor <- struct{}{}
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Equal(t, []string{"qmv0"}, d.keys(), "what could not be deleted while the disk was full does not stay for ever")
}
