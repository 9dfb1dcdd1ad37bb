package main

import (
	"context"
	"fmt"
)

// growth is a row of shapes in which one number grows.
type growth struct {
	title  string
	of     func(shape) int
	shapes []shape
}

var growths = []growth{
	{"active series, in requests of 1,000 datapoints", shape.series, []shape{
		{1, 10, 100, false}, {10, 10, 100, false}, {100, 10, 100, false}, {1000, 10, 100, false},
	}},
	{"resources, in requests of 10,000 datapoints", func(s shape) int { return s.resources }, []shape{
		{10, 1, 10_000, false}, {10, 10, 1000, false}, {10, 100, 100, false}, {10, 1000, 10, false}, {10, 10_000, 1, false},
	}},
	{"datapoints in a request", shape.datapoints, []shape{
		{1000, 1, 100, false}, {100, 10, 100, false}, {10, 100, 100, false}, {2, 500, 100, false},
	}},
	{"datapoints in a request, histograms of 10 buckets only", shape.datapoints, []shape{{100, 10, 100, true}}},
}

// growthTables tell the cost of a datapoint, as fast as requests are taken.
func growthTables(ctx context.Context, o options) error {
	for _, g := range growths {
		fmt.Printf("\nCPU seconds per million datapoints and resident memory, by %s\n\n| exporter |", g.title)
		for _, s := range g.shapes {
			fmt.Printf(" %d |", g.of(s))
		}
		fmt.Print("\n|---|")
		for range g.shapes {
			fmt.Print("---|")
		}
		fmt.Println()
		for _, t := range o.chosen() {
			fmt.Printf("| %s |", t.name)
			for _, s := range g.shapes {
				if err := cell(ctx, o, t, s); err != nil {
					return fmt.Errorf("%s, %s %d: %w", t.name, g.title, g.of(s), err)
				}
			}
			fmt.Println()
		}
	}
	return nil
}

func cell(ctx context.Context, o options, t target, s shape) error {
	r, err := start(ctx, o, t, s)
	if err != nil {
		return err
	}
	defer r.stop()
	h, err := r.hold(ctx, 0, o.step)
	if err != nil {
		return err
	}
	_, now, err := r.collector.memory()
	if err != nil {
		return err
	}
	fmt.Printf(" %.2f, %d MiB |", h.perMillion(), now>>20)
	return nil
}
