package signalflowreceiver

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
)

// NewFactory returns the factory of the `signalflow` receiver.
func NewFactory() receiver.Factory {
	s := &shared{receivers: make(map[*Config]*signalflowReceiver)}
	return receiver.NewFactory(metadata.Type, createDefaultConfig,
		receiver.WithMetrics(func(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Metrics) (receiver.Metrics, error) {
			r, err := s.get(cfg.(*Config), set)
			if err != nil {
				return nil, err
			}
			r.metrics = next
			return r, nil
		}, metadata.MetricsStability),
		receiver.WithLogs(func(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Logs) (receiver.Logs, error) {
			r, err := s.get(cfg.(*Config), set)
			if err != nil {
				return nil, err
			}
			r.logs = next
			return r, nil
		}, metadata.LogsStability))
}

func createDefaultConfig() component.Config {
	return &Config{
		Domain:           signalflow.DefaultDomain,
		Transport:        transportWebSocket,
		ConnectTimeout:   10 * time.Second,
		KeepaliveTimeout: time.Minute,
		Retry: RetryConfig{
			InitialInterval: time.Second, MaxInterval: time.Minute, Multiplier: 2, RandomizationFactor: 0.5,
		},
		StartsPerMinute:          30,
		MaxChannelsPerConnection: 100,
		MaxMessageSize:           16 << 20,
		MaxDecompressedSize:      64 << 20,
		MaxQueuedBytes:           4 << 20,
		Shard:                    ShardConfig{Total: 1},
	}
}

// shared gives the metrics and the logs pipelines of one configuration the same
// receiver: a program must not run once per signal.
type shared struct {
	mu        sync.Mutex
	receivers map[*Config]*signalflowReceiver
}

func (s *shared) get(c *Config, set receiver.Settings) (*signalflowReceiver, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.receivers[c]; r != nil {
		return r, nil
	}
	r, err := newReceiver(c, set)
	if err != nil {
		return nil, err
	}
	r.release = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.receivers, c)
	}
	s.receivers[c] = r
	return r, nil
}
