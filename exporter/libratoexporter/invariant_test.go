package libratoexporter

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
)

// Whatever a service answers, in any order: every measurement arrives once, or is
// counted as dropped, and what it has nothing against arrives.
func TestWhateverTheServiceAnswers(t *testing.T) {
	const points = 120
	moods := []*answer{
		nil, nil, nil,
		{status: http.StatusServiceUnavailable},
		{status: http.StatusTooManyRequests},
		{status: http.StatusForbidden, body: `{"error":"You have hit the API limit for measurements."}`},
		{status: http.StatusBadGateway, body: "<html>"},
	}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			s, p := newStandin(t), newProbe(t)
			bad := map[string]string{}
			for range random.IntN(6) {
				bad[fmt.Sprint(random.IntN(points))] = []string{
					`{"errors":{"params":{"value":["is bad"]}}}`,
					`{"errors":["no"]}`,
					`{"errors":{"params":{"type":["'other' is a counter, but was submitted as different type"]}}}`,
				}[random.IntN(3)]
			}
			s.refuse = func(m wiretest.Measurement) string {
				if m.Name == "Conflict" {
					return `{"errors":{"params":{"type":["'conflict' is a gauge, but was submitted as different type"]}}}`
				}
				return bad[m.Tags["i"]]
			}
			for range random.IntN(30) {
				s.next(moods[random.IntN(len(moods))])
			}
			c := testConfig(s.URL)
			c.MaxMeasurementsPerRequest = 1 + random.IntN(50)
			c.MaxParallelRequests = 1 + random.IntN(3)
			md := gauges("g", "x", points)
			gauges("Conflict", "x", 7).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
			_ = startMetrics(t, c, p).ConsumeMetrics(t.Context(), md)

			dropped := p.Dropped(t, "refused")
			assert.EqualValues(t, 7, p.Dropped(t, "type_conflict"))
			s.exactlyOnce(points - int(dropped))
			assert.EqualValues(t, points-dropped, p.Sum(t, "sent_items"))
			for i := range points {
				if bad[fmt.Sprint(i)] == "" {
					assert.Equal(t, 1, s.arrivals()[fmt.Sprintf("g||x|%d", i)], i)
				}
			}
		})
	}
}
