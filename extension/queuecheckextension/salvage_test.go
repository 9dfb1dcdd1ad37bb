package queuecheckextension

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

var bucket = []byte("default") // as the file_storage extension names it

// files is a storage extension over one database.
type files struct {
	component.StartFunc
	component.ShutdownFunc
	db *bbolt.DB
}

func (f *files) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return f, nil
}

func (f *files) Get(ctx context.Context, key string) ([]byte, error) {
	get := storage.GetOperation(key)
	return get.Value, f.Batch(ctx, get)
}

func (f *files) Set(ctx context.Context, key string, value []byte) error {
	return f.Batch(ctx, storage.SetOperation(key, value))
}

func (f *files) Delete(ctx context.Context, key string) error {
	return f.Batch(ctx, storage.DeleteOperation(key))
}

func (f *files) Batch(_ context.Context, operations ...*storage.Operation) error {
	return f.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		for _, o := range operations {
			switch o.Type {
			case storage.Get:
				o.Value = append([]byte(nil), b.Get([]byte(o.Key))...)
			case storage.Set:
				err = b.Put([]byte(o.Key), o.Value)
			case storage.Delete:
				err = b.Delete([]byte(o.Key))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *files) Close(context.Context) error { return nil }

// host has the storage.
type host struct {
	extensions map[component.ID]component.Component
}

func (h host) GetExtensions() map[component.ID]component.Component { return h.extensions }

// delivered runs the collector's queue over a database until n requests of it were delivered.
func delivered(t *testing.T, name string, n int) map[string]int {
	db, err := bbolt.Open(name, 0o600, nil)
	require.NoError(t, err)
	defer db.Close()
	id := component.MustNewID("file_storage")
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.StorageID = &id
	names := make(chan string, 100)
	e, err := exporterhelper.NewMetrics(t.Context(), exportertest.NewNopSettings(component.MustNewType("x")), struct{}{},
		func(_ context.Context, md pmetric.Metrics) error {
			for _, rm := range md.ResourceMetrics().All() {
				names <- rm.ScopeMetrics().At(0).Metrics().At(0).Name()
			}
			return nil
		}, exporterhelper.WithQueue(configoptional.Some(queue)))
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), host{map[component.ID]component.Component{id: &files{db: db}}}))
	got := map[string]int{}
	patience, enough := context.WithTimeout(t.Context(), 10*time.Second)
	defer enough()
	for range n {
		select {
		case name := <-names:
			got[name]++
		case <-patience.Done():
		}
	}
	require.NoError(t, e.Shutdown(t.Context()))
	return got
}

// What a queue knows of itself is one entry among the others. When that is what was lost, the
// others are no use to it: it takes its file for empty.
func TestAQueueFindsWhatWasSaved(t *testing.T) {
	folder := t.TempDir()
	damaged, saved := filepath.Join(folder, "damaged"), filepath.Join(folder, "saved")
	db, err := bbolt.Open(damaged, 0o600, nil)
	require.NoError(t, err)
	want := map[string]int{}
	for _, i := range []int{95, 96, 99, 100, 101, 250} { // in the queue's order, not in that of the keys
		md := pmetric.NewMetrics()
		md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetName("m" + strconv.Itoa(i))
		request, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(md)
		require.NoError(t, err)
		require.NoError(t, (&files{db: db}).Set(t.Context(), strconv.Itoa(i), request))
		want["m"+strconv.Itoa(i)] = 1
	}
	require.NoError(t, db.Close())
	n, err := salvage(damaged, saved)
	require.NoError(t, err)
	assert.Equal(t, len(want), n)
	assert.Equal(t, want, delivered(t, saved, len(want)))
}
