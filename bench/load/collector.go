package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
)

// collector is the built binary with one exporter.
type collector struct {
	*process
	otlp   string // where it takes OTLP over HTTP
	folder string // of its configuration and its queue
}

const configFile = "collector.yaml"

// stop ends it and removes its folder.
func (c *collector) stop() {
	c.process.stop()
	_ = os.RemoveAll(c.folder)
}

func startCollector(ctx context.Context, program string, t target, l *lab) (*collector, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "load-")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, configFile)
	if err := os.WriteFile(file, []byte(t.config()), 0o600); err != nil {
		return nil, err
	}
	p, err := startProcess(ctx, program, []string{
		"OTLP=" + address, "SIGNALFX=" + l.services["signalfx"], "WAVEFRONT=" + l.services["wavefront"], "LIBRATO=" + l.services["librato"], "FOLDER=" + folder,
	}, "--config", file)
	if err != nil {
		return nil, err
	}
	c := &collector{p, "http://" + address + "/v1/metrics", folder}
	ready := func() error {
		response, err := http.Get(c.otlp)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusMethodNotAllowed {
			return errors.New(response.Status)
		}
		return nil
	}
	if err := eventually(ctx, ready); err != nil {
		c.stop()
		return nil, fmt.Errorf("the collector did not start with %s: %w\n%s", t.name, err, p.output.String())
	}
	return c, nil
}
