package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// encoders are the packages whose benchmark Encode measures translation and encoding
// alone. They are internal to their components, so their own test programs run it.
var encoders = []struct{ name, folder, variant string }{
	{"signalfx", "exporter/signalfxexporter/internal/translate", ""},
	{"wavefront", "exporter/wavefrontexporter/internal/translate", ""},
	{"librato (tags)", "exporter/libratoexporter/internal/translate", "/tags"},
	{"librato (sources)", "exporter/libratoexporter/internal/translate", "/sources"},
}

// encodeTable measures the encoders in turn, in rounds.
func encodeTable(o options) error {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	programs := make([]string, len(encoders))
	for i, e := range encoders {
		programs[i] = filepath.Join(folder, strconv.Itoa(i))
		build := exec.Command("go", "test", "-c", "-o", programs[i], "./"+e.folder)
		build.Dir = o.root
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", e.folder, err, out)
		}
	}
	results := make([]map[string][]result, len(encoders)) // by shape
	for range o.rounds {
		for i, e := range encoders {
			if results[i] == nil {
				results[i] = map[string][]result{}
			}
			out, err := exec.Command(programs[i], "-test.run=^$", "-test.cpu=1", "-test.benchtime="+o.time.String(),
				"-test.bench=^BenchmarkEncode$"+strings.Replace(e.variant, "/", "/^", 1)).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", e.name, err, out)
			}
			for shape, r := range parse(out, e.variant) {
				results[i][shape] = append(results[i][shape], r)
			}
		}
	}
	t := newTable("Encoding alone, one processor", "exporter", "batch", "ns/point", "allocs/point", "bytes/point")
	for i, e := range encoders {
		for _, shape := range shapes() {
			of := results[i][shape]
			if len(of) == 0 {
				return fmt.Errorf("%s: the benchmark did not report %q", e.name, shape)
			}
			t.row(e.name, shape, nanoseconds(middleOf(of, func(r result) float64 { return r.time })),
				fmt.Sprintf("%.4f", middleOf(of, func(r result) float64 { return r.allocs })),
				fmt.Sprintf("%.0f", of[0].bytes))
		}
	}
	return nil
}

// result is a line of a benchmark, per OTLP datapoint.
type result struct{ time, bytes, allocs float64 }

// parse reads `BenchmarkEncode/VARIANT/SHAPE  N  value unit  value unit ...`.
func parse(out []byte, variant string) map[string]result {
	all := map[string]result{}
	for line := range bytes.Lines(out) {
		fields := strings.Fields(string(line))
		if len(fields) == 0 {
			continue
		}
		shape, found := strings.CutPrefix(fields[0], "BenchmarkEncode"+variant+"/")
		if !found {
			continue
		}
		var r result
		for i := 2; i+1 < len(fields); i += 2 {
			value, _ := strconv.ParseFloat(fields[i], 64)
			switch fields[i+1] {
			case "ns/point":
				r.time = value
			case "B/point":
				r.bytes = value
			case "allocs/op":
				r.allocs = value / points
			}
		}
		all[strings.ReplaceAll(shape, "_", " ")] = r
	}
	return all
}

func middleOf(results []result, get func(result) float64) float64 {
	values := make([]float64, len(results))
	for i, r := range results {
		values[i] = get(r)
	}
	return middle(values)
}
