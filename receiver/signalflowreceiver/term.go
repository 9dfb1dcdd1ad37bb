package signalflowreceiver

import (
	"context"
	"fmt"
	"hash/fnv"
	"sync"

	"go.uber.org/zap"
)

// term is a time in which this collector runs the programs, one goroutine for each:
// from Start to Shutdown or, with a leader elector, while it leads. What another
// collector may have changed meanwhile is read anew for each term.
type term struct {
	checkpoints *checkpoints
	programs    []*program
	stop        context.CancelFunc // ends the reading of streams
	abandon     context.CancelFunc // ends deliveries that are under way
	running     sync.WaitGroup
}

// beginTerm reads how far the programs are and lets them run. ctx bounds the reading only.
func (r *signalflowReceiver) beginTerm(ctx context.Context) (*term, error) {
	c, err := openCheckpoints(ctx, r.config.Storage, r.host, r.settings.ID)
	if err != nil {
		return nil, err
	}
	t := &term{checkpoints: c}
	if t.programs, err = r.loadPrograms(ctx, c); err != nil {
		_ = c.close(ctx)
		return nil, err
	}
	running, stop := context.WithCancel(context.Background())
	delivering, abandon := context.WithCancel(context.Background())
	t.stop, t.abandon = stop, abandon
	r.telemetry.programs.Store(&t.programs)
	for _, p := range t.programs {
		p.delivering = delivering
		t.running.Go(func() { p.run(running) })
	}
	return t, nil
}

// end ends the streams, lets deliveries that are under way come to their end for as
// long as ctx allows, and stores how far the programs are.
func (t *term) end(ctx context.Context) error {
	t.stop()
	release := context.AfterFunc(ctx, t.abandon)
	t.running.Wait()
	release()
	t.abandon()
	if err := t.checkpoints.close(ctx); err != nil {
		return fmt.Errorf("closing `storage`: %w", err)
	}
	return nil
}

// loadPrograms returns those programs that are this collector's.
func (r *signalflowReceiver) loadPrograms(ctx context.Context, c *checkpoints) ([]*program, error) {
	var programs []*program
	var names []string
	for i := range r.config.Programs {
		one := &r.config.Programs[i]
		names = append(names, one.Name)
		if !r.config.Shard.has(one.Name) {
			continue
		}
		p, err := newProgram(ctx, r, one, c)
		if err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	if err := c.forgetOthers(ctx, names); err != nil {
		r.settings.Logger.Warn("Checkpoints of programs that are no longer configured could not be removed", zap.Error(err))
	}
	return programs, nil
}

// has reports whether a program is this collector's.
func (s ShardConfig) has(name string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()%uint32(s.Total) == uint32(s.Index)
}
