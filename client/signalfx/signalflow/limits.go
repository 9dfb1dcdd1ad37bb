package signalflow

import "time"

// Limits of the service (vendor's SignalFlow documentation, "system limits", if
// not said otherwise). What a request breaks here is refused before it is sent.
const (
	// MaxProgramLength of a program's text, in characters.
	MaxProgramLength = 50_000
	// MaxMaxDelay a program may wait for late input.
	MaxMaxDelay = 15 * time.Minute
	// MaxChannels is how many computations run over one WebSocket connection.
	MaxChannels = 300
	// MaxSeries is how many output series one program may have.
	MaxSeries = 500_000
)

// channelSize is the room for a channel's name in a binary header. Names of ours
// stay below it: some clients cannot read a name that is not ended by a NUL.
const channelSize = 16

// Practice of the vendor's own clients, where the documentation is silent.
const (
	// defaultKeepAliveTimeout: the vendor's Node and Go clients call a connection dead after this silence.
	defaultKeepAliveTimeout = time.Minute
	// defaultStartTimeout: the vendor's Ruby client waits as long for a job to start.
	defaultStartTimeout = 30 * time.Second
)

// Bounds on memory. A frame of 100,000 points has 1.7 MB before compression.
const (
	defaultMaxMessageSize      = 16 << 20
	defaultMaxDecompressedSize = 64 << 20
	defaultMaxQueuedBytes      = 4 << 20
)
