//go:build !linux

package wavefront

import (
	"net"
	"time"
)

// limitUnacknowledged needs an option that only Linux has; elsewhere the write
// deadline and keep-alive probes must do.
func limitUnacknowledged(net.Conn, time.Duration) {}

// acknowledged is known on Linux only.
func acknowledged(net.Conn) bool { return true }
