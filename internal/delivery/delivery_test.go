package delivery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger counts, per item, how often it was delivered and refused.
type ledger struct {
	mu                 sync.Mutex
	delivered, refused map[string]int
}

func newLedger() *ledger { return &ledger{delivered: map[string]int{}, refused: map[string]int{}} }

func (l *ledger) Delivered(p *parts.Part) { l.count(l.delivered, p) }

func (l *ledger) Refused(p *parts.Part, _ *httpsend.Error) { l.count(l.refused, p) }

// count reads the items from the body: each is one letter for its lane and one for itself.
func (l *ledger) count(in map[string]int, p *parts.Part) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := 0; i < len(p.Body); i += 2 {
		in[string(p.Body[i:i+2])]++
	}
}

// feed walks items of a lane, in parts of size, from the items that keep picks.
func feed(lane *Lane, name byte, items, size int, keep func(int) bool) {
	b := parts.Builder{MaxBytes: 1 << 20, MaxUnits: size, Emit: lane.Emit}
	for i := range items {
		if lane.Stopped() {
			break
		}
		b.Start()
		if !keep(i) {
			b.Finish(0)
			continue
		}
		b.Body = append(b.Body, name, byte('A'+i))
		b.Finish(1)
	}
	b.Flush()
	lane.Walked(b.Walked())
}

func all(int) bool { return true }

func failing(class httpsend.Class) error {
	return &httpsend.Error{Class: class, RetryAfter: time.Second}
}

func noRest(cause error) error { return cause }

func TestDelivered(t *testing.T) {
	l := newLedger()
	run := NewRun(t.Context(), l, 2)
	lane := run.Lane(func(context.Context, *parts.Part) error { return nil })
	feed(lane, 'a', 10, 3, all)
	require.NoError(t, run.Wait(time.Hour, noRest))
	assert.Len(t, l.delivered, 10)
}

func TestAThrottledLaneStopsAlone(t *testing.T) {
	l := newLedger()
	run := NewRun(t.Context(), l, 1)
	sent := 0
	throttled := run.Lane(func(context.Context, *parts.Part) error {
		if sent++; sent == 2 {
			return failing(httpsend.Throttled)
		}
		return nil
	})
	open := run.Lane(func(context.Context, *parts.Part) error { return nil })
	feed(throttled, 'a', 9, 3, all)
	feed(open, 'b', 9, 3, all)
	err := run.Wait(time.Hour, noRest)
	require.Error(t, err)
	assert.False(t, consumererror.IsPermanent(err))
	assert.Contains(t, err.Error(), "Throttle (1s)", "the helper must wait as long as the vendor asked")
	for i := range 9 {
		assert.Equal(t, i >= 3, throttled.Undelivered(i), i)
		assert.False(t, open.Undelivered(i), i)
	}
	assert.Equal(t, 2, sent, "nothing is sent after the vendor asked to slow down")
}

func TestTheLongestWaitCounts(t *testing.T) {
	for name, waits := range map[string][]time.Duration{"first": {time.Minute, time.Second}, "last": {time.Second, time.Minute}} {
		t.Run(name, func(t *testing.T) {
			run := NewRun(t.Context(), newLedger(), 1)
			for i, wait := range waits {
				lane := run.Lane(func(context.Context, *parts.Part) error {
					return &httpsend.Error{Class: httpsend.Throttled, RetryAfter: wait}
				})
				feed(lane, byte('a'+i), 1, 1, all)
			}
			assert.ErrorContains(t, run.Wait(time.Hour, noRest), "Throttle (1m0s)")
		})
	}
}

// An item that was dropped on the way into a part is counted then; sent again, it would be counted again.
func TestWhatWasDroppedIsNotSentAgain(t *testing.T) {
	run := NewRun(t.Context(), newLedger(), 1)
	lane := run.Lane(func(context.Context, *parts.Part) error { return failing(httpsend.Retry) })
	feed(lane, 'a', 4, 4, func(i int) bool { return i != 2 })
	require.Error(t, run.Wait(time.Hour, noRest))
	for i := range 4 {
		assert.Equal(t, i != 2, lane.Undelivered(i), i)
	}
}

func TestWaitIsBounded(t *testing.T) {
	run := NewRun(t.Context(), newLedger(), 1)
	lane := run.Lane(func(context.Context, *parts.Part) error {
		return &httpsend.Error{Class: httpsend.Throttled, RetryAfter: time.Hour}
	})
	feed(lane, 'a', 1, 1, all)
	assert.Contains(t, run.Wait(MaxWait(5*time.Minute), noRest).Error(), "Throttle (2m30s)")
	assert.Equal(t, time.Hour, MaxWait(0))
}

func TestRefusedIsPermanentOnlyWhenNothingIsLeftToRetry(t *testing.T) {
	for name, c := range map[string]struct {
		classes   []httpsend.Class
		permanent bool
	}{
		"refused alone":           {[]httpsend.Class{httpsend.Rejected, httpsend.Delivered}, true},
		"refused, then an outage": {[]httpsend.Class{httpsend.Rejected, httpsend.Retry}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			run := NewRun(t.Context(), l, 1)
			sent := 0
			lane := run.Lane(func(context.Context, *parts.Part) error {
				sent++
				if c.classes[sent-1] == httpsend.Delivered {
					return nil
				}
				return failing(c.classes[sent-1])
			})
			feed(lane, 'a', 4, 2, all)
			err := run.Wait(time.Hour, noRest)
			require.Error(t, err)
			assert.Equal(t, c.permanent, consumererror.IsPermanent(err))
			assert.Equal(t, map[string]int{"aA": 1, "aB": 1}, l.refused)
			assert.False(t, lane.Undelivered(0))
		})
	}
}

func TestRefusedCredentialsRefuseTheWholeLane(t *testing.T) {
	l := newLedger()
	run := NewRun(t.Context(), l, 1)
	sent := 0
	lane := run.Lane(func(context.Context, *parts.Part) error { sent++; return failing(httpsend.Unauthorized) })
	feed(lane, 'a', 20, 2, all)
	assert.True(t, consumererror.IsPermanent(run.Wait(time.Hour, noRest)))
	assert.Equal(t, 1, sent)
	assert.Len(t, l.refused, 20, "every item is counted")
}

func TestTooLargeIsHalvedDownToOneItem(t *testing.T) {
	l := newLedger()
	run := NewRun(t.Context(), l, 1)
	lane := run.Lane(func(_ context.Context, p *parts.Part) error {
		for i := 0; i < len(p.Body); i += 2 {
			if p.Body[i+1] == 'C' {
				return failing(httpsend.TooLarge)
			}
		}
		return nil
	})
	feed(lane, 'a', 8, 8, all)
	assert.True(t, consumererror.IsPermanent(run.Wait(time.Hour, noRest)))
	assert.Len(t, l.delivered, 7)
	assert.Equal(t, map[string]int{"aC": 1}, l.refused)
}

func TestAPartlyDeliveredPart(t *testing.T) {
	l := newLedger()
	run := NewRun(t.Context(), l, 1)
	lane := run.Lane(func(context.Context, *parts.Part) error {
		return &Partial{Bytes: 5, Err: &httpsend.Error{Class: httpsend.Retry}}
	})
	feed(lane, 'a', 4, 4, all)
	require.Error(t, run.Wait(time.Hour, noRest))
	assert.Equal(t, map[string]int{"aA": 1, "aB": 1}, l.delivered, "an item that was cut is not delivered")
	assert.True(t, lane.Undelivered(2) && lane.Undelivered(3) && !lane.Undelivered(1))
}

func TestAnUnknownErrorIsPermanent(t *testing.T) {
	run := NewRun(t.Context(), newLedger(), 1)
	lane := run.Lane(func(context.Context, *parts.Part) error { return errors.New("bug") })
	feed(lane, 'a', 1, 1, all)
	assert.True(t, consumererror.IsPermanent(run.Wait(time.Hour, noRest)))
}

// Whatever fails in whatever order, after enough attempts every item was delivered
// or refused, exactly once.
func TestExactlyOnceUnderRandomFailures(t *testing.T) {
	classes := []httpsend.Class{httpsend.Delivered, httpsend.Delivered, httpsend.Retry, httpsend.Throttled, httpsend.TooLarge, httpsend.Rejected, httpsend.Unauthorized}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		var mu sync.Mutex
		next := func() httpsend.Class {
			mu.Lock()
			defer mu.Unlock()
			return classes[r.IntN(len(classes))]
		}
		l := newLedger()
		const items = 40
		pending := map[byte]map[int]bool{'a': {}, 'b': {}}
		for i := range items {
			pending['a'][i], pending['b'][i] = true, true
		}
		size, parallel := 1+r.IntN(8), 1+r.IntN(4)
		for attempt := 0; len(pending['a'])+len(pending['b']) > 0; attempt++ {
			require.Less(t, attempt, 1000)
			run := NewRun(t.Context(), l, parallel)
			lanes := map[byte]*Lane{}
			for _, name := range []byte{'a', 'b'} {
				lanes[name] = run.Lane(func(context.Context, *parts.Part) error {
					if c := next(); c != httpsend.Delivered {
						return failing(c)
					}
					return nil
				})
				feed(lanes[name], name, items, size, func(i int) bool { return pending[name][i] })
			}
			err := run.Wait(time.Hour, noRest)
			again := err != nil && !consumererror.IsPermanent(err)
			for name, lane := range lanes {
				for i := range items {
					if !again || !lane.Undelivered(i) {
						delete(pending[name], i)
					}
				}
			}
		}
		for _, name := range []byte{'a', 'b'} {
			for i := range items {
				key := fmt.Sprintf("%c%c", name, 'A'+i)
				require.Equal(t, 1, l.delivered[key]+l.refused[key], "seed %d: item %s: %d delivered, %d refused", seed, key, l.delivered[key], l.refused[key])
			}
		}
	}
}
