package signalflow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
)

func TestGrid(t *testing.T) {
	const second, hour, day = int64(1000), int64(3600 * 1000), int64(24 * 3600 * 1000)
	now := 100 * day * 10
	native := func(step int64) []compute.Input { return []compute.Input{{}, {Step: step}} }
	for _, test := range []struct {
		name       string
		options    options
		inputs     []compute.Input
		resolution int64
		first      int64
	}{
		{"nothing is known", options{}, nil, 10 * second, now},
		{"the resolution that was asked for", options{resolution: 2 * second}, nil, 2 * second, now},
		{"finer than the vendor runs", options{resolution: 1}, nil, second, now},
		{"the inputs are coarser", options{resolution: second}, native(60 * second), 60 * second, now},
		{"the inputs are finer", options{resolution: 60 * second}, native(second), 60 * second, now},
		{"the inputs are not exact", options{}, native(9970), 10 * second, now},
		{"the inputs are faster than a second", options{}, native(3), 10 * second, now},
		{"a start between two steps", options{start: now - 12_345, resolution: 10 * second}, nil, 10 * second, now - 20_000},
		{"older than what is kept at a second", options{start: now - 9*day, resolution: second}, nil, 10 * second, now - 9*day},
		{"older than anything", options{start: 1, resolution: hour}, nil, hour, now - 396*day},
		{"a long range is served coarser", options{start: now - 5*day}, native(second), 60 * second, now - 5*day},
		{"unless the resolution was asked for", options{start: now - 5*day, resolution: second}, native(second), second, now - 5*day},
		{"the length of the range counts, not its age", options{start: now - 5*day, stop: now - 5*day + hour}, native(second), second, now - 5*day},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGrid(test.options, Config{MinResolution: time.Second, AutoMaxDelay: time.Second}, test.inputs, now)
			assert.Equal(t, test.resolution, g.resolution)
			assert.Equal(t, test.first, g.first)
			assert.Equal(t, second, g.maxDelay)
		})
	}
}

func TestLastStep(t *testing.T) {
	c := Config{MinResolution: time.Second, AutoMaxDelay: time.Second}
	for _, test := range []struct {
		name    string
		options options
		bounded bool
		last    int64
	}{
		{"without a stop", options{}, false, 0},
		{"the stop's own step is one", options{stop: 30_000, resolution: 10_000}, true, 30_000},
		{"a stop between two steps", options{stop: 39_999, resolution: 10_000}, true, 30_000},
		{"immediate waits for nothing", options{stop: 200_000, resolution: 10_000, maxDelay: 15_000, immediate: true}, true, 70_000},
		{"immediate in the past", options{stop: 30_000, resolution: 10_000, immediate: true}, true, 30_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGrid(test.options, c, nil, 100_000)
			assert.Equal(t, test.bounded, g.bounded)
			if test.bounded {
				assert.Equal(t, test.last, g.last)
			}
		})
	}
}

func FuzzRequests(f *testing.F) {
	f.Add([]byte(`{"type":"execute","channel":"c","program":"const(1).publish()","start":"1","stop":2,"resolution":null,"maxDelay":1e3,"immediate":"true"}`))
	f.Add([]byte(`{"type":1,"start":"x","compress":"maybe"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseRequest(text)
		if err != nil {
			return
		}
		o, failed := newOptions(r)
		if failed != nil {
			return
		}
		g := newGrid(o, Config{MinResolution: time.Second, AutoMaxDelay: time.Second}, nil, 1_700_000_000_000)
		if g.resolution < 1000 || g.first%g.resolution != 0 || g.maxDelay < 0 {
			t.Fatalf("%+v became %+v", o, g)
		}
	})
}
