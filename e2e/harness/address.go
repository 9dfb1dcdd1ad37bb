package harness

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

var hosts atomic.Int64

// Host returns an address of the loopback interface that nothing else uses, where the system has more
// than one. A port on it stays free while its listener is gone, whatever else this machine does: the ends
// of other connections are on 127.0.0.1.
func Host() string {
	if runtime.GOOS != "linux" {
		return "127.0.0.1"
	}
	n := hosts.Add(1)
	return fmt.Sprintf("127.%d.%d.%d", 10+os.Getpid()%240, n/250%250, 1+n%250)
}

// FreeAddress is a host and port that nobody listens on just now.
func FreeAddress(t testing.TB) string {
	listener, err := net.Listen("tcp", net.JoinHostPort(Host(), "0"))
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}
