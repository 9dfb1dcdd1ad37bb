package httpsend

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPatience(t *testing.T) {
	throttled := func(wait time.Duration) error { return &Error{Class: Throttled, RetryAfter: wait} }
	for name, c := range map[string]struct {
		budget   time.Duration
		answers  []error
		attempts int
		waited   time.Duration
		class    Class
	}{
		"success":                            {time.Minute, []error{nil}, 1, 0, Delivered},
		"the service says when to come back": {time.Minute, []error{throttled(20 * time.Second), nil}, 2, 20 * time.Second, Delivered},
		"a wait of all that there is":        {time.Minute, []error{throttled(time.Minute), nil}, 2, time.Minute, Delivered},
		"a wait of more than there is":       {time.Minute, []error{throttled(61 * time.Second)}, 1, 0, Throttled},
		"waits add up": {time.Minute, []error{throttled(40 * time.Second), throttled(40 * time.Second)},
			2, 40 * time.Second, Throttled},
		"no budget":                         {0, []error{throttled(time.Second)}, 1, 0, Throttled},
		"the service does not say how long": {time.Minute, []error{throttled(0)}, 1, 0, Throttled},
		"an outage is no reason to wait":    {time.Minute, []error{&Error{Class: Retry, RetryAfter: time.Second}}, 1, 0, Retry},
		"nor is an error of something else": {time.Minute, []error{errors.New("x")}, 1, 0, Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin, attempts := time.Now(), 0
				err := Patiently(t.Context(), c.budget, func() error {
					attempts++
					return c.answers[attempts-1]
				})
				assert.Equal(t, c.class, ClassOf(err))
				assert.Equal(t, c.attempts, attempts)
				assert.Equal(t, c.waited, time.Since(begin))
			})
		})
	}
}

func TestPatienceEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		begin := time.Now()
		err := Patiently(ctx, time.Hour, func() error { return &Error{Class: Throttled, RetryAfter: time.Minute} })
		assert.Equal(t, Throttled, ClassOf(err))
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(begin))
	})
}
