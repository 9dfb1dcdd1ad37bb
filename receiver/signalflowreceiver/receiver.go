package signalflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
)

// refusedPause is how long a program rests that was refused for its text or token:
// neither gets right by trying, but limits and tokens can be changed on the service.
const refusedPause = 10 * time.Minute

// saveInterval is the least time between two checkpoints of a program. It is below the
// finest step of a stream, one second, so that each step is stored when it was delivered.
const saveInterval = 800 * time.Millisecond

// signalflowReceiver runs the programs.
type signalflowReceiver struct {
	config    *Config
	settings  receiver.Settings
	telemetry *telemetry
	status    status
	observe   *receiverhelper.ObsReport
	metrics   consumer.Metrics // nil without such a pipeline
	logs      consumer.Logs    // likewise
	release   func()

	refusedPause, saveInterval, yieldGrace time.Duration // tests set shorter ones

	// Set by Start, before the first program runs.
	host   component.Host
	client client

	mu        sync.Mutex
	isStarted bool
	isShut    bool
	term      *term      // nil with a leader elector
	candidate *candidate // nil without
}

func newReceiver(c *Config, set receiver.Settings) (*signalflowReceiver, error) {
	t, err := newTelemetry(set)
	if err != nil {
		return nil, err
	}
	observe, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{
		ReceiverID: set.ID, Transport: c.Transport, LongLivedCtx: true, ReceiverCreateSettings: set,
	})
	if err != nil {
		return nil, err
	}
	return &signalflowReceiver{
		config: c, settings: set, telemetry: t, observe: observe, release: func() {},
		refusedPause: refusedPause, saveInterval: saveInterval, yieldGrace: yieldGrace,
	}, nil
}

// Start lets the programs run, or be run when this collector leads. It is called once per signal.
func (r *signalflowReceiver) Start(ctx context.Context, host component.Host) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.add(host)
	if r.isStarted {
		return nil
	}
	r.host = host
	var err error
	if r.client, err = r.newClient(ctx, host); err != nil {
		return err
	}
	if err = r.telemetry.observe(r.client); err != nil {
		return err
	}
	if elector := r.config.LeaderElector; elector != nil {
		r.candidate, err = r.stand(*elector)
	} else {
		r.term, err = r.beginTerm(ctx)
	}
	r.isStarted = err == nil
	return err
}

// Shutdown ends the streams, lets deliveries that are under way come to their end
// for as long as ctx allows, and stores how far the programs are.
func (r *signalflowReceiver) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release()
	if r.isShut {
		return nil
	}
	r.isShut = true
	var errs []error
	if r.candidate != nil {
		r.candidate.resign()
	}
	if r.term != nil {
		errs = append(errs, r.term.end(ctx))
	}
	if r.client != nil {
		errs = append(errs, r.client.Close())
	}
	return errors.Join(append(errs, r.telemetry.builder.Shutdown())...)
}

func userAgent(build component.BuildInfo) string {
	return fmt.Sprintf("%s/%s (%s/%s)", build.Command, build.Version, runtime.GOOS, runtime.GOARCH)
}
