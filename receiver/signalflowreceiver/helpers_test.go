package signalflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
)

// t0 is where the streams of the tests begin. It is not long ago, so that max_backfill skips nothing.
var t0 = time.Now().Add(-30 * time.Minute).Truncate(time.Minute)

const text = "data('cpu.utilization').publish('cpu')"

// testConfig runs a program against a server, with short pauses.
func testConfig(server *signalflowtest.Server) *Config {
	c := createDefaultConfig().(*Config)
	c.StreamURL, c.AccessToken = server.URL(), "token"
	c.StartsPerMinute = 0
	c.Retry.InitialInterval, c.Retry.MaxInterval = time.Millisecond, 2*time.Millisecond
	c.Programs = []ProgramConfig{testProgram("cpu", text)}
	return c
}

func testProgram(name, text string) ProgramConfig {
	return ProgramConfig{
		Name: name, Program: text, Start: Moment(t0.Format(time.RFC3339)), MaxBackfill: time.Hour,
		MetricType: "gauge", NullPoints: nullDrop,
	}
}

// sink is a pipeline that remembers the points and records it took.
type sink struct {
	mu      sync.Mutex
	points  map[string]float64 // by series and time
	counts  map[string]int
	batches []pmetric.Metrics
	logs    []plog.LogRecord
	changed chan struct{}
	fail    func() error                // nil means that all is taken
	hang    func(context.Context) error // in the way of metrics, if set
}

func newSink() *sink {
	return &sink{points: make(map[string]float64), counts: make(map[string]int), changed: make(chan struct{}, 1)}
}

func (s *sink) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (s *sink) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	if s.hang != nil {
		if err := s.hang(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.notify()
	if s.fail != nil {
		if err := s.fail(); err != nil {
			return err
		}
	}
	s.batches = append(s.batches, md)
	metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	for _, m := range metrics.All() {
		for _, p := range dataPoints(m).All() {
			key := fmt.Sprintf("%s %v @%d", m.Name(), sorted(p.Attributes()), p.Timestamp().AsTime().UnixMilli())
			s.points[key] = p.DoubleValue()
			s.counts[key]++
		}
	}
	return nil
}

func dataPoints(m pmetric.Metric) pmetric.NumberDataPointSlice {
	if m.Type() == pmetric.MetricTypeSum {
		return m.Sum().DataPoints()
	}
	return m.Gauge().DataPoints()
}

func sorted(m pcommon.Map) string { return fmt.Sprint(m.AsRaw()) } // fmt sorts keys of maps

func (s *sink) ConsumeLogs(_ context.Context, ld plog.Logs) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.notify()
	if s.fail != nil {
		if err := s.fail(); err != nil {
			return err
		}
	}
	s.logs = append(s.logs, ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0))
	return nil
}

func (s *sink) notify() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// wait returns when the sink has what is asked for.
func (s *sink) wait(t *testing.T, what string, has func() bool) {
	t.Helper()
	timeout := time.NewTimer(30 * time.Second)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		ok := has()
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-s.changed:
		case <-timeout.C:
			require.FailNow(t, "not in time", what)
		}
	}
}

// host has a storage and remembers what was reported.
type host struct {
	extensions map[component.ID]component.Component
	mu         sync.Mutex
	events     []*componentstatus.Event
	changed    chan struct{}
}

func newHost() *host { return &host{changed: make(chan struct{}, 100)} }

func (h *host) GetExtensions() map[component.ID]component.Component { return h.extensions }

func (h *host) Report(e *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
	h.changed <- struct{}{}
}

func (h *host) waitFor(t *testing.T, status componentstatus.Status) error {
	t.Helper()
	timeout := time.NewTimer(30 * time.Second)
	defer timeout.Stop()
	for {
		h.mu.Lock()
		for _, e := range h.events {
			if e.Status() == status {
				h.mu.Unlock()
				return e.Err()
			}
		}
		h.mu.Unlock()
		select {
		case <-h.changed:
		case <-timeout.C:
			require.FailNow(t, "not reported", status.String())
		}
	}
}

// run starts a receiver with metrics and logs pipelines into the sink.
func run(t *testing.T, c *Config, s *sink, h component.Host, adjust ...func(*signalflowReceiver)) *signalflowReceiver {
	t.Helper()
	return runWith(t, receivertest.NewNopSettings(metadata.Type), c, s, h, adjust...)
}

func runWith(t *testing.T, set receiver.Settings, c *Config, s *sink, h component.Host, adjust ...func(*signalflowReceiver)) *signalflowReceiver {
	t.Helper()
	factory := NewFactory()
	metrics, err := factory.CreateMetrics(t.Context(), set, c, s)
	require.NoError(t, err)
	logs, err := factory.CreateLogs(t.Context(), set, c, s)
	require.NoError(t, err)
	assert.Same(t, metrics, logs, "both signals have the same receiver")
	r := metrics.(*signalflowReceiver)
	for _, f := range adjust {
		f(r)
	}
	require.NoError(t, metrics.Start(t.Context(), h))
	require.NoError(t, logs.Start(t.Context(), h))
	t.Cleanup(func() { stop(t, r) })
	return r
}

func stop(t *testing.T, r *signalflowReceiver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	assert.NoError(t, r.Shutdown(ctx))
	assert.NoError(t, r.Shutdown(ctx), "twice")
}

// blocks is a program of two publish() blocks over the same metric.
func blocks(series int) signalflowtest.Program {
	return signalflowtest.Program{
		Resolution: time.Second, FreshIDs: true,
		Blocks: []signalflowtest.Block{
			{Label: "a", Metric: "cpu.utilization", Series: signalflowtest.Hosts(series)},
			{Label: "b", Metric: "cpu.utilization", Series: signalflowtest.Hosts(series)},
		},
	}
}

// expectedPoints is what a replay of a program has from t0 on.
func expectedPoints(p signalflowtest.Program, steps int) map[string]float64 {
	want := make(map[string]float64)
	for i := range steps {
		at := t0.Add(time.Duration(i) * p.Resolution)
		for _, b := range p.Blocks {
			if b.Missing != nil && b.Missing(at) {
				continue
			}
			for n, dimensions := range b.Series {
				key := fmt.Sprintf("%s map[host:%s signalflow.stream.label:%s] @%d", b.Metric, dimensions["host"], b.Label, at.UnixMilli())
				want[key] = signalflowtest.Value(b.Label, n, at)
			}
		}
	}
	return want
}

// assertOnce makes sure that every point came, with its value, and none twice.
func (s *sink) assertOnce(t *testing.T, want map[string]float64) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	assert.True(t, maps.Equal(want, s.points), "want %d points, have %d", len(want), len(s.points))
	for key, n := range s.counts {
		assert.Equal(t, 1, n, key)
	}
}

// memoryStorage is a storage extension that outlives receivers.
type memoryStorage struct {
	component.StartFunc
	component.ShutdownFunc
	mu     sync.Mutex
	data   map[string][]byte
	broken bool
	isOpen bool // like a file with a lock it cannot be opened twice
	frozen bool // writes are acknowledged and forgotten, as in a crash before them
}

var storageID = component.MustNewID("file_storage")

func newStorage() (*memoryStorage, *host) {
	s := &memoryStorage{data: make(map[string][]byte)}
	h := newHost()
	h.extensions = map[component.ID]component.Component{storageID: s}
	return s, h
}

func (s *memoryStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isOpen {
		return nil, errors.New("locked by another process")
	}
	s.isOpen = true
	return s, nil
}

func (s *memoryStorage) Close(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isOpen = false
	return nil
}

func (s *memoryStorage) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data[key], nil
}

func (s *memoryStorage) Set(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return errors.New("disk full")
	}
	if !s.frozen {
		s.data[key] = value
	}
	return nil
}

func (s *memoryStorage) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.data, key)
	return nil
}

func (s *memoryStorage) Batch(context.Context, ...*storage.Operation) error { return nil }

// waitFor returns when the checkpoint of the program "cpu" is as asked for.
func (s *memoryStorage) waitFor(t *testing.T, is func(stored string) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		stored, _ := s.Get(t.Context(), keyPrefix+"cpu")
		return is(string(stored))
	}, 30*time.Second, time.Millisecond)
}

func (s *memoryStorage) repair() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = false
}

func (s *memoryStorage) freeze(frozen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = frozen
}

// slowSink holds points of one metric back until it is told to go on.
type slowSink struct {
	*sink
	hang chan struct{}
}

func (s *slowSink) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	if md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Name() == "cpu.utilization" {
		<-s.hang
	}
	return s.sink.ConsumeMetrics(ctx, md)
}
