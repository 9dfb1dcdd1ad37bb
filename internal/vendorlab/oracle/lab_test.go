package oracle

import (
	"context"
	"io"
	"log"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// TestMain silences Wavefront's SDK, which logs two lines a flush.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// patience bounds what must arrive: other work may take the machine's processors.
const patience = 2 * time.Minute

func start(t *testing.T, c vendorlab.Config) *vendorlab.Lab {
	t.Helper()
	lab, err := vendorlab.Start(c)
	require.NoError(t, err)
	t.Cleanup(lab.Close)
	return lab
}

// wait returns once done is true of what arrived.
func wait(t *testing.T, lab *vendorlab.Lab, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, lab.Store.Wait(ctx, done), "%s; rejections: %+v", what, lab.Store.Rejections(0, 10))
}

// seriesOf returns the only series of a metric.
func seriesOf(t *testing.T, lab *vendorlab.Lab, metric string) store.Series {
	t.Helper()
	page, total := lab.Store.Series(store.Query{Metric: metric})
	require.Equal(t, 1, total, metric)
	return page[0]
}
