package exporterconf

import (
	"context"
	"maps"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// NewMetrics is exporterhelper.NewMetrics with a queue whose storage may be full, see steadyClient.
func NewMetrics(ctx context.Context, set exporter.Settings, cfg component.Config, push consumer.ConsumeMetricsFunc, options ...exporterhelper.Option) (exporter.Metrics, error) {
	e, err := exporterhelper.NewMetrics(ctx, set, cfg, push, options...)
	return metrics{e}, err
}

// NewLogs does so for logs.
func NewLogs(ctx context.Context, set exporter.Settings, cfg component.Config, push consumer.ConsumeLogsFunc, options ...exporterhelper.Option) (exporter.Logs, error) {
	e, err := exporterhelper.NewLogs(ctx, set, cfg, push, options...)
	return logs{e}, err
}

// NewTraces does so for traces.
func NewTraces(ctx context.Context, set exporter.Settings, cfg component.Config, push consumer.ConsumeTracesFunc, options ...exporterhelper.Option) (exporter.Traces, error) {
	e, err := exporterhelper.NewTraces(ctx, set, cfg, push, options...)
	return traces{e}, err
}

type (
	metrics struct{ exporter.Metrics }
	logs    struct{ exporter.Logs }
	traces  struct{ exporter.Traces }
)

func (e metrics) Start(ctx context.Context, host component.Host) error {
	return e.Metrics.Start(ctx, steadyHost{host})
}

func (e logs) Start(ctx context.Context, host component.Host) error {
	return e.Logs.Start(ctx, steadyHost{host})
}

func (e traces) Start(ctx context.Context, host component.Host) error {
	return e.Traces.Start(ctx, steadyHost{host})
}

// steadyHost is a host whose storage extensions give steady clients.
type steadyHost struct{ component.Host }

func (h steadyHost) GetExtensions() map[component.ID]component.Component {
	extensions := maps.Clone(h.Host.GetExtensions())
	for id, e := range extensions {
		if s, ok := e.(storage.Extension); ok {
			extensions[id] = steadyStorage{s}
		}
	}
	return extensions
}

// Report tells the host of the component's health.
func (h steadyHost) Report(e *componentstatus.Event) { componentstatus.ReportStatus(h.Host, e) }

type steadyStorage struct{ storage.Extension }

func (s steadyStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	c, err := s.Extension.GetClient(ctx, kind, id, name)
	if err != nil {
		return nil, err
	}
	return &steadyClient{Client: c}, nil
}

// steadyClient is the storage of a queue. The helper's queue (exporterhelper v0.160,
// persistent_queue.go) writes its numbers whenever it takes a request out, and throws the
// request away when it cannot, as on a full disk, where even a delete has to be written.
//
// So a request is read though the numbers cannot be written: those on disk are older then,
// and after a crash the request comes once more. And what could not be deleted is deleted
// with the next write that succeeds, or the disk would stay full.
type steadyClient struct {
	storage.Client

	mu   sync.Mutex // guards left, which is in the order of the deletes
	left []string   // keys to delete
}

func (c *steadyClient) Batch(ctx context.Context, operations ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.Client.Batch(ctx, operations...)
	if err == nil {
		c.tidy(ctx, operations)
		return nil
	}
	var reads []*storage.Operation
	for _, o := range operations {
		switch o.Type {
		case storage.Get:
			reads = append(reads, o)
		case storage.Delete:
			if !slices.Contains(c.left, o.Key) {
				c.left = append(c.left, o.Key)
			}
		}
	}
	if len(reads) > 0 && len(reads) < len(operations) && c.Client.Batch(ctx, reads...) == nil {
		return nil
	}
	return err
}

// tidy deletes what is left, after operations that succeeded.
func (c *steadyClient) tidy(ctx context.Context, done []*storage.Operation) {
	for _, o := range done {
		if o.Type != storage.Get { // deleted now, or in use again
			c.left = slices.DeleteFunc(c.left, func(key string) bool { return key == o.Key })
		}
	}
	if len(c.left) == 0 || len(done) == 1 && done[0].Type == storage.Get {
		return
	}
	deletes := make([]*storage.Operation, len(c.left))
	for i, key := range c.left {
		deletes[i] = storage.DeleteOperation(key)
	}
	if c.Client.Batch(ctx, deletes...) == nil {
		c.left = nil
	}
}
