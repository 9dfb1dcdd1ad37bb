//go:build unix

package wavefrontexporter

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
)

// silentPort returns a port that refuses connections until it is told to listen. It is
// held all the time, so that nobody else gets it.
func silentPort(t *testing.T) (address string, listen func() net.Listener) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	syscall.CloseOnExec(fd)
	file := os.NewFile(uintptr(fd), "silent port")
	t.Cleanup(func() { _ = file.Close() })
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	name, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	return fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port), func() net.Listener {
		require.NoError(t, syscall.Listen(fd, 16))
		l, err := net.FileListener(file)
		require.NoError(t, err)
		return l
	}
}

func TestProxyThatIsDownAtTheStart(t *testing.T) {
	address, listen := silentPort(t)
	p := newProbe(t)
	e := startMetrics(t, testConfig("tcp://"+address), p)
	sent := make(chan error)
	go func() { sent <- e.ConsumeMetrics(t.Context(), mixed(10)) }()
	require.Eventually(t, func() bool {
		return p.Sum(t, "requests", attribute.String("outcome", "retry")) > 5
	}, time.Minute, time.Millisecond)
	s := serveTCPSink(t, listen())
	require.NoError(t, <-sent)
	s.waitFor(t, 30)
	onceEach(t, s.all(), "\u2206s", 10)
}
