package signalflowreceiver

import (
	"context"
	"fmt"
	"hash/fnv"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"
)

// refusedPause is how long a program rests that was refused for its text or token:
// neither gets right by trying, but limits and tokens can be changed on the service.
const refusedPause = 10 * time.Minute

// signalflowReceiver runs the programs, one goroutine for each.
type signalflowReceiver struct {
	config    *Config
	settings  receiver.Settings
	telemetry *telemetry
	status    status
	observe   *receiverhelper.ObsReport
	metrics   consumer.Metrics // nil without such a pipeline
	logs      consumer.Logs    // likewise
	release   func()

	refusedPause time.Duration // tests set a shorter one
	saveInterval time.Duration

	mu          sync.Mutex
	isStarted   bool
	isShut      bool
	client      client
	checkpoints *checkpoints
	programs    []*program
	stop        context.CancelFunc // ends the reading of streams
	abandon     context.CancelFunc // ends deliveries that are under way
	running     sync.WaitGroup
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
		refusedPause: refusedPause, saveInterval: time.Second,
	}, nil
}

// Start reads what was stored and lets the programs run. It is called once per signal.
func (r *signalflowReceiver) Start(ctx context.Context, host component.Host) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.add(host)
	if r.isStarted {
		return nil
	}
	if err := r.open(ctx, host); err != nil {
		return err
	}
	r.isStarted = true
	running, stop := context.WithCancel(context.Background())
	delivering, abandon := context.WithCancel(context.Background())
	r.stop, r.abandon = stop, abandon
	for _, p := range r.programs {
		p.delivering = delivering
		r.running.Go(func() { p.run(running) })
	}
	return nil
}

// open makes everything that the programs need.
func (r *signalflowReceiver) open(ctx context.Context, host component.Host) error {
	var err error
	if r.checkpoints, err = openCheckpoints(ctx, r.config.Storage, host, r.settings.ID); err != nil {
		return err
	}
	if err := r.loadPrograms(ctx); err != nil {
		return err
	}
	if r.client, err = r.newClient(ctx, host); err != nil {
		return err
	}
	for _, p := range r.programs {
		p.client = r.client
	}
	return r.telemetry.observe(r.client, r.programs)
}

func (r *signalflowReceiver) loadPrograms(ctx context.Context) error {
	var names []string
	for i := range r.config.Programs {
		c := &r.config.Programs[i]
		names = append(names, c.Name)
		if !r.config.Shard.has(c.Name) {
			continue
		}
		p, err := newProgram(ctx, r, c)
		if err != nil {
			return err
		}
		r.programs = append(r.programs, p)
	}
	if err := r.checkpoints.forgetOthers(ctx, names); err != nil {
		r.settings.Logger.Warn("Checkpoints of programs that are no longer configured could not be removed", zap.Error(err))
	}
	return nil
}

// has reports whether a program is this collector's.
func (s ShardConfig) has(name string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()%uint32(s.Total) == uint32(s.Index)
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
	if r.isStarted {
		r.stop()
		defer r.abandon()
		defer context.AfterFunc(ctx, r.abandon)()
		r.running.Wait()
	}
	var err error
	if r.client != nil {
		err = r.client.Close()
	}
	if e := r.checkpoints.close(ctx); e != nil {
		err = fmt.Errorf("closing `storage`: %w", e)
	}
	if e := r.telemetry.builder.Shutdown(); e != nil {
		err = e
	}
	return err
}

func userAgent(build component.BuildInfo) string {
	return fmt.Sprintf("%s/%s (%s/%s)", build.Command, build.Version, runtime.GOOS, runtime.GOARCH)
}
