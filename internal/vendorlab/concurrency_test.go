package vendorlab_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Senders and readers at once, with fewer places than series: for the race detector.
func TestManySendersAndReaders(t *testing.T) {
	const senders, requests = 4, 20
	lab := start(t, vendorlab.Config{Options: store.Options{Limits: store.Limits{Series: 10, PointsPerSeries: 3, Requests: 5}}})
	var sending, reading sync.WaitGroup
	for sender := range senders {
		sending.Go(func() {
			for i := range requests {
				body := fmt.Sprintf(`{"gauge":[{"metric":"m%d","value":%d,"timestamp":%d,"dimensions":{"test_id":"run","sender":"%d"}}]}`, i, i, i+1, sender)
				status, _, _, err := try(lab, time.Minute, body)
				assert.NoError(t, err)
				assert.Equal(t, 200, status)
			}
		})
	}
	stop := make(chan struct{})
	reading.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				page, _ := lab.Store.Series(store.Query{Text: "m1"})
				for _, series := range page {
					lab.Store.Points(series.ID)
				}
				lab.Store.Stats()
				lab.Store.Requests(0, 0)
				lab.Store.Audit()
			}
		}
	})
	sending.Wait()
	close(stop)
	reading.Wait()

	report := lab.Store.Audit("run")
	assert.EqualValues(t, senders*requests, report.Total)
	assert.EqualValues(t, senders*requests, report.Distinct, "what left the store was still counted")
	assert.EqualValues(t, senders*requests-10, lab.Store.Stats().Series.Evicted)
}
