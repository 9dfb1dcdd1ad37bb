package libratoexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// updates tells the service about metrics that exist already: for those it ignores the
// properties that come with measurements.
type updates struct {
	mu   sync.Mutex // guards told
	told map[string]struct{}
}

const (
	maxTold = 100_000
	// maxUpdatesPerBatch bounds how long a batch of many new metrics takes; those left
	// out are told of after a later batch.
	maxUpdatesPerBatch = 100
)

// claim reports whether a metric has yet to be told of, and notes that it is.
func (u *updates) claim(name string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, told := u.told[name]; told || len(u.told) >= maxTold {
		return false
	}
	if u.told == nil {
		u.told = make(map[string]struct{})
	}
	u.told[name] = struct{}{}
	return true
}

func (u *updates) forget(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.told, name)
}

// send tells the service of those metrics of a delivered batch that measurements were sent
// of, each once: any other it would create. It is no reason to fail the batch when that
// does not work: it is tried again after the next one.
func (u *updates) send(ctx context.Context, s *service, rules *translate.Rules, sent []pmetric.Metric, stopped map[string]struct{}) {
	left := maxUpdatesPerBatch
	for _, m := range sent {
		name, metric, ok := translate.MetricOf(m, rules)
		if _, held := stopped[translate.FoldName(name)]; held || !ok || !u.claim(name) {
			continue
		}
		if left--; left < 0 {
			u.forget(name)
			return
		}
		if err := s.client.PutMetric(ctx, name, metric); err != nil {
			s.updateFailed(name, err)
			if httpsend.ClassOf(err) != httpsend.Rejected {
				u.forget(name)
				return // the service is not well: later
			}
		}
	}
}

func (s *service) updateFailed(name string, err error) {
	if s.telemetry.First("update " + httpsend.ClassOf(err).String()) {
		s.telemetry.Logger.Warn("`update_metrics`: the properties of a metric were not set; further failures of this kind are only counted in otelcol_exporter_librato_requests",
			zap.String("metric", name), zap.Error(err))
	}
}
