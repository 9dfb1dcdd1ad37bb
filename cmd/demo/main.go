// Command demo shows this machine's metrics arriving at a stand-in for the vendors. `make demo` builds what it needs and runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/otelcol-custom/otelcol-custom/internal/demo"
)

func main() {
	settings := demo.Settings{}
	flag.StringVar(&settings.Lab, "lab", "build/bin/vendorlab", "path of the vendorlab binary")
	flag.StringVar(&settings.Collector, "collector", "cmd/otelcol-custom/otelcol-custom", "path of the collector binary")
	flag.StringVar(&settings.Config, "config", "examples/laptop/collector.yaml", "path of the collector configuration")
	flag.StringVar(&settings.LogDir, "logs", "build/demo", "folder for the logs of both")
	loop := flag.Bool("loop", false, "kill the lab and the collector in mid-stream and look for gaps and repetitions, with the configuration of examples/signalflow-loop")
	flag.Parse()

	if err := run(settings, *loop); err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

func run(settings demo.Settings, loop bool) error {
	if err := settings.FromEnvironment(os.Getenv); err != nil {
		return err
	}
	// The first signal stops the children in order, the second one cuts that short.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, stop := context.WithCancel(context.Background())
	hurry, cut := context.WithCancel(context.Background())
	go func() {
		<-signals
		stop()
		<-signals
		cut()
	}()
	if loop {
		return demo.Loop(ctx, settings, os.Stdout)
	}
	return demo.Run(ctx, hurry, settings, os.Stdout)
}
