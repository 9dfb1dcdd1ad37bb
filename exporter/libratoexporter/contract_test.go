package libratoexporter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
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

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
)

func TestConsumeContract(t *testing.T) {
	for name, signal := range map[string]pipeline.Signal{
		"metrics": pipeline.SignalMetrics, "logs": pipeline.SignalLogs, "traces": pipeline.SignalTraces,
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			address := listener.Addr().String()
			require.NoError(t, listener.Close())
			c := unpaced(testConfig("http://" + address))
			c.Annotations.AllLogs = true
			// The contract counts requests, one an item: spans must not be summed up across test_id.
			c.Spans.Attributes = []string{"test_id"}
			c.MaxMeasurementsPerRequest = 1
			exportertest.CheckConsumeContract(exportertest.CheckConsumeContractParams{
				T:                    t,
				NumberOfTestElements: 10,
				Signal:               signal,
				ExporterFactory:      adaptedFactory(),
				ExporterConfig:       c,
				ReceiverFactory:      newMockReceiverFactory(address),
			})
		})
	}
}

// adaptedFactory completes the contract's data: metrics need a name and samples,
// annotations have no place for test_id but their title.
func adaptedFactory() exporter.Factory {
	f := NewFactory()
	return exporter.NewFactory(f.Type(), f.CreateDefaultConfig,
		exporter.WithMetrics(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
			e, err := f.CreateMetrics(ctx, set, cfg)
			return adaptedMetrics{e}, err
		}, f.MetricsStability()),
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
			e, err := f.CreateLogs(ctx, set, cfg)
			return adaptedLogs{e}, err
		}, f.LogsStability()),
		exporter.WithTraces(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
			e, err := f.CreateTraces(ctx, set, cfg)
			return adaptedTraces{e}, err
		}, f.TracesStability()))
}

// adaptedTraces ends the period with every batch: the contract counts when it has sent the last.
type adaptedTraces struct{ exporter.Traces }

func (a adaptedTraces) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	err := a.Traces.ConsumeTraces(ctx, td)
	a.Traces.(*tracesExporter).flush()
	return err
}

type adaptedMetrics struct{ exporter.Metrics }

func (a adaptedMetrics) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	m := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	m.SetName("named")
	m.Histogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	m.Histogram().DataPoints().At(0).SetCount(1)
	m.Histogram().DataPoints().At(0).SetSum(1)
	return a.Metrics.ConsumeMetrics(ctx, md)
}

type adaptedLogs struct{ exporter.Logs }

func (a adaptedLogs) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	r := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	id, _ := r.Attributes().Get("test_id")
	r.SetEventName(id.Str())
	return a.Logs.ConsumeLogs(ctx, ld)
}

// mockReceiver is a service that hands what it gets to the contract's consumer.
type mockReceiver struct {
	address string
	handle  func(ctx context.Context, body []byte) error
	server  *http.Server
}

func newMockReceiverFactory(address string) receiver.Factory {
	none := func() component.Config { return &struct{}{} }
	return receiver.NewFactory(component.MustNewType("mock"), none,
		receiver.WithMetrics(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Metrics) (receiver.Metrics, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, body []byte) error {
				md := pmetric.NewMetrics()
				m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
				m.SetEmptyHistogram().DataPoints().AppendEmpty().Attributes().PutStr("test_id", testIDOf(body))
				return next.ConsumeMetrics(ctx, md)
			}}, nil
		}, component.StabilityLevelStable),
		receiver.WithLogs(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Logs) (receiver.Logs, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, body []byte) error {
				var event struct{ Title string }
				if err := json.Unmarshal(body, &event); err != nil {
					return err
				}
				ld := plog.NewLogs()
				r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
				r.Attributes().PutStr("test_id", event.Title)
				return next.ConsumeLogs(ctx, ld)
			}}, nil
		}, component.StabilityLevelStable),
		receiver.WithTraces(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Traces) (receiver.Traces, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, body []byte) error {
				if bytes.Contains(body, []byte(`"span.errors"`)) {
					return nil // the same spans once more
				}
				td := ptrace.NewTraces()
				s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
				s.Attributes().PutStr("test_id", testIDOf(body))
				return next.ConsumeTraces(ctx, td)
			}}, nil
		}, component.StabilityLevelStable),
	)
}

func testIDOf(body []byte) string {
	list, err := wiretest.Decode(true, body)
	if err != nil || len(list) != 1 {
		return ""
	}
	return list[0].Tags["test_id"]
}

func (m *mockReceiver) Start(context.Context, component.Host) error {
	listener, err := net.Listen("tcp", m.address)
	if err != nil {
		return err
	}
	m.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			if body, err = gzip.NewReader(r.Body); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
		payload, err := io.ReadAll(body)
		if err == nil {
			err = m.handle(r.Context(), payload)
		}
		switch {
		case err == nil:
			w.WriteHeader(http.StatusAccepted)
		case consumererror.IsPermanent(err):
			w.WriteHeader(http.StatusBadRequest)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})}
	go func() {
		if err := m.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err)
		}
	}()
	return nil
}

func (m *mockReceiver) Shutdown(ctx context.Context) error { return m.server.Shutdown(ctx) }
