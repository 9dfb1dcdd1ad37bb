package signalflow

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sinkFunc takes data; messages pass.
type sinkFunc func(data) error

func (sinkFunc) message(message) error { return nil }
func (f sinkFunc) data(d data) error   { return f(d) }

// A replay takes time. Steps that become ready meanwhile need what arrived meanwhile.
func TestWhatArrivesDuringAReplayIsNotLost(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -10, 1)
	j, failed := r.server.newJob(request{Program: "data('cpu').publish()", Start: whole(at(-10)), Stop: whole(at(5)), Resolution: 1000})
	require.Nil(t, failed)
	got := map[int64]int{}
	err := j.runner(sinkFunc(func(d data) error {
		if d.time == at(-10) {
			r.point("cpu", "a", 3, 2)
			r.clock.Advance(time.Minute)
		}
		got[(d.time-begin)/1000] = len(d.points)
		return nil
	})).stream(t.Context())
	require.NoError(t, err)
	assert.Len(t, got, 16)
	assert.Equal(t, 1, got[-10])
	assert.Equal(t, 1, got[3])
}

func TestAJobEndsWithItsSink(t *testing.T) {
	r := newRoom(t, Config{})
	j, failed := r.server.newJob(request{Program: "const(1).publish()", Start: whole(at(-10)), Resolution: 1000})
	require.Nil(t, failed)
	gone := errors.New("gone")
	assert.ErrorIs(t, j.runner(sinkFunc(func(data) error { return gone })).stream(t.Context()), gone)
	assert.Empty(t, r.server.Jobs())
}
