package signalfxexporter

import (
	"context"
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
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
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
			c.EventsConfig.AllLogsAsEvents = true
			exportertest.CheckConsumeContract(exportertest.CheckConsumeContractParams{
				T:                    t,
				NumberOfTestElements: 10,
				Signal:               signal,
				ExporterFactory:      namingFactory(),
				ExporterConfig:       c,
				ReceiverFactory:      newMockReceiverFactory(address),
			})
		})
	}
}

// namingFactory gives the contract's metric a name: the vendor takes none without.
func namingFactory() exporter.Factory {
	f := NewFactory()
	return exporter.NewFactory(f.Type(), f.CreateDefaultConfig,
		exporter.WithMetrics(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
			e, err := f.CreateMetrics(ctx, set, cfg)
			return named{e}, err
		}, f.MetricsStability()),
		exporter.WithLogs(f.CreateLogs, f.LogsStability()),
		exporter.WithTraces(f.CreateTraces, f.TracesStability()))
}

type named struct{ exporter.Metrics }

func (n named) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName("named")
	return n.Metrics.ConsumeMetrics(ctx, md)
}

// mockReceiver is a vendor that hands what it gets to the contract's consumer.
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
				var m sfxpb.DataPointUploadMessage
				if err := proto.Unmarshal(body, &m); err != nil {
					return err
				}
				md := pmetric.NewMetrics()
				metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
				for _, p := range m.Datapoints {
					dp := metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty()
					for _, d := range p.Dimensions {
						dp.Attributes().PutStr(d.GetKey(), d.GetValue())
					}
				}
				return next.ConsumeMetrics(ctx, md)
			}}, nil
		}, component.StabilityLevelStable),
		receiver.WithLogs(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Logs) (receiver.Logs, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, body []byte) error {
				var m sfxpb.EventUploadMessage
				if err := proto.Unmarshal(body, &m); err != nil {
					return err
				}
				ld := plog.NewLogs()
				records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
				for _, e := range m.Events {
					r := records.AppendEmpty()
					for _, d := range e.Dimensions {
						r.Attributes().PutStr(d.GetKey(), d.GetValue())
					}
				}
				return next.ConsumeLogs(ctx, ld)
			}}, nil
		}, component.StabilityLevelStable),
		receiver.WithTraces(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Traces) (receiver.Traces, error) {
			return &mockReceiver{address: address, handle: func(ctx context.Context, body []byte) error {
				td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
				if err != nil {
					return err
				}
				return next.ConsumeTraces(ctx, td)
			}}, nil
		}, component.StabilityLevelStable),
	)
}

func (m *mockReceiver) Start(context.Context, component.Host) error {
	listener, err := net.Listen("tcp", m.address)
	if err != nil {
		return err
	}
	m.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, err = gzip.NewReader(r.Body)
			if err != nil {
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
			_, _ = io.WriteString(w, `"OK"`)
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
