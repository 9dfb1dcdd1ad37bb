package signalflow

import (
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
)

// grid is when a job's steps are. The step at logical time t covers [t, t+resolution)
// and is told once maxDelay has passed since its end. All in milliseconds.
type grid struct {
	resolution, maxDelay int64
	first                int64
	last                 int64 // the last step, if bounded
	bounded              bool
}

// Retention. Source: the vendor's documentation of data retention.
const (
	fineRetention = int64(8 * 24 * time.Hour / time.Millisecond) // at less than coarse
	coarse        = int64(10 * time.Second / time.Millisecond)
	retention     = int64(396 * 24 * time.Hour / time.Millisecond) // 13 months
)

const (
	// unknownResolution is used when neither the client nor the data says anything.
	unknownResolution = int64(10 * time.Second / time.Millisecond)
	// maxSteps makes long ranges coarser, unless the client asked for a resolution.
	maxSteps = 10_000
)

// newGrid lays the steps of a job that starts now. The resolution is the coarsest of
// what was asked for, what the inputs have, and what is retained.
func newGrid(o options, c Config, inputs []compute.Input, now int64) grid {
	start := o.start
	if start == 0 {
		start = now
	}
	start = max(start, now-retention)
	native := nativeStep(inputs)
	g := grid{
		resolution: max(o.resolution, native, c.MinResolution.Milliseconds()),
		maxDelay:   o.maxDelay,
		bounded:    o.stop != 0,
	}
	if g.maxDelay == 0 {
		g.maxDelay = c.AutoMaxDelay.Milliseconds()
	}
	if now-start > fineRetention {
		g.resolution = max(g.resolution, coarse)
	}
	if o.resolution == 0 {
		if native == 0 {
			g.resolution = max(g.resolution, unknownResolution)
		}
		end := now
		if o.stop != 0 {
			end = min(now, o.stop)
		}
		g.resolution = niceStep(max(g.resolution, (end-start)/maxSteps), g.resolution)
	}
	g.first = g.floor(start)
	g.last = g.floor(o.stop)
	if o.immediate {
		g.last = min(g.last, g.ready(now))
	}
	return g
}

// floor is the step that a time belongs to.
func (g grid) floor(t int64) int64 {
	step := t - t%g.resolution
	if step > t { // before 1970
		step -= g.resolution
	}
	return step
}

// ready is the newest step that can be told now.
func (g grid) ready(now int64) int64 { return g.floor(now - g.maxDelay - g.resolution) }

// due is when a step can be told.
func (g grid) due(t int64) time.Time { return time.UnixMilli(t + g.resolution + g.maxDelay) }

// nativeStep is the finest resolution of the inputs in whole seconds, or 0 if not known.
func nativeStep(inputs []compute.Input) int64 {
	var finest int64
	for _, in := range inputs {
		if in.Step > 0 && (finest == 0 || in.Step < finest) {
			finest = in.Step
		}
	}
	const second = int64(time.Second / time.Millisecond)
	if finest == 0 || finest < second {
		return 0
	}
	return (finest + second/2) / second * second
}

// niceStep is the first step of a usual length that is long enough; a step that was
// long enough before stays.
func niceStep(least, before int64) int64 {
	if least <= before {
		return before
	}
	for _, seconds := range []int64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400} {
		if seconds*1000 >= least {
			return seconds * 1000
		}
	}
	return 24 * 3600 * 1000
}
