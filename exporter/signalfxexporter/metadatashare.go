package signalfxexporter

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/experimentalmetricmetadata"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
)

// metadataWriters gives the metrics and the logs pipelines of one component the same
// writer: two of them would each know only a part of what was written to a dimension,
// and overwrite or repeat the other's.
type metadataWriters struct {
	mu      sync.Mutex
	writers map[*Config]*metadataWriter // the collector hands every pipeline of a component the same configuration
}

// metadataShare is what one pipeline has of its component's writer.
type metadataShare struct {
	all      *metadataWriters
	config   *Config
	settings exporter.Settings
	writer   atomic.Pointer[metadataWriter] // between start and shutdown
}

func (all *metadataWriters) share(config *Config, set exporter.Settings) *metadataShare {
	return &metadataShare{all: all, config: config, settings: set}
}

// start starts the writer, when no other pipeline has.
func (s *metadataShare) start(ctx context.Context, host component.Host) error {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	w := s.all.writers[s.config]
	if w == nil {
		w = &metadataWriter{config: s.config, settings: s.settings}
		if err := w.start(ctx, host); err != nil {
			return errors.Join(err, w.shutdown(ctx))
		}
		s.all.writers[s.config] = w
	}
	w.shares++
	s.writer.Store(w)
	return nil
}

// shutdown drains the writer, when no other pipeline needs it any more.
func (s *metadataShare) shutdown(ctx context.Context) error {
	s.all.mu.Lock()
	w := s.writer.Swap(nil)
	if w != nil {
		w.shares--
	}
	last := w != nil && w.shares == 0
	if last {
		delete(s.all.writers, s.config)
	}
	s.all.mu.Unlock()
	if !last {
		return nil
	}
	return w.shutdown(ctx)
}

var errNotRunning = errors.New("the exporter is not running, so it takes no metadata")

var _ experimentalmetricmetadata.MetadataExporter = (*beforeQueue)(nil)

// ConsumeMetadata takes what receivers with `metadata_exporters` tell of objects.
func (b *beforeQueue) ConsumeMetadata(deltas []*experimentalmetricmetadata.MetadataUpdate) error {
	w := b.metadata.writer.Load()
	if w == nil {
		return errNotRunning
	}
	for _, d := range deltas {
		w.updater.Add(dimensions.UpdateOfDelta(d))
	}
	return nil
}
