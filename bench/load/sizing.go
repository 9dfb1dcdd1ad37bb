package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// sizingTables are those of docs/sizing.md: what a collector takes when idle and at a rate, what data that waits takes, and how fast it drains.
func sizingTables(ctx context.Context, o options) error {
	for _, table := range []func(context.Context, options) error{idleTable, steadyTable, outageTable} {
		if err := table(ctx, o); err != nil {
			return err
		}
		fmt.Println()
	}
	return nil
}

// idleTable runs examples without any sender.
func idleTable(ctx context.Context, o options) error {
	fmt.Printf("| idle for %v, with the host's own metrics where the example has them | resident memory | CPU |\n|---|---|---|\n", 4*o.step)
	for _, example := range []string{"host", "gateway"} {
		labProgram, err := o.program("build", "bin", "vendorlab")
		if err != nil {
			return err
		}
		l, err := startLab(ctx, labProgram)
		if err != nil {
			return err
		}
		err = idle(ctx, o, example, l)
		l.stop()
		if err != nil {
			return fmt.Errorf("examples/%s: %w", example, err)
		}
	}
	return nil
}

func idle(ctx context.Context, o options, example string, l *lab) error {
	program, err := o.program("cmd", "otelcol-custom", "otelcol-custom")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "load-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	args := []string{"--config", filepath.Join(o.root, "examples", example, "collector.yaml"), "--set=service.telemetry.metrics.level=none"}
	for key, value := range map[string]string{"exporters.signalfx.ingest_url": l.services["signalfx"], "exporters.signalfx.api_url": l.services["signalfx"]} {
		args = append(args, "--set="+key+"="+value)
	}
	for _, key := range []string{"extensions.health_check.endpoint", "receivers.otlp.protocols.grpc.endpoint", "receivers.otlp.protocols.http.endpoint"} {
		address, err := freeAddress()
		if err != nil {
			return err
		}
		args = append(args, "--set="+key+"="+address)
	}
	p, err := startProcess(ctx, program, []string{"SPLUNK_REALM=us0", "SPLUNK_ACCESS_TOKEN=load", "QUEUE_DIRECTORY=" + folder}, args...)
	if err != nil {
		return err
	}
	defer p.stop()
	if !wait(ctx, 2*o.step) { // the start is over
		return ctx.Err()
	}
	before, err := p.processorTime()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, p.output.String())
	}
	if !wait(ctx, 4*o.step) {
		return ctx.Err()
	}
	after, err := p.processorTime()
	if err != nil {
		return err
	}
	_, now, err := p.memory()
	if err != nil {
		return err
	}
	fmt.Printf("| examples/%s | %d MiB | %.1f%% of a core |\n", example, now>>20, 100*(after-before).Seconds()/(4*o.step).Seconds())
	return nil
}

// steadyTable holds rates that a host, a small and a large gateway have.
func steadyTable(ctx context.Context, o options) error {
	fmt.Printf("| exporter | datapoints/s, of %d series | CPU | resident memory | requests/s to the vendor | bytes/datapoint on the wire |\n|---|---|---|---|---|---|\n", usual.series())
	for _, t := range o.chosen() {
		if err := steady(ctx, o, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

func steady(ctx context.Context, o options, t target) error {
	r, err := start(ctx, o, t, usual)
	if err != nil {
		return err
	}
	defer r.stop()
	for _, rate := range []int{1000, 10_000, 50_000} {
		before, err := r.lab.traffic(ctx, t.vendor)
		if err != nil {
			return err
		}
		h, err := r.hold(ctx, rate, 2*o.step)
		if err != nil {
			return err
		}
		after, err := r.lab.traffic(ctx, t.vendor)
		if err != nil {
			return err
		}
		_, now, err := r.collector.memory()
		if err != nil {
			return err
		}
		seconds := (2 * o.step).Seconds()
		fmt.Printf("| %s | %.0f | %.1f%% of a core | %d MiB | %.1f | %.1f |\n", t.name, h.taken, 100*h.cpu.Seconds()/seconds, now>>20,
			float64(after.Requests-before.Requests)/seconds, float64(after.WireBytes-before.WireBytes)/float64(h.datapoints))
	}
	return nil
}

// waiting is how many datapoints wait in the queue when the vendor is back.
const waiting = 500_000

// outageTable has the vendor away while data comes.
func outageTable(ctx context.Context, o options) error {
	fmt.Printf("| queue, with %d datapoints of 5 attributes in it | memory/datapoint | disk/datapoint | drained | file when drained |\n|---|---|---|---|---|\n", waiting)
	const disk = "  file_storage: {directory: \"${env:FOLDER}\"%s}\n"
	for _, kind := range []struct{ name, extension string }{
		{"in memory", ""},
		{"on disk", fmt.Sprintf(disk, "")},
		{"on disk, `compaction::on_rebound`", fmt.Sprintf(disk,
			", compaction: {on_rebound: true, directory: \"${env:FOLDER}\", rebound_needed_threshold_mib: 20, rebound_trigger_threshold_mib: 10, check_interval: 1s}")},
	} {
		t := targets[0]
		t.queue = away
		if kind.extension != "" {
			t.queue += "\n      storage: file_storage"
			t.extension = kind.extension
		}
		if err := outage(ctx, o, t, kind.name); err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
	}
	return nil
}

// away is the queue of a collector whose vendor is away.
const away = `
    retry_on_failure: {initial_interval: 100ms, max_interval: 500ms, max_elapsed_time: 0s}
    sending_queue:
      sizer: items
      queue_size: 10000000
      num_consumers: 10
      batch: {min_size: 2000, max_size: 5000, flush_timeout: 1s}`

func outage(ctx context.Context, o options, t target, name string) error {
	r, err := start(ctx, o, t, usual)
	if err != nil {
		return err
	}
	defer r.stop()
	_, before, err := r.collector.memory()
	if err != nil {
		return err
	}
	already, err := r.lab.arrived(ctx, t.vendor)
	if err != nil {
		return err
	}
	if err := r.lab.faults(ctx, http.MethodPost, `{"status":503}`); err != nil {
		return err
	}
	requests := waiting / r.sender.points
	for range requests {
		if err := r.sender.send(ctx); err != nil {
			return err
		}
	}
	_, full, err := r.collector.memory()
	if err != nil {
		return err
	}
	file := r.collector.stored()
	if err := r.lab.faults(ctx, http.MethodDelete, ""); err != nil {
		return err
	}
	began := time.Now()
	want := already + int64(r.per*float64(requests))
	for arrived := int64(0); arrived < want; {
		if !wait(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
		if arrived, err = r.lab.arrived(ctx, t.vendor); err != nil {
			return err
		}
	}
	took := time.Since(began)
	if !wait(ctx, 5*time.Second) { // for the compaction
		return ctx.Err()
	}
	onDisk, after := "none", ""
	if file > 0 {
		onDisk, after = fmt.Sprintf("%d bytes", file/waiting), fmt.Sprintf("%d of %d MiB", r.collector.stored()>>20, file>>20)
	}
	fmt.Printf("| %s | %d bytes | %s | %.0f/s | %s |\n", name, (full-before)/waiting, onDisk, waiting/took.Seconds(), after)
	return nil
}

// traffic is what a vendor had.
type traffic struct {
	Requests  int64 `json:"requests"`
	WireBytes int64 `json:"wire_bytes"`
}

func (l *lab) traffic(ctx context.Context, vendor string) (traffic, error) {
	var stats struct{ Vendors map[string]traffic }
	err := getJSON(ctx, l.api+"/api/stats", &stats)
	return stats.Vendors[vendor], err
}

// faults switches one on, or all off.
func (l *lab) faults(ctx context.Context, method, fault string) error {
	request, err := http.NewRequestWithContext(ctx, method, l.api+"/api/faults", bytes.NewBufferString(fault))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the lab answered %s", response.Status)
	}
	return nil
}

// stored is how large the collector's files are.
func (c *collector) stored() (size int64) {
	files, _ := os.ReadDir(c.folder)
	for _, file := range files {
		if info, err := file.Info(); err == nil && file.Name() != configFile {
			size += info.Size()
		}
	}
	return size
}
