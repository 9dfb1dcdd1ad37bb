package faults

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultsOfSockets(t *testing.T) {
	two, s := 2, NewSet()
	drop, err := s.Add(Fault{Vendor: "v", Path: "/connect", DropAfter: &two, CloseCode: 1011, Count: 1})
	require.NoError(t, err)
	_, ok := s.take("v", "/connect")
	assert.False(t, ok, "it does not act on requests")
	assert.Zero(t, s.TakeStatus("v", "/connect"))
	_, ok = s.Socket("v", "/other")
	assert.False(t, ok)
	found, ok := s.Socket("v", "/connect")
	assert.True(t, ok)
	assert.Equal(t, drop, found, "looking does not count")
	assert.True(t, s.TakeSocket(drop.ID))
	assert.False(t, s.TakeSocket(drop.ID), "once only")
	assert.Equal(t, "drop after 2 messages", found.String())
	assert.Equal(t, "silent after 2 messages", (&Fault{SilentAfter: &two}).String())
}

func TestStatusOfWhatIsNoRequest(t *testing.T) {
	s := NewSet()
	_, err := s.Add(Fault{Path: "/execute", Latency: 1})
	require.NoError(t, err)
	_, err = s.Add(Fault{Path: "/execute", Status: 429, Count: 1})
	require.NoError(t, err)
	_, ok := s.Socket("v", "/execute")
	assert.False(t, ok, "they do not act on sockets")
	assert.Equal(t, 429, s.TakeStatus("v", "/execute"))
	assert.Zero(t, s.TakeStatus("v", "/execute"))
}

func TestSocketFaultsThatAreWrong(t *testing.T) {
	negative, none := -1, 0
	for name, fault := range map[string]Fault{
		"with a status":             {DropAfter: &none, Status: 500},
		"both":                      {DropAfter: &none, SilentAfter: &none},
		"negative":                  {DropAfter: &negative},
		"negative silence":          {SilentAfter: &negative},
		"close code without a drop": {SilentAfter: &none, CloseCode: 1000},
		"close code out of range":   {DropAfter: &none, CloseCode: 999},
	} {
		assert.Error(t, fault.Validate(), name)
	}
}
