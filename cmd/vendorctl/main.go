// Command vendorctl does at the command line what scripts did with the vendors' Python clients.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/root"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal ends the process at once
	s := &session.Session{Getenv: os.Getenv, Now: time.Now}
	code := root.Run(ctx, s, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
