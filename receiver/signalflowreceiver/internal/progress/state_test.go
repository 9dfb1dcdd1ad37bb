package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhichTimesAreOpen(t *testing.T) {
	s := New(1, time.UnixMilli(100))
	assert.EqualValues(t, 100, s.Resume(), "without anything, the start that was asked for")
	steps := []struct {
		name string
		time int64
		open bool
		from int64 // where the stream would be resumed
	}{
		{"the first time", 110, true, 100},
		{"the second", 120, true, 100},
		{"another block of the first", 110, true, 100},
		{"an earlier one while there is room", 105, true, 100},
		{"a fourth completes the oldest", 130, true, 105},
		{"the oldest is closed", 105, false, 105},
		{"before the open ones, behind the watermark", 107, false, 105},
		{"between open ones", 115, true, 110},
		{"far ahead", 1000, true, 115},
	}
	for _, step := range steps {
		_, open := s.Open(step.time)
		assert.Equal(t, step.open, open, step.name)
		assert.Equal(t, step.from, s.Resume(), step.name)
	}
	s.Complete()
	assert.EqualValues(t, 1000, s.Resume())
	_, open := s.Open(1000)
	assert.False(t, open)
}

func TestAPointIsMarkedOncePerTime(t *testing.T) {
	s := New(1, time.UnixMilli(0))
	place, _ := s.Open(10)
	a, b := s.ID(1), s.ID(2)
	assert.True(t, s.Mark(a, place))
	assert.False(t, s.Mark(a, place))
	assert.True(t, s.Mark(b, place))
	s.Unmark(b, place)
	assert.True(t, s.Mark(b, place))
	for _, t1 := range []int64{20, 30, 40, 50} {
		place, _ := s.Open(t1)
		assert.True(t, s.Mark(a, place), t1)
	}
	s.Forget()
	assert.Equal(t, 1, s.Series(), "b has nothing to do with the open times")
}

func TestCheckpoint(t *testing.T) {
	s := New(7, time.UnixMilli(5))
	s.Stop, s.Resolution = 99, 10
	for _, at := range []int64{10, 20, 30, 40} {
		place, _ := s.Open(at)
		for hash := range uint64(3) {
			s.Mark(s.ID(hash), place)
		}
		if at == 30 {
			s.Mark(s.ID(7), place)
		}
	}
	assert.True(t, s.Event(5, 40))
	encoded, err := s.Encode()
	require.NoError(t, err)
	got, err := Decode(encoded)
	require.NoError(t, err)
	assert.Equal(t, s.Resume(), got.Resume())
	assert.Equal(t, s.Newest(), got.Newest())
	assert.EqualValues(t, 99, got.Stop)
	for _, at := range []int64{20, 30, 40} {
		place, open := got.Open(at)
		assert.True(t, open)
		assert.False(t, got.Mark(got.ID(2), place), "was delivered")
		assert.True(t, got.Mark(got.ID(9), place), "was not")
		assert.Equal(t, at != 30, got.Mark(got.ID(7), place), "at one time only")
	}
	assert.False(t, got.Event(5, 40))
}

func TestOldEventsAreForgotten(t *testing.T) {
	s := New(1, time.UnixMilli(0))
	for i := range int64(10_000) {
		assert.True(t, s.Event(uint64(i), i*1000))
	}
	assert.Less(t, len(s.events), 4*keptEvents)
	assert.False(t, s.Event(9_999, 9_999_000))
}

func TestAFloodOfEventsIsBounded(t *testing.T) {
	for name, step := range map[string]int64{"within minutes": 1, "at one time": 0} {
		s := New(1, time.UnixMilli(0))
		for i := range int64(3 * maxEvents) {
			assert.True(t, s.Event(uint64(i), 1e12+i*step))
			assert.LessOrEqual(t, len(s.events), maxEvents+1, name)
		}
		assert.False(t, s.Event(3*maxEvents-1, 1e12), name)
	}
}

func FuzzDecode(f *testing.F) {
	encoded, err := New(1, time.UnixMilli(3)).Encode()
	require.NoError(f, err)
	f.Add(encoded)
	f.Add([]byte(`{"version":1,"open":[5,5,-9223372036854775808],"series":"AAAAAAAAAAAHAA=="}`))
	f.Fuzz(func(_ *testing.T, stored []byte) {
		if s, err := Decode(stored); err == nil {
			s.Open(s.Newest())
			s.Event(1, 1)
		}
	})
}

// What a checkpoint of many series costs, once or so in a second.
func BenchmarkEncode(b *testing.B) {
	s := New(1, time.UnixMilli(0))
	for at := range int64(Size) {
		place, _ := s.Open(at)
		for hash := range uint64(100_000) {
			s.Mark(s.ID(hash), place)
		}
	}
	var size int
	for b.Loop() {
		encoded, err := s.Encode()
		require.NoError(b, err)
		size = len(encoded)
	}
	b.ReportMetric(float64(size), "B")
}
