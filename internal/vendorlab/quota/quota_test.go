package quota

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuota(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	q := New("items per minute", time.Minute, 403, 429)
	assert.Equal(t, Grant{}, q.Take(1000, now), "no limit at first")
	require.NoError(t, q.Set(10, 0))
	assert.Equal(t, State{Limit: 10, Status: 403, Unit: "items per minute"}, q.State())
	assert.Equal(t, Grant{Limit: 10, Remaining: 1, Reset: 40}, q.Take(9, now))
	assert.Equal(t, Grant{Limit: 10, Reset: 39}, q.Take(9, now.Add(time.Second)), "taken whole")
	assert.Equal(t, Grant{Limit: 10, Reset: 1, Status: 403}, q.Take(1, now.Add(39*time.Second)))
	assert.Equal(t, Grant{Limit: 10, Remaining: 9, Reset: 60}, q.Take(1, now.Add(40*time.Second)), "a new window")
	require.NoError(t, q.Set(1, 429))
	assert.Equal(t, Grant{Limit: 1, Reset: 60}, q.Take(5, now.Add(40*time.Second)), "a new limit begins anew")
	assert.Equal(t, 429, q.Take(1, now.Add(40*time.Second)).Status)
	require.NoError(t, q.Set(0, 0))
	assert.Zero(t, q.Take(1000, now.Add(40*time.Second)).Status)
}

func TestQuotaThatIsRefused(t *testing.T) {
	q := New("items", time.Second, 406)
	assert.ErrorContains(t, q.Set(-1, 0), "limit:")
	assert.ErrorContains(t, q.Set(1, 429), "status:")
	assert.Zero(t, q.State().Limit)
}
