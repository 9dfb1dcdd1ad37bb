package signalflow

import (
	"sync/atomic"
	"time"
)

// Ignored is a reason why something that the service sent was left out.
type Ignored uint8

const (
	// IgnoredMalformed counts messages that could not be decoded. If the channel is
	// known the computation gets a Malformed in their place.
	IgnoredMalformed Ignored = iota
	// IgnoredUnknownType counts messages of a type this package does not know or need.
	IgnoredUnknownType
	// IgnoredUnknownValue counts points with a value that is no number of a known kind.
	IgnoredUnknownValue
	// IgnoredUnknownChannel counts messages for a channel that is not in use, mostly
	// those that were on their way when a computation was closed.
	IgnoredUnknownChannel
	// IgnoredAfterEnd counts messages behind the last one of a computation.
	IgnoredAfterEnd
	// IgnoredTrailing counts data messages with bytes behind their last point; the points were used.
	IgnoredTrailing
	// IgnoredSeriesLimit counts metadata that was not kept because of Options.MaxSeries.
	IgnoredSeriesLimit

	// NumIgnored is the number of reasons.
	NumIgnored
)

// String returns the reason in the form of a metric attribute.
func (i Ignored) String() string {
	return [NumIgnored]string{
		IgnoredMalformed:      "malformed",
		IgnoredUnknownType:    "unknown_type",
		IgnoredUnknownValue:   "unknown_value",
		IgnoredUnknownChannel: "unknown_channel",
		IgnoredAfterEnd:       "after_end",
		IgnoredTrailing:       "trailing_bytes",
		IgnoredSeriesLimit:    "series_limit",
	}[i]
}

// Stats counts what a client has done since it was made.
type Stats struct {
	// OpenConnections is the number of connections now.
	OpenConnections int64
	// KeepAliveAge is how long ago the service's latest KEEP_ALIVE came, on the
	// connection where that is longest; 0 over HTTP, where there are none.
	KeepAliveAge time.Duration

	// The others are totals.
	// Connects counts connections that were authenticated, ConnectFailures attempts
	// that failed, and Disconnects connections that were lost.
	Connects, ConnectFailures, Disconnects uint64
	// Bytes and Messages count what was received, Messages by type. Messages are
	// counted before they are decoded.
	Bytes    uint64
	Messages [NumMessageTypes]uint64
	// Points counts values that Next returned, Unresolved those without metadata.
	Points, Unresolved uint64
	// SlowConsumers counts computations that ended with ErrSlowConsumer.
	SlowConsumers uint64
	Ignored       [NumIgnored]uint64
}

type counters struct {
	open                               atomic.Int64
	connects, failures, disconnects    atomic.Uint64
	bytes, points, unresolved, tooSlow atomic.Uint64
	messages                           [NumMessageTypes]atomic.Uint64
	ignored                            [NumIgnored]atomic.Uint64
}

func (c *counters) ignore(reason Ignored, n int) {
	if n > 0 {
		c.ignored[reason].Add(uint64(n))
	}
}

func (c *counters) received(t MessageType, bytes int) {
	c.bytes.Add(uint64(bytes))
	if t >= NumMessageTypes {
		t = TypeUnknown
	}
	c.messages[t].Add(1)
}

func (c *counters) snapshot() Stats {
	s := Stats{
		OpenConnections: c.open.Load(),
		Connects:        c.connects.Load(), ConnectFailures: c.failures.Load(), Disconnects: c.disconnects.Load(),
		Bytes: c.bytes.Load(), Points: c.points.Load(), Unresolved: c.unresolved.Load(), SlowConsumers: c.tooSlow.Load(),
	}
	for i := range s.Messages {
		s.Messages[i] = c.messages[i].Load()
	}
	for i := range s.Ignored {
		s.Ignored[i] = c.ignored[i].Load()
	}
	return s
}
