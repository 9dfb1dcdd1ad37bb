package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// usual is what the rates are measured with: 100,000 series in requests of 1,000.
var usual = shape{requests: 100, resources: 10, points: 100}

// keptUp is how late the slowest may be: where the queue grows instead, the sender does not
// notice before it is full.
const keptUp = time.Second

// ratesTable raises the rate of each exporter until the collector no longer keeps up.
func ratesTable(ctx context.Context, o options) error {
	fmt.Printf("%s, %d processors shared by sender, collector and lab; %v at each rate; %d series, %d datapoints a request\n\n",
		runtime.Version(), runtime.NumCPU(), o.step, usual.series(), usual.datapoints())
	fmt.Println("| exporter | datapoints/s kept up with | taken at most | CPU seconds per million | datapoints/s per core | peak memory | latency p50 | p99 |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, t := range o.chosen() {
		if err := raise(ctx, o, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

// raise is the row of one exporter.
func raise(ctx context.Context, o options, t target) error {
	r, err := start(ctx, o, t, usual)
	if err != nil {
		return err
	}
	defer r.stop()
	var best held
	most := 0.0
	for rate := o.first; ; rate = rate * 3 / 2 {
		h, err := r.hold(ctx, rate, o.step)
		if err != nil {
			return err
		}
		most = max(most, h.taken)
		if h.taken < 0.95*float64(rate) || quantile(h.latencies, 0.99) > keptUp {
			break
		}
		best = h
	}
	if best.datapoints == 0 {
		return errors.New("it does not keep up with the first rate: choose a lower one with -rate")
	}
	peak, _, err := r.collector.memory()
	if err != nil {
		return err
	}
	seconds := best.perMillion()
	fmt.Printf("| %s | %.0f | %.0f | %.2f | %.0f | %d MiB | %v | %v |\n", t.name, best.taken, most, seconds, 1e6/seconds, peak>>20,
		quantile(best.latencies, 0.5), quantile(best.latencies, 0.99))
	return nil
}
