package testkit

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver"
)

// Contract is what the collector's contract test of exporters needs to know of one.
type Contract struct {
	Factory exporter.Factory
	// Config sends to a URL, with retries and without a queue.
	Config func(url string) component.Config
	// Status is how the vendor accepts a request, Answer the body of it.
	Status int
	Answer string

	// What the vendor requires and the contract's data lacks; nil means nothing.
	CompleteMetrics func(pmetric.Metrics)
	CompleteLogs    func(plog.Logs)
	CompleteTraces  func(ptrace.Traces)
	// AfterTraces, if not nil, is called when an exporter has consumed spans.
	AfterTraces func(exporter.Traces)

	// What is in a request. One without items is not told to the contract.
	ReadMetrics func(r *http.Request, body []byte) (pmetric.Metrics, error)
	ReadLogs    func(r *http.Request, body []byte) (plog.Logs, error)
	ReadTraces  func(r *http.Request, body []byte) (ptrace.Traces, error)
}

// Check runs the contract test for metrics, logs and traces: whatever answers come,
// nothing is lost, sent twice, or sent again after it was refused for good.
func (c *Contract) Check(t *testing.T) {
	for name, signal := range map[string]pipeline.Signal{
		"metrics": pipeline.SignalMetrics, "logs": pipeline.SignalLogs, "traces": pipeline.SignalTraces,
	} {
		t.Run(name, func(t *testing.T) {
			vendor := &contractVendor{contract: c}
			server := httptest.NewServer(vendor)
			defer server.Close()
			exportertest.CheckConsumeContract(exportertest.CheckConsumeContractParams{
				T:                    t,
				NumberOfTestElements: 10,
				Signal:               signal,
				ExporterFactory:      c.completingFactory(),
				ExporterConfig:       c.Config(server.URL),
				ReceiverFactory:      vendor.factory(),
			})
		})
	}
}

func (c *Contract) completingFactory() exporter.Factory {
	f := c.Factory
	return exporter.NewFactory(f.Type(), f.CreateDefaultConfig,
		exporter.WithMetrics(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
			e, err := f.CreateMetrics(ctx, set, cfg)
			return completedMetrics{e, c}, err
		}, f.MetricsStability()),
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
			e, err := f.CreateLogs(ctx, set, cfg)
			return completedLogs{e, c}, err
		}, f.LogsStability()),
		exporter.WithTraces(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
			e, err := f.CreateTraces(ctx, set, cfg)
			return completedTraces{e, c}, err
		}, f.TracesStability()))
}

type completedMetrics struct {
	exporter.Metrics
	contract *Contract
}

func (e completedMetrics) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	if e.contract.CompleteMetrics != nil {
		e.contract.CompleteMetrics(md)
	}
	return e.Metrics.ConsumeMetrics(ctx, md)
}

type completedLogs struct {
	exporter.Logs
	contract *Contract
}

func (e completedLogs) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if e.contract.CompleteLogs != nil {
		e.contract.CompleteLogs(ld)
	}
	return e.Logs.ConsumeLogs(ctx, ld)
}

type completedTraces struct {
	exporter.Traces
	contract *Contract
}

func (e completedTraces) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if e.contract.CompleteTraces != nil {
		e.contract.CompleteTraces(td)
	}
	err := e.Traces.ConsumeTraces(ctx, td)
	if e.contract.AfterTraces != nil {
		e.contract.AfterTraces(e.Traces)
	}
	return err
}

// contractVendor hands what it gets to the contract's consumer, and answers as that says.
type contractVendor struct {
	component.StartFunc
	component.ShutdownFunc
	contract *Contract
	handle   atomic.Pointer[func(*http.Request, []byte) error]
}

// factory makes the vendor the contract's receiver; the latest consumer gets what comes.
func (v *contractVendor) factory() receiver.Factory {
	none := func() component.Config { return &struct{}{} }
	return receiver.NewFactory(component.MustNewType("mock"), none,
		receiver.WithMetrics(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Metrics) (receiver.Metrics, error) {
			return v.handleWith(func(r *http.Request, body []byte) error {
				md, err := v.contract.ReadMetrics(r, body)
				if err != nil || md.DataPointCount() == 0 {
					return err
				}
				return next.ConsumeMetrics(r.Context(), md)
			}), nil
		}, component.StabilityLevelStable),
		receiver.WithLogs(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Logs) (receiver.Logs, error) {
			return v.handleWith(func(r *http.Request, body []byte) error {
				ld, err := v.contract.ReadLogs(r, body)
				if err != nil || ld.LogRecordCount() == 0 {
					return err
				}
				return next.ConsumeLogs(r.Context(), ld)
			}), nil
		}, component.StabilityLevelStable),
		receiver.WithTraces(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Traces) (receiver.Traces, error) {
			return v.handleWith(func(r *http.Request, body []byte) error {
				td, err := v.contract.ReadTraces(r, body)
				if err != nil || td.SpanCount() == 0 {
					return err
				}
				return next.ConsumeTraces(r.Context(), td)
			}), nil
		}, component.StabilityLevelStable),
	)
}

func (v *contractVendor) handleWith(handle func(*http.Request, []byte) error) *contractVendor {
	v.handle.Store(&handle)
	return v
}

func (v *contractVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	payload, err := io.ReadAll(body)
	if err == nil {
		err = (*v.handle.Load())(r, payload)
	}
	switch {
	case err == nil:
		w.WriteHeader(v.contract.Status)
		_, _ = io.WriteString(w, v.contract.Answer)
	case consumererror.IsPermanent(err):
		w.WriteHeader(http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}
