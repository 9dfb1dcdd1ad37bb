package shelf

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheOneChangedLongestAgoLeaves(t *testing.T) {
	s := New[string, int](2)
	s.Put("a", 1)
	s.Put("b", 2)
	s.Put("a", 3)
	s.Put("c", 4)
	assert.Equal(t, []string{"a", "c"}, s.Keys())
	assert.Equal(t, []int{3, 4}, s.Values())
	_, ok := s.Get("b")
	assert.False(t, ok)
	assert.True(t, s.Remove("a"))
	assert.False(t, s.Remove("a"))
	s.Clear()
	assert.Empty(t, s.Values())
	s.Put("d", 5)
	s.Put("e", 6)
	s.Put("f", 7)
	assert.Equal(t, []int{6, 7}, s.Values(), "the limit stays")
}

func TestAlwaysRoomForOne(t *testing.T) {
	s := New[int, int](0)
	s.Put(1, 1)
	s.Put(2, 2)
	assert.Equal(t, []int{2}, s.Values())
}
