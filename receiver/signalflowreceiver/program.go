package signalflowreceiver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/progress"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

// program runs one SignalFlow program again and again. Everything but the gauges
// belongs to its goroutine.
type program struct {
	*signalflowReceiver
	config      *ProgramConfig
	text        string
	rules       *translate.Rules
	logger      *zap.Logger
	attributes  metric.MeasurementOption
	checkpoints *checkpoints
	delivering  context.Context // ends when deliveries must be given up

	// state survives the streams.
	state     *progress.State
	gauges    gauges
	warned    warned
	skippedTo int64 // up to where a gap was counted
	exclusive bool  // the next stream needs a connection of its own
	saver     saver
	saveFails bool
	// undecodable is how many streams since the latest new logical time have ended at data that could not be decoded.
	undecodable int
	orphan      string // the job of a lost connection, which may still run

	// The stream that is being read.
	series      map[signalflow.TSID]*streamSeries
	first       streamSeries  // stands before the first series of a message
	previous    *streamSeries // of the latest point
	replayUntil int64         // points up to this logical time may have been delivered
	heard       bool          // something of this stream
	chosen      []chosenPoint
}

// streamSeries is a series of the stream in prepared form.
type streamSeries struct {
	translate.Series
	metadata *signalflow.Series // what it was prepared from
	id       progress.SeriesID
	next     *streamSeries // the one that followed in a message
}

// chosenPoint is a point of the message that is being passed on.
type chosenPoint struct {
	series *streamSeries
	point  *signalflow.Point
}

func newProgram(ctx context.Context, r *signalflowReceiver, c *ProgramConfig, stored *checkpoints) (*program, error) {
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	p := &program{
		signalflowReceiver: r, config: c, text: text, rules: c.rules(), checkpoints: stored,
		logger:     r.settings.Logger.With(zap.String("program", c.Name)),
		attributes: metric.WithAttributeSet(attribute.NewSet(r.telemetry.receiver, attribute.String("program", c.Name))),
	}
	p.rules.Realm = r.config.Realm
	p.rules.ScopeName, p.rules.ScopeVersion = scopeName, r.settings.BuildInfo.Version
	return p, p.load(ctx)
}

// load goes on from the checkpoint, or begins anew.
func (p *program) load(ctx context.Context) error {
	state, err := p.checkpoints.load(ctx, p.config.Name)
	var damaged *damagedError
	switch {
	case errors.As(err, &damaged):
		p.logger.Error("The checkpoint cannot be used; the program begins at its configured start", zap.Error(err))
	case err != nil:
		return err
	}
	hash := p.hash()
	if state != nil && state.Program != hash {
		p.logger.Warn("The program has changed since its checkpoint was written")
		if p.isBounded() {
			state = nil // another job
		} else {
			state.Program = hash // goes on in time: what was delivered is not wanted again
		}
	}
	if state == nil {
		now := time.Now()
		state = progress.New(hash, p.config.Start.At(now))
		if p.isBounded() {
			state.Stop = p.config.Stop.At(now).UnixMilli()
		}
	}
	p.state = state
	p.gauges.resolutionMs.Store(state.Resolution)
	return nil
}

// hash tells whether a checkpoint is this program's. Jobs with a stop time are others
// when their range is.
func (p *program) hash() uint64 {
	if p.isBounded() {
		return xxhash.Sum64String(p.text + "\x00" + string(p.config.Start) + "\x00" + string(p.config.Stop))
	}
	return xxhash.Sum64String(p.text)
}

func (p *program) isBounded() bool { return p.config.Stop != "" }

// run executes the program until its job is done or ctx ends.
func (p *program) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil && !p.state.Done {
		before := p.state.Newest()
		err := p.execute(ctx)
		if ctx.Err() != nil || p.state.Done {
			break
		}
		if p.state.Newest() > before {
			failures = 0
		}
		p.save()
		sleep(ctx, p.pauseAfter(err, &failures))
	}
	p.save()
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// execute reads one stream to its end.
func (p *program) execute(ctx context.Context) error {
	computation, err := p.client.Execute(ctx, p.request(time.Now()))
	if err != nil {
		return err
	}
	jobs := p.telemetry.builder
	jobs.ReceiverSignalflowJobsStarted.Add(ctx, 1, p.attributes)
	jobs.ReceiverSignalflowJobsRunning.Add(ctx, 1, p.attributes)
	defer jobs.ReceiverSignalflowJobsRunning.Add(context.Background(), -1, p.attributes)
	p.begin()
	p.stopOrphan(ctx)
	err = p.read(ctx, computation)
	if closing := computation.Close(); closing != nil {
		p.logger.Debug("The service could not be told that the stream is not wanted any more", zap.Error(closing))
	}
	var lost *signalflow.ConnectionError
	switch {
	case errors.Is(err, io.EOF):
		p.finish()
	case errors.As(err, &lost):
		p.orphan = computation.Handle()
	}
	return err
}

// stopOrphan ends the job of a connection that was lost. The service may let it run,
// and count it against the organization's limits (vendor's SignalFlow documentation).
func (p *program) stopOrphan(ctx context.Context) {
	if p.orphan == "" {
		return
	}
	if err := p.client.Stop(ctx, p.orphan, "its connection was lost"); err != nil {
		p.logger.Debug("The job of the lost connection could not be stopped", zap.Error(err))
	}
	p.orphan = ""
}

// finish notes that the job has come to its stop time.
func (p *program) finish() {
	p.state.Complete()
	if p.isBounded() {
		p.state.Done = true
		p.status.works(p.config.Name)
		p.gauges.newestMs.Store(0) // it is not behind any more
		p.logger.Info("The job has come to its stop time; the program will not run again")
	}
}

// request asks for the stream from where it is needed.
func (p *program) request(now time.Time) signalflow.Request {
	start := p.state.Resume()
	if !p.isBounded() {
		start = p.bound(start, now)
	}
	r := signalflow.Request{
		Program: p.text, Start: time.UnixMilli(start), Resolution: p.config.Resolution, MaxDelay: p.config.MaxDelay,
		Immediate: p.config.Immediate, Timezone: p.config.Timezone, Exclusive: p.isBounded() || p.exclusive,
	}
	if p.isBounded() {
		r.Stop = time.UnixMilli(p.state.Stop)
	}
	if r.Resolution == 0 { // a long range would be served with a coarser one
		r.Resolution = time.Duration(p.state.Resolution) * time.Millisecond
	}
	p.exclusive = false
	return r
}

// bound skips what is older than max_backfill, but nothing that `start` asks for.
func (p *program) bound(start int64, now time.Time) int64 {
	oldest := now.Add(-p.config.MaxBackfill).UnixMilli()
	if p.config.Start != "" {
		oldest = min(oldest, p.config.Start.At(now).UnixMilli())
	}
	if start >= oldest {
		return start
	}
	// Without data nothing tells how far the stream was.
	if gap := oldest - max(start, p.skippedTo); gap > 0 && p.state.Newest() != progress.None {
		p.skippedTo = oldest
		p.telemetry.builder.ReceiverSignalflowGap.Add(context.Background(), int64(math.Ceil(float64(gap)/1000)), p.attributes)
		p.logger.Warn("Skipped past data that is older than `max_backfill`; it is lost unless a program with `start` and `stop` fetches it",
			zap.Time("from", time.UnixMilli(start)), zap.Time("to", time.UnixMilli(oldest)))
	}
	return oldest
}

// pauseAfter reports the end of a stream and returns how long to wait before the next one.
func (p *program) pauseAfter(err error, failures *int) time.Duration {
	p.countEnd(err)
	class := signalflow.ClassOf(err)
	p.status.failed(p.config.Name, fmt.Errorf("program %q: %w", p.config.Name, err))
	if class == signalflow.ClassBadProgram || class == signalflow.ClassBadToken {
		p.logger.Error("The service refuses the program or the token; trying again later", zap.Error(err), zap.Duration("pause", p.refusedPause))
		return p.refusedPause
	}
	var lost *signalflow.ConnectionError
	if errors.As(err, &lost) { // was logged, and the client paces connections
		return 0
	}
	p.exclusive = errors.Is(err, signalflow.ErrSlowConsumer)
	*failures++
	pause := p.backoff(*failures)
	p.logger.Warn("The stream has ended; the program goes on from there", zap.Error(err), zap.Duration("pause", pause))
	return pause
}

// countEnd counts why a stream has ended.
func (p *program) countEnd(err error) {
	var aborted *signalflow.AbortError
	var refused *signalflow.Error
	switch {
	case errors.As(err, &aborted):
		p.count(p.telemetry.builder.ReceiverSignalflowJobsAborted, "state", aborted.State)
	case errors.As(err, &refused):
		p.count(p.telemetry.builder.ReceiverSignalflowJobErrors, "error_type", cmp.Or(refused.Type, strconv.Itoa(refused.Code)))
	case errors.Is(err, signalflow.ErrSlowConsumer):
		p.telemetry.builder.ReceiverSignalflowQueueFull.Add(context.Background(), 1, p.attributes)
	}
}

// backoff is how long to wait after a number of failures in a row.
func (p *program) backoff(failures int) time.Duration {
	return p.signalflowReceiver.config.Retry.delay(failures)
}
