package wavefrontexporter

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
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
			c := testConfig("http://" + address)
			c.Events.AllLogs = true
			exportertest.CheckConsumeContract(exportertest.CheckConsumeContractParams{
				T:                    t,
				NumberOfTestElements: 10,
				Signal:               signal,
				ExporterFactory:      completingFactory(),
				ExporterConfig:       c,
				ReceiverFactory:      newMockReceiverFactory(address),
			})
		})
	}
}

// completingFactory gives the contract's items what the vendor takes none without:
// names, IDs and times.
func completingFactory() exporter.Factory {
	f := NewFactory()
	return exporter.NewFactory(f.Type(), f.CreateDefaultConfig,
		exporter.WithMetrics(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
			e, err := f.CreateMetrics(ctx, set, cfg)
			return namedMetrics{e}, err
		}, f.MetricsStability()),
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
			e, err := f.CreateLogs(ctx, set, cfg)
			return namedLogs{e}, err
		}, f.LogsStability()),
		exporter.WithTraces(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
			e, err := f.CreateTraces(ctx, set, cfg)
			return namedTraces{e}, err
		}, f.TracesStability()))
}

type namedMetrics struct{ exporter.Metrics }

func (n namedMetrics) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName("named")
	return n.Metrics.ConsumeMetrics(ctx, md)
}

type namedLogs struct{ exporter.Logs }

func (n namedLogs) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).SetEventName("named")
	return n.Logs.ConsumeLogs(ctx, ld)
}

type namedTraces struct{ exporter.Traces }

func (n namedTraces) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	s := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	s.SetName("named")
	s.SetTraceID(pcommon.TraceID{1})
	s.SetSpanID(pcommon.SpanID{1})
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	s.Events().AppendEmpty().SetName("e") // so that there is a request that must not be counted
	return n.Traces.ConsumeTraces(ctx, td)
}

// mockReceiver is a proxy that hands what it gets to the contract's consumer.
type mockReceiver struct {
	address string
	handle  func(ctx context.Context, lines []string) error
	server  *http.Server
}

func newMockReceiverFactory(address string) receiver.Factory {
	none := func() component.Config { return &struct{}{} }
	return receiver.NewFactory(component.MustNewType("mock"), none,
		receiver.WithMetrics(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Metrics) (receiver.Metrics, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, lines []string) error {
				md := pmetric.NewMetrics()
				metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
				for _, line := range lines {
					p, err := linetest.ParseMetric(line)
					if err != nil {
						return err
					}
					setAll(metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().Attributes(), p.Tags)
				}
				return next.ConsumeMetrics(ctx, md)
			}}, nil
		}, component.StabilityLevelStable),
		receiver.WithLogs(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Logs) (receiver.Logs, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, lines []string) error {
				ld := plog.NewLogs()
				records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
				for _, line := range lines {
					e, err := linetest.ParseEvent(line)
					if err != nil {
						return err
					}
					setAll(records.AppendEmpty().Attributes(), e.Annotations)
				}
				return next.ConsumeLogs(ctx, ld)
			}}, nil
		}, component.StabilityLevelStable),
		receiver.WithTraces(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Traces) (receiver.Traces, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, lines []string) error {
				td := ptrace.NewTraces()
				spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
				for _, line := range lines {
					s, err := linetest.ParseSpan(line)
					if err != nil {
						return err
					}
					setAll(spans.AppendEmpty().Attributes(), s.Tags)
				}
				return next.ConsumeTraces(ctx, td)
			}}, nil
		}, component.StabilityLevelStable),
	)
}

func setAll(to pcommon.Map, tags []linetest.Pair) {
	for _, t := range tags {
		to.PutStr(t.Key, t.Value)
	}
}

func (m *mockReceiver) Start(context.Context, component.Host) error {
	listener, err := net.Listen("tcp", m.address)
	if err != nil {
		return err
	}
	m.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		payload, err := io.ReadAll(body)
		if err == nil && r.URL.Query().Get("f") != "spanLogs" {
			err = m.handle(r.Context(), strings.Split(strings.TrimSuffix(string(payload), "\n"), "\n"))
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
