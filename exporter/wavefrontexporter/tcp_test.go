package wavefrontexporter

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
)

// tcpSink is a proxy's TCP port that keeps whole lines, and hangs up when told.
type tcpSink struct {
	net.Listener
	mu       sync.Mutex
	lines    []string
	hangUpAt int // lines after which the first connection is cut; 0 is never
	served   sync.WaitGroup
}

func newTCPSink(t *testing.T) *tcpSink {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &tcpSink{Listener: l}
	s.served.Go(s.accept)
	t.Cleanup(func() {
		_ = l.Close()
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
	require.Eventually(t, func() bool { return len(s.all()) >= n }, 5*time.Second, time.Millisecond)
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
	assert.EqualValues(t, 300, p.sum(t, "otelcol_exporter_wavefront_sent_lines"))
	assert.EqualValues(t, 1, p.sum(t, "otelcol_exporter_wavefront_connections", attribute.Bool("reconnect", false)))
}

// A proxy that dies in the middle of a batch: gauges all arrive, some of them twice,
// and nothing that adds up arrives twice.
func TestProxyDiesInTheMiddle(t *testing.T) {
	s := newTCPSink(t)
	s.hangUpAt = 1000
	c := testConfig(s.endpoint())
	c.MaxLinesPerRequest = 2000
	c.MaxParallelRequests = 1
	p := newProbe(t)
	e := startMetrics(t, c, p)
	const n = 30_000
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(n)))
	require.NoError(t, e.ConsumeMetrics(t.Context(), mixed(1)))
	var times struct{ gauges, deltas, histograms map[string]int }
	times.gauges, times.deltas, times.histograms = map[string]int{}, map[string]int{}, map[string]int{}
	count := func() {
		clear(times.gauges)
		clear(times.deltas)
		clear(times.histograms)
		for _, line := range s.all() {
			_, tag, _ := strings.Cut(line, `"i"=`)
			switch line[0] {
			case '!':
				times.histograms[tag]++
			default:
				if strings.HasPrefix(line, "\"g") {
					times.gauges[tag]++
				} else {
					times.deltas[tag]++
				}
			}
		}
	}
	require.Eventually(t, func() bool { count(); return len(times.gauges) == n }, 10*time.Second, 10*time.Millisecond)
	for tag, k := range times.deltas {
		if tag != `"0"` { // the second batch has one more of it
			assert.Equal(t, 1, k, "delta counter %s", tag)
		}
	}
	for tag, k := range times.histograms {
		if tag != `"0"` {
			assert.Equal(t, 1, k, "histogram %s", tag)
		}
	}
	assert.NotZero(t, p.sum(t, "otelcol_exporter_wavefront_connections", attribute.Bool("reconnect", true)))
}

func TestProxyThatIsDownAtTheStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	e := startMetrics(t, testConfig("tcp://"+address), newProbe(t))
	sent := make(chan error)
	go func() { sent <- e.ConsumeMetrics(t.Context(), mixed(10)) }()
	time.Sleep(20 * time.Millisecond) // a few attempts fail meanwhile
	l, err = net.Listen("tcp", address)
	require.NoError(t, err)
	s := &tcpSink{Listener: l}
	s.served.Go(s.accept)
	t.Cleanup(func() { _ = l.Close(); s.served.Wait() })
	require.NoError(t, <-sent)
	s.waitFor(t, 30)
	onceEach(t, s.all(), "\u2206s", 10)
}

func TestSpansAndEventsOverTCPToTheLab(t *testing.T) {
	lab := startLab(t, vendorlab.Config{})
	c := testConfig("tcp://" + lab.WavefrontProxy.Address())
	e := startLogs(t, c, newProbe(t))
	require.NoError(t, e.ConsumeLogs(t.Context(), eventsOf(10)))
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Events(0, 100)) == 10 }))
	assert.Empty(t, lab.Store.Rejections(0, 10))
}
