package delta

// Reason says why a point was removed.
type Reason uint8

const (
	FirstPoint    Reason = iota // there is nothing before it that it can be compared with
	OutOfOrder                  // it is not newer than the last of its series
	TooManySeries               // its series is beyond those that are remembered
	TooOld                      // it cannot be sent, see Options.Check
	InFuture                    // likewise
	reasonCount
)
