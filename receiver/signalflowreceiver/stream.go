package signalflowreceiver

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

// lostPoints ends a stream whose points could not be read: they come again.
func lostPoints(reason error) error {
	return fmt.Errorf("a data message could not be decoded; asking for it again: %w", reason)
}

// begin forgets the stream before. Ids of series mean nothing in another one.
func (p *program) begin() {
	p.series = make(map[signalflow.TSID]*streamSeries)
	p.first.next = nil
	p.state.Forget()
	p.replayUntil = p.state.Newest()
	p.heard = false
	p.saver.changed()
}

// read takes the messages of a stream in their order, one at a time.
func (p *program) read(ctx context.Context, computation *signalflow.Computation) error {
	for {
		m, err := computation.Next(p.saver.waiting(ctx, p.saveInterval))
		if p.saver.isDue() {
			p.save()
		}
		switch {
		case err == nil:
			err = p.take(ctx, m)
		case err == context.DeadlineExceeded && ctx.Err() == nil:
			continue // only the saver's wait is over
		}
		if err != nil {
			return err
		}
	}
}

func (p *program) take(ctx context.Context, m signalflow.Message) error {
	// STREAM_START comes before the service has looked at the program.
	if control, ok := m.(*signalflow.Control); ok && control.Event == signalflow.EventStreamStart {
		return nil
	}
	if !p.heard {
		p.heard = true
		p.status.works(p.config.Name)
	}
	switch m := m.(type) {
	case *signalflow.Data:
		return p.takeData(ctx, m)
	case *signalflow.Event:
		return p.takeEvent(ctx, m)
	case *signalflow.Expired:
		return p.takeExpired(ctx, m)
	case *signalflow.Info:
		p.takeInfo(m)
	case *signalflow.Malformed:
		if m.Type == signalflow.TypeData {
			return p.takeUndecodable(m)
		}
	}
	return nil
}

// askedAgain is how often a data message is asked for again that cannot be decoded.
const askedAgain = 3

// takeUndecodable asks for a data message again, since it may have been garbled on its
// way. One that never gets better is passed over: the program would not get beyond it.
func (p *program) takeUndecodable(m *signalflow.Malformed) error {
	if p.undecodable < askedAgain {
		p.undecodable++
		return lostPoints(m.Err)
	}
	p.drop(p.telemetry.builder.ReceiverSignalflowDroppedPoints, translate.Undecodable, 1)
	p.logger.Error("Passed over a data message that cannot be decoded; its points are lost", zap.Error(m.Err),
		zap.Time("behind", time.UnixMilli(p.state.Newest())))
	return nil
}

// takeInfo notes what the service tells about the job.
func (p *program) takeInfo(m *signalflow.Info) {
	switch c := m.Contents; m.Code {
	case signalflow.InfoRunningResolution:
		p.takeResolution(c.ResolutionMs)
	case signalflow.InfoDetectedLag:
		p.gauges.jobLagMs.Store(c.LagMs)
	case signalflow.InfoInitialMaxDelay:
		p.gauges.maxDelayMs.Store(c.MaxDelayMs)
	case signalflow.InfoLimitedResultSet:
		p.telemetry.builder.ReceiverSignalflowLimitedResultSet.Add(context.Background(), 1, p.attributes)
		p.logger.Error("The output is incomplete: the program matches more series than the service takes; narrow its filter",
			zap.Int64("matched", c.MatchedSize), zap.Int64("limit", c.LimitSize))
	case signalflow.InfoMatchedNothing:
		p.logger.Warn("A data() of the program matches no series")
	case signalflow.InfoMissingProperty:
		p.logger.Warn("The program groups by properties that no series has", zap.Strings("properties", c.PropertyNames))
	}
}

func (p *program) takeResolution(ms int64) {
	if ms <= 0 || ms == p.state.Resolution {
		return
	}
	if p.state.Resolution != 0 {
		p.logger.Warn("The service has changed the resolution of the output",
			zap.Int64("from_ms", p.state.Resolution), zap.Int64("to_ms", ms))
	}
	p.state.Resolution = ms
	p.gauges.resolutionMs.Store(ms)
	p.saver.changed()
}

// saver says when the state is to be stored: as soon as it has changed, but not
// sooner than an interval after the time before.
type saver struct {
	due     context.Context // nil if nothing has changed
	cancel  context.CancelFunc
	isDirty bool
	saved   time.Time
}

func (s *saver) changed() { s.isDirty = true }

// waiting returns the context with which to wait for the next message.
func (s *saver) waiting(ctx context.Context, interval time.Duration) context.Context {
	if s.due == nil && s.isDirty {
		s.due, s.cancel = context.WithDeadline(ctx, s.saved.Add(interval))
	}
	if s.due != nil {
		return s.due
	}
	return ctx
}

func (s *saver) isDue() bool { return s.due != nil && s.due.Err() != nil }

func (s *saver) done() {
	if s.cancel != nil {
		s.cancel()
	}
	*s = saver{saved: time.Now()}
}

// save stores how far the program is.
func (p *program) save() {
	p.saver.done()
	if p.checkpoints == nil {
		return
	}
	// Not the reading's context: a checkpoint that is not written means repeated points.
	err := p.checkpoints.save(p.delivering, p.config.Name, p.state)
	if err != nil {
		p.telemetry.builder.ReceiverSignalflowCheckpointFailures.Add(context.Background(), 1, p.attributes)
		if !p.saveFails {
			p.logger.Warn("The checkpoint could not be written; trying again. After a crash points would be repeated", zap.Error(err))
		}
		p.saver.changed()
	}
	if p.saveFails = err != nil; p.saveFails {
		return
	}
	p.gauges.savedMs.Store(time.Now().UnixMilli())
}
