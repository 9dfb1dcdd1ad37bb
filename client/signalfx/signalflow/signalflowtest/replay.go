package signalflowtest

import (
	"hash/fnv"
	"math"
	"strconv"
	"time"
)

// Program is what a program computes: for every step of its resolution one data
// message per block, always the same for the same time.
type Program struct {
	// Resolution is 10 s if zero.
	Resolution time.Duration
	Blocks     []Block
	// FreshIDs gives the same series other ids in every job.
	FreshIDs bool
	// NoInfo leaves out all info messages.
	NoInfo bool
	// LateMetadata sends the metadata of a series behind its first point.
	LateMetadata bool
	// MaxPoints splits larger data messages; no limit if zero.
	MaxPoints int
}

// Block is one publish() of a program.
type Block struct {
	Label  string
	Metric string
	// Series are the dimensions of each series.
	Series []map[string]string
	// Value, if set, makes the values in place of the function of the same name.
	Value func(label string, series int, t time.Time) float64
	// Missing, if set, tells when the block sends no message.
	Missing func(t time.Time) bool
}

// Value is what a replay has for a series at a time: a fraction in [0, 1).
func Value(label string, series int, t time.Time) float64 {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendInt([]byte(label+"\x00"+strconv.Itoa(series)+"\x00"), t.UnixMilli(), 10))
	return float64(h.Sum64()>>11) / (1 << 53)
}

// Hosts returns the dimensions of n series, "host" being "host-0" and so on.
func Hosts(n int) []map[string]string {
	series := make([]map[string]string, n)
	for i := range series {
		series[i] = map[string]string{"host": "host-" + strconv.Itoa(i)}
	}
	return series
}

// Replay plays a program from the start that a request asks for, rounded down to
// the resolution, to its stop, or to the server's time and on from there.
func Replay(p Program) Script {
	if p.Resolution == 0 {
		p.Resolution = 10 * time.Second
	}
	return func(ch *Channel) { (&replay{Program: p, ch: ch}).run() }
}

type replay struct {
	Program
	ch *Channel
}

func (r *replay) run() {
	r.ch.Started()
	t := r.ch.server.Now()
	if r.ch.Request.Start != 0 {
		t = time.UnixMilli(r.ch.Request.Start)
	}
	t = time.UnixMilli(t.UnixMilli() / r.Resolution.Milliseconds() * r.Resolution.Milliseconds())
	stop := time.UnixMilli(math.MaxInt64)
	if r.ch.Request.Stop != 0 {
		stop = time.UnixMilli(r.ch.Request.Stop)
	}
	for first := true; t.UnixMilli() <= stop.UnixMilli(); first = false {
		if !r.ch.server.waitUntil(r.ch.ctx, t) {
			return
		}
		for b := range r.Blocks {
			r.block(b, t, first)
		}
		if first && !r.NoInfo {
			r.ch.Resolution(r.Resolution)
		}
		t = t.Add(r.Resolution)
	}
	r.ch.End()
}

func (r *replay) block(b int, t time.Time, first bool) {
	block := r.Blocks[b]
	if first && !r.LateMetadata {
		r.metadata(b)
	}
	if block.Missing == nil || !block.Missing(t) {
		r.data(b, t)
	}
	if first && r.LateMetadata {
		r.metadata(b)
	}
}

func (r *replay) data(b int, t time.Time) {
	block := r.Blocks[b]
	value := Value
	if block.Value != nil {
		value = block.Value
	}
	points := make([]Point, len(block.Series))
	for i := range points {
		points[i] = Double(r.id(b, i), value(block.Label, i, t))
	}
	for r.MaxPoints > 0 && len(points) > r.MaxPoints {
		r.ch.Data(t, points[:r.MaxPoints]...)
		points = points[r.MaxPoints:]
	}
	r.ch.Data(t, points...)
}

func (r *replay) metadata(b int) {
	block := r.Blocks[b]
	for i, dimensions := range block.Series {
		keys := []string{"sf_originatingMetric", "computationId"}
		properties := map[string]any{
			"sf_type": "MetricTimeSeries", "sf_metric": "_SF_COMP_" + r.ch.Handle + "_0" + strconv.Itoa(b) + "-PUBLISH_METRIC",
			"sf_originatingMetric": block.Metric, "sf_resolutionMs": r.Resolution.Milliseconds(),
			"sf_organizationID": "org", "sf_isPreQuantized": true, "computationId": r.ch.Handle, "customProperty": "custom",
		}
		if block.Label != "" {
			properties["sf_streamLabel"] = block.Label
		}
		for key, v := range dimensions {
			keys = append(keys, key)
			properties[key] = v
		}
		properties["sf_key"] = keys
		r.ch.Metadata(r.id(b, i), properties)
	}
}

func (r *replay) id(block, series int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.Itoa(block) + "/" + strconv.Itoa(series)))
	if r.FreshIDs {
		_, _ = h.Write([]byte(r.ch.Handle))
	}
	return h.Sum64()
}
