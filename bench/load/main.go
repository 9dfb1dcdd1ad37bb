// Command load puts load on the built collector, with the lab as the vendor: OTLP in
// over loopback at rising rates until the collector no longer keeps up, and how cost
// grows with series, resources and batch size. See docs/performance.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	root, only string
	step       time.Duration
	first      int
	growth     bool
	sizing     bool
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", "..", "the project's folder, with both programs built")
	flag.StringVar(&o.only, "only", "", "one exporter: "+strings.Join(names(), ", "))
	flag.DurationVar(&o.step, "step", 5*time.Second, "how long each rate is held")
	flag.IntVar(&o.first, "rate", 50_000, "the first rate, in OTLP datapoints a second; each next one is 1.5 times as high")
	flag.BoolVar(&o.growth, "growth", true, "also measure how cost grows")
	flag.BoolVar(&o.sizing, "sizing", false, "measure what docs/sizing.md tells instead: idle, at fixed rates, after an outage")
	flag.Parse()
	if o.only != "" && !slices.Contains(names(), o.only) {
		exit(fmt.Errorf("-only: there is no exporter %q; there are %s", o.only, strings.Join(names(), ", ")))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(run(ctx, o))
}

func run(ctx context.Context, o options) error {
	if o.sizing {
		return sizingTables(ctx, o)
	}
	if err := ratesTable(ctx, o); err != nil || !o.growth {
		return err
	}
	return growthTables(ctx, o)
}

// chosen are the targets that the flags ask for.
func (o options) chosen() []target {
	return slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return o.only != "" && t.name != o.only })
}

func names() (list []string) {
	for _, t := range targets {
		list = append(list, t.name)
	}
	return list
}

// program is the path of a built program.
func (o options) program(parts ...string) (string, error) {
	path, err := filepath.Abs(filepath.Join(append([]string{o.root}, parts...)...))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not built: run make otelcol-custom lab", filepath.Join(parts...))
	}
	return path, nil
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
