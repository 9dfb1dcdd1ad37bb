package signalflowreceiver

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
)

var electorID = component.MustNewID("k8s_leader_elector")

// elector lets a test say who leads. Like the contrib extension it calls back with a
// lock held, at once if the collector leads already, and cannot be left.
type elector struct {
	component.StartFunc
	component.ShutdownFunc
	mu     sync.Mutex
	leads  bool
	end    context.CancelFunc
	begins []func(context.Context)
	ceases []func()
}

func (e *elector) SetCallBackFuncs(begin func(context.Context), cease func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.begins, e.ceases = append(e.begins, begin), append(e.ceases, cease)
	if e.leads {
		begin(context.Background())
	}
}

func (e *elector) win() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.leads = true
	ctx, end := context.WithCancel(context.Background())
	e.end = end
	for _, begin := range e.begins {
		begin(ctx)
	}
}

// lose returns when everyone has yielded.
func (e *elector) lose() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.leads = false
	if e.end != nil {
		e.end()
	}
	for _, cease := range e.ceases {
		cease()
	}
}

// replica is one of several collectors that share a storage.
func replica(t *testing.T, server *signalflowtest.Server, s *sink, store *memoryStorage) (*elector, *signalflowReceiver) {
	t.Helper()
	e := new(elector)
	h := newHost()
	h.extensions = map[component.ID]component.Component{storageID: store, electorID: e}
	c := testConfig(server)
	c.Storage, c.LeaderElector = &storageID, &electorID
	return e, run(t, c, s, h)
}

// The lead goes to and fro while data flows: every point comes once, and from the leader only.
func TestTheLeadIsHandedOverWithoutLossOrRepetition(t *testing.T) {
	const turns, steps = 10, 5
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	store, _ := newStorage()
	s := newSink()
	var electors [2]*elector
	for i := range electors {
		electors[i], _ = replica(t, server, s, store)
	}
	assert.Empty(t, server.Requests(), "nobody leads")
	seen := 0
	for turn := range turns {
		leader := electors[turn%2]
		leader.win()
		seen += steps
		server.SetTime(t0.Add(time.Duration(seen-1) * program.Resolution))
		want := expectedPoints(program, seen)
		s.wait(t, "all points so far", func() bool { return len(s.points) == len(want) })
		leader.lose()
		s.assertOnce(t, want)
		assert.Len(t, server.Requests("execute"), turn+1, "one leader, one job")
		assert.Equal(t, turn+1, server.Connections(), "who does not lead is not connected")
	}
}

// Without a storage in common the next leader knows nothing: it begins at `start`.
func TestWithoutStorageTheNextLeaderBeginsAtStart(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, signalflowtest.Replay(blocks(1)))
	server.SetTime(t0.Add(5 * time.Second))
	e := new(elector)
	h := newHost()
	h.extensions = map[component.ID]component.Component{electorID: e}
	c := testConfig(server)
	c.LeaderElector = &electorID
	s := newSink()
	run(t, c, s, h)
	for turn := range 3 {
		e.win()
		requests := server.WaitForRequests(t, turn+1, "execute")
		assert.Equal(t, t0.UnixMilli(), requests[turn].Start)
		e.lose()
	}
}

// The elector may have won before the receiver was there, tell the same twice, tell of
// a lead that is lost by now, or tell anything after the shutdown.
func TestWhateverTheElectorTells(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, signalflowtest.Replay(blocks(1)))
	server.SetTime(t0.Add(5 * time.Second))
	store, _ := newStorage()
	e, first := replica(t, server, newSink(), store)
	e.lose()
	lost, cancel := context.WithCancel(context.Background())
	cancel()
	e.begins[0](lost)
	e.lose()
	assert.Empty(t, server.Requests(), "has never led")

	e.win()
	e.begins[0](context.Background())
	server.WaitForRequests(t, 1, "execute")
	config := *first.config
	config.Storage = nil // the first has it
	second, err := newReceiver(&config, receivertest.NewNopSettings(metadata.Type))
	require.NoError(t, err)
	require.NoError(t, second.Start(t.Context(), first.host))
	server.WaitForRequests(t, 2, "execute")
	stop(t, second)
	stop(t, first)
	e.lose()
	e.win()
	assert.Len(t, server.Requests("execute"), 2)
}

// The lead may end by its context too, without a call.
func TestTheLeadEndsWithItsContext(t *testing.T) {
	server := signalflowtest.Start(t)
	left := make(chan struct{})
	server.Handle(text, func(ch *signalflowtest.Channel) {
		ch.Started()
		<-ch.Done()
		left <- struct{}{}
	})
	store, _ := newStorage()
	e, _ := replica(t, server, newSink(), store)
	e.win()
	server.WaitForRequests(t, 1, "execute")
	e.end()
	<-left
	e.win()
	server.WaitForRequests(t, 2, "execute")
	e.lose()
	<-left
}

// The collector that led before may hold the storage still.
func TestALeaderWaitsForTheStorage(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, signalflowtest.Replay(blocks(1)))
	store, _ := newStorage()
	_, err := store.GetClient(t.Context(), component.KindReceiver, component.ID{}, "") // by another collector
	require.NoError(t, err)
	e, r := replica(t, server, newSink(), store)
	e.win()
	err = r.host.(*host).waitFor(t, componentstatus.StatusRecoverableError)
	assert.ErrorContains(t, err, "locked")
	require.NoError(t, store.Close(t.Context()))
	_ = r.host.(*host).waitFor(t, componentstatus.StatusOK)
	server.WaitForRequests(t, 1, "execute")
	e.lose()

	_, err = store.GetClient(t.Context(), component.KindReceiver, component.ID{}, "")
	require.NoError(t, err)
	e.win()
	e.lose() // while it waits
}

// A pipeline that takes nothing must not keep the lead of a collector that has lost it.
func TestALeaderYieldsThoughThePipelineRefuses(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, signalflowtest.Replay(blocks(1)))
	store, _ := newStorage()
	s := newSink()
	tried := make(chan struct{}, 1000)
	s.fail = func() error { tried <- struct{}{}; return errors.New("full") }
	e, _ := replica(t, server, s, store)
	e.win()
	<-tried
	e.lose()
}

// A delivery that hangs is given up when the grace is over.
func TestALeaderGivesUpADeliveryThatHangs(t *testing.T) {
	server := signalflowtest.Start(t)
	server.Handle(text, signalflowtest.Replay(blocks(1)))
	e := new(elector)
	h := newHost()
	h.extensions = map[component.ID]component.Component{electorID: e}
	c := testConfig(server)
	c.LeaderElector = &electorID
	hanging := make(chan struct{})
	next, err := consumer.NewMetrics(func(ctx context.Context, _ pmetric.Metrics) error {
		hanging <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	require.NoError(t, err)
	r, err := NewFactory().CreateMetrics(t.Context(), receivertest.NewNopSettings(metadata.Type), c, next)
	require.NoError(t, err)
	r.(*signalflowReceiver).yieldGrace = time.Millisecond
	require.NoError(t, r.Start(t.Context(), h))
	e.win()
	<-hanging
	e.lose()
	stop(t, r.(*signalflowReceiver))
}

func TestTermsDoNotOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terms := make(chan context.Context, 2)
		over := make(chan struct{})
		c := newCandidate(func(ctx context.Context) { terms <- ctx; <-ctx.Done(); <-over }, time.Second)
		c.begin(context.Background())
		first := <-terms
		began := time.Now()
		c.yield() // the term hangs
		assert.Error(t, first.Err())
		assert.Equal(t, 2*time.Second, time.Since(began), "the elector does not wait for ever")
		c.begin(context.Background())
		synctest.Wait()
		assert.Empty(t, terms, "the next term waits for the end of the one before")
		over <- struct{}{}
		assert.NoError(t, (<-terms).Err())
		close(over)
		c.resign()
		c.begin(context.Background())
		synctest.Wait()
		assert.Empty(t, terms)
	})
}

func TestElectorsThatDoNotExist(t *testing.T) {
	server := signalflowtest.Start(t)
	c := testConfig(server)
	c.LeaderElector = &electorID
	start := func(extensions map[component.ID]component.Component) error {
		r, err := newReceiver(c, receivertest.NewNopSettings(metadata.Type))
		require.NoError(t, err)
		h := newHost()
		h.extensions = extensions
		defer stop(t, r)
		return r.Start(t.Context(), h)
	}
	assert.ErrorContains(t, start(nil), "there is no extension \"k8s_leader_elector\"")
	store, _ := newStorage()
	assert.ErrorContains(t, start(map[component.ID]component.Component{electorID: store}), "elects no leader")
}
