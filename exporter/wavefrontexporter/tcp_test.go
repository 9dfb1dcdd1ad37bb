package wavefrontexporter

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
)

// tcpSink is a proxy's TCP port that keeps whole lines, and hangs up when told.
type tcpSink struct {
	net.Listener
	mu       sync.Mutex
	lines    []string
	hangUpAt int           // lines after which the first connection is cut; 0 is never
	hungUp   chan struct{} // closed when it was
	conns    []net.Conn
	served   sync.WaitGroup
}

func newTCPSink(t *testing.T) *tcpSink {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serveTCPSink(t, l)
}

func serveTCPSink(t *testing.T, l net.Listener) *tcpSink {
	s := &tcpSink{Listener: l, hungUp: make(chan struct{})}
	s.served.Go(s.accept)
	t.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for _, conn := range s.conns {
			_ = conn.Close()
		}
		s.mu.Unlock()
		s.served.Wait()
	})
	return s
}

func (s *tcpSink) accept() {
	for first := true; ; first = false {
		conn, err := s.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.served.Go(func() { s.read(conn, first) })
	}
}

func (s *tcpSink) read(conn net.Conn, first bool) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for n := 1; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil {
			return // a torn line is dropped, as by the proxy
		}
		s.mu.Lock()
		s.lines = append(s.lines, strings.TrimSuffix(line, "\n"))
		s.mu.Unlock()
		if first && n == s.hangUpAt {
			_ = conn.(*net.TCPConn).SetLinger(0) // a reset, as when the process is killed
			_ = conn.Close()
			close(s.hungUp)
			return
		}
	}
}

func (s *tcpSink) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// waitFor waits until as many lines are there.
func (s *tcpSink) waitFor(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(s.all()) >= n }, time.Minute, time.Millisecond)
}

func (s *tcpSink) endpoint() string { return "tcp://" + s.Addr().String() }

func TestMetricsOverTCP(t *testing.T) {
	s := newTCPSink(t)
	p := newProbe(t)
	e := startMetrics(t, testConfig(s.endpoint()), p)
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(100)))
	s.waitFor(t, 300)
	onceEach(t, s.all(), "g", 100)
	onceEach(t, s.all(), "\u2206s", 100)
	onceEach(t, s.all(), "h", 100)
	assert.EqualValues(t, 300, p.Sum(t, "sent_lines"))
	assert.EqualValues(t, 3, p.Sum(t, "connections", attribute.Bool("reconnect", false)), "one a request")
}

// A proxy that dies in the middle of a batch: what it has not confirmed comes again.
func TestNothingIsLostWhenAProxyDies(t *testing.T) {
	s := newTCPSink(t)
	s.hangUpAt = 1000
	c := testConfig(s.endpoint())
	c.MaxLinesPerRequest = 2000
	p := newProbe(t)
	const n = 10_000
	require.NoError(t, startMetrics(t, c, p).ConsumeMetrics(t.Context(), mixed(n)))
	different := map[string]bool{}
	for _, line := range s.all() {
		different[line] = true
	}
	assert.Len(t, different, 3*n, "all of it has been read when the batch is done")
	assert.Len(t, s.all(), 3*n+s.hangUpAt, "twice came only what the proxy had read before it died")
	assert.EqualValues(t, 1, p.Sum(t, "connections", attribute.Bool("reconnect", true)))
}

// A proxy that dies in the middle of a batch, unconfirmed: nothing that adds up arrives twice, and
// what is sent after it was noticed arrives. What the proxy had not read yet is lost,
// since TCP does not tell.
func TestProxyDiesInTheMiddle(t *testing.T) {
	s := newTCPSink(t)
	s.hangUpAt = 1000
	c := testConfig(s.endpoint())
	c.MaxLinesPerRequest = 2000
	c.MaxParallelRequests = 1
	c.TCPConfirm = false
	p := newProbe(t)
	e := startMetrics(t, c, p)
	const n = 30_000
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(n)))
	<-s.hungUp // from here on the break cannot go unnoticed
	last := mixed(1)
	for i := range 3 {
		last.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(i).SetName("last")
	}
	require.NoError(t, e.ConsumeMetrics(t.Context(), last))
	arrivals := func() map[string]int {
		times := make(map[string]int)
		for _, line := range s.all() {
			name := strings.SplitN(line[strings.IndexByte(line, '"')+1:], "\"", 2)[0]
			times[name+line[strings.LastIndexByte(line, ' '):]]++
		}
		return times
	}
	require.Eventually(t, func() bool {
		times := arrivals()
		return times[`last "i"="0"`] == 2 && times["\u2206last \"i\"=\"0\""] == 1 // a gauge and a histogram have the same name
	}, time.Minute, 5*time.Millisecond)
	for series, times := range arrivals() {
		if strings.HasPrefix(series, "h ") || strings.HasPrefix(series, "\u2206s ") {
			assert.Equal(t, 1, times, series)
		}
	}
	assert.NotZero(t, p.Sum(t, "connections", attribute.Bool("reconnect", true)))
}

// A proxy that stops reading in the middle of a line.
func TestWhatCountsAsDeliveredOverTCP(t *testing.T) {
	p := newProbe(t)
	telemetry, err := newTelemetry(p.Settings(), "metrics")
	require.NoError(t, err)
	const line = "\"m\" 1 source=\"s\"\n"
	for kind, addsUp := range map[dataType]bool{points: false, deltas: true, histograms: true, spans: false, spanLogs: false, events: false} {
		synctest.Test(t, func(t *testing.T) {
			d := &destination{telemetry: telemetry, tcp: wavefront.NewTCP("proxy:2878", wavefront.TCPOptions{Dial: func(context.Context) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() { _, _ = io.ReadFull(theirs, make([]byte, 2*len(line)+5)) }()
				return ours, nil
			}})}
			defer d.close()
			err := d.write(t.Context(), kind, []byte(strings.Repeat(line, 10)))
			partial, ok := err.(*delivery.Partial)
			assert.Equal(t, addsUp, ok, dataTypes[kind].name)
			if ok {
				assert.Equal(t, 2*len(line), partial.Bytes, "the torn line was not delivered")
			} else {
				assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
			}
		})
	}
	assert.EqualValues(t, 6, p.Sum(t, "requests", attribute.String("status", "tcp"), attribute.String("outcome", "retry")))
}

func TestEventsOverTCPToTheLab(t *testing.T) {
	lab := testkit.StartLab(t, vendorlab.Config{})
	c := testConfig("tcp://" + lab.WavefrontProxy.Address())
	e := startLogs(t, c, newProbe(t))
	require.NoError(t, e.ConsumeLogs(t.Context(), eventsOf(10)))
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Events(0, 100)) == 10 }))
	assert.Empty(t, lab.Store.Rejections(0, 10))
}
