package wavefront

import (
	"net"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h.
const tcpUserTimeout = 18

// limitUnacknowledged breaks a connection whose peer has not acknowledged what was
// written for that long. Without it a peer that vanished goes unnoticed for a
// quarter of an hour: keep-alive probes are not sent while data is on its way.
func limitUnacknowledged(conn net.Conn, limit time.Duration) {
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn()
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		// A kernel that refuses leaves the write deadline and the probes.
		_ = raw.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(limit.Milliseconds()))
		})
	}
}
