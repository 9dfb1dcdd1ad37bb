package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// rig is a running lab, a running collector and a sender.
type rig struct {
	lab       *lab
	collector *collector
	sender    *sender
	vendor    string
	per       float64 // datapoints that arrive for a request
}

func start(ctx context.Context, o options, t target, s shape) (*rig, error) {
	labProgram, err := o.program("build", "bin", "vendorlab")
	if err != nil {
		return nil, err
	}
	collectorProgram, err := o.program("cmd", "otelcol-custom", "otelcol-custom")
	if err != nil {
		return nil, err
	}
	payloads, err := s.payloads()
	if err != nil {
		return nil, err
	}
	r := &rig{vendor: t.vendor}
	if r.lab, err = startLab(ctx, labProgram); err != nil {
		return nil, err
	}
	if r.collector, err = startCollector(ctx, collectorProgram, t, r.lab); err != nil {
		r.stop()
		return nil, err
	}
	r.sender = newSender(r.collector.otlp, payloads, s.datapoints())
	if err := r.calibrate(ctx); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

func (r *rig) stop() {
	if r.collector != nil {
		r.collector.stop()
	}
	r.lab.stop()
}

// calibrate sends every payload once, which also makes the collector warm, and counts
// what arrives of a request.
func (r *rig) calibrate(ctx context.Context) error {
	for range r.sender.payloads {
		if err := r.sender.send(ctx); err != nil {
			return err
		}
	}
	arrived, err := r.settled(ctx)
	if err != nil {
		return err
	}
	if arrived == 0 {
		return fmt.Errorf("nothing arrived at the lab\n%s", r.collector.output.String())
	}
	r.per = float64(arrived) / float64(len(r.sender.payloads))
	return nil
}

// settled waits until nothing has arrived for a second.
func (r *rig) settled(ctx context.Context) (arrived int64, err error) {
	for still := 0; still < 10; still++ {
		if !wait(ctx, 100*time.Millisecond) {
			return 0, ctx.Err()
		}
		n, err := r.lab.arrived(ctx, r.vendor)
		if err != nil {
			return 0, err
		}
		if n != arrived {
			arrived, still = n, 0
		}
	}
	return arrived, nil
}

// held is what a rate gave.
type held struct {
	datapoints int           // OTLP datapoints that were taken
	taken      float64       // a second
	cpu        time.Duration // of the collector, until everything had arrived
	latencies  []time.Duration
}

// perMillion is the collector's processor time per million OTLP datapoints, in seconds.
func (h held) perMillion() float64 { return h.cpu.Seconds() / float64(h.datapoints) * 1e6 }

// hold sends at a rate for a time, and waits until everything has arrived.
func (r *rig) hold(ctx context.Context, rate int, d time.Duration) (held, error) {
	before, err := r.lab.arrived(ctx, r.vendor)
	if err != nil {
		return held{}, err
	}
	used, err := r.collector.processorTime()
	if err != nil {
		return held{}, err
	}
	r.sender.sent = nil
	watching, enough := context.WithCancel(ctx)
	defer enough()
	w := &watch{lab: r.lab, vendor: r.vendor}
	go w.run(watching)

	began := time.Now()
	requests, err := r.sender.hold(ctx, rate, d)
	if err != nil {
		return held{}, err
	}
	took := time.Since(began)
	arrived, err := r.settled(ctx)
	if err != nil {
		return held{}, err
	}
	if want := before + int64(r.per*float64(requests)); arrived < want {
		return held{}, fmt.Errorf("%d of %d datapoints did not arrive\n%s", want-arrived, want-before, r.collector.output.String())
	}
	after, err := r.collector.processorTime()
	if err != nil {
		return held{}, err
	}
	slices.SortFunc(r.sender.sent, time.Time.Compare)
	datapoints := int(requests) * r.sender.points
	return held{
		datapoints: datapoints, taken: float64(datapoints) / took.Seconds(), cpu: after - used,
		latencies: w.latencies(r.sender.sent, before, r.per),
	}, nil
}
