package signalflowreceiver

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// leaderElection is what an elector offers, as the contrib extension k8sleaderelector
// has it. That is not imported: it would bring a Kubernetes client into every build.
type leaderElection interface {
	// SetCallBackFuncs asks to be told when this collector begins and ceases to lead;
	// the first at once if it leads already. There is no way to take that back, and
	// the elector waits for the functions.
	SetCallBackFuncs(begin func(context.Context), cease func())
}

// yieldGrace is how long deliveries may go on after the lead was lost. With the
// elector's defaults another collector leads 5 s later at the earliest (renew_deadline
// 10 s, lease_duration 15 s).
const yieldGrace = 3 * time.Second

// candidate does something whenever this collector leads.
type candidate struct {
	lead  func(context.Context) // until the context ends
	grace time.Duration         // how long it takes to end

	mu       sync.Mutex
	resigned bool
	leading  context.Context // ends with the lead; has ended before the first one
	cease    context.CancelFunc
	ended    chan struct{} // closed when the latest term has come to its end
}

// stand makes this collector a candidate.
func (r *signalflowReceiver) stand(id component.ID) (*candidate, error) {
	extension, ok := r.host.GetExtensions()[id]
	if !ok {
		return nil, fmt.Errorf("`leader_elector`: there is no extension %q: add it to `service::extensions`", id)
	}
	elector, ok := extension.(leaderElection)
	if !ok {
		return nil, fmt.Errorf("`leader_elector`: the extension %q elects no leader: use k8s_leader_elector or one like it", id)
	}
	c := newCandidate(r.lead, r.yieldGrace)
	elector.SetCallBackFuncs(c.begin, c.yield)
	return c, nil
}

func newCandidate(lead func(context.Context), grace time.Duration) *candidate {
	c := &candidate{lead: lead, grace: grace, ended: make(chan struct{})}
	c.leading, c.cease = context.WithCancel(context.Background())
	c.cease()
	close(c.ended)
	return c
}

// begin begins a term, when the one before has come to its end. The elector may tell
// of a lead that is lost by now; ctx then has ended.
func (c *candidate) begin(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resigned || c.leading.Err() == nil {
		return
	}
	before, ended := c.ended, make(chan struct{})
	leading, cease := context.WithCancel(ctx)
	c.leading, c.cease, c.ended = leading, cease, ended
	go func() {
		defer close(ended)
		<-before
		c.lead(leading)
	}()
}

// yield ends the term and returns when that has stored how far it was, for another
// collector to go on from there. A pipeline that hangs holds up the elector, and with
// it all others who listen to it, for a bounded time only.
func (c *candidate) yield() {
	limit := time.NewTimer(2 * c.grace)
	defer limit.Stop()
	select {
	case <-c.endTerm():
	case <-limit.C:
	}
}

// resign ends the term, and there will be no other.
func (c *candidate) resign() {
	c.mu.Lock()
	c.resigned = true
	c.mu.Unlock()
	<-c.endTerm()
}

// endTerm returns a channel that is closed when the term has come to its end.
func (c *candidate) endTerm() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cease()
	return c.ended
}

// lead runs the programs until ctx ends.
func (r *signalflowReceiver) lead(ctx context.Context) {
	log := r.settings.Logger
	log.Info("This collector leads; the programs run here")
	defer log.Info("This collector does not lead any more; the programs have ended here")
	t := r.tryBeginTerm(ctx)
	if t == nil {
		return
	}
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.yieldGrace)
	defer cancel()
	if err := t.end(grace); err != nil {
		log.Error("The end of the programs was not orderly", zap.Error(err))
	}
	r.client.CloseIdleConnections()
	r.status.forget()
}

// tryBeginTerm tries until ctx ends: the collector that led before may not have let
// go of the storage yet.
func (r *signalflowReceiver) tryBeginTerm(ctx context.Context) *term {
	for failures := 1; ctx.Err() == nil; failures++ {
		t, err := r.beginTerm(ctx)
		if err == nil {
			r.status.works(leadership)
			return t
		}
		pause := r.config.Retry.delay(failures)
		r.status.failed(leadership, err)
		r.settings.Logger.Error("The programs could not be begun; trying again", zap.Error(err), zap.Duration("pause", pause))
		sleep(ctx, pause)
	}
	return nil
}
