package demo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func hostSeries(n int) []series {
	var all []series
	for i := range n {
		all = append(all, aSeries(fmt.Sprintf("system.metric%d", i), "gauge", "1", nil))
	}
	return all
}

func TestVerdict(t *testing.T) {
	room := &room{vendor: "v", title: "Vendor", prefixes: []string{"system."}, minMetrics: 5}
	tests := []struct {
		name    string
		series  []series
		wantErr string
	}{
		{"exactly enough", hostSeries(5), ""},
		{"one too few", hostSeries(4), "Vendor received 4 different host metrics (system.*), fewer than 5; what arrived: system.metric0, system.metric1"},
		{"nothing", nil, "nothing arrived"},
		{"series of one metric count once", append(hostSeries(4), hostSeries(4)...), "received 4 different"},
		{"metrics of others do not count", append(hostSeries(4), aSeries("app.requests", "counter", "1", nil)), "what arrived: app.requests, system.metric0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := verdict([]arrival{{room: room, series: test.series}})
			if test.wantErr == "" {
				assert.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.wantErr)
		})
	}
	t.Run("every room must have enough", func(t *testing.T) {
		assert.Error(t, verdict([]arrival{{room: room, series: hostSeries(5)}, {room: room}}))
	})
}

func TestVerdictOnMoreThanHostMetrics(t *testing.T) {
	room := &room{
		title: "Vendor", prefixes: []string{"system."}, minMetrics: 5,
		metrics: []string{"span.duration"}, dimensions: []string{"host.name", "source"}, events: true, spans: true,
	}
	tagged := aSeries("span.duration", "gauge", "1", map[string]string{"host.name": "web-1"})
	sourced := aSeries("span.duration", "gauge", "1", map[string]string{"source": "web-1"})
	both := []series{tagged, sourced}
	for name, test := range map[string]struct {
		series  []series
		traffic traffic
		wantErr string
	}{
		"all of it":     {both, traffic{Events: 1, Spans: 1}, ""},
		"no event":      {both, traffic{Spans: 1}, "Vendor received no event; "},
		"no span":       {both, traffic{Events: 1}, "Vendor received no span; "},
		"one dialect":   {both[:1], traffic{Events: 1, Spans: 1}, "received no series with the dimension source; "},
		"nothing of it": {nil, traffic{}, "received no metric span.duration, no series with the dimension host.name, no series with the dimension source, no event, no span; "},
	} {
		t.Run(name, func(t *testing.T) {
			err := verdict([]arrival{{room: room, series: append(hostSeries(5), test.series...), traffic: test.traffic}})
			if test.wantErr == "" {
				assert.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.wantErr)
		})
	}
}

func TestPrintArrival(t *testing.T) {
	var out strings.Builder
	a := arrival{
		room:    &room{title: "Vendor"},
		series:  hostSeries(1),
		traffic: traffic{Points: 7, Requests: 2, Rejected: 3, Reasons: map[string]uint64{"nan": 1, "long_name": 2}},
	}
	a.print(&out)
	assert.Equal(t, `
Vendor: 7 datapoints of 1 series, 0 events and 0 spans in 2 requests, 3 rejected (long_name: 2, nan: 1)
METRIC          TYPE   SERIES  OTHER DIMENSIONS (OF ONE)  ITS LAST VALUE
system.metric0  gauge  1                                  1
`, out.String())
}
