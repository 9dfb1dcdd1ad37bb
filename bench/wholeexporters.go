package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// points are the OTLP datapoints of every batch.
const points = testbatch.StandardPoints

func shapes() (names []string) {
	for _, shape := range testbatch.Shapes {
		names = append(names, shape.Name)
	}
	return names
}

// exporterTables measure whole exporters: translation, encoding, compression and
// requests over loopback to a server in another process.
func exporterTables(o options) error {
	url, stop, err := startSink()
	if err != nil {
		return err
	}
	defer stop()
	for _, b := range testbatch.Shapes {
		if err := exporterTable(o, url, b); err != nil {
			return fmt.Errorf("batch %q: %w", b.Name, err)
		}
	}
	return nil
}

func exporterTable(o options, url string, b testbatch.Shape) error {
	md := testbatch.At(b.Make(), time.Now())
	var contenders []contender
	var sizes []int
	for _, s := range slices.Concat(ours, otlpHTTP) {
		bodies, err := bodiesOf(s, md)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		push, stop, err := s.start(url)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		defer stop()
		contenders = append(contenders,
			contender{s.name, points, func() error { return push(md) }},
			floorOf(s.name+" gzip", bodies, points))
		sizes = append(sizes, sizeOf(bodies))
	}
	samples, err := race(contenders, o.rounds, o.time)
	if err != nil {
		return err
	}
	t := newTable("Whole exporter, "+b.Name, "exporter", "CPU ns/point", "over gzip (CPU)", "over gzip (wall)", "over otlp_http, level 1 (CPU)", "allocs/point", "bytes/point")
	last := samples[len(samples)-2]
	for i := 0; i < len(contenders); i += 2 {
		of, floor := samples[i], samples[i+1]
		t.row(contenders[i].name, nanoseconds(median(of, cpu)), times(ratio(of, floor, cpu)), times(ratio(of, floor, wall)),
			times(ratio(of, last, cpu)), count(median(of, allocs)), fmt.Sprint(sizes[i/2]/points))
	}
	return nil
}
