package wavefront

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h.
const tcpUserTimeout = 18

// limitUnacknowledged breaks a connection whose peer has not acknowledged what was
// written for that long. Without it a peer that vanished goes unnoticed for a
// quarter of an hour: keep-alive probes are not sent while data is on its way.
func limitUnacknowledged(conn net.Conn, limit time.Duration) {
	tcp := plainTCP(conn)
	if tcp == nil {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		// A kernel that refuses leaves the write deadline and the probes.
		_ = raw.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(limit.Milliseconds()))
		})
	}
}

// acknowledged reports whether the peer has taken all that was written, our end of the
// connection included. A peer that closed its side before has not: what comes to it
// afterwards is answered with a reset, which may be still on its way.
func acknowledged(conn net.Conn) bool {
	tcp := plainTCP(conn)
	if tcp == nil {
		return true // not known
	}
	all := true
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			left, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
			all = err != nil || left == 0
		})
	}
	return all
}

// plainTCP is the connection below TLS, or nil.
func plainTCP(conn net.Conn) *net.TCPConn {
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn()
	}
	tcp, _ := conn.(*net.TCPConn)
	return tcp
}
