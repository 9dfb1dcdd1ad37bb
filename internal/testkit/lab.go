package testkit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// StartLab serves the stand-in for the vendors until the test ends.
func StartLab(t testing.TB, c vendorlab.Config) *vendorlab.Lab {
	t.Helper()
	lab, err := vendorlab.Start(c)
	require.NoError(t, err)
	t.Cleanup(lab.Close)
	return lab
}

// Seen returns how many distinct points and how many arrivals the lab saw of a test_id.
func Seen(s *store.Store, testID string) (distinct int, arrivals uint64) {
	for _, e := range s.Audit(testID).Entries {
		return e.Distinct, e.Total
	}
	return 0, 0
}
