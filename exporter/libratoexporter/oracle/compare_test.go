package oracle

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)

// say returns what both sides tell a service of the same points.
func say(t *testing.T, points []point) (ours, theirs *service) {
	ours, theirs = newService(t, true), newService(t, true)
	require.NoError(t, startOurs(t, ours.URL, asIs).ConsumeMetrics(t.Context(), asOTLP(points)))
	require.NoError(t, startTheirs(t, theirs.URL).Write(asTelegraf(points)))
	return ours, theirs
}

func TestBothSayTheSame(t *testing.T) {
	for name, values := range map[string][]any{
		"doubles":            {0.0, 1.5, -2.25, 0.1, 1e-7, 1e21, 123456789.125, 1e126, math.SmallestNonzeroFloat64},
		"integers":           {int64(0), int64(1), int64(-1), int64(1<<53 - 1), int64(-1 << 53)},
		"integers of 64 bit": {int64(math.MaxInt64), int64(math.MinInt64)},
	} {
		t.Run(name, func(t *testing.T) {
			var points []point
			for i, v := range values {
				points = append(points, point{fmt.Sprintf("m.%d", i), "web-1", nil, v, at.Add(time.Duration(i) * time.Second)})
			}
			ours, theirs := say(t, points)
			assert.Len(t, ours.measurements(t), len(values))
			assert.Equal(t, theirs.measurements(t), ours.measurements(t))
		})
	}
	t.Run("names and sources", func(t *testing.T) {
		var points []point
		for i, text := range []string{"a", "A.b_c-d", "B_c-d", "x y", "a/b", "übung", "50%", "(a)", "a-"} {
			points = append(points, point{text, "web-1", nil, float64(i), at})
			if !strings.Contains(text, ".") { // see TestWhatWeDoOtherwise
				points = append(points, point{"m", "h" + text + "z", nil, float64(100 + i), at})
			}
		}
		ours, theirs := say(t, points)
		assert.Len(t, ours.measurements(t), len(points))
		assert.Equal(t, theirs.measurements(t), ours.measurements(t))
	})
	t.Run("a thousand points in requests of 300", func(t *testing.T) {
		points := batch(10, 100)
		ours, theirs := say(t, points)
		assert.Len(t, ours.measurements(t), len(points))
		assert.Equal(t, theirs.measurements(t), ours.measurements(t))
		assert.Equal(t, []int{300, 300, 300, 100}, ours.requests(t))
		assert.Equal(t, []int{300, 300, 300, 100}, theirs.requests(t))
	})
}

// TestWhatWeDoOtherwise holds every difference that is meant.
func TestWhatWeDoOtherwise(t *testing.T) {
	for _, c := range []struct {
		why          string
		point        point
		ours, theirs string
	}{
		{"the vendor takes colons in names", point{"a:b", "web-1", nil, 1.0, at},
			"gauges a:b = 1 @1767323045 source=web-1", "gauges a-b = 1 @1767323045 source=web-1"},
		{"the vendor's clients turn a run into one dash", point{"a !b", "web-1", nil, 1.0, at},
			"gauges a-b = 1 @1767323045 source=web-1", "gauges a--b = 1 @1767323045 source=web-1"},
		{"the vendor takes dots in sources, and host names have some", point{"m", "web-1.example.com", nil, 1.0, at},
			"gauges m = 1 @1767323045 source=web-1.example.com", "gauges m = 1 @1767323045 source=web-1_example_com"},
	} {
		t.Run(c.why, func(t *testing.T) {
			ours, theirs := say(t, []point{c.point})
			assert.Equal(t, []string{c.ours}, ours.measurements(t))
			assert.Equal(t, []string{c.theirs}, theirs.measurements(t))
		})
	}
}

// batch is points of hosts: ten to a metric, each with four tags.
func batch(hosts, each int) []point {
	var points []point
	for h := range hosts {
		for i := range each {
			points = append(points, point{
				name: fmt.Sprintf("app.queue.utilization.%d", i/10), host: fmt.Sprintf("host-%04d-example", h),
				tags: map[string]string{
					"route": []string{"/cart", "/checkout", "/health"}[i%3], "method": []string{"GET", "POST"}[i%2],
					"status": fmt.Sprint(200 + i%5*100), "shard": string(rune('a' + i%7)),
				},
				value: float64(h*7919+i*104729%1000) / 977, at: at,
			})
		}
	}
	return points
}
