package clock

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestManualWakesThoseWhoseTimeHasCome(t *testing.T) {
	m := NewManual(time.UnixMilli(0))
	early, _ := m.At(time.UnixMilli(10))
	late, stop := m.At(time.UnixMilli(20))
	require.NoError(t, m.Waiters(t.Context(), 2))
	m.Advance(10 * time.Millisecond)
	<-early
	select {
	case <-late:
		t.Fatal("too early")
	default:
	}
	stop()
	require.NoError(t, m.Waiters(t.Context(), 0))
	passed, _ := m.At(time.UnixMilli(5))
	<-passed
	assert.EqualValues(t, 10, m.Now().UnixMilli())
}

func TestWaitersGivesUpWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, NewManual(time.Time{}).Waiters(ctx, 1), context.Canceled)
}

func TestWaitOnTheRealClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		assert.NoError(t, Wait(t.Context(), Real{}, begin.Add(time.Minute)))
		assert.Equal(t, time.Minute, time.Since(begin))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, Wait(ctx, Real{}, begin.Add(time.Hour)), context.Canceled)
	})
}
