package vendorlab_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/journal"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// A lab with a journal that was killed knows what it had accepted.
func TestALabWithAJournalRemembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	for life := range 3 {
		j, err := journal.Open(path)
		require.NoError(t, err)
		lab, err := vendorlab.Start(vendorlab.Config{SignalFxJournal: j})
		require.NoError(t, err)
		series, _ := lab.Store.Series(store.Query{Metric: "lives"})
		if life > 0 {
			require.Len(t, series, 1)
			assert.Equal(t, life, series[0].Held)
		}
		body := `{"gauge":[{"metric":"lives","value":1,"timestamp":` + []string{"1000", "2000", "3000"}[life] + `}]}`
		request, err := http.NewRequest(http.MethodPost, lab.SignalFx.URL()+"/v2/datapoint", strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("X-SF-Token", "t")
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, http.StatusOK, response.StatusCode)
		lab.Close()
		require.NoError(t, j.Close())
	}
	http.DefaultClient.CloseIdleConnections()
}
