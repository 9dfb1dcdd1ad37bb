package faults

import (
	"context"
	"time"
)

// Effect is what to do with a piece of a stream. The zero value drops it.
type Effect struct {
	Fault string  // what acted, or empty
	Share float64 // of the items to store, the first ones
	Cut   bool    // the connection, once that is done
}

// Stream applies the set to a piece of a stream that gets no answer, such as lines
// over TCP, and waits as the fault asks. A status and a revoked token can only cut the connection.
func (s *Set) Stream(ctx context.Context, vendor, path string) Effect {
	fault, ok := s.take(vendor, path)
	if !ok {
		return Effect{Share: 1}
	}
	effect := Effect{Fault: fault.String(), Share: 1}
	switch {
	case !pause(ctx, fault.Latency):
		effect.Share, effect.Cut = 0, true
		return effect
	case fault.RevokedToken:
		effect.Share, effect.Cut = 0, true
	case fault.Stall > 0:
		pause(ctx, fault.Stall)
		effect.Share, effect.Cut = 0, true
	case fault.Reset == ResetRequest:
		effect.Share, effect.Cut = 0, true
	case fault.Partial != nil:
		effect.Share, effect.Cut = *fault.Partial, fault.Status != 0 || fault.Reset != ""
	case fault.Reset == ResetResponse:
		effect.Cut = true
	case fault.Status != 0:
		effect.Share, effect.Cut = 0, true
	}
	return effect
}

// pause reports false when the context ended.
func pause(ctx context.Context, d Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
