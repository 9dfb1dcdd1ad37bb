package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	labStartLimit = 15 * time.Second
	// stopGrace is enough for the collector to send what it holds.
	stopGrace = 10 * time.Second
)

// ErrInterrupted is returned when a demo was stopped before it could tell whether data arrives.
var ErrInterrupted = errors.New("interrupted before it was over")

// Run starts the stand-in and the collector, shows what arrives and stops both again. Without a duration it runs until ctx is
// done and succeeds unless a child ends by itself. With one it succeeds only if every room received its host metrics, and
// the program's spans and events.
//
// Stopping takes up to 10 seconds a child; hurry, when done, cuts that short.
func Run(ctx, hurry context.Context, s Settings, out io.Writer) (err error) {
	if err := s.Ports.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.LogDir, 0o755); err != nil {
		return err
	}

	stand, err := start("the lab", s.labLog(), s.Lab, s.labArgs(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopUnlessEnded(hurry, stand)) }()
	api := newLab(s.Ports.Lab)
	defer api.client.CloseIdleConnections()
	if err := waitReady(ctx, api, stand); err != nil {
		return err
	}

	collector, err := start("the collector", s.collectorLog(), s.Collector, []string{"--config", s.Config}, s.collectorEnv())
	if err != nil {
		return err
	}
	defer func() {
		fmt.Fprintln(out, "\nstopping the collector, then the lab")
		err = errors.Join(err, stopUnlessEnded(hurry, collector))
	}()
	fmt.Fprintln(out, "the lab and the collector are starting; waiting for data")
	stopProgram := s.startProgram(ctx)
	defer stopProgram()
	w := &watch{settings: &s, lab: api, out: out, began: time.Now()}
	return w.untilTheEnd(ctx, stand, collector)
}

// startProgram plays an application that sends spans and deploys, until the returned function is called.
func (s *Settings) startProgram(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	p := &program{
		traces: "http://" + address(s.Ports.OTLPHTTP) + "/v1/traces",
		log:    s.deployLog(),
		client: &http.Client{Timeout: 5 * time.Second},
	}
	_ = os.Remove(p.log) // of an earlier run: its deploys were shown then
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.run(ctx)
	}()
	return func() {
		cancel()
		<-done
		p.client.CloseIdleConnections()
	}
}

// waitReady returns once the stand-in answers.
func waitReady(ctx context.Context, api *lab, stand *child) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(labStartLimit)
	defer limit.Stop()
	for !api.ready(ctx) {
		select {
		case <-stand.done:
			return stand.died()
		case <-ctx.Done():
			return ErrInterrupted
		case <-limit.C:
			return fmt.Errorf("%s did not answer at %s within %s\n%s", stand.name, api.base, labStartLimit, stand.lastLines())
		case <-tick.C:
		}
	}
	return nil
}

// stopUnlessEnded stops a child. One that has ended already was reported when that was noticed.
func stopUnlessEnded(hurry context.Context, c *child) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	grace, cancel := context.WithTimeout(hurry, stopGrace)
	defer cancel()
	return c.stop(grace)
}
