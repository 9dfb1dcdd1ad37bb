package derive

// networkPackets and networkIO are the host's network traffic by direction.
var (
	networkPackets = overDevices("system.network.packets.total")
	networkIO      = overDevices("system.network.io.total")
)

const (
	networkReceive parts = 1 << iota
	networkTransmit
)

// networkTotal is the host's network traffic in both directions, in bytes.
var networkTotal = aggregation{
	name:    "network.total",
	accepts: isNumeric,
	without: []string{"direction", "device"},
	by:      "direction",
	parts:   map[string]parts{"receive": networkReceive, "transmit": networkTransmit},
	needs:   networkReceive | networkTransmit,
	derive: func(w *writer, r *result) {
		w.likeInput(r, "network.total", sum(r.points, r.parts))
	},
}
