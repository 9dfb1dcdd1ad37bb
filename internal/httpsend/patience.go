package httpsend

import (
	"context"
	"errors"
	"time"
)

// Patiently makes an attempt, and again each time the service is throttling and said
// when to come back, as long as the waits come to no more than budget. It returns
// the last attempt's error, joined with that of the context when it ends while waiting. Without a budget it is one attempt; it never waits
// because of an outage, nor for a service that did not say how long.
//
// It is for calls that a person or a script waits for. Data goes through a queue
// instead, which has a retry loop already.
func Patiently(ctx context.Context, budget time.Duration, attempt func() error) error {
	for {
		err := attempt()
		failed, ok := errors.AsType[*Error](err)
		if !ok || failed.Class != Throttled || failed.RetryAfter <= 0 || failed.RetryAfter > budget {
			return err
		}
		budget -= failed.RetryAfter
		timer := time.NewTimer(failed.RetryAfter)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(err, ctx.Err())
		}
	}
}
